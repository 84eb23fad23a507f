// The right side: the items of the one who is served, or, while nobody is, what this machine is and has done.

import { attract } from "./attract.js";
import { guideRight } from "./guide.js";
import { itemList } from "./items.js";
import { state } from "./service.js";

const ALONE = new Set(["lost", "starting", "recovering", "welcome", "checking_code", "code_refused", "pulled_back", "out_of_service"]);

/** Where a technician may knock. */
const KNOCKS = new Set(["welcome", "out_of_service"]);

const right = document.getElementById("right");
const shop = attract();
const items = itemList();

/**
 * The right side. `technician()` opens the PIN pad, `send(order)` hands an order on, `guided(words)` what an installer
 * presses; returns what draws a view.
 */
export function rightSide({ technician, send, guided }) {
  const parts = state(send);
  const steps = guideRight(guided);
  return (view, machine, service, guide) => draw({ parts, steps, technician }, view, machine, service, guide);
}

function draw({ parts, steps, technician }, view, machine, service, guide) {
  const alone = ALONE.has(view.screen);
  const wanted = guide ? steps : view.screen === "maintenance" ? parts : alone ? shop : items;
  if (right.firstElementChild !== wanted.element) right.replaceChildren(wanted.element);
  if (wanted === steps) steps.show(guide);
  else if (wanted === parts) parts.show(machine, service);
  else if (wanted === shop) shop.show(machine, view.screen === "welcome", KNOCKS.has(view.screen) ? technician : null);
  else items.show(view, machine);
}

