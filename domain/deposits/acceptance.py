"""Keep it or return it, and why: the one rule that turns what was seen into a decision."""

from __future__ import annotations

import enum

from attrs import frozen

from domain.deposits.recognition import CONTAINERS, Recognition
from domain.deposits.shape import Shape, shape_of


class Reason(str, enum.Enum):
    """Why an item was accepted or refused: a closed list, so that a scheme's codes can be mapped to it."""

    CONTAINER = "container"
    NOT_A_CONTAINER = "not_a_container"
    UNCERTAIN = "uncertain"
    NO_ITEM = "no_item"
    TWO_ITEMS = "two_items"
    NOT_RECOGNISED = "not_recognised"
    """The camera or the model failed; nothing is said of the item."""
    BIN_FULL = "bin_full"
    """A container, and no bin that takes its material has room."""
    PULLED_BACK = "pulled_back"
    """It looks like an item that was paid for here and then pulled out again."""


@frozen
class Decision:
    """What becomes of an item, and why."""

    accepted: bool
    reason: Reason


@frozen
class Policy:
    """The thresholds that come with a model, in parts per million (chosen on its calibration split)."""

    threshold: int
    """Least probability of being a container, of whichever material, for an item to be accepted."""
    disagreement: int
    """From this confidence on, a detector's vote for the other side makes the item uncertain."""


def decide(seen: Recognition, policy: Policy) -> Decision:
    """Decide on one item: glass, metal and plastic are containers, whatever is in doubt is refused.

    The mask is asked last: it may refuse what else would be accepted, and never makes anything acceptable.
    """
    if seen.items == 0 or seen.label is None:
        return Decision(accepted=False, reason=Reason.NO_ITEM)
    if seen.items > 1:
        return Decision(accepted=False, reason=Reason.TWO_ITEMS)
    if seen.label not in CONTAINERS:
        return Decision(accepted=False, reason=Reason.NOT_A_CONTAINER)
    if seen.container < policy.threshold or _contradicted(seen, policy):
        return Decision(accepted=False, reason=Reason.UNCERTAIN)
    shape = shape_of(seen)
    if shape is not Shape.WHOLE:
        return Decision(accepted=False, reason=_OBJECTIONS[shape])
    return Decision(accepted=True, reason=Reason.CONTAINER)


_OBJECTIONS = {
    Shape.HARDLY_THERE: Reason.UNCERTAIN,
    Shape.ODD_SIZE: Reason.NOT_A_CONTAINER,
}


def _contradicted(seen: Recognition, policy: Policy) -> bool:
    """Whether the detector is sure that this container is none."""
    return seen.vote is not None and seen.vote not in CONTAINERS and seen.vote_confidence >= policy.disagreement
