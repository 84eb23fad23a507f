// One machine's card: name, state in words, the current picture, four numbers, the last items.

import { bars } from "./bars.js";
import { el, icon, write } from "/assets/element.js";
import { pictureFrame } from "./picture.js";
import { number, percent, words } from "./words.js";

const STATES = {
  ready: { colour: "leaf", icon: "check" },
  serving: { colour: "leaf", icon: "user" },
  starting: { colour: "sun", icon: "refresh-cw" },
  offline: { colour: "sun", icon: "wifi-off" },
  catching: { colour: "sun", icon: "refresh-cw" },
  unpowered: { colour: "fault", icon: "plug" },
  broken: { colour: "fault", icon: "wrench" },
};

/** What the world says of a machine, as one of the states above. */
export function stateOf(world) {
  if (!world) return "starting";
  if (!world.power) return "unpowered";
  if (!world.network) return "offline";
  if (world.catching_up) return "catching";
  if (world.screen === "out_of_service") return "broken";
  if (world.screen === "starting" || world.screen === "recovering" || !world.screen) return "starting";
  return world.screen === "welcome" || world.screen === "thanks" ? "ready" : "serving";
}

/** A state in the words of the language. */
export function stateInWords(world) {
  const said = words().states[stateOf(world)];
  return typeof said === "function" ? said(world.waiting) : said;
}

/** A card; `show(machine)` brings it up to date. */
export function card() {
  const name = el("h3");
  const pill = el("p", { class: "pill" });
  const picture = pictureFrame();
  const numbers = {};
  const terms = {};
  const row = el("dl", { class: "numbers" });
  for (const key of ["items", "refused", "points", "last"]) {
    terms[key] = el("dt", { class: "quiet" });
    numbers[key] = el("dd");
    row.append(el("div", {}, terms[key], numbers[key]));
  }
  const chart = el("div", { class: "chart" });
  const element = el("li", { class: "card machine" },
    el("div", { class: "head" }, name, pill), picture.element, row, chart);

  function show(machine) {
    element.dataset.machine = machine.id;
    write(name, machine.name);
    showState(pill, machine.world);
    picture.show(machine.last);
    for (const key of Object.keys(terms)) write(terms[key], words().card[key](machine[key]));
    write(numbers.items, number(machine.items));
    write(numbers.refused, machine.items ? percent((machine.refused / machine.items) * 1e6) : words().noneLast);
    write(numbers.points, number(machine.points));
    showLast(numbers.last, machine.last);
    chart.replaceChildren(bars(machine.history));
  }

  return { element, show };
}

function showState(pill, world) {
  const state = stateOf(world);
  const text = stateInWords(world);
  if (pill.dataset.state === state && pill.dataset.text === text) return;
  pill.dataset.state = state;
  pill.dataset.text = text;
  pill.className = `pill ${STATES[state].colour}`;
  pill.replaceChildren(icon(STATES[state].icon), el("span", {}, text));
}

function showLast(field, last) {
  const paid = last?.accepted && last.verdict !== "nothing_due";
  field.className = paid ? "leaf" : last && !last.accepted ? "clay" : "quiet";
  if (!last) write(field, words().noneLast);
  else if (!last.accepted) write(field, words().refusedLast);
  else if (last.verdict === "held" || last.verdict === "refused") write(field, words().heldLast);
  else if (last.verdict === "nothing_due") write(field, words().nothingLast); // a guest's, or taken back
  else if (!last.points) write(field, words().noneLast);
  else write(field, `+${number(last.points)}`);
}
