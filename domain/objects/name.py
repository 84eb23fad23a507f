"""What an object is called: a bucket by purpose, and a key that can never lead out of it."""

from __future__ import annotations

import enum
import re

from attrs import field, frozen

LONGEST_KEY = 400
"""Characters of a key, all ASCII."""
INCOMING = "incoming/"
"""Where uploads lie until their hash was checked. Nothing there is trusted, and nothing there lasts."""
_SEGMENT = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}"
_KEY = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT}){{0,9}}")
_PREFIX = re.compile(rf"(?:{_SEGMENT}/){{0,9}}(?:{_SEGMENT})?")


class UnfitObject(ValueError):
    """What is offered cannot be an object there."""


class UnfitKey(UnfitObject):
    """A key has one to ten segments of letters, digits, `-`, `_` and `.`, none beginning with a dot."""


class Bucket(str, enum.Enum):
    """What an object is for."""

    IMAGES = "images"
    """Pictures of deposits."""
    DATASETS = "datasets"
    MODELS = "models"
    RELEASES = "releases"
    EXPORTS = "exports"
    """What people asked for: made anew at any time."""


def _fit(_: object, __: object, key: str) -> None:
    if len(key) > LONGEST_KEY or not _KEY.fullmatch(key):
        raise UnfitKey(f"{key[:60]!r} is no key of an object")


@frozen(order=True)
class ObjectName:
    """A bucket and a key. Raises UnfitKey."""

    bucket: Bucket
    key: str = field(validator=_fit)

    @property
    def incoming(self) -> bool:
        """Whether it is an upload that nobody has checked."""
        return self.key.startswith(INCOMING)

    def __str__(self) -> str:
        """Say `images/a/b.jpg`."""
        return f"{self.bucket.value}/{self.key}"


def fit_prefix(prefix: str) -> str:
    """Return the beginning of a key as it is, if it can be one. Raises UnfitKey."""
    if len(prefix) > LONGEST_KEY or not _PREFIX.fullmatch(prefix):
        raise UnfitKey(f"{prefix[:60]!r} is no beginning of a key")
    return prefix
