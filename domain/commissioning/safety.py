"""Whether something may turn, press or flap that nobody asked for by putting an item in."""

from __future__ import annotations

import enum

from attrs import frozen


class Danger(str, enum.Enum):
    """Why nothing may move. Its value is said to whoever reads the report."""

    VISIT = "somebody is being served"
    ITEM = "something lies in the chute"
    HAND = "something is in the opening"
    DOOR = "the door is open"
    BLIND = "nobody can tell whether the chute is empty"


@frozen
class Surroundings:
    """What is known right before a motion. None: there is no sensor for it; `blind`: one did not answer."""

    reserved: bool
    """Whether nobody is being served, and nobody will be."""
    item: bool | None
    opening: bool | None = None
    door: bool | None = None
    blind: bool = False


def danger(around: Surroundings) -> Danger | None:
    """Return why nothing may move, or None. Who cannot see does not move."""
    if not around.reserved:
        return Danger.VISIT
    if around.blind or around.item is None:
        return Danger.BLIND
    if around.opening:
        return Danger.HAND
    if around.item:
        return Danger.ITEM
    return Danger.DOOR if around.door else None
