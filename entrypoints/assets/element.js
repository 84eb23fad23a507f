// Makes elements. Text is always text: nothing here, nor anywhere on the page, takes markup from a string.

/** An element: `el("p", {class: "quiet", onclick: f}, "text", child)`; attributes that are null or false are left out. */
export function el(tag, attributes = {}, ...children) {
  return dress(document.createElement(tag), attributes, children);
}

const SVG = "http://www.w3.org/2000/svg";

/** The same for SVG. */
export function svg(tag, attributes = {}, ...children) {
  return dress(document.createElementNS(SVG, tag), attributes, children);
}

/** An icon of the sprite: decoration, a screen reader passes it by. */
export function icon(name) {
  const use = svg("use", { href: `/assets/vendor/icons.svg#${name}` });
  return svg("svg", { class: "icon", "aria-hidden": "true" }, use);
}

/** Writes text only where it differs: a screen reader hears no repetitions. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function dress(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}
