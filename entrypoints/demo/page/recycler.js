// "Join in": a visitor's way through a deposit. What they do goes to the demo's world (hold, insert, take, press),
// what comes of it arrives from the platform (the session's feed) and from the machine's screen (the world's feed).

import { account } from "./account.js";
import { el, icon, write } from "/assets/element.js";
import { follow } from "/assets/feed.js";
import { ask, fetchBlob, Problem } from "./platform.js";
import { codeStep, insertStep, startStep, thanksStep } from "./steps.js";
import { words } from "./words.js";

const STEPS = { start: startStep, code: codeStep, insert: insertStep, thanks: thanksStep };
const WIDE = matchMedia("(min-width: 64rem)");

/** The panel; `draw()` after the fleet or the language changed. */
export function recycler(panel, opener, fleet) {
  const person = account();
  const title = el("h2", { id: "recycler-title", tabindex: "-1" });
  const close = el("button", { type: "button", class: "tool close", onclick: leave }, icon("x"), el("span", { class: "spoken" }));
  const trouble = el("p", { class: "trouble clay", role: "alert", hidden: true });
  const place = el("div", { class: "step" });
  panel.append(el("div", { class: "bar" }, title, close), trouble, place);
  const visit = fresh();
  let step = null;
  let stopFeed = () => {};

  const deeds = {
    begin, hold, insert, take, done, again: () => go("start"), sample: (url) => fetchBlob(url).then(insert, fail),
    signIn: (email, password) => guarded(() => person.signIn(email, password).then(readBalance)),
  };

  async function begin() {
    visit.preparing = true;
    draw();
    await guarded(async () => {
      Object.assign(visit, fresh(), { balance: visit.balance, preparing: true });
      visit.session = await person.asked("/api/v1/sessions", {
        method: "POST", headers: { "Idempotency-Key": crypto.randomUUID() },
      });
      visit.code = await person.asked(visit.session.qr.png, {}, fetchBlob);
      listen(visit.session.session_id);
      go("code");
    });
    visit.preparing = false;
    draw();
  }

  function listen(session) {
    stopFeed();
    stopFeed = follow(`/api/v1/sessions/${session}/live`, {
      hello: async (version) => ({ access_token: await person.token(), ...(version === null ? {} : { version }) }),
      hear,
    });
  }

  function hear({ type, data }) {
    if (type === "snapshot") {
      for (const item of data.items) {
        keepItem({ ...item, accepted: item.decision === "accept", credited: item.verdict ? item.points : 0 });
      }
      readBalance();
    }
    if (type === "item.decided") keepItem({ ...data, accepted: data.decision === "accept" });
    if (type === "item.settled") {
      keepItem({ item: data.item, outcome: data.outcome, verdict: data.verdict, credited: data.points ?? 0 });
      if (data.balance !== undefined) visit.balance = data.balance;
    }
    draw();
  }

  function keepItem(change) {
    visit.items.set(change.item, { ...visit.items.get(change.item), ...change });
  }

  function readBalance() {
    return person.asked("/api/v1/balance").then((balance) => {
      visit.balance = balance.points;
      draw();
    }, () => {}); // it is read again after the next deposit
  }

  async function hold(machine) {
    visit.machine = machine;
    visit.holding = true;
    draw();
    await guarded(async () => {
      visit.visit = (await at("code", visit.code)).visit;
      go("insert");
    });
    visit.holding = false;
    draw();
  }

  async function insert(file) {
    visit.looking = true;
    draw();
    await guarded(() => at("items", file));
    visit.looking = false;
    draw();
  }

  function take() {
    return guarded(() => at("take"));
  }

  async function done() {
    await guarded(async () => {
      await at("done");
      go("thanks");
    });
  }

  function at(deed, body) {
    return ask(`/demo/machines/${visit.machine}/${deed}?visitor=${visit.session.session_id}`, { method: "POST", body });
  }

  async function guarded(work) {
    trouble.hidden = true;
    try {
      await work();
    } catch (problem) {
      fail(problem);
    }
  }

  function fail(problem) {
    if (!(problem instanceof Problem)) throw problem;
    const said = words().errors;
    const names = { "bad-credentials": said.signIn, "sign-in-refused": said.signIn, "broken-picture": said.picture };
    const text = said.codes[problem.code.replaceAll("-", "_")] ?? names[problem.code] ?? said[problem.code] ?? said.other;
    write(trouble, text);
    trouble.hidden = false;
  }

  function go(name) {
    step = { name, ...STEPS[name](deeds) };
    place.replaceChildren(step.element);
    draw();
    title.focus();
  }

  /** What the machine's own screen says of this visit: it comes before the platform, and without any network. */
  function look() {
    if (step?.name !== "insert" && step?.name !== "thanks") return;
    const world = fleet.get(visit.machine)?.world;
    if (world?.view?.visit === visit.visit) {
      for (const item of world.view.items) {
        if (!visit.items.get(item.id)?.verdict) keepItem({ ...item, item: item.id });
      }
    }
    // What the world tells may be older than the machine's answer: nobody leaves who was not seen inside.
    const inside = world?.visitor === visit.session.session_id;
    visit.inside ||= inside;
    if (step.name === "insert" && visit.inside && !inside) {
      visit.cut = !world?.power;
      go("thanks");
    }
  }

  function draw() {
    write(title, words().recycler.title);
    write(close.lastChild, words().recycler.close);
    look();
    step?.show(visit, fleet);
  }

  function open() {
    if (WIDE.matches) panel.show();
    else panel.showModal();
    document.body.classList.toggle("joined", WIDE.matches);
    opener.setAttribute("aria-expanded", "true");
    if (!step) go("start");
    title.focus();
  }

  function leave() {
    panel.close();
  }

  opener.addEventListener("click", () => (panel.open ? leave() : open()));
  panel.addEventListener("close", () => {
    document.body.classList.remove("joined");
    opener.setAttribute("aria-expanded", "false");
    opener.focus();
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
  });
  // A photograph dropped beside the panel must not replace the page.
  for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
  setInterval(() => step?.tick?.(visit), 1000);
  return { draw };
}

function fresh() {
  return { session: null, code: null, machine: null, visit: null, items: new Map(), balance: 0,
    preparing: false, holding: false, looking: false, inside: false, cut: false };
}
