// Who installs the machine: letters to be touched, for a screen without a keyboard; a keyboard works, too.

import { el, icon, write } from "/assets/element.js";
import { words } from "./words.js";

const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const LONGEST = 24;

/** The pad. `begin(name)` hands the name on, `leave()` gives it up; `show(guide)` opens and closes it. */
export function namePad(begin, leave) {
  const title = el("h2", {});
  const typed = el("p", { class: "dots" });
  const hint = el("p", { class: "told" });
  const key = (label, pressed) => el("button", { type: "button", class: "key", onclick: pressed }, label);
  const letters = LETTERS.map((letter) => key(letter, () => set(name + letter)));
  const erase = el("button", { type: "button", class: "key", onclick: () => set(name.slice(0, -1)) }, icon("arrow-left"), el("span", { class: "spoken" }));
  const space = el("button", { type: "button", class: "button", onclick: () => set(`${name} `) });
  const cancel = el("button", { type: "button", class: "button", onclick: leave });
  const enter = el("button", { type: "button", class: "button main", onclick: submit });
  const element = el("dialog", { class: "namepad" },
    el("div", { class: "entry" }, title, typed, hint), el("div", { class: "letters" }, ...letters, erase),
    el("div", { class: "bar" }, cancel, space, enter));
  let name = "";

  element.addEventListener("cancel", (event) => { event.preventDefault(); leave(); });
  element.addEventListener("keydown", (event) => {
    if (/^[\p{L} .'-]$/u.test(event.key) && event.target.tagName !== "BUTTON") set(name + event.key);
    else if (/^\p{L}$/u.test(event.key)) set(name + event.key.toUpperCase());
    else if (event.key === "Backspace") set(name.slice(0, -1));
  });
  document.body.append(element);

  function set(text) {
    name = text.trimStart().slice(0, LONGEST);
    write(typed, name || "–");
    enter.disabled = !name.trim();
  }

  function submit() {
    if (name.trim()) begin(name.trim());
  }

  function show(guide) {
    const said = words().guide_steps;
    write(title, said.name);
    write(hint, said.name_hint);
    write(erase.lastChild, words().service.erase);
    write(space, said.space);
    write(cancel, words().service.cancel);
    write(enter, said.begin);
    element.setAttribute("aria-label", said.name);
    const wanted = guide?.phase === "asking";
    if (wanted && !element.open) { set(""); element.showModal(); }
    if (!wanted && element.open) element.close();
  }

  return { show };
}
