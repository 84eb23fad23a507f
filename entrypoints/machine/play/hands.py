"""What hands can do before, behind and inside one simulated machine: never what the machine should think of it."""

from __future__ import annotations

import io
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

BREAKABLE = ("camera", "motor", "in-sensor")
"""Parts of the rig that can be broken and mended."""


class NotPossible(Exception):
    """There is no such deed; the message names it."""


class Hands:
    """One person's hands, a phone in one of them. Every deed raises Refusal or LineDown as the hardware does."""

    def __init__(self, stage: Stage) -> None:
        """Sign the person up, with a phone whose app is signed in."""
        self._stage = stage
        self._machine = stage.machines[0]
        address, password = f"{uuid.uuid4().hex[:12]}@hands.example", uuid.uuid4().hex
        self._person = stage.platform.part(SignUp)(address, password).person
        self._deeds: dict[str, Callable[[str, bytes], None]] = {
            "put": lambda _, picture: self._put(picture),
            "sample": lambda number, _: self._put(self.sample(number).read_bytes()),
            "take": lambda *_: self._take(),
            "show-code": lambda *_: self._show_code(),
            "hide-code": lambda *_: self._machine.person.hide_code(),
            "break": lambda part, _: self._machine.person.damage(_known(part)),
            "mend": lambda part, _: self._machine.person.mend(_known(part)),
            "cut": lambda *_: self._machine.cut(),
            "join": lambda *_: self._machine.restore(),
            "unplug": lambda *_: self._machine.power_off() if self._machine.power else None,
            "plug": lambda *_: None if self._machine.power else self._machine.power_on(),
        }

    def do(self, deed: str, what: str, body: bytes) -> None:
        """Do it. Raises NotPossible, BrokenPicture, Refusal, LineDown."""
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
        seen = self._machine.person.state()
        return {
            "power": self._machine.power,
            "network": self._machine.proxy.connected,
            "waiting": self._machine.waiting,
            "lit": self._machine.look().screen is not None,
            "present": seen["present"],
            "motor": seen["motor"],
            "code": seen["code"],
            "broken": seen["broken"],
            "bin": sum(item["where"] == "bin" for item in seen["items"]),
            "samples": len(self._stage.samples),
            "balance": self._stage.platform.part(ReadBalance)(self._stage.platform.organisation, self._person),
        }

    def let_go(self) -> None:
        """Put everything down and finish, so that the machine comes to rest."""
        self._machine.person.hide_code()
        for part in BREAKABLE:
            self._machine.person.mend(part)

    def _put(self, picture: bytes) -> None:
        decode(picture)
        self._stage.album.keep(picture)
        self._machine.person.insert(picture, f"hand-{uuid.uuid4().hex[:8]}")

    def _take(self) -> None:
        self._machine.person.take()

    def _show_code(self) -> None:
        session = self._stage.platform.part(OpenSession)(self._stage.platform.organisation, self._person)
        png = io.BytesIO()
        segno.make(session.token, error="m", micro=False).save(png, kind="png", scale=6, border=4)
        self._machine.person.show_code(png.getvalue())


def _known(part: str) -> str:
    if part not in BREAKABLE:
        raise NotPossible(f"{part[:40]!r} is none of {', '.join(BREAKABLE)}")
    return part
