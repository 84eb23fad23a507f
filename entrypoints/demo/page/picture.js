// A photograph with the model's box: drawn in the picture's own pixels, so it lies where the model saw the item.

import { el, svg, write } from "/assets/element.js";
import { material, percent, words } from "./words.js";

/** A frame that shows one item after the other. `show(item)` puts one in. */
export function pictureFrame() {
  const image = el("img", { alt: "", decoding: "async" });
  const box = svg("rect", { rx: "6" });
  const overlay = svg("svg", { class: "box", preserveAspectRatio: "xMidYMid slice", "aria-hidden": "true" }, box);
  const tag = el("figcaption", { class: "tag" });
  const empty = el("p", { class: "quiet none" });
  const frame = el("figure", { class: "picture frame" }, image, overlay, tag, empty);
  let shown = null;

  // The upright picture: browsers turn it by its EXIF, and give its size after turning.
  image.addEventListener("load", () => place(shown));
  image.addEventListener("error", () => frame.classList.add("missing"));

  function place(item) {
    const there = Boolean(item?.box && image.naturalWidth);
    overlay.toggleAttribute("hidden", !there);
    if (!there) return;
    const [x0, y0, x1, y1] = item.box;
    overlay.setAttribute("viewBox", `0 0 ${image.naturalWidth} ${image.naturalHeight}`);
    box.setAttribute("x", x0);
    box.setAttribute("y", y0);
    box.setAttribute("width", x1 - x0);
    box.setAttribute("height", y1 - y0);
  }

  function show(item) {
    frame.classList.toggle("vacant", !item?.picture);
    write(empty, item?.picture ? "" : words().noPicture);
    tag.hidden = !item;
    if (!item) return;
    const label = item.label ? material(item.label) : words().unnamed;
    const sure = percent(item.confidence);
    write(tag, item.label ? `${label} ${sure}` : words().reasons[item.reason] ?? words().unnamed);
    frame.classList.toggle("accepted", item.accepted);
    frame.classList.toggle("refused", !item.accepted);
    image.alt = words().picture(label, sure, item.accepted);
    frame.title = words().model(item.model ?? "");
    if (shown?.item !== item.item && item.picture) {
      overlay.setAttribute("hidden", "");
      frame.classList.remove("missing");
      image.src = `/pictures/${item.picture}`;
      restart(image);
    }
    shown = item;
    if (image.complete) place(item);
  }

  show(null);
  return { element: frame, show };
}

function restart(image) {
  image.classList.remove("slide-in");
  void image.offsetWidth; // lets the animation begin again
  image.classList.add("slide-in");
}
