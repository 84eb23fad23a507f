// The ledger's proof in the head of the page: asked of the platform after something happened, never assumed.

import { el, icon } from "/assets/element.js";
import { words } from "./words.js";

const PAUSE_MS = 1500;

/** The proof's line; `ask()` after something happened, `say()` after another language was chosen. */
export function proof(element, fetchProof) {
  let latest = null;
  let shown = "";
  let waiting = null;

  async function ask() {
    if (waiting !== null) return;
    waiting = setTimeout(() => { waiting = null; }, PAUSE_MS);
    try {
      latest = await fetchProof();
    } catch {
      return; // the page says that the connection is lost; the last proof stands
    }
    say();
  }

  function say() {
    const [state, text] = !latest ? ["asking", words().proof.asking]
      : latest.balanced ? ["balanced", words().proof.balanced(latest.deposits)]
      : ["amiss", words().proof.amiss(latest.lost, latest.doubled)];
    if (shown === text) return;
    shown = text;
    element.className = `proof ${state}`;
    const picture = { asking: "scan-line", balanced: "check", amiss: "triangle-alert" }[state];
    element.replaceChildren(icon(picture), el("span", {}, text));
  }

  say();
  return { ask, say };
}
