"""Items on the belt between hand and bin. Positions in micrometres from where an item is put: the bin is ahead, the
opening behind.

The laws: one motor moves all that lies on the belt; what passes the edge falls into the bin, and cannot come back; what
came out lies at the opening until a hand takes it. A sensor is dark while an item lies in its beam.
"""

from __future__ import annotations

import enum
from collections.abc import Callable

from attrs import define, field

ITEM_UM = 60_000
"""Length of an item along the belt."""
IN_BEAM_UM = 180_000
OUT_BEAM_UM = -120_000
EDGE_UM = IN_BEAM_UM + ITEM_UM // 2
"""Here an item has left the in-beam, and falls."""
OPENING_UM = OUT_BEAM_UM - ITEM_UM // 2


class Lies(str, enum.Enum):
    """Where an item is."""

    BELT = "belt"
    BIN = "bin"
    OPENING = "opening"
    TAKEN = "taken"


@define
class Item:
    """One physical item; `at_um` is its middle."""

    tag: str
    at_um: float = 0.0
    lies: Lies = Lies.BELT

    def darkens(self, beam_um: float) -> bool:
        """Whether it lies in that beam."""
        return self.lies is Lies.BELT and abs(self.at_um - beam_um) < ITEM_UM / 2


@define
class Belt:
    """The belt. `slips`: it turns below the items without moving them."""

    items: list[Item] = field(factory=list)
    slips: bool = False
    hand: bool = False
    """A hand reaches in by the opening."""
    fell: Callable[[Item], None] = lambda _: None
    """Told of each item that falls over the edge."""

    def put(self, tag: str) -> Item:
        """Put an item where a hand reaches."""
        item = Item(tag)
        self.items.append(item)
        return item

    def take(self) -> Item | None:
        """Take the item back that a hand reaches: at the opening, else on the belt. None: there is none."""
        within_reach = self._lying(Lies.OPENING) or self._lying(Lies.BELT)
        if not within_reach:
            return None
        within_reach[-1].lies = Lies.TAKEN
        return within_reach[-1]

    def move(self, by_um: float) -> None:
        """Move all that lies on the belt."""
        if self.slips or not by_um:
            return
        for item in self._lying(Lies.BELT):
            item.at_um += by_um
            if item.at_um >= EDGE_UM:
                item.lies = Lies.BIN
                self.fell(item)
            elif item.at_um <= OPENING_UM:
                item.lies = Lies.OPENING

    def dark(self, beam_um: float) -> bool:
        """Whether an item lies in that beam."""
        return (self.hand and beam_um == OUT_BEAM_UM) or any(item.darkens(beam_um) for item in self.items)

    @property
    def occupied(self) -> bool:
        """Whether the item sensor, which sees all from the opening to the in-beam, has something before it."""
        return self.hand or any(
            item.lies is Lies.OPENING or (item.lies is Lies.BELT and item.at_um < IN_BEAM_UM) for item in self.items
        )

    def _lying(self, where: Lies) -> list[Item]:
        return [item for item in self.items if item.lies is where]
