// While nobody is served: what this machine has taken in, how it works, what it accepts, one after the other.
// It stops for good once somebody turns a page by hand, and never turns by itself for who wants no motion.

import { el, icon, svg, write } from "/assets/element.js";
import { counted, material, number, words } from "./words.js";

const TURN_MS = 8000;
const MATERIALS = ["glass", "metal", "plastic"];
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** The panel. `show(machine, turning, technician)` draws it; without the last nobody may knock. */
export function attract() {
  const place = el("div", { class: "attract" });
  const next = el("button", { type: "button", class: "tool", onclick: () => turn(true) }, el("span"), icon("chevron-right"));
  const knock = el("button", { type: "button", class: "tool" }, icon("wrench"), el("span"));
  const element = el("section", { class: "attract" }, place, el("div", { class: "foot" }, knock, next));
  const pages = [totals, how, what];
  let page = 0;
  let stopped = false;
  let machine = null;
  let drawn = "";

  function turn(byHand) {
    stopped ||= byHand;
    page = (page + 1) % pages.length;
    draw();
  }

  function draw() {
    write(next.firstChild, words().buttons.next);
    const text = JSON.stringify([page, machine?.totals, document.documentElement.lang]);
    if (drawn === text) return;
    drawn = text;
    place.replaceChildren(...pages[page](machine));
  }

  function show(told, turning, technician) {
    machine = told;
    knock.hidden = !technician;
    knock.onclick = technician;
    write(knock.lastChild, words().buttons.technician);
    if (!turning) stopped = false;
    draw();
  }

  setInterval(() => {
    if (!stopped && !still.matches && element.isConnected) turn(false);
  }, TURN_MS);
  return { element, show };
}

function totals(machine) {
  const { stored, materials } = machine?.totals ?? { stored: 0, materials: {} };
  if (!stored) return [el("h2", {}, words().attract.totals_none)];
  const most = Math.max(...MATERIALS.map((name) => materials[name] ?? 0), 1);
  return [
    el("h2", {}, words().attract.totals),
    el("div", {}, el("p", { class: "much" }, number(stored)), el("p", { class: "quiet" }, counted(words().attract.totals_word, stored))),
    el("dl", { class: "bars" }, ...MATERIALS.flatMap((name) => {
      const share = (materials[name] ?? 0) / most;
      const bar = svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
        svg("rect", { class: name, width: Math.max(1, 100 * share), height: 10 }));
      return [el("dt", {}, material(name)), el("dd", {}, bar), el("dd", { class: "count" }, number(materials[name] ?? 0))];
    })),
  ];
}

function how() {
  const signs = ["qr-code", "bottle-wine", "coins"];
  return [
    el("h2", {}, words().attract.how),
    el("ol", {}, ...words().attract.steps.map((step, at) => el("li", {}, icon(signs[at]), el("span", {}, step)))),
  ];
}

function what() {
  const signs = ["bottle-wine", "milk", "cup-soda"];
  return [
    el("h2", {}, words().attract.what),
    el("ul", { class: "yes" }, ...words().attract.yes.map((thing, at) => el("li", {}, icon(signs[at]), el("span", {}, thing)))),
    el("p", { class: "clay" }, words().attract.no),
  ];
}
