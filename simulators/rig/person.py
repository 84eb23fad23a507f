"""The person's side of the rig: what somebody before the machine can do, and what a bystander sees."""

from __future__ import annotations

import base64
from typing import Any

from simulators.rig.line import Line

__all__ = ["Person"]


class Person:
    """Somebody before one machine. Every call raises Refusal when the hardware does not let them, or LineDown."""

    def __init__(self, address: tuple[str, int], *, reach_s: float = 5.0) -> None:
        """Step up to the rig at (host, port)."""
        self._line = Line(address, "person", reach_s=reach_s)

    def show_code(self, png: bytes, *, dim: float = 1.0) -> None:
        """Hold a phone with this code before the camera; `dim` 0..1 is how bright it is."""
        self._line.ask("show_code", picture=_text(png), dim=dim)

    def hide_code(self) -> None:
        """Put the phone away."""
        self._line.ask("hide_code")

    def insert(self, picture: bytes, tag: str) -> str:
        """Push in an item that looks like this picture; `tag` is its name. Returns the picture's SHA-256."""
        return str(self._line.ask("insert", picture=_text(picture), tag=tag)["sha256"])

    def take(self) -> str:
        """Take an item back: from the opening, else from the intake. Returns its tag."""
        return str(self._line.ask("take")["tag"])

    def press(self, button: str) -> None:
        """Press `done` or `guest`."""
        self._line.ask("press", button=button)

    def damage(self, part: str) -> None:
        """Break `camera`, `motor` or `in-sensor`."""
        self._line.ask("damage", part=part)

    def mend(self, part: str) -> None:
        """Mend what was broken."""
        self._line.ask("mend", part=part)

    def unplug(self) -> None:
        """Do nothing: a rig's motor has a supply of its own."""

    def plug_in(self) -> None:
        """Do nothing."""

    def state(self) -> dict[str, Any]:
        """Look at everything: counters, items, present, motor, code, view (the screen), views, broken."""
        return self._line.ask("state")

    def close(self) -> None:
        """Step away."""
        self._line.close()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
