"""What people bring: things of a material, each with a picture of its own, and what a model says of it."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence

from attrs import define, field

from domain.deposits.recognition import CONTAINERS, Box, Material
from simulators.chute import Thing
from simulators.vision import Recorded, plainly

NOTHING = "0" * 64
"""The picture of an empty intake: it has no bytes."""
_JPEG = b"\xff\xd8\xff"
_BOX = Box(120, 80, 420, 400)
_ASIDE = Box(440, 90, 620, 300)


@define
class Things:
    """All things of a world. `recorded` answers for every picture that can be taken of them."""

    chance: random.Random
    recorded: dict[str, Recorded] = field(factory=lambda: {NOTHING: Recorded((), None, None)})
    made: list[Thing] = field(factory=list)
    materials: dict[str, Material] = field(factory=dict)
    samples: Sequence[Recorded] = ()
    """What a real model said of real photographs: things are those, when there are any."""
    _encoded: dict[str, bytes] = field(factory=dict)

    def make(self, material: Material) -> Thing:
        """Make a thing of this material, seen plainly by the model."""
        return self._made(material, plainly(material, _BOX, 940_000 + self.chance.randrange(50_000)))

    def any(self) -> Thing:
        """Make a thing as people bring them: mostly containers."""
        if self.samples:
            sample = self.chance.choice(self.samples)
            return self._made(sample.named.label if sample.named else Material.TRASH, sample)
        containers = sorted(CONTAINERS, key=lambda material: material.value)
        others = [material for material in Material if material not in CONTAINERS]
        return self.make(self.chance.choice(containers if self.chance.random() < 0.8 else others))

    def picture_of(self, row: Sequence[Thing]) -> str:
        """Return the SHA-256 of the picture that shows what lies in the intake."""
        if not row:
            return NOTHING
        if len(row) == 1:
            return row[0].picture
        both = self._pictured("+".join(thing.tag for thing in row))
        if both not in self.recorded:
            first, second = self.recorded[row[0].picture], self.recorded[row[1].picture]
            beside = tuple(type(found)(_ASIDE, found.label, found.confidence) for found in second.detections[:1])
            self.recorded[both] = Recorded((*first.detections[:1], *beside), first.named, first.mask)
        return both

    def encoded(self, sha256: str) -> bytes:
        """Return the bytes of a picture, as the camera gives them."""
        return self._encoded.get(sha256, b"")

    def _pictured(self, what: str) -> str:
        """Make a picture of this, and return its SHA-256."""
        encoded = _JPEG + what.encode()
        sha256 = hashlib.sha256(encoded).hexdigest()
        self._encoded[sha256] = encoded
        return sha256

    def _made(self, material: Material, seen: Recorded) -> Thing:
        tag = f"{material.value}-{len(self.made)}"
        thing = Thing(tag, self._pictured(tag))
        self.made.append(thing)
        self.materials[tag] = material
        self.recorded[thing.picture] = seen
        return thing
