// The PIN pad: digits go out only when Enter is pressed, and are forgotten then.

import { el, icon, write } from "/assets/element.js";
import { number, say, words } from "./words.js";

const LONGEST = 12;

/** The pad. `send(pin)` hands the digits on; `open()` shows it, `show(service)` tells what became of them. */
export function pinPad(send) {
  const title = el("h2", {});
  const dots = el("p", { class: "dots" });
  const told = el("p", { class: "told", role: "status" });
  const key = (label, pressed, kind = "") => el("button", { type: "button", class: `key ${kind}`, onclick: pressed }, label);
  const digits = ["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((digit) => key(digit, () => add(digit)));
  const erase = el("button", { type: "button", class: "key", onclick: () => set(pin.slice(0, -1)) }, icon("arrow-left"), el("span", { class: "spoken" }));
  const enter = key("", submit, "enter");
  const cancel = el("button", { type: "button", class: "button", onclick: () => element.close() });
  const keys = el("div", { class: "keys" }, ...digits, erase, key("0", () => add("0")), enter);
  const element = el("dialog", { class: "pin" }, el("div", { class: "entry" }, title, dots, told, cancel), keys);
  let pin = "";
  let asked = false;

  element.addEventListener("close", () => set(""));
  element.addEventListener("keydown", (event) => {
    if (/^[0-9]$/.test(event.key)) add(event.key);
    else if (event.key === "Backspace") set(pin.slice(0, -1));
  });
  document.body.append(element);

  function add(digit) {
    if (pin.length < LONGEST) set(pin + digit);
  }

  function set(digits) {
    pin = digits;
    write(dots, "•".repeat(pin.length) || "–");
    dots.setAttribute("aria-label", say(words().service.digits, { count: number(pin.length) }));
  }

  function submit() {
    if (!pin) return;
    asked = true;
    send(pin);
    set("");
  }

  function show(service) {
    const said = words().service;
    write(title, said.title);
    write(enter, said.enter);
    write(erase.lastChild, said.erase);
    write(cancel, said.cancel);
    element.setAttribute("aria-label", said.title);
    const verdict = asked ? service?.pin : null;
    const sentence = verdict ? say(said.pins[verdict] ?? "", { wait: number(service.wait_seconds) }) : said.hint;
    write(told, verdict === "wrong" && service.wait_seconds ? `${sentence} ${say(said.pins.locked, { wait: number(service.wait_seconds) })}` : sentence);
    told.classList.toggle("clay", ["wrong", "locked"].includes(verdict));
    if (verdict === "right" && element.open) element.close();
  }

  function open() {
    asked = false;
    set("");
    element.showModal();
  }

  return { open, show, close: () => element.close() };
}
