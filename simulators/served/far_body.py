"""The agent's side of a served body: its pins, its camera, and where its serial line is."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

from application.ports.hardware import CameraFailed, PartUnreachable
from application.ports.vision import BrokenPicture, Frame
from simulators.rig.line import Line, LineDown, Refusal
from simulators.served.far_pins import FarFactory


class FarBody:
    """A body at (host, port); also the port Camera. Safe to use from any thread."""

    def __init__(self, address: tuple[str, int], decode: Callable[[bytes], Frame]) -> None:
        """Connect, and keep connected. `decode` makes a frame of a picture's bytes, or raises BrokenPicture."""
        self._decode = decode
        self._line = Line(address, "agent", noticed=self._noticed)
        self.factory = FarFactory(self._line)

    def pins(self) -> FarFactory:
        """Return its pins. Raises PartUnreachable when nobody answers."""
        self._ask("about")
        return self.factory

    def serial(self) -> Path | None:
        """Return the path of its serial line; None where it has none. Raises PartUnreachable."""
        path = self._ask("about")["serial"]
        return None if path is None else Path(path)

    def capture(self) -> Frame:
        """Return a fresh frame. Raises CameraFailed."""
        try:
            return self._decode(base64.b64decode(self._line.ask("capture")["picture"]))
        except (LineDown, Refusal, BrokenPicture) as broken:
            raise CameraFailed(f"camera: {broken}") from broken

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _ask(self, command: str) -> dict[str, Any]:
        try:
            return self._line.ask(command)
        except (LineDown, Refusal) as broken:
            raise PartUnreachable(f"the simulated body: {broken}") from broken

    def _noticed(self, notice: dict[str, Any]) -> None:
        self.factory.hear(notice)
