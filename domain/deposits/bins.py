"""Which bin an item falls into. One full bin does not close a machine that has another for the same material."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from domain.deposits.recognition import CONTAINERS, Material


@frozen
class Bin:
    """A bin, and the materials that it takes."""

    name: str
    takes: frozenset[Material] = CONTAINERS


def bin_for(material: Material, bins: Sequence[Bin], full: frozenset[str]) -> Bin | None:
    """Return the first bin that takes this material and has room; None: there is none.

    Bins are asked in the order of the machine's map, so a bin for one material may stand before one for all.
    """
    return next((one for one in bins if material in one.takes and one.name not in full), None)


def closed(bins: Sequence[Bin], full: frozenset[str]) -> bool:
    """Whether nothing can be taken in any more. Machines without a list have one bin, which `full` then names."""
    if not bins:
        return bool(full)
    return not any(bin_for(material, bins, full) for material in CONTAINERS)
