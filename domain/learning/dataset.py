"""The photographs a model learns from.

A picture is known by the SHA-256 of its file, never by its name: a renamed copy is the same picture. The label is the
material a person sorted it under.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import attrs

LABELS: tuple[str, ...] = ("cardboard", "glass", "metal", "paper", "plastic", "trash")
CONTAINERS: frozenset[str] = frozenset({"glass", "metal", "plastic"})


class UnknownLabel(ValueError):
    """A folder or record names a material that is not one of LABELS."""


def _known(_: object, __: object, label: str) -> None:
    if label not in LABELS:
        raise UnknownLabel(label)


@attrs.frozen(slots=True, order=True)
class Picture:
    """One photograph.

    Attributes:
        sha256: hexadecimal hash of the file's bytes.
        label: one of LABELS.
        name: where it lay, for people to read ("glass/glass10.jpg"); no rule depends on it.
    """

    sha256: str
    label: str = attrs.field(validator=_known)
    name: str = attrs.field(default="", eq=False, order=False)

    @property
    def is_container(self) -> bool:
        """Whether a machine pays for such an item."""
        return self.label in CONTAINERS


@attrs.frozen(slots=True)
class Dataset:
    """Distinct pictures in the order of their hashes.

    Attributes:
        pictures: one for each distinct content.
        contradictions: pictures left out because the same bytes stand under two labels: nobody can say which is right,
            so they neither teach nor judge.
    """

    pictures: tuple[Picture, ...]
    contradictions: tuple[Picture, ...] = ()

    @classmethod
    def of(cls, pictures: Iterable[Picture]) -> Dataset:
        """Sort pictures by hash, drop exact copies and set contradictions aside."""
        by_hash: dict[str, list[Picture]] = {}
        for picture in pictures:
            by_hash.setdefault(picture.sha256, []).append(picture)
        clear = [copies[0] for copies in by_hash.values() if len({copy.label for copy in copies}) == 1]
        unclear = [copy for copies in by_hash.values() if len({copy.label for copy in copies}) > 1 for copy in copies]
        return cls(tuple(sorted(clear)), tuple(sorted(unclear)))

    @property
    def sha256(self) -> str:
        """Identity of the whole set: the hash over every picture's hash and label."""
        lines = "".join(f"{picture.sha256} {picture.label}\n" for picture in self.pictures)
        return hashlib.sha256(lines.encode()).hexdigest()
