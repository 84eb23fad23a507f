"""What hands can do before, behind and inside one simulated machine: never what the machine should think of it."""

from __future__ import annotations

import io
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import segno

from adapters.vision.pictures import decode
from application.platform.open_session import OpenSession
from application.platform.read_balance import ReadBalance
from application.platform.sign_up import SignUp
from entrypoints.demo.stage import Stage
from entrypoints.machine.play.body import PersonAtABody

FAULTS = (
    "motor jammed", "motor dead", "motor reversed", "camera unplugged", "camera black", "camera frozen",
    "item sensor blind", "item sensor dark", "in-sensor blind", "level sensor dead", "climate sensor dead",
    "bolt broken", "line noisy", "microcontroller unplugged",
)  # fmt: skip
"""Of all that a body can suffer (`simulators.bench.mischief`), what lies within reach of these hands."""
HELD_S = 20.0
"""For so long somebody holds a phone before a camera."""
READ = {"insert", "recognising", "accepted", "refused", "code_refused", "take_back"}
"""Screens after which a phone is put away."""
FULL, EMPTY = 850, 0
"""Permille of a bin's depth: beyond the first its sensor says that it is full."""


class NotPossible(Exception):
    """There is no such deed; the message names it."""


class Hands:
    """One person's hands, a phone in one of them. Every deed raises Refusal or LineDown as the hardware does."""

    def __init__(self, stage: Stage, person: PersonAtABody) -> None:
        """Sign the person up, with a phone whose app is signed in."""
        self._stage = stage
        self._machine = stage.machines[0]
        self._before = person
        self._held_since: float | None = None
        address, password = f"{uuid.uuid4().hex[:12]}@hands.example", uuid.uuid4().hex
        self._person = stage.platform.part(SignUp)(address, password).person
        body = person.body
        self._deeds: dict[str, Callable[[str, bytes], Any]] = {
            "put": lambda _, picture: self._put(picture),
            "sample": lambda number, _: self._put(self.sample(number).read_bytes()),
            "take": lambda *_: body.take(),
            "pull-string": lambda *_: body.pull_string(),
            "reach-in": lambda *_: body.do("reach_in"),
            "draw-back": lambda *_: body.do("draw_back"),
            "show-code": lambda *_: self._show_code(),
            "hide-code": lambda *_: self._hide_code(),
            "pull-door": lambda *_: self._pull_door(),
            "push-door": lambda *_: body.do("push_door"),
            "fill": lambda *_: body.do("fill", permille=FULL),
            "empty": lambda *_: body.do("empty"),
            "reset": lambda *_: body.do("reset"),
            "plant": lambda fault, _: body.do("plant", fault=_known(fault)),
            "mend": lambda fault, _: body.do("mend", fault=_known(fault)),
            "cut": lambda *_: self._machine.cut(),
            "join": lambda *_: self._machine.restore(),
            "unplug": lambda *_: self._machine.power_off() if self._machine.power else None,
            "plug": lambda *_: None if self._machine.power else self._machine.power_on(),
        }

    def do(self, deed: str, what: str, body: bytes) -> None:
        """Do it. Raises NotPossible, BrokenPicture, Refusal, LineDown, BoltHolds."""
        if deed not in self._deeds:
            raise NotPossible(f"hands cannot {deed[:40]!r}")
        self._deeds[deed](what, body)

    def sample(self, number: str) -> Path:
        """Return one of the packaged photographs. Raises NotPossible."""
        if not number.isdigit() or int(number) >= len(self._stage.samples):
            raise NotPossible(f"there is no photograph {number[:10]!r}")
        return self._stage.samples[int(number)]

    def world(self) -> dict[str, Any]:
        """Look around: what anybody sees who stands there, and the balance on the phone."""
        seen = self._before.state()
        screen = self._machine.look().screen
        if seen["code"] and self._held_long_enough(screen):
            self._hide_code()
        return {
            "power": self._machine.power,
            "network": self._machine.proxy.connected,
            "waiting": self._machine.waiting,
            "lit": screen is not None,
            "present": seen["present"],
            "hand": seen["hand"],
            "motor": seen["motor"],
            "light": seen["light"],
            "door": seen["door"]["open"],
            "code": seen["code"],
            "planted": seen["planted"],
            "full": seen["bins"][0]["permille"] // 10,
            "bin": sum(item["where"] == "bin" for item in seen["items"]),
            "samples": len(self._stage.samples),
            "balance": self._stage.platform.part(ReadBalance)(self._stage.platform.organisation, self._person),
        }

    def let_go(self) -> None:
        """Put everything down, mend everything and shut the door, so that the machine comes to rest."""
        body = self._before.body
        self._hide_code()
        for deed in ("draw_back", "push_door"):
            body.do(deed)
        for fault in self._before.state()["planted"]:
            body.do("mend", fault=fault)
        if self._before.state()["bins"][0]["permille"] >= FULL:
            body.do("fill", permille=EMPTY)

    def _put(self, picture: bytes) -> None:
        decode(picture)
        self._before.insert(picture, f"hand-{uuid.uuid4().hex[:8]}")

    def _pull_door(self) -> None:
        if not self._before.body.do("pull_door")["opened"]:
            raise BoltHolds("the door's bolt holds")

    def _show_code(self) -> None:
        session = self._stage.platform.part(OpenSession)(self._stage.platform.organisation, self._person)
        png = io.BytesIO()
        segno.make(session.token, error="m", micro=False).save(png, kind="png", scale=6, border=4)
        self._before.show_code(png.getvalue())
        self._held_since = time.monotonic()

    def _hide_code(self) -> None:
        self._held_since = None
        self._before.hide_code()

    def _held_long_enough(self, screen: str | None) -> bool:
        """Whether these hands hold a phone that was read, or are tired: nobody holds it there for ever."""
        return self._held_since is not None and (screen in READ or time.monotonic() - self._held_since > HELD_S)


class BoltHolds(Exception):
    """The door to the bins is locked: a technician opens it from the maintenance menu."""


def _known(fault: str) -> str:
    if fault not in FAULTS:
        raise NotPossible(f"{fault[:40]!r} is none of {', '.join(FAULTS)}")
    return fault
