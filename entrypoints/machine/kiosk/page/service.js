// The maintenance menu: what the parts are told to do on the left, how they are on the right.

import { el, icon, write } from "/assets/element.js";
import { lineName } from "./measured.js";
import { number, say, words } from "./words.js";

const SIGNS = {
  open_door: "lock", motor_in: "download", motor_out: "upload", picture: "camera", bin_emptied: "trash-2",
  self_test: "activity", commission: "list", restart: "rotate-ccw",
};

/** Reading again stands with what was read. */
const LOOK = "look";

/** The menu's buttons. `send(order)` hands one on. */
export function orders(place, send) {
  const buttons = new Map();

  function show(view, service) {
    const shown = view.screen === "maintenance" && Boolean(service);
    place.hidden = !shown;
    if (!shown) return;
    for (const order of service.orders.filter((each) => each !== LOOK)) {
      if (!buttons.has(order)) {
        const button = el("button", { type: "button", class: "button order", onclick: () => send(order) }, icon(SIGNS[order] ?? "wrench"), el("span"));
        buttons.set(order, button);
        place.append(button);
      }
      write(buttons.get(order).lastChild, words().service.orders[order] ?? order);
      buttons.get(order).disabled = service.doing !== null;
    }
  }

  return { show };
}

/** What came of the last order, in a sentence. */
export function outcome(service) {
  const said = words().service;
  const named = (order) => ({ order: said.orders[order] ?? order });
  if (service?.failed) return say(said.failed, { why: service.failed });
  if (service?.doing) return say(said.doing, named(service.doing));
  if (service?.done && service.done !== "look") return say(said.done, named(service.done));
  return "";
}

/** What the newest self-test warns of: the first line, and how many more. */
function warned(warnings) {
  if (!warnings.length) return "";
  const more = warnings.length > 1 ? ` + ${number(warnings.length - 1)}` : "";
  return lineName(...warnings[0].split(".")) + more;
}

/** How the machine is, as a list; `send(order)` has it read again. */
export function state(send) {
  const title = el("h2", {});
  const list = el("dl", { class: "readings" });
  const place = el("div", {});
  const again = el("button", { type: "button", class: "tool", onclick: () => send(LOOK) }, icon("refresh-cw"), el("span"));
  const element = el("section", { class: "attract" }, title, list, place, el("div", { class: "foot" }, again));
  let drawn = "";

  function show(machine, service) {
    const text = JSON.stringify([machine, service, document.documentElement.lang]);
    if (text === drawn) return;
    drawn = text;
    const said = words().service;
    const [passedIn, passedOut] = service?.counters ?? [null, null];
    const count = (value) => (value === null ? said.unread : number(value));
    const there = service?.present === null || service?.present === undefined ? said.unread : service.present ? said.yes : said.no;
    const readings = [
      [said.in, count(passedIn)], [said.out, count(passedOut)], [said.item, there], [said.unsent, number(service?.unsent ?? 0)],
      [said.model, machine?.model ?? ""], [said.software, machine?.software ?? ""],
      ...(service?.warnings === undefined ? [] : [[said.self_test, warned(service.warnings) || said.tested]]),
    ];
    write(title, said.state);
    write(again.lastChild, said.orders[LOOK]);
    again.hidden = !service?.orders.includes(LOOK);
    again.disabled = Boolean(service?.doing);
    list.replaceChildren(...readings.map(([term, value]) => el("div", {}, el("dt", {}, term), el("dd", {}, value))));
    place.replaceChildren(...(service?.picture
      ? [el("span", { class: "frame wide" }, el("img", { src: `/pictures/${service.picture}`, alt: said.picture, class: "meet" }))] : []));
  }

  return { element, show };
}
