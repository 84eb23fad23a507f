// The items of a visit, newest first: picture, name, how sure the model is, points or why not.

import { el, icon, write } from "/assets/element.js";
import { picture } from "./picture.js";
import { material, number, percent, say, words } from "./words.js";

/** The list. `show(view, machine)` draws it; an item that is new slides in. */
export function itemList() {
  const title = el("h2", { class: "spoken" });
  const list = el("ul", { class: "items" });
  const empty = el("p", { class: "quiet" });
  const about = aboutPicture();
  const element = el("section", {}, title, list, empty, about.element);
  const rows = new Map();

  function show(view, machine) {
    write(title, words().list);
    write(empty, view.items.length ? "" : words().list_empty);
    const known = new Set(view.items.map((item) => item.id));
    for (const id of rows.keys()) if (!known.has(id)) rows.delete(id);
    const drawn = view.items.map((item) => {
      const { id } = item;
      // Words change with the language: a row is made anew whenever anything of it does.
      const text = JSON.stringify([item, document.documentElement.lang]);
      if (rows.get(id)?.text !== text) {
        rows.set(id, { text, element: row(item, rows.has(id), () => about.show(item, machine)) });
      }
      return rows.get(id).element;
    });
    if (drawn.length !== list.children.length || drawn.some((each, place) => list.children[place] !== each)) {
      list.replaceChildren(...drawn);
    }
  }

  return { element, show };
}

function row(item, known, tapped) {
  const name = material(item.label);
  const sure = item.label ? say(words().sure, { percent: percent(item.confidence) }) : "";
  const told = el("div", { class: "what" },
    el("p", { class: "name" }, name),
    item.accepted
      ? el("p", { class: "quiet why" }, item.outcome && item.outcome !== "stored" ? words().outcomes[item.outcome] : sure || words().storing)
      : el("p", { class: "clay why" }, words().screens.refused[0]));
  const end = item.accepted && item.outcome !== "returned"
    ? el("p", { class: "points leaf" }, item.points === null ? icon("check") : `+${number(item.points)}`)
    : el("p", { class: "points clay" }, icon("undo-2"));
  const open = el("button", { type: "button", class: "look", onclick: tapped, "aria-label": `${words().buttons.about}: ${inWords(item)}` },
    picture(item, ""));
  return el("li", { class: `${item.accepted ? "accepted" : "refused"}${known ? "" : " slide-in"}` }, open, told, end);
}

function inWords(item) {
  const decision = words().decisions[item.accepted ? "accepted" : "refused"];
  return say(words().picture, { material: material(item.label), percent: percent(item.confidence), decision });
}

/** The picture large, and which model says so. */
function aboutPicture() {
  const close = el("button", { type: "button", class: "button", onclick: () => element.close() });
  const place = el("div", {});
  const element = el("dialog", { class: "about" }, place, close);

  function show(item, machine) {
    write(close, words().close);
    place.replaceChildren(
      el("div", { class: item.accepted ? "accepted" : "refused" }, picture(item, inWords(item), "meet")),
      el("p", { class: "name" }, inWords(item)),
      el("p", { class: "quiet" }, say(words().about, { model: machine?.model ?? "" })));
    element.setAttribute("aria-label", words().buttons.about);
    element.showModal();
  }

  return { element, show };
}
