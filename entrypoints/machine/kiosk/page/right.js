// The right side: the items of the one who is served, or, while nobody is, what this machine is and has done.

import { attract } from "./attract.js";
import { itemList } from "./items.js";

const ALONE = new Set(["lost", "starting", "recovering", "welcome", "checking_code", "code_refused", "out_of_service"]);

const right = document.getElementById("right");
const shop = attract();
const items = itemList();

/** Draw a view. */
export function drawRight(view, machine) {
  const alone = ALONE.has(view.screen);
  const wanted = alone ? shop.element : items.element;
  if (right.firstElementChild !== wanted) right.replaceChildren(wanted);
  if (alone) shop.show(machine, view.screen === "welcome");
  else items.show(view, machine);
}

