"""Hands and eyes at a simulated machine: what a technician does and sees, done and seen by itself."""

from __future__ import annotations

import itertools
import time

import cv2
import numpy as np

from application.ports.hardware import Signal
from entrypoints.contracts.looks import COLOURED, SINGLE
from simulators.bench.person import Person
from simulators.bench.stage import Stage

WATCH_S = 1.25
LOOK_S = 0.005
STEADY_US = 100_000
"""Of the machine's time, until an item sensor, a contact or a bolt has followed."""


class SimulatedHands:
    """Implements Hands on a stage."""

    def __init__(self, stage: Stage, person: Person) -> None:
        """Step up to it."""
        self._stage = stage
        self._person = person

    def put_item(self) -> None:
        """Put an item in."""
        self._person.put(_anything())
        self._let_it_settle()

    def take_item(self) -> None:
        """Take it back."""
        self._person.take()
        self._let_it_settle()

    def reach_in(self) -> None:
        """Put a hand in."""
        self._person.reach_in()
        self._let_it_settle()

    def draw_back(self) -> None:
        """Draw it back."""
        self._person.draw_back()
        self._let_it_settle()

    def pull_door(self) -> bool:
        """Pull at the door."""
        opened = self._person.open_door()
        self._let_it_settle()
        return opened

    def push_door(self) -> None:
        """Push it shut."""
        self._person.shut_door()
        self._let_it_settle()

    def sees(self, signal: Signal) -> bool:
        """Look at the light for a while."""
        if self._stage.plug is not None:
            return _named(self._stage.glow) == COLOURED[signal]
        return self._watched() == SINGLE[signal]

    def leads_to(self, bin_name: str) -> bool:
        """Look where the flap stands."""
        return bool(self._person.state()["diverter"] == bin_name)

    def _let_it_settle(self) -> None:
        # The machine's time stands still while this computer is busy; so this one's says little.
        until_us = self._stage.body.now_us + STEADY_US
        while self._stage.body.now_us < until_us and self._stage.lives:
            time.sleep(LOOK_S)

    def _watched(self) -> str:
        looks = []
        ends = time.monotonic() + WATCH_S
        while time.monotonic() < ends:
            looks.append(self._stage.wires.lamp)
            time.sleep(LOOK_S)
        lit = sum(looks) / len(looks)
        begun = sum(now and not before for before, now in itertools.pairwise(looks))
        if not begun:
            return "steady" if lit > 0.5 else "dark"
        if begun >= 4:
            return "flickering"
        if lit < 0.3:
            return "flashing once a second"
        return "blinking" if begun >= 2 else "blinking slowly"


def _named(light: tuple[int, int, int, int]) -> str:
    red, green, blue, period_ms = light
    if not (red or green or blue):
        return "dark"
    colour = "blue" if blue > max(red, green) else "green" if green > red else "amber" if green else "red"
    if not period_ms:
        return f"{colour}, steady"
    how = "flickering" if period_ms < 300 else "blinking" if period_ms < 800 else "blinking slowly"
    return f"{colour}, {how}"


def _anything() -> bytes:
    done, picture = cv2.imencode(".jpg", np.full((64, 48, 3), 120, np.uint8))
    if not done:
        raise ValueError("no picture could be made")
    return picture.tobytes()
