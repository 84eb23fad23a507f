// The page around the kiosk: hands that touch the simulated world, and what anybody sees who stands there.

import { el, icon, write } from "/assets/element.js";
import { follow } from "/assets/feed.js";
import { number, turn, words } from "./words.js";

const place = Object.fromEntries(["glass", "dark", "hands", "language", "said"].map((id) => [id, document.getElementById(id)]));
const drawn = [];
let world = null;
let about = null;
let frame = null;

async function act(deed, what = "", body = undefined) {
  const answer = await fetch(`/hands/${deed}?what=${encodeURIComponent(what)}`, { method: "POST", body });
  write(refusal, "");
  if (answer.ok) return;
  const { why } = await answer.json().catch(() => ({ why: "other" }));
  const said = words().refused;
  write(refusal, answer.status === 422 ? said.picture : said[why] ?? said.other);
}

/** A button whose words and state follow the world. */
function deed(sign, words_, pressed, state = () => ({})) {
  const label = el("span");
  const button = el("button", { type: "button", class: "button deed", onclick: pressed }, icon(sign), label);
  drawn.push(() => {
    const { off = false, on = null } = world ? state(world) : { off: true };
    write(label, words_());
    button.disabled = off;
    if (on === null) button.removeAttribute("aria-pressed");
    else button.setAttribute("aria-pressed", String(on));
  });
  return button;
}

function toggle(sign, name, isOn, turnOn, turnOff) {
  return deed(sign, () => words().deeds[name][world && isOn(world) ? 1 : 0], () => (isOn(world) ? turnOff() : turnOn()),
    (now) => ({ on: isOn(now) }));
}

function group(name, ...children) {
  const title = el("h3");
  drawn.push(() => write(title, words().groups[name]));
  return el("section", { class: `group ${name}` }, title, ...children);
}

/** What the light looks like: red, green, blue, and its period of blinking in milliseconds. */
function colour([red, green, blue, period]) {
  if (!red && !green && !blue) return "dark";
  const seen = blue > Math.max(red, green) ? "blue" : green > red ? "green" : green ? "amber" : "red";
  return period ? `${seen} blinking` : seen;
}

const refusal = el("p", { class: "refusal clay", role: "alert" });
const samples = el("div", { class: "samples" });
const file = el("input", { type: "file", accept: "image/jpeg,image/png,image/webp", class: "spoken", id: "own" });
const own = el("label", { class: "button deed", for: "own" }, icon("image-plus"), el("span"));
const readings = el("dl", { class: "readings" });

file.addEventListener("change", () => {
  if (file.files[0]) act("put", "", file.files[0]);
  file.value = "";
});
drawn.push(() => write(own.lastChild, words().deeds.own));
drawn.push(() => {
  if (!world) return;
  if (samples.children.length !== world.samples) {
    samples.replaceChildren(...Array.from({ length: world.samples }, (_, at) => el("button", { type: "button", onclick: () => act("sample", String(at)) },
      el("img", { src: `/hands/samples/${at}`, alt: "" }))));
  }
  [...samples.children].forEach((button, at) => button.setAttribute("aria-label", words().sample(number(at + 1))));
});
drawn.push(() => {
  const said = words();
  const rows = world ? [
    [said.world.balance, number(world.balance)], [said.world.present, world.present ? said.yes : said.no],
    [said.world.motor, said.motor[world.motor] ?? world.motor], [said.world.light, said.light[colour(world.light)]],
    [said.world.bin, `${number(world.bin)} · ${number(world.full)} %`],
    [said.world.waiting, number(world.waiting)], [said.world.pin, about?.pin ?? ""],
  ] : [];
  readings.replaceChildren(...rows.map(([term, value]) => el("div", {}, el("dt", {}, term), el("dd", {}, value))));
});

const fault = (sign, name) => toggle(sign, name, (now) => now.planted.includes(name), () => act("plant", name), () => act("mend", name));
place.hands.append(
  refusal,
  group("items", samples, el("div", { class: "row" },
    file, own,
    deed("undo-2", () => words().deeds.take, () => act("take")),
    toggle("hand", "hand", (now) => now.hand, () => act("reach-in"), () => act("draw-back")),
    deed("link", () => words().deeds["pull-string"], () => act("pull-string"), (now) => ({ off: !now.bin })))),
  group("phone",
    deed("qr-code", () => words().deeds[world?.code ? "hide-code" : "show-code"], () => act(world.code ? "hide-code" : "show-code"), (now) => ({ on: now.code })),
    fault("camera-off", "camera unplugged"), fault("eye-off", "camera black"), fault("image", "camera frozen")),
  group("motor",
    fault("settings", "motor jammed"), fault("zap", "motor dead"), fault("rotate-ccw", "motor reversed"),
    fault("eye-off", "in-sensor blind")),
  group("sensors",
    fault("eye", "item sensor dark"), fault("eye-off", "item sensor blind"), fault("gauge", "level sensor dead"),
    fault("thermometer", "climate sensor dead")),
  group("behind",
    toggle("log-in", "door", (now) => now.door, () => act("pull-door"), () => act("push-door")),
    fault("lock", "bolt broken"),
    toggle("trash-2", "full", (now) => now.full >= 85, () => act("fill"), () => act("empty"))),
  group("controller",
    deed("refresh-cw", () => words().deeds.reset, () => act("reset")),
    fault("cpu", "microcontroller unplugged"), fault("activity", "line noisy")),
  group("power",
    toggle("plug", "power", (now) => !now.power, () => act("unplug"), () => act("plug")),
    toggle("wifi-off", "network", (now) => !now.network, () => act("cut"), () => act("join"))),
  group("world", readings),
);

function draw() {
  for (const each of document.querySelectorAll("[data-words]")) write(each, words()[each.dataset.words]);
  for (const each of drawn) each();
  const unplugged = world && !world.power;
  place.glass.classList.toggle("off", !frame || Boolean(unplugged));
  write(place.dark, unplugged ? words().dark.unplugged : frame ? "" : words().dark.waiting);
}

place.language.addEventListener("click", () => {
  turn();
  draw();
});

/** The kiosk's page is there once the agent serves it. */
async function mount() {
  if (frame) return;
  about = await (await fetch("/hands")).json();
  if (!about.ready) return void setTimeout(mount, 500);
  frame = el("iframe", { src: about.kiosk, title: words().screen, width: 1024, height: 600 });
  place.glass.prepend(frame);
  draw();
}

let wasOn = true;
follow("/hands/world", {
  hello: () => null,
  hear: (now) => {
    world = now;
    // A page that was being loaded when the plug was pulled would stay an error page for ever.
    if (frame && now.lit && !wasOn) frame.src = about.kiosk;
    wasOn = now.lit;
    draw();
  },
  longest: 1000,
});
mount();
draw();
