// The four steps of a deposit, one view each: `{element, show(visit, fleet), tick?(visit)}`.

import { stateInWords, stateOf } from "./card.js";
import { countTo } from "./count.js";
import { el, icon, write } from "/assets/element.js";
import { itemList } from "./items.js";
import { ask } from "./platform.js";
import { clock, number, words } from "./words.js";

const PICTURES = "image/jpeg,image/png,image/webp";

function balanceCard() {
  const term = el("p");
  const value = el("p", { class: "value" });
  const unit = el("p");
  return {
    element: el("div", { class: "balance" }, term, value, unit),
    show(visit) {
      write(term, words().recycler.balance);
      countTo(value, visit.balance);
      write(unit, words().recycler.points(visit.balance));
    },
  };
}

/** Who you are, what you have, and the one thing to do. */
export function startStep(deeds) {
  const balance = balanceCard();
  const intro = el("p", { class: "quiet" });
  const begin = el("button", { type: "button", class: "button wide", onclick: deeds.begin });
  const email = el("input", { type: "email", name: "email", autocomplete: "username", required: true });
  const password = el("input", { type: "password", name: "password", autocomplete: "current-password", required: true });
  const labels = [el("span"), el("span")];
  const submit = el("button", { type: "submit", class: "button wide" });
  const summary = el("summary");
  const form = el("form", { onsubmit: (event) => {
    event.preventDefault();
    deeds.signIn(email.value, password.value);
  } }, el("label", {}, labels[0], email), el("label", {}, labels[1], password), submit);
  return {
    element: el("div", {}, balance.element, begin, intro, el("details", {}, summary, form)),
    show(visit) {
      const said = words().recycler;
      balance.show(visit);
      write(intro, said.intro);
      write(begin, visit.preparing ? said.preparing : said.start);
      begin.disabled = visit.preparing;
      write(summary, said.haveAccount);
      write(labels[0], said.email);
      write(labels[1], said.password);
      write(submit, said.signIn);
    },
  };
}

/** Your QR, and before which machine you hold it. */
export function codeStep(deeds) {
  const picture = el("img", { class: "qr", width: "240", height: "240" });
  const left = el("p", { class: "quiet", role: "timer" });
  const legend = el("legend");
  const choices = el("div", { class: "choices" });
  const hold = el("button", { type: "submit", class: "button wide" });
  const again = el("button", { type: "button", class: "button wide", onclick: deeds.begin });
  let chosen = null;
  const form = el("form", { onsubmit: (event) => {
    event.preventDefault();
    if (chosen) deeds.hold(chosen);
  } }, el("fieldset", {}, legend, choices), hold);

  function offer(fleet) {
    chosen ??= (fleet.all().find((machine) => stateOf(machine.world) === "ready") ?? fleet.all()[0])?.id;
    for (const machine of fleet.all()) {
      let choice = choices.querySelector(`[data-machine="${CSS.escape(machine.id)}"]`);
      if (!choice) {
        const input = el("input", { type: "radio", name: "machine", value: machine.id, onchange: () => { chosen = machine.id; } });
        input.checked = chosen === machine.id;
        choice = el("label", { "data-machine": machine.id }, input, el("span", { class: "name" }), el("span", { class: "quiet" }));
        choices.append(choice);
      }
      write(choice.children[1], machine.name);
      write(choice.children[2], stateInWords(machine.world));
    }
  }

  function tick(visit) {
    const seconds = Math.max(0, Math.ceil((Date.parse(visit.session.expires_at) - Date.now()) / 1000));
    write(left, seconds ? words().recycler.validFor(clock(seconds)) : words().recycler.expired);
    again.hidden = seconds > 0;
    hold.hidden = seconds === 0;
  }

  return {
    element: el("div", {}, picture, left, form, again),
    tick,
    show(visit, fleet) {
      const said = words().recycler;
      if (!picture.src) {
        picture.src = URL.createObjectURL(visit.code);
        picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
      }
      picture.alt = said.qr;
      write(legend, said.machine);
      write(hold, visit.holding ? said.showing : said.show);
      hold.disabled = visit.holding;
      write(again, visit.preparing ? said.preparing : said.again);
      offer(fleet);
      tick(visit);
    },
  };
}

/** One item after the other: drop a photograph, see what becomes of it. */
export function insertStep(deeds) {
  const screen = el("p", { class: "quiet", role: "status" });
  const headline = el("p", { class: "headline" });
  const hint = el("p", { class: "quiet" });
  const input = el("input", { type: "file", accept: PICTURES, class: "spoken", id: "photograph", onchange: () => {
    if (input.files[0]) deeds.insert(input.files[0]);
    input.value = "";
  } });
  const choose = el("label", { for: "photograph", class: "button wide" });
  const drop = el("div", { class: "drop",
    ondragover: () => drop.classList.add("over"),
    ondragleave: () => drop.classList.remove("over"),
    ondrop: (event) => {
      drop.classList.remove("over");
      if (event.dataTransfer.files[0]) deeds.insert(event.dataTransfer.files[0]);
    } }, hint, input, choose);
  const samplesTitle = el("p", { class: "quiet" });
  const samples = el("div", { class: "samples" });
  const sums = { items: el("dd"), points: el("dd", { class: "leaf" }) };
  const terms = { items: el("dt"), points: el("dt") };
  const note = el("p", { class: "sun", role: "status" });
  const take = el("button", { type: "button", class: "button wide", onclick: deeds.take });
  const list = itemList(deeds);
  const done = el("button", { type: "button", class: "button wide", onclick: deeds.done });
  ask("/demo/samples").then((urls) => urls.forEach((url, place) => samples.append(
    el("button", { type: "button", "aria-label": words().recycler.sample(number(place + 1)), onclick: () => deeds.sample(url) },
      el("img", { src: url, alt: "" })))), () => {});

  return {
    element: el("div", {},
      headline, screen, note, take, drop,
      el("dl", { class: "sums" }, el("div", {}, sums.items, terms.items), el("div", {}, sums.points, terms.points)),
      list.element, samplesTitle, samples, el("div", { class: "last" }, done)),
    show(visit, fleet) {
      const said = words().recycler;
      const world = fleet.get(visit.machine)?.world;
      write(headline, said.insert);
      write(screen, `${said.screen}: ${words().screens[world?.screen ?? "dark"] ?? ""}`);
      write(hint, visit.looking ? said.inside : said.hint);
      write(choose, said.choose);
      write(samplesTitle, said.samples);
      samples.hidden = samplesTitle.hidden = samples.children.length === 0;
      const { items, points } = paid(visit);
      countTo(sums.items, items);
      countTo(sums.points, points);
      write(terms.items, said.items(items));
      write(terms.points, said.points(points));
      const state = stateOf(world);
      write(note, state === "offline" ? said.offline : state === "unpowered" ? said.unpowered : "");
      write(take, said.take);
      take.hidden = !(world?.present && world.screen === "take_back");
      list.show(visit, world);
      write(done, said.done);
    },
  };
}

/** What it came to. */
export function thanksStep(deeds) {
  const headline = el("p", { class: "headline" });
  const late = el("p", { class: "sun" });
  const balance = balanceCard();
  const list = itemList(deeds);
  const more = el("button", { type: "button", class: "button wide", onclick: deeds.begin });
  return {
    element: el("div", {}, icon("circle-check"), headline, late, balance.element, list.element, more),
    show(visit, fleet) {
      const { items, points, waiting } = paid(visit);
      const said = words().recycler;
      write(headline, visit.cut ? said.cut : items ? said.thanks(items, points) : said.nothing);
      write(late, waiting ? words().recycler.late : "");
      balance.show(visit);
      list.show(visit, fleet.get(visit.machine)?.world);
      write(more, visit.preparing ? words().recycler.preparing : words().recycler.more);
      more.disabled = visit.preparing;
    },
  };
}

/** What a visit has come to: items kept, their points, and how many the platform has not told of yet. */
function paid(visit) {
  const kept = [...visit.items.values()].filter((item) => item.accepted && item.outcome !== "returned");
  const points = kept.reduce((sum, item) => sum + (item.verdict ? item.credited ?? 0 : item.outcome ? item.points ?? 0 : 0), 0);
  return { items: kept.filter((item) => item.outcome).length, points, waiting: kept.filter((item) => !item.verdict).length };
}
