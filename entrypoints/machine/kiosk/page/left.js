// The left side: what happens now and what to do, in the largest letters; below it the one thing to press.

import { countTo } from "/assets/count.js";
import { el, icon, write } from "/assets/element.js";
import { guideSpeech } from "./guide.js";
import { outcome } from "./service.js";
import { counted, material, number, say, words } from "./words.js";

const OPEN = new Set(["insert", "recognising", "accepted", "refused", "take_back", "hand_in_chute", "clearing"]);
const COUNTED = new Set([...OPEN, "finishing", "thanks"]);
const FREE = new Set(["welcome", "code_refused", "thanks", "pulled_back"]);
/** What is drawn where no sums are: decoration, the words say it all. */
const SIGNS = {
  lost: "hourglass", starting: "power", recovering: "shield-check", welcome: "qr-code", checking_code: "scan-line",
  code_refused: "smartphone", pulled_back: "hand", opening: "package-open", out_of_service: "wrench",
};

const places = Object.fromEntries(["state", "headline", "sub", "also", "sign", "sums", "bar", "said"]
  .map((id) => [id, document.getElementById(id)]));
const parts = build();

function build() {
  const sum = () => ({ term: el("dt"), value: el("dd") });
  const items = sum();
  const points = sum();
  points.value.className = "leaf";
  points.box = el("div", {}, points.term, points.value);
  places.sums.append(el("div", {}, items.term, items.value), points.box);

  const button = (kind, ...content) => el("button", { type: "button", class: kind }, ...content);
  const done = button("button main");
  const guest = button("button");
  const language = button("tool", icon("languages"), el("span"));
  const contrast = button("tool", icon("sun"), el("span"));
  places.bar.append(done, guest, el("div", { class: "tools" }, language, contrast));
  places.state.append(icon("wifi-off"), el("span"));
  return { items, points, done, guest, language, contrast };
}

/** What is said on a view: the headline, and the sentence below it. Never blank, whatever the machine tells. */
export function speech(view) {
  const [headline, sub] = words().screens[view.screen] ?? words().unknown_screen;
  const item = view.items[0];
  const guest = view.by === "guest";
  if (view.screen === "accepted" && item?.label) return [say(words().accepted_of, { material: material(item.label) }), sub];
  if (view.screen === "refused" && item) return [refusal(item, headline), words().reasons[item.reason] ?? sub];
  if (view.screen === "code_refused") return [headline, words().codes[view.code] ?? sub];
  if (view.screen === "maintenance" && !view.parts.length) return [headline, words().service.sound];
  if (view.screen === "insert" && guest) return [headline, words().guest.insert];
  if (view.screen === "thanks") return [headline, view.paid === 0 ? words().thanks_nothing : guest ? words().guest.thanks : sub];
  return [headline, sub];
}

function refusal(item, headline) {
  return item.label && item.reason === "not_a_container" ? say(words().refused_of, { material: material(item.label) }) : headline;
}

/** What is said besides: notes, and the parts that keep the machine out of service. */
function also(view) {
  const broken = view.parts.map((part) => words().parts[part] ?? say(words().parts.other, { part }));
  return [...broken, ...view.notes.map((note) => words().notes[note]).filter(Boolean)];
}

/** Draw a view, or the guide an installer is led by. `press(button)` tells the machine, `chosen` has the choices of this screen. */
export function drawLeft(view, machine, service, guide, { press, chosen }) {
  const [headline, said] = guide ? guideSpeech(guide) : speech(view);
  const sub = (view.screen === "maintenance" && !guide && outcome(service)) || said;
  if (places.headline.textContent !== headline || places.sub.textContent !== sub) write(places.said, `${headline}. ${sub}`);
  write(places.headline, headline);
  write(places.sub, sub);
  drawAlso(guide ? [] : also(view), view.parts.length > 0);
  drawState(machine);
  drawSign(view.screen);
  drawSums(view);

  parts.done.hidden = Boolean(guide) || (!OPEN.has(view.screen) && view.screen !== "maintenance");
  parts.guest.hidden = !FREE.has(view.screen);
  write(parts.done, view.screen === "maintenance" ? words().service.leave : words().buttons.done);
  write(parts.guest, words().buttons.guest);
  write(parts.language.lastChild, words().buttons.language);
  write(parts.contrast.lastChild, words().buttons.contrast);
  parts.contrast.setAttribute("aria-pressed", String(chosen.contrast()));
  parts.done.onclick = () => press("done");
  parts.guest.onclick = () => press("guest");
  parts.language.onclick = chosen.switchLanguage;
  parts.contrast.onclick = chosen.switchContrast;
}

function drawAlso(sentences, broken) {
  places.also.classList.toggle("fault", broken);
  const same = places.also.children.length === sentences.length
    && sentences.every((sentence, place) => places.also.children[place].textContent === sentence);
  if (!same) places.also.replaceChildren(...sentences.map((sentence) => el("li", {}, sentence)));
}

function drawState(machine) {
  places.state.hidden = !machine?.off_line;
  if (!machine?.off_line) return;
  const { none, some } = words().off_line;
  write(places.state.lastChild, machine.waiting ? say(some, { waiting: number(machine.waiting) }) : none);
}

function drawSign(screen) {
  const name = SIGNS[screen] ?? "";
  places.sign.hidden = !name;
  if (places.sign.dataset.name === name) return;
  places.sign.dataset.name = name;
  places.sign.replaceChildren(...(name ? [icon(name)] : []));
}

function drawSums(view) {
  const shown = COUNTED.has(view.screen) && (view.screen !== "thanks" || view.paid > 0);
  places.sums.hidden = !shown;
  countTo(parts.items.value, view.paid ?? 0, number);
  countTo(parts.points.value, view.points ?? 0, number);
  parts.points.box.hidden = view.points === null || view.points === undefined;
  write(parts.items.term, counted(words().sums.items, view.paid ?? 0));
  write(parts.points.term, counted(words().sums.points, view.points ?? 0));
}
