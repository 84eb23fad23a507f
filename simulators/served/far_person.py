"""The person's side of a served body, from another process. Every call raises Refusal or LineDown."""

from __future__ import annotations

import base64
from typing import Any

from simulators.rig.line import Line


class FarPerson:
    """Somebody before one machine, or at its back with a key."""

    def __init__(self, address: tuple[str, int], *, reach_s: float = 5.0) -> None:
        """Step up to the body at (host, port)."""
        self._line = Line(address, "person", reach_s=reach_s)

    def put(self, picture: bytes, tag: str) -> None:
        """Put in an item that looks like this picture; returns when the hand is out again."""
        self._line.ask("put", picture=_text(picture), tag=tag)

    def take(self) -> str:
        """Take back what lies within reach; return its tag when the hand is out."""
        return str(self._line.ask("take")["tag"])

    def pull_string(self) -> str:
        """Pull out of its bin what fell in last; return its tag."""
        return str(self._line.ask("pull_string")["tag"])

    def show_code(self, png: bytes, *, dim: float = 1.0) -> None:
        """Hold a phone with this code before the camera; `dim` 0..1 is how bright it is."""
        self._line.ask("show_code", picture=_text(png), dim=dim)

    def do(self, deed: str, **what: Any) -> dict[str, Any]:
        """Do anything else that `simulators.served.touch` knows, and return its answer."""
        return self._line.ask(deed, **what)

    def state(self) -> dict[str, Any]:
        """Look at everything there is."""
        return self._line.ask("state")

    def close(self) -> None:
        """Step away."""
        self._line.close()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
