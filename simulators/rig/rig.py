"""The rig without its network: commands in, answers and notices out. Two sides hold on to it: agent and person."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from simulators.rig import sight
from simulators.rig.physics import REPORTED, CameraUnplugged, Motion, Physics, RigError, Way, Where
from simulators.rig.store import RigStore, told

MOST_PICTURE = 16 * 1024 * 1024
"""Bytes of a picture."""

Notice = dict[str, Any]


class UnknownCommand(RigError):
    """There is no such command on this side."""


class MalformedCommand(RigError):
    """Something that the command needs is missing or has another form."""


class Rig:
    """One machine's hardware. Not for two threads at once; the server calls it from its loop."""

    def __init__(
        self, path: Path, *, now: Callable[[], float], motion_seconds: float, notify: Callable[[Notice], None]
    ) -> None:
        """`path` is where it lasts, `notify` is told of notices for the agent."""
        self.physics = Physics(motion_seconds=motion_seconds)
        self._store = RigStore(path)
        self._pictures = self._store.load(self.physics)
        self._now = now
        self._notify = notify
        self._code: bytes | None = None
        self._codes_shown = 0
        self._view: dict[str, Any] | None = None
        self._views = 0
        self._was_present = self.physics.present
        self._sides: dict[str, dict[str, Callable[..., Any]]] = {
            "agent": {
                "halt": self._halt,
                "counters": self._counters,
                "present": lambda: {"present": self.physics.present},
                "capture": self._capture,
                "show": self._show,
            },
            "person": {
                "insert": self._insert,
                "take": self._take,
                "press": self._press,
                "show_code": self._show_code,
                "hide_code": self._hide_code,
                "state": self._state,
                "damage": self._damage,
                "mend": self._mend,
            },
        }

    def levels(self) -> list[Notice]:
        """Return what an agent that connects is told first."""
        broken = self.physics.broken
        faults = [{"notice": "fault", "part": part, "present": part in broken} for part in sorted(REPORTED)]
        return [{"notice": "presence", "present": self.physics.present}, *faults]

    def do(self, side: str, command: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Carry out a command that is done at once. Raises RigError."""
        self.settle()
        try:
            work = self._sides[side][command]
        except KeyError:
            raise UnknownCommand(f"{side}s cannot {command[:40]}") from None
        try:
            answer = work(**arguments)
        except (TypeError, ValueError) as odd:
            raise MalformedCommand(f"{command}: {odd}") from odd
        self.settle()
        return answer or {}

    def begin(self, way: Way) -> Motion:
        """Start the motor; it ends by itself (see `settle`). Raises RigError."""
        self.settle()
        return self.physics.begin(way, self._now())

    def settle(self) -> None:
        """Let time pass, write down what lasts, and tell the agent what it did not know."""
        before = told(self.physics)
        self.physics.advance(self._now())
        if told(self.physics) != before:
            self._store.save(self.physics)
        if self.physics.present != self._was_present:
            self._was_present = self.physics.present
            self._notify({"notice": "presence", "present": self.physics.present})

    # -------------------------------------------------------------- the agent's

    def _halt(self) -> None:
        self.physics.halt(self._now())

    def _counters(self) -> dict[str, int]:
        return {"in": self.physics.passed_in, "out": self.physics.passed_out}

    def _capture(self, known: str | None = None) -> dict[str, Any]:
        """Return the picture, or only its hash when it is the one that is known already."""
        if "camera" in self.physics.broken:
            raise CameraUnplugged("the camera gives no picture")
        picture = self._seen()
        sha256 = hashlib.sha256(picture).hexdigest()
        if self._code is None:
            self.physics.pictured(sha256)
        if sha256 == known:
            return {"sha256": sha256}
        return {"sha256": sha256, "picture": base64.b64encode(picture).decode("ascii")}

    def _seen(self) -> bytes:
        if self._code is not None:
            return self._code
        here = [*self.physics.at(Where.OPENING), *self.physics.at(Where.INTAKE)]
        if not here:
            return sight.empty_ground()
        if len(here) == 1:
            return self._pictures[here[0].tag]
        return sight.two_items(*(self._pictures[item.tag] for item in here[:2]))

    def _show(self, view: dict[str, Any]) -> None:
        self._view = view
        self._views += 1

    # -------------------------------------------------------------- the person's

    def _insert(self, tag: str, picture: str) -> dict[str, str]:
        data = _bytes_of(picture)
        sha256 = hashlib.sha256(data).hexdigest()
        self.physics.insert(tag, sha256)
        self._pictures[tag] = data
        self._store.keep_picture(sha256, data)
        self._store.save(self.physics)
        return {"sha256": sha256}

    def _take(self) -> dict[str, str]:
        item = self.physics.take()
        self._pictures.pop(item.tag, None)
        self._store.save(self.physics)
        return {"tag": item.tag}

    def _press(self, button: str) -> None:
        if button not in ("done", "guest"):
            raise MalformedCommand(f"there is no button {button!r}")
        self._notify({"notice": "button", "button": button})

    def _show_code(self, picture: str, dim: float = 1.0) -> None:
        # A hand never holds a phone the same way twice, and yet the same history gives the same pictures.
        self._codes_shown += 1
        self._code = sight.code_on_ground(_bytes_of(picture), seed=self._codes_shown, dim=dim)

    def _hide_code(self) -> None:
        self._code = None

    def _damage(self, part: str) -> None:
        self.physics.damage(part)
        if part in REPORTED:
            self._notify({"notice": "fault", "part": part, "present": True})

    def _mend(self, part: str) -> None:
        self.physics.mend(part)
        if part in REPORTED:
            self._notify({"notice": "fault", "part": part, "present": False})

    def _state(self) -> dict[str, Any]:
        motion = self.physics.motion
        return {
            **told(self.physics),
            "present": self.physics.present,
            "motor": motion.way.value if motion else "still",
            "code": self._code is not None,
            "view": self._view,
            "views": self._views,
            "broken": sorted(self.physics.broken),
        }


def _bytes_of(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError) as odd:
        raise MalformedCommand("a picture travels as base64") from odd
    if not 0 < len(data) <= MOST_PICTURE:
        raise MalformedCommand(f"a picture has 1 to {MOST_PICTURE} bytes, this one has {len(data)}")
    return data
