// The last items of a machine as small bars: height is points; a refused one is a low, hollow mark.

import { svg } from "/assets/element.js";
import { words } from "./words.js";

export const MOST = 24;
const WIDTH = 10;
const STEP = 14;
const HEIGHT = 40;
const LOW = 6;

/** The chart of items `{accepted, points}`, oldest first. */
export function bars(items) {
  const last = items.slice(-MOST);
  const top = Math.max(1, ...last.map((item) => item.points));
  const chart = svg("svg", {
    class: "bars", role: "img", viewBox: `0 0 ${STEP * MOST} ${HEIGHT}`, preserveAspectRatio: "none",
    "aria-label": words().bars(last.length, last.filter((item) => item.accepted).length),
  });
  const first = MOST - last.length;
  last.forEach((item, place) => {
    const height = item.accepted ? Math.max(LOW, Math.round((item.points / top) * HEIGHT)) : LOW;
    chart.append(svg("rect", {
      class: item.accepted ? "in" : "back", x: (first + place) * STEP + 2, y: HEIGHT - height, width: WIDTH,
      height, rx: 2, opacity: (0.4 + (0.6 * (first + place + 1)) / MOST).toFixed(2),
    }));
  });
  return chart;
}
