// An item's picture with the model's box, drawn in the picture's own pixels: it lies where the model saw the item.

import { el, svg } from "/assets/element.js";

/** The picture of an item; `fit` is "slice" to fill its place, "meet" to show the whole of it. */
export function picture(item, alt, fit = "slice") {
  if (!item.picture || !item.size) return el("span", { class: "frame" });
  const [wide, high] = item.size;
  const frame = el("span", { class: "frame" }, el("img", { src: `/pictures/${item.picture}`, alt, class: fit }));
  if (item.box) {
    const [x0, y0, x1, y1] = item.box;
    const drawn = svg("rect", { x: x0, y: y0, width: x1 - x0, height: y1 - y0, rx: 6 });
    frame.append(svg("svg", {
      viewBox: `0 0 ${wide} ${high}`, preserveAspectRatio: `xMidYMid ${fit}`, "aria-hidden": "true",
    }, drawn));
  }
  return frame;
}
