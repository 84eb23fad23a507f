// A line of a self-test in words: what was measured, what it should be, and why it is not.

import { number, say, words } from "./words.js";

const decimal = (value, digits = 1) =>
  new Intl.NumberFormat(words().locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

/** A number with its unit, as people read it. */
export function amount(value, unit) {
  const said = words().guide_steps.values;
  if (value === null || value === undefined) return "–";
  switch (unit) {
    case "yes": return value ? said.yes : said.no;
    case "way": return value > 0 ? said.in : value < 0 ? said.out : said.nowhere;
    case "mC": return `${decimal(value / 1000)} °C`;
    case "permille": return `${decimal(value / 10)} %`;
    case "us": return `${decimal(value / 1000)} ms`;
    case "mm": case "mA": case "ms": return `${number(value)} ${unit}`;
    default: return number(value);
  }
}

/** What a line is called: its kind, and the part where there are several. */
export function lineName(kind, part) {
  const name = words().guide_steps.lines[kind] ?? kind;
  return part ? `${name} · ${part}` : name;
}

/** Why a line is not good, in a sentence; empty when it is. */
export function reason(line) {
  const said = words().guide_steps;
  return say(said.whys[line.why] ?? "", {
    low: amount(line.low, line.unit),
    high: amount(line.high, line.unit),
    other: lineName(...line.said.split(".")),
    danger: said.dangers[line.said] ?? line.said,
    reason: said.reasons[line.said] ?? line.said,
  });
}
