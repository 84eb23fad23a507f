"""Whether the item sensor can be trusted: it chatters, or it and the camera say the opposite of each other for long."""

from __future__ import annotations

from attrs import evolve, field, frozen

from domain.body.steady import SECOND, Steady

CHANGES = 10
WITHIN = 2 * SECOND
"""So many changes in so short a time are not made by hands: putting in and taking out takes half a second."""
QUIET = 10 * SECOND
"""So long it must be calm to be trusted again."""
DISAGREES = 8 * SECOND
"""So long sensor and camera may say different things: somebody holds something, or an item is on its way."""
BLIND = 30 * SECOND
"""The other way round it may be a phone that is held before the camera, or a head."""
AGREES = 1 * SECOND


@frozen
class ItemSensor:
    """What is known of it."""

    mad_until: int = 0
    _changes: tuple[int, ...] = ()
    """When it changed, the last few times."""
    _present: bool = False
    _stuck: Steady = field(factory=lambda: Steady(DISAGREES, AGREES))
    _blind: Steady = field(factory=lambda: Steady(BLIND, AGREES))

    @property
    def stuck(self) -> bool:
        """Whether it says that something lies there, and nothing does."""
        return self._stuck.level

    @property
    def blind(self) -> bool:
        """Whether it says that nothing lies there, and something does."""
        return self._blind.level

    def mad(self, at: int) -> bool:
        """Whether it chatters, or has not been calm for long enough."""
        return at < self.mad_until

    def changed(self, present: bool, at: int) -> ItemSensor:  # noqa: FBT001 (a level)
        """Take one change of its level."""
        if present == self._present:
            return self
        changes = (*self._changes, at)[-CHANGES:]
        chatters = len(changes) == CHANGES and at - changes[0] <= WITHIN
        return evolve(self, present=present, changes=changes, mad_until=at + QUIET if chatters else self.mad_until)

    def seen(self, empty: bool, at: int, *, at_rest: bool) -> ItemSensor:  # noqa: FBT001 (a level)
        """Take one picture: whether it shows the empty ground, and whether what it shows stays as it is."""
        return evolve(
            self,
            stuck=self._stuck.told(self._present and empty, at),
            blind=self._blind.told(not self._present and not empty and at_rest, at),
        )
