"""What hands do to a desk that is not polite: strings, arms, quick swaps. They move things; sensors feel it."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from attrs import define

from simulators.physics.belt import EDGE_UM, OPENING_UM, Item, Lies
from simulators.physics.body import Body

LIFTED_UM = 1_000.0
"""A pull lifts it that far over the edge: more than a belt that comes to rest moves."""
PULL_UM_PER_MS = 300
"""How fast a string is pulled: a third of a metre a second."""


@define
class String:
    """An item on a string, pulled out of the bin again. Call it each millisecond."""

    body: Body
    item: Item
    pulling: bool = False

    def pull(self) -> None:
        """Begin to pull: the item comes up over the edge."""
        for one in self.body.bins:
            if self.item.tag in one.tags:
                one.tags.remove(self.item.tag)
        self.item.lies, self.item.at_um = Lies.BELT, EDGE_UM - LIFTED_UM
        self.pulling = True

    def __call__(self) -> None:
        """Pull on."""
        if not self.pulling or self.item.lies is not Lies.BELT:
            return
        self.item.at_um -= PULL_UM_PER_MS
        if self.item.at_um <= OPENING_UM:
            self.item.lies, self.pulling = Lies.OPENING, False


def swap(body: Body, tag: str) -> None:
    """Take what lies on the belt and put another thing in its place in one go, below the sensor."""
    for item in body.belt.items:
        if item.lies in (Lies.BELT, Lies.OPENING):
            item.tag = tag


def shake(body: Body, chance: Random) -> Callable[[], None]:
    """Return what makes the item sensor mad, each millisecond: a loose contact."""
    left = 0

    def goes_on() -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            body.item_sensor.stuck = not body.item_sensor.stuck
            left = chance.randrange(30, 120)

    return goes_on
