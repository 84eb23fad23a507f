"""Which pictures teach, which calibrate, and which judge.

The laws:
1. Photographs of one object never stand in two parts. What is one object is decided elsewhere and given here as
   confirmed pairs; pairs chain (a-b and b-c put a and c together).
2. The division is by hash: it depends on the pictures' bytes and the pairs, on no order, name or random number.
3. Each label is divided in the same proportions as the whole, as far as whole groups allow. A group too large for the
   room that is left in a part, or for a quarter of its whole room (one object must not dominate a judgement), teaches.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from enum import Enum

import attrs

from domain.learning.dataset import Picture

Pair = tuple[str, str]


class Part(Enum):
    """What a picture is used for."""

    TRAIN = "train"
    CALIBRATION = "calibration"
    VALIDATION = "validation"


class SplitError(ValueError):
    """A division that no model may be trained on."""


class StraddlingSplit(SplitError):
    """Photographs of one object stand in different parts.

    Attributes:
        pairs: the confirmed pairs that are torn apart.
    """

    def __init__(self, pairs: Collection[Pair]) -> None:
        self.pairs = tuple(pairs)
        first = self.pairs[0]
        super().__init__(
            f"{len(self.pairs)} confirmed pairs straddle the split, first {first[0][:12]} and {first[1][:12]}"
        )


class IncompleteSplit(SplitError):
    """A picture stands in no part, or the split names pictures that are not there."""


@attrs.frozen(slots=True)
class Split:
    """A division: the part of every picture, by the picture's hash."""

    parts: Mapping[str, Part]

    def of(self, part: Part) -> tuple[str, ...]:
        """Hashes of one part, sorted."""
        return tuple(sorted(sha for sha, where in self.parts.items() if where is part))

    def select(self, pictures: Iterable[Picture], part: Part) -> tuple[Picture, ...]:
        """The pictures of one part, sorted by hash."""
        return tuple(sorted(picture for picture in pictures if self.parts.get(picture.sha256) is part))


def group_same_objects(hashes: Iterable[str], pairs: Iterable[Pair]) -> tuple[tuple[str, ...], ...]:
    """Chain confirmed pairs into groups; a picture in no pair is a group of its own.

    Returns groups with sorted members, sorted by their first member. A pair that names an unknown picture is ignored:
    pairs may be known for more pictures than are at hand.
    """
    leader = {sha: sha for sha in hashes}

    def find(sha: str) -> str:
        while leader[sha] != sha:
            leader[sha] = leader[leader[sha]]
            sha = leader[sha]
        return sha

    for one, other in pairs:
        if one in leader and other in leader:
            low, high = sorted((find(one), find(other)))
            leader[high] = low
    groups: dict[str, list[str]] = {}
    for sha in sorted(leader):
        groups.setdefault(find(sha), []).append(sha)
    return tuple(tuple(groups[key]) for key in sorted(groups))


def divide(pictures: Collection[Picture], pairs: Iterable[Pair], *, calibration: int, validation: int) -> Split:
    """Divide pictures into parts of about the wanted sizes.

    Args:
        pictures: distinct pictures.
        pairs: confirmed photographs of one object, by hash.
        calibration: how many pictures to keep for calibration.
        validation: how many to keep for judging.

    Raises:
        SplitError: nothing would be left to teach.
    """
    if calibration + validation >= len(pictures):
        raise SplitError(f"{len(pictures)} pictures cannot give {calibration} + {validation} and still teach")
    labels = {picture.sha256: picture.label for picture in pictures}
    by_label: dict[str, list[tuple[str, ...]]] = {}
    for group in group_same_objects(labels, pairs):
        by_label.setdefault(_main_label(group, labels), []).append(group)
    parts: dict[str, Part] = {}
    for groups in by_label.values():
        total = sum(len(group) for group in groups)
        room = {
            Part.VALIDATION: round(validation * total / len(pictures)),
            Part.CALIBRATION: round(calibration * total / len(pictures)),
        }
        most = {part: max(1, size // 4) for part, size in room.items()}
        for group in sorted(groups, key=_lot):
            part = next((part for part, left in room.items() if len(group) <= min(left, most[part])), Part.TRAIN)
            if part is not Part.TRAIN:
                room[part] -= len(group)
            parts.update((sha, part) for sha in group)
    return Split(parts)


def require_sound(split: Split, pictures: Collection[Picture], pairs: Iterable[Pair]) -> None:
    """Refuse a division that breaks the laws for these pictures.

    Raises:
        IncompleteSplit: a picture has no part.
        StraddlingSplit: a confirmed pair stands in two parts.
    """
    missing = [picture for picture in pictures if picture.sha256 not in split.parts]
    if missing:
        raise IncompleteSplit(f"{len(missing)} pictures stand in no part, first {missing[0].name or missing[0].sha256}")
    present = {picture.sha256 for picture in pictures}
    torn = [
        (one, other)
        for one, other in sorted(pairs)
        if one in present and other in present and split.parts[one] is not split.parts[other]
    ]
    if torn:
        raise StraddlingSplit(torn)


def _lot(group: tuple[str, ...]) -> str:
    """The lot a group draws: a hash of its first member, so that growing a group rarely moves it."""
    return hashlib.sha256(f"split {group[0]}".encode()).hexdigest()


def _main_label(group: tuple[str, ...], labels: Mapping[str, str]) -> str:
    counted = sorted(labels[sha] for sha in group)
    return max(counted, key=lambda label: (counted.count(label), label))
