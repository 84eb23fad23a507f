// The fleet as the platform's feed tells it: every number here is a sum over relayed events, nothing is polled.

import { MOST } from "./bars.js";

/** An empty fleet; `begin(board)` is what was relayed before, `hear(message)` what is relayed now, `know(machines)` the world. `hear` may be passed on as it is. */
export function fleet() {
  const machines = new Map();

  function machine(id, name) {
    if (!machines.has(id)) {
      machines.set(id, { id, name: name ?? id, items: 0, refused: 0, points: 0, last: null, history: [], world: null, place: machines.size });
    }
    const known = machines.get(id);
    if (name) known.name = name;
    return known;
  }

  const rules = {
    "item.decided"(data) {
      const at = machine(data.machine, data.machine_name);
      const accepted = data.decision === "accept";
      at.items += 1;
      if (!accepted) at.refused += 1;
      at.last = {
        item: data.item, accepted, reason: data.reason, label: data.label, confidence: data.confidence ?? 0,
        box: data.box, picture: data.picture, points: data.points ?? 0, model: data.model, verdict: null,
      };
      at.history = [...at.history, { item: data.item, accepted, points: data.points ?? 0 }].slice(-MOST);
    },
    "item.settled"(data) {
      const at = machine(data.machine, data.machine_name);
      if (data.verdict === "credited" || data.verdict === "repriced") at.points += data.points ?? 0;
      if (at.last?.item === data.item) at.last = { ...at.last, verdict: data.verdict };
    },
  };

  return {
    /** In the order in which the world tells of them. */
    all: () => [...machines.values()].sort((a, b) => a.place - b.place),
    get: (id) => machines.get(id),
    /** Each row that concerns a session comes twice, for the machine and for the session: the machine's counts. */
    hear: (message) => {
      if (message.aggregate?.startsWith("machine:")) rules[message.type]?.(message.data);
    },
    know: (list) => {
      list.forEach((world, place) => Object.assign(machine(world.id, world.name), { world, place }));
    },
    /** Begin from what was counted before: the board's `machines`. */
    begin: (board) => {
      for (const known of machines.values()) Object.assign(known, { items: 0, refused: 0, points: 0, last: null, history: [] });
      for (const { id, name, ...sums } of board) Object.assign(machine(id, name), sums);
    },
  };
}

/** The sums over all machines. */
export function totals(all) {
  const sum = (key) => all.reduce((total, machine) => total + machine[key], 0);
  const waiting = all.reduce((total, machine) => total + (machine.world?.waiting ?? 0), 0);
  return { machines: all.length, items: sum("items"), refused: sum("refused"), points: sum("points"), waiting };
}
