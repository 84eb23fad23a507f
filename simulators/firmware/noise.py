"""A bad line, from a seed: bytes are lost, flipped, doubled, made up; zeros go missing and two frames become one."""

from __future__ import annotations

from random import Random

from attrs import define, field


@define
class NoisyLine:
    """One direction of a line. Each number is the part of the bytes that it befalls."""

    seed: int
    dropped: float = 0.0
    flipped: float = 0.0
    doubled: float = 0.0
    made_up: float = 0.0
    merged: float = 0.0
    """Part of the zeros that go missing."""
    _chance: Random = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Draw from the seed."""
        self._chance = Random(self.seed)

    @classmethod
    def rough(cls, seed: int, part: float = 0.01) -> NoisyLine:
        """A line on which that part of the bytes suffers, one way or another, and five times as many zeros."""
        each = part / 4
        return cls(seed, dropped=each, flipped=each, doubled=each, made_up=each, merged=5 * part)

    def carry(self, data: bytes) -> bytes:
        """Return what arrives."""
        return b"".join(self._byte(byte) for byte in data)

    def _byte(self, byte: int) -> bytes:
        if not byte and self._chance.random() < self.merged:
            return b""
        lot = self._chance.random()
        if lot < (edge := self.dropped):
            return b""
        if lot < (edge := edge + self.flipped):
            return bytes((byte ^ 1 << self._chance.randrange(8),))
        if lot < (edge := edge + self.doubled):
            return bytes((byte, byte))
        if lot < edge + self.made_up:
            return bytes((byte, self._chance.randrange(256)))
        return bytes((byte,))
