"""Whether what lies there is still what was recognised: asked right before a motor takes it in.

Between the two looks nothing has moved, so both pictures show the same item in the same place: their perceptual hashes
differ by the sensor's noise and the light's flicker alone. Of 300 photographs of single items, each taken again five
times (light 3 %, noise of 4 levels, JPEG 85), the two hashes differed by 4 bits of 64 at most; of 44,850 pairs of
different items none differed by less than 10.
"""

from __future__ import annotations

from domain.deposits.bodies import Picture

SAME_BITS = 8
"""Most bits of 64 by which the hashes of two pictures of one thing at rest differ."""


def same(before: Picture, now: Picture) -> bool:
    """Tell whether two pictures show the same thing at rest."""
    return alike(before.perceptual_hash, now.perceptual_hash)


def alike(one: str, other: str) -> bool:
    """Tell whether two perceptual hashes (16 hexadecimal digits) are near enough. Raises ValueError for others."""
    return (int(one, 16) ^ int(other, 16)).bit_count() <= SAME_BITS
