// The items of a visit, newest first: picture, what it is, how sure, what became of it.

import { el, icon, write } from "/assets/element.js";
import { material, number, percent, words } from "./words.js";

/** A list; `show(visit, world)` brings it up to date. */
export function itemList(deeds) {
  const list = el("ul", { class: "items", "aria-live": "polite" });
  const empty = el("p", { class: "quiet" });
  const rows = new Map();

  function row(item) {
    const parts = {
      picture: el("img", { alt: "", src: item.picture ? `/pictures/${item.picture}` : null }),
      name: el("p", { class: "name" }), said: el("p"), points: el("p", { class: "points" }),
      take: el("button", { type: "button", class: "button", onclick: deeds.take }),
    };
    parts.element = el("li", { class: "slide-in" }, parts.picture,
      el("div", { class: "what" }, parts.name, parts.said, parts.take), parts.points);
    list.prepend(parts.element);
    return parts;
  }

  function show(visit, world) {
    write(empty, visit.items.size ? "" : words().recycler.empty);
    for (const [id, item] of visit.items) {
      if (item.accepted === undefined) continue; // settled before we heard what was decided
      if (!rows.has(id)) rows.set(id, row(item));
      const parts = rows.get(id);
      write(parts.name, item.label ? `${material(item.label)} · ${words().sure(percent(item.confidence))}` : words().unnamed);
      const lies = !item.accepted && world?.present && world.view?.visit === visit.visit && world.view.items[0]?.id === id;
      const mayTake = lies && item.outcome === "returned";
      parts.said.className = item.accepted ? "quiet" : "clay";
      write(parts.said, becameOf(item, lies));
      if (item.accepted) {
        parts.points.className = "points leaf";
        write(parts.points, `+${number(item.verdict ? item.credited ?? 0 : item.points ?? 0)}`);
      } else {
        parts.points.className = "points clay";
        if (!parts.points.firstChild) parts.points.append(icon("undo-2"));
      }
      parts.take.hidden = !mayTake;
      write(parts.take, words().recycler.take);
    }
  }

  return { element: el("div", { class: "visit" }, list, empty), show };
}

function becameOf(item, lies) {
  const said = words().recycler;
  if (!item.accepted) return item.outcome === "returned" && !lies ? said.taken : words().reasons[item.reason];
  if (item.verdict === "credited" || item.verdict === "repriced") return said.credited;
  if (item.verdict) return said.held;
  return said.onTheWay;
}
