// Puts the screen together: what the machine tells comes in by one socket, what is pressed goes out by the same.

import { follow } from "/assets/feed.js";
import { guideLeft } from "./guide.js";
import { drawLeft } from "./left.js";
import { namePad } from "./name.js";
import { pinPad } from "./pin.js";
import { rightSide } from "./right.js";
import { orders } from "./service.js";
import { settings } from "./settings.js";
import { speak } from "./words.js";

let told = null;
let lost = true;
let send = () => {};

const chosen = settings(draw);
const pad = pinPad((pin) => send({ pin }));
const drawRight = rightSide({
  technician: () => pad.open(), send: (order) => send({ order }), guided: (words) => send(words),
});
const lead = guideLeft(document.getElementById("guide"), document.getElementById("bar"), (words) => send(words));
const names = namePad((installer) => send({ installer }), () => send({ guide: "leave" }));
const menu = orders(document.getElementById("orders"), (order) => send({ order }));

function draw() {
  const view = lost || !told?.view ? { screen: lost ? "lost" : "starting", items: [], notes: [], parts: [] } : told.view;
  const machine = told?.machine ?? null;
  document.body.dataset.screen = view.screen;
  const service = told?.service ?? null;
  const guide = view.screen === "maintenance" ? told?.guide ?? null : null;
  document.body.dataset.guide = guide ? `${guide.phase} ${guide.number}` : "";
  drawLeft(view, machine, service, guide, { press, chosen });
  drawRight(view, machine, service, guide);
  menu.show(view, guide ? null : service);
  lead.show(guide);
  names.show(guide);
  pad.show(service);
  if (view.screen === "maintenance") pad.close();
}

function press(button) {
  send({ press: button });
}

function hear(message) {
  const before = told?.view;
  told = message;
  // The next person is greeted in the first language again, whatever the last one chose.
  if (before && before.screen !== "welcome" && message.view?.screen === "welcome") speak();
  draw();
}

follow("/live", {
  hello: () => null,
  hear,
  longest: 1000,
  change: (connected, socket) => {
    lost = !connected;
    send = connected ? (words) => socket.send(JSON.stringify(words)) : () => {};
    draw();
  },
});
