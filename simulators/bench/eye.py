"""What the camera over the intake sees: what lies there, a code that is held before it, or the empty ground."""

from __future__ import annotations

import enum
import hashlib

from attrs import define, field

from simulators.bench.exposure import Lens
from simulators.physics.belt import IN_BEAM_UM, Belt, Lies
from simulators.rig import sight


class CameraState(str, enum.Enum):
    """How the camera is."""

    FINE = "fine"
    UNPLUGGED = "unplugged"
    BLACK = "black"
    FROZEN = "frozen"


class Unplugged(Exception):
    """There is no picture."""


@define
class Eye:
    """Pictures are files as they are: JPEG, PNG.

    With a lens they are exposures instead, with hands and noise in them. Without, whoever plays back what was recorded
    of a picture knows it again.
    """

    state: CameraState = CameraState.FINE
    pictures: dict[str, bytes] = field(factory=dict)
    """By tag of the item that looks like it."""
    code: bytes | None = None
    lens: Lens | None = None
    _codes: int = 0
    _last: bytes | None = None

    def hold(self, code: bytes, *, dim: float = 1.0) -> None:
        """Hold a code before it, as a hand holds a phone: never twice the same way. Raises BrokenCode."""
        self._codes += 1
        self.code = sight.code_on_ground(code, seed=self._codes, dim=dim)

    def look(self, belt: Belt) -> bytes:
        """Return the picture. Raises Unplugged."""
        if self.state is CameraState.UNPLUGGED:
            raise Unplugged("the camera is unplugged")
        if self.state is CameraState.BLACK:
            return self._exposed(sight.darkness(), belt)
        if self.state is not CameraState.FROZEN or self._last is None:
            self._last = self._exposed(self._seen(belt), belt)
        return self._last

    def before(self, belt: Belt) -> tuple[str, ...]:
        """Return the tags of what lies before it."""
        return tuple(
            item.tag
            for item in belt.items
            if item.tag in self.pictures
            and (item.lies is Lies.OPENING or (item.lies is Lies.BELT and item.at_um < IN_BEAM_UM))
        )

    def _exposed(self, seen: bytes, belt: Belt) -> bytes:
        return seen if self.lens is None else self.lens.expose(seen, hand=belt.hand)

    def _seen(self, belt: Belt) -> bytes:
        if self.code is not None:
            return self.code
        here = [self.pictures[tag] for tag in self.before(belt)]
        if not here:
            return sight.empty_ground()
        return here[0] if len(here) == 1 else sight.two_items(*here[:2])


def sha256(picture: bytes) -> str:
    """Return what a picture is known by."""
    return hashlib.sha256(picture).hexdigest()
