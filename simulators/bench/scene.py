"""What a camera over a desk sees, as pixels: a lit ground, things on it, hands, and all that is wrong with cameras.

Small pictures with a sensor's noise: no two exposures are the same to the last bit.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Callable
from random import Random

import cv2
import numpy as np
from attrs import define, field
from numpy.typing import NDArray

from application.ports.hardware import CameraFailed
from application.ports.vision import Frame
from simulators.physics.belt import IN_BEAM_UM, OPENING_UM, Belt, Lies

WIDE, HIGH = 128, 96
UM_PER_PIXEL = 4_000
"""The belt runs across the picture."""
GROUND = 180
NOISE = 2.5
"""Standard deviation of a pixel, of 255."""

Pixels = NDArray[np.uint8]


class Trouble(enum.Enum):
    """What is wrong with the camera."""

    NONE = "none"
    UNPLUGGED = "unplugged"
    BLACK = "black"
    FROZEN = "frozen"
    DIRTY = "dirty"
    """Greasy all over: paler and softer."""
    VEILED = "veiled"
    """Paler all over, and as sharp as before."""
    SPOTTED = "spotted"
    """Something sticks to the lens: too near to have edges."""
    BLURRED = "blurred"
    """Knocked out of focus."""
    DAZZLED = "dazzled"
    DIM = "dim"
    BURNT = "burnt"
    """A lamp shines into a part of it."""


@define
class Scene:
    """A camera over a belt. `make` makes a frame of pixels and the digest of their bytes."""

    belt: Belt
    chance: Random
    make: Callable[[Pixels, str], Frame]
    trouble: Trouble = Trouble.NONE
    flicker: float = 0.02
    """By what part the light changes from picture to picture, standard deviation."""
    light: float = 1.0
    """How bright the lamp is, as part of what it was when new."""
    marked: bool = False
    """Whether the ground has a pattern, as belts have: without one nothing of it can be out of focus."""
    bolted: bool = False
    """Whether bolts of the machine's own are in the picture: they are large enough to stay where it is out of focus."""
    phone: int = 0
    """Pixels across of a phone's bright screen that is held before it."""
    shown: dict[str, tuple[str, ...]] = field(factory=dict)
    """What lay there, by the digest of each of the last pictures: what a perfect eye would tell."""
    _noise: np.random.Generator = field(init=False)
    _looks: dict[str, Pixels] = field(factory=dict)
    _spot: NDArray[np.float32] = field(init=False)
    _last: tuple[Pixels, str] | None = None

    def __attrs_post_init__(self) -> None:
        """Start the noise from the chance."""
        self._noise = np.random.default_rng(self.chance.randrange(2**32))
        self._spot = _smear(self.chance.randrange(24, WIDE - 24), self.chance.randrange(20, HIGH - 20))

    def capture(self) -> Frame:
        """Return a fresh frame. Raises CameraFailed."""
        if self.trouble is Trouble.UNPLUGGED:
            raise CameraFailed("the camera is unplugged")
        if self.trouble is Trouble.FROZEN and self._last is not None:
            return self.make(*self._last)
        pixels, things = self._lit()
        digest = hashlib.sha256(pixels.tobytes()).hexdigest()
        self._last = pixels, digest
        self.shown[digest] = things
        while len(self.shown) > 64:
            del self.shown[next(iter(self.shown))]
        return self.make(pixels, digest)

    def _lit(self) -> tuple[Pixels, tuple[str, ...]]:
        picture = np.empty((HIGH, WIDE), np.float32)
        picture[:] = GROUND + np.linspace(8, -8, WIDE, dtype=np.float32)
        if self.marked:
            picture[:, ::8] -= 60
        if self.bolted:
            for left in (12, 104):
                picture[80:85, left : left + 6] = 70
        things = []
        for item in self.belt.items:
            if item.lies is Lies.OPENING or (item.lies is Lies.BELT and item.at_um < IN_BEAM_UM):
                things.append(item.tag)
                self._draw(picture, item.tag, max(item.at_um, OPENING_UM))
        if self.belt.hand:
            things.append("hand")
            picture[30:66, : 40 + self.chance.randrange(30)] = 120
        if self.phone:
            left = (WIDE - self.phone) // 2
            picture[8 : HIGH - 8, left : left + self.phone] = 250
            picture[24 : HIGH - 24 : 6, left + 8 : left + self.phone - 8] = 20
        picture = self._in_trouble(picture)
        if self.trouble is not Trouble.BLACK:
            picture *= self.light * (1 + self.chance.gauss(0, self.flicker))
        picture += self._noise.normal(0, NOISE, picture.shape)
        grey = np.clip(picture, 0, 255).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, axis=2), tuple(things)

    def _in_trouble(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what comes through to the sensor."""
        if self.trouble is Trouble.DIRTY:
            return np.asarray(cv2.GaussianBlur(picture, (0, 0), 4), np.float32) * 0.6 + 60
        if self.trouble is Trouble.BLURRED:
            return np.asarray(cv2.GaussianBlur(picture, (0, 0), 3), np.float32)
        if self.trouble is Trouble.BURNT:
            return picture * np.linspace(1, 2.6, WIDE, dtype=np.float32)
        changes: dict[Trouble, Callable[[], NDArray[np.float32]]] = {
            Trouble.BLACK: lambda: np.full_like(picture, 4),
            Trouble.VEILED: lambda: picture * 0.45 + 95,
            Trouble.SPOTTED: lambda: picture * self._spot,
            Trouble.DAZZLED: lambda: picture + 200,
            Trouble.DIM: lambda: picture * 0.2,
        }
        return changes[self.trouble]() if self.trouble in changes else picture

    def _draw(self, picture: NDArray[np.float32], tag: str, at_um: float) -> None:
        if tag not in self._looks:
            if len(self._looks) > 64:
                self._looks.clear()
            self._looks[tag] = _item(tag)
        looks = self._looks[tag]
        high, wide = looks.shape
        left, top = WIDE // 2 + round(at_um / UM_PER_PIXEL) - wide // 2, (HIGH - high) // 2
        from_, to = max(0, left), min(WIDE, left + wide)
        if from_ < to:
            seen = looks[:, from_ - left : to - left]
            place = picture[top : top + high, from_:to]
            place[seen > 0] = seen[seen > 0]


def _smear(across: int, down: int) -> NDArray[np.float32]:
    """Return how much light something on the lens lets through, for each pixel."""
    left = np.ones((HIGH, WIDE), np.float32)
    cv2.circle(left, (across, down), 12, 0.35, -1)
    return np.asarray(cv2.GaussianBlur(left, (0, 0), 6), np.float32)


def _item(tag: str) -> Pixels:
    """Return what an item looks like: a body with patches of its own; a stone is round and dark. 0 is not the item."""
    chance = Random(tag)
    if tag.startswith("stone"):
        looks = np.zeros((80, 80), np.uint8)
        cv2.circle(looks, (40, 40), chance.randrange(30, 40), chance.randrange(30, 70), -1)
        return looks
    high, wide = chance.randrange(56, 92), chance.randrange(30, 62)
    looks = np.zeros((high, wide), np.uint8)
    dark = chance.randrange(30, 140)
    cv2.ellipse(looks, (wide // 2, high // 2), (wide // 2, high // 2), 0, 0, 360, dark, -1)
    for _ in range(chance.randrange(2, 6)):
        top, left = chance.randrange(high - 8), chance.randrange(wide - 6)
        patch = looks[top : top + chance.randrange(8, 40), left : left + chance.randrange(8, 40)]
        patch[patch > 0] = chance.randrange(20, 255)
    return looks
