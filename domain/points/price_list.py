"""Points by material, and for how long the platform promises them.

The platform signs the exact bytes of a list; a machine keeps it, shows points only from a list in force
by its trusted clock, and names its version in the entry. The platform pays that promise.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from attrs import field, frozen

from domain.deposits.journal import MalformedEntry, encode
from domain.deposits.recognition import Material

SCHEMA = 1
MOST_POINTS = 1_000_000
"""Points that a single item can be worth at most: a slip of the hand in a price list stays bounded."""


class MalformedPriceList(ValueError):
    """These bytes are no price list; the message names what is wrong with them."""


def _points_are_sane(_: object, __: object, points: Mapping[Material, int]) -> None:
    for material, value in points.items():
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_POINTS:
            raise MalformedPriceList(f"points for {material.value} are 0..{MOST_POINTS}, not {value!r}")


@frozen
class PriceList:
    """Points by material for one organisation, from `valid_from` until (not including) `valid_until`.

    Times are microseconds UTC. A material that is not listed is worth nothing.
    """

    version: str
    organisation: str
    valid_from: int
    valid_until: int
    points: Mapping[Material, int] = field(validator=_points_are_sane, hash=False)

    def in_force(self, earliest: int, latest: int) -> bool:
        """Tell whether the list is in force anywhere in the span [earliest, latest], microseconds UTC."""
        return self.valid_from <= latest and earliest < self.valid_until

    def worth(self, material: Material) -> int:
        """Return the points for one item of this material."""
        return self.points.get(material, 0)


@frozen
class SignedPriceList:
    """A price list as it travels: the exact bytes, who signed them, and the signature."""

    raw: bytes
    key_id: str
    signature: bytes


def write(prices: PriceList) -> bytes:
    """Return the exact bytes of a price list, to be signed."""
    return encode(
        {
            "v": SCHEMA,
            "version": prices.version,
            "organisation": prices.organisation,
            "valid_from": prices.valid_from,
            "valid_until": prices.valid_until,
            "points": {material.value: points for material, points in prices.points.items()},
        }
    )


def read(raw: bytes) -> PriceList:
    """Read a price list whose signature was verified. Raises MalformedPriceList."""
    try:
        parts = json.loads(raw.decode("ascii"))
        if parts["v"] != SCHEMA or encode(parts) != raw:
            raise MalformedPriceList("another schema or encoding than ours")
        return PriceList(
            version=str(parts["version"]),
            organisation=str(parts["organisation"]),
            valid_from=int(parts["valid_from"]),
            valid_until=int(parts["valid_until"]),
            points={Material(name): points for name, points in parts["points"].items()},
        )
    except MalformedPriceList:
        raise
    except (MalformedEntry, UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError) as broken:
        raise MalformedPriceList(f"no price list: {broken}") from broken
