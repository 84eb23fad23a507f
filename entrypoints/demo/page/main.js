// Puts the page together: settings, the fleet and its feed, the proof, the recycler.

import { card, stateInWords, stateOf } from "./card.js";
import { countTo } from "./count.js";
import { el, write } from "/assets/element.js";
import { follow } from "/assets/feed.js";
import { fleet, totals } from "./fleet.js";
import { ask } from "./platform.js";
import { proof } from "./proof.js";
import { recycler } from "./recycler.js";
import { settings } from "./settings.js";
import { words } from "./words.js";

const known = fleet();
const cards = new Map();
const sums = new Map();
const places = Object.fromEntries(["proof", "totals", "fleet", "empty", "lost", "said", "join", "recycler"]
  .map((id) => [id, document.getElementById(id)]));
const ledger = proof(places.proof, () => ask("/demo/proof"));
const guest = recycler(places.recycler, places.join, known);
const spoken = new Map();
let connected = null;
let due = false;

for (const key of ["machines", "items", "refused", "points", "waiting"]) {
  sums.set(key, { term: el("dt"), value: el("dd") });
  places.totals.append(el("div", {}, sums.get(key).term, sums.get(key).value));
}

function draw() {
  due = false;
  const all = known.all();
  all.forEach((machine, place) => {
    if (!cards.has(machine.id)) cards.set(machine.id, card());
    const { element, show } = cards.get(machine.id);
    show(machine);
    if (places.fleet.children[place] !== element) places.fleet.insertBefore(element, places.fleet.children[place] ?? null);
  });
  const values = totals(all);
  for (const [key, { term, value }] of sums) {
    write(term, words().totals[key](values[key]));
    countTo(value, values[key]);
  }
  write(places.empty, all.length ? "" : words().noMachines);
  write(places.lost, words().lost);
  guest.draw();
}

// Many events, one drawing for each frame of the screen.
function soon() {
  if (due) return;
  due = true;
  requestAnimationFrame(draw);
}

function sayStates() {
  for (const machine of known.all()) {
    const state = stateOf(machine.world);
    const before = spoken.get(machine.id);
    spoken.set(machine.id, state);
    const grave = ["offline", "unpowered", "broken"];
    if (before && before !== state && (grave.includes(state) || grave.includes(before))) {
      write(places.said, `${machine.name}: ${stateInWords(machine.world)}`);
    }
  }
}

function connection(now) {
  if (now === connected) return;
  if (now && connected === false) write(places.said, words().back);
  connected = now;
  places.lost.hidden = now;
  document.body.classList.toggle("stale", !now);
}

settings(() => {
  ledger.say();
  draw();
});

// Nothing is counted twice, and nothing that was told while the board was on its way is forgotten.
const MOST_RECENT = 500;
let counted = 0;
let recent = [];

async function begin() {
  const board = await ask("/demo/board");
  counted = board.version;
  known.begin(board.machines);
  recent.filter((message) => message.version > counted).forEach(known.hear);
  ledger.ask();
  soon();
  return board.version;
}

function hear(message) {
  if (message.type === "snapshot") return void begin(); // more was missed than the feed tells again
  recent = [...recent.slice(1 - MOST_RECENT), message];
  if (message.version <= counted) return;
  known.hear(message);
  ledger.ask();
  soon();
}

follow("/api/v1/fleet/live", {
  hello: async (version) => {
    const { access_token } = await ask("/demo/watcher");
    return { access_token, version: version ?? await begin() };
  },
  hear,
  change: connection,
});

follow("/demo/world", {
  hello: () => null,
  hear: (message) => {
    known.know(message.machines);
    sayStates();
    soon();
  },
});
