"""What either side can do to a served body: the agent by its wires and its camera, a person by hands."""

from __future__ import annotations

import base64
import binascii
import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from simulators.bench.eye import Unplugged
from simulators.bench.person import Person, PersonError
from simulators.bench.pins import WatchedPin
from simulators.bench.stage import Stage
from simulators.rig.sight import BrokenCode
from simulators.served.books import Books

MOST_PICTURE = 16 * 1024 * 1024
"""Bytes of a picture."""
MOST_LOOKS = 60
"""Items of which it is known what they look like."""
EXPOSURE_S = 0.06
HAND_S = 0.15
"""Before an item is let go, and after."""
AWAY_S = 0.4
"""For a hand to be out after it has taken something."""

Notice = dict[str, Any]
Commands = dict[str, Callable[..., Any]]


class MalformedCommand(Exception):
    """There is no such command, or something that it needs is missing or has another form."""


REFUSALS = (MalformedCommand, PersonError, Unplugged, BrokenCode)


class Touch:
    """Both sides of one body. Safe from any thread."""

    def __init__(self, stage: Stage, books: Books) -> None:
        """`books` note what is counted, and which pictures were made of items."""
        self._stage = stage
        self._person = Person(stage)
        self._books = books

    # ------------------------------------------------------------ the computer's

    def agents(self, notice: Callable[[Notice], None]) -> Commands:
        """Return what a computer at the wires can do; `notice` is told of its inputs."""
        return {
            "about": self._about,
            "function": lambda pin, function: self._function(int(pin), str(function), notice),
            "drive": lambda pin, level: self._drive(int(pin), float(level)),
            "capture": self._capture,
        }

    def _about(self) -> dict[str, Any]:
        plug = self._stage.plug
        return {"serial": None if plug is None else str(plug.path)}

    def _function(self, number: int, function: str, notice: Callable[[Notice], None]) -> None:
        def deed(stage: Stage) -> None:
            pin: WatchedPin = stage.wires.factory.pin(number)
            pin.function = function
            if function == "input":
                pin.follower = lambda level: notice({"notice": "level", "pin": number, "level": level})
                pin.pulse_follower = lambda seconds: notice({"notice": "pulse", "pin": number, "seconds": seconds})

        self._stage.touch(deed)
        if function == "input":
            level = bool(self._stage.touch(lambda stage: stage.wires.factory.pin(number).state))
            notice({"notice": "level", "pin": number, "level": level})

    def _drive(self, number: int, level: float) -> None:
        def deed(stage: Stage) -> None:
            pin = stage.wires.factory.pin(number)
            if stage.powered and pin.function == "output":
                pin.state = level

        self._stage.touch(deed)

    def _capture(self) -> dict[str, str]:
        time.sleep(EXPOSURE_S)

        def deed(stage: Stage) -> tuple[bytes, tuple[str, ...]]:
            if not stage.powered:
                raise Unplugged("there is no power")
            return stage.eye.look(stage.body.belt), stage.eye.before(stage.body.belt)

        picture, tags = self._stage.touch(deed)
        if tags:
            self._books.exposed(tags, hashlib.sha256(picture).hexdigest())
        return {"picture": base64.b64encode(picture).decode("ascii")}

    # ------------------------------------------------------------ a person's

    def persons(self) -> Commands:
        """Return what hands can do, and what anybody sees."""
        person = self._person
        return {
            "put": self._put,
            "take": self._take,
            "pull_string": lambda: {"tag": person.pull_the_string()},
            "reach_in": person.reach_in,
            "draw_back": person.draw_back,
            "show_code": lambda picture, dim=1.0: person.show_code(_bytes_of(picture), dim=float(dim)),
            "hide_code": person.hide_code,
            "pull_door": lambda: {"opened": person.open_door()},
            "push_door": person.shut_door,
            "fill": lambda permille, bin_name=None: person.fill(int(permille), bin_name),
            "empty": lambda bin_name=None: person.empty(bin_name),
            "plant": lambda fault: person.plant(str(fault)),
            "mend": lambda fault: person.mend(str(fault)),
            "reset": person.reset_microcontroller,
            "unplug": self._stage.cut_power,
            "plug_in": self._stage.give_power,
            "state": self._state,
        }

    def _put(self, picture: str, tag: str) -> None:
        """Reach in, let it lie, and draw the hand back."""
        data = _bytes_of(picture)
        with self._hand():
            time.sleep(HAND_S)
            self._person.put(data, tag)
            self._stage.touch(_forget_old_looks)
            time.sleep(HAND_S)

    def _take(self) -> dict[str, str]:
        """Reach in, and draw back what lies within reach."""
        with self._hand():
            tag = self._person.take()
            time.sleep(AWAY_S)
        return {"tag": tag}

    @contextmanager
    def _hand(self) -> Iterator[None]:
        """Reach in for a moment; a hand that is there already stays."""
        stays = bool(self._person.state()["hand"])
        self._person.reach_in()
        try:
            yield
        finally:
            if not stays:
                self._person.draw_back()

    def _state(self) -> dict[str, Any]:
        told = self._person.state()
        lasting = self._stage.device.lasting
        duty = self._stage.body.motor.duty
        return {
            **told,
            "counters": {"in": lasting.passed_in, "out": lasting.passed_out},
            "power": self._stage.powered,
            "turns": "in" if duty > 0 else "out" if duty < 0 else "still",
            "planted": sorted(self._person.planted),
        }


def _forget_old_looks(stage: Stage) -> None:
    """What fell in long ago hangs on no string any more."""
    pictures = stage.eye.pictures
    for tag in [*pictures][:-MOST_LOOKS]:
        del pictures[tag]


def _bytes_of(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError) as odd:
        raise MalformedCommand("a picture travels as base64") from odd
    if not 0 < len(data) <= MOST_PICTURE:
        raise MalformedCommand(f"a picture has 1 to {MOST_PICTURE} bytes, this one has {len(data)}")
    return data
