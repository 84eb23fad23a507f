// Numbers that count up when they grow, unless the reader wants no motion.

import { write } from "/assets/element.js";

const DURATION_MS = 300;
const still = matchMedia("(prefers-reduced-motion: reduce)");
const targets = new WeakMap();

/** Bring an element's number to `value`, written by `number` as the reader's language does. */
export function countTo(element, value, number) {
  const before = targets.get(element) ?? { value, run: 0 };
  const run = before.run + 1;
  targets.set(element, { value, run });
  if (still.matches || document.hidden || value <= before.value) return write(element, number(value));
  const start = performance.now();
  requestAnimationFrame(function step(now) {
    if (targets.get(element)?.run !== run) return;
    const part = Math.min(1, Math.max(0, (now - start) / DURATION_MS));
    write(element, number(Math.round(before.value + (value - before.value) * part)));
    if (part < 1) requestAnimationFrame(step);
  });
}
