// The installer's guide: on the left what to do with the hands and the number as it is, on the right what was measured.

import { el, icon, write } from "/assets/element.js";
import { amount, lineName, reason } from "./measured.js";
import { number, say, words } from "./words.js";

const FEW = 5;
const MOST_ODD = 3;
const SIGNS = { pass: "circle-check", warn: "triangle-alert", fail: "circle-x", unmeasured: "circle-help" };

const button = (kind, ...content) => el("button", { type: "button", class: kind }, ...content);

/** What the left side says: headline, and the sentence below. */
export function guideSpeech(guide) {
  const said = words().guide_steps;
  if (guide.phase === "finished") {
    if (guide.failed) return [said.finished.fail, say(said.not_kept, { why: guide.failed })];
    if (!guide.verdict) return [said.finished.saving, said.saving];
    return [said.finished[guide.verdict], say(said.signed, { key: guide.key_id })];
  }
  const [headline, sub] = said.tasks[guide.phase === "asking" ? "asking" : guide.task];
  return [say(headline, { part: guide.part }), guide.phase === "measuring" ? said.measuring : say(sub, { part: guide.part })];
}

/** The live number and the buttons of the left side. `send(words)` hands on what is pressed. */
export function guideLeft(place, bar, send) {
  const term = el("dt");
  const value = el("dd");
  const live = el("dl", { class: "sums" }, el("div", {}, term, value));
  const main = button("button main");
  const second = button("button");
  place.append(live);
  bar.prepend(main, second);

  function press(target, label, words) {
    target.hidden = !label;
    if (!label) return;
    write(target, label);
    target.onclick = () => send(words);
  }

  function show(guide) {
    place.hidden = !guide;
    if (!guide || guide.phase === "asking") {
      main.hidden = second.hidden = live.hidden = true;
      return;
    }
    const said = words().guide_steps;
    live.hidden = guide.live === null || guide.phase === "finished" || guide.phase === "measuring";
    write(term, said.live[guide.task] ?? "");
    write(value, amount(guide.live, guide.unit));
    main.disabled = second.disabled = guide.phase === "measuring";
    if (guide.phase === "finished") {
      press(main, said.close, { guide: "leave" });
      press(second, "", null);
    } else if (guide.asks) {
      press(main, said.right, { guide: "right" });
      press(second, said.wrong, { guide: "wrong" });
    } else if (guide.phase === "measured") {
      press(main, said.on, { guide: "on" });
      press(second, said.again, { guide: "measure" });
    } else {
      press(main, said.measure, { guide: "measure" });
      press(second, "", null);
    }
  }

  return { show };
}

/** The right side: how far it is, what was measured, and what else can be pressed. */
export function guideRight(send) {
  const title = el("h2", {});
  const list = el("ul", { class: "measured" });
  const reasons = el("div", { class: "reasons" });
  const over = button("tool", icon("arrow-right"), el("span"));
  const leave = button("tool", icon("x"), el("span"));
  const element = el("section", { class: "attract" }, title, list, reasons, el("div", { class: "foot" }, over, leave));
  let asking = false;
  let drawn = "";
  let latest = null;

  function show(guide) {
    latest = guide;
    const text = JSON.stringify([guide.phase, guide.number, guide.lines, guide.odd, asking, document.documentElement.lang]);
    if (text === drawn) return;
    drawn = text;
    draw(guide);
  }

  function draw(guide) {
    const said = words().guide_steps;
    const done = guide.phase === "finished";
    const free = guide.phase === "waiting" || guide.phase === "measured";
    if (!free) asking = false;
    write(title, asking ? said.why_not : done ? said.so_far : say(said.step, { number: number(guide.number), of: number(guide.of) }));
    list.hidden = asking;
    list.replaceChildren(...rows(guide, done));
    reasons.hidden = !asking;
    reasons.replaceChildren(...guide.reasons.map((each) => {
      const chosen = button("button order", said.reasons[each] ?? each);
      chosen.onclick = () => { asking = false; send({ pass_over: each }); };
      return chosen;
    }));
    over.hidden = !free;
    leave.hidden = done || guide.phase === "measuring";
    write(over.lastChild, asking ? said.back : said.pass_over);
    write(leave.lastChild, said.leave);
    over.onclick = () => { asking = !asking; show(latest); };
    leave.onclick = () => send({ guide: "leave" });
  }

  return { element, show };
}

/** What was measured; of many lines only those that are not good, and how many are. */
function rows(guide, done) {
  const said = words().guide_steps;
  const lines = done ? guide.odd : guide.lines;
  const good = done ? guide.counts.pass : lines.filter((line) => line.verdict === "pass").length;
  const odd = lines.filter((line) => line.verdict !== "pass");
  // What is not good has a sentence below it; so many lines of both kinds have room.
  const shown = done || lines.length > FEW || odd.length > 1 ? odd : lines;
  const left = shown.length - (shown === lines ? FEW : MOST_ODD);
  const summed = good && (shown !== lines || done) ? [row("pass", say(said.good, { count: number(good) }), "", "")] : [];
  if (!lines.length && !summed.length) return [el("li", { class: "quiet" }, said.nothing_yet)];
  const more = left > 0 ? [el("li", { class: "quiet" }, `+ ${number(left)}`)] : [];
  return [...summed, ...shown.slice(0, left > 0 ? MOST_ODD : FEW).map((line) =>
    row(line.verdict, lineName(line.kind, line.part), amount(line.value, line.unit), reason(line))), ...more];
}

function row(verdict, name, value, why) {
  const said = words().guide_steps;
  return el("li", { class: verdict }, icon(SIGNS[verdict]), el("span", { class: "spoken" }, said.verdicts[verdict]),
    el("span", { class: "name" }, name), el("span", { class: "value" }, value), why ? el("span", { class: "why" }, why) : null);
}
