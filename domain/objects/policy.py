"""What each bucket takes, and how long it keeps it. One table; every adapter and every use case asks here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen

from domain.objects.content import Content
from domain.objects.name import Bucket, ObjectName, UnfitObject

MIB: Final = 1 << 20
GIB: Final = 1 << 30
DAY: Final = 24 * 3600 * 1_000_000
"""Microseconds."""
INCOMING_KEPT: Final = DAY
"""How long an upload may wait to be checked, microseconds."""
LONGEST_TICKET: Final = 3600
"""Seconds for which an address to send to, or to fetch from, counts at most."""


class TooLarge(UnfitObject):
    """More than its bucket takes."""


class WrongType(UnfitObject):
    """A type of content that its bucket does not take."""


@frozen
class Policy:
    """What a bucket takes."""

    largest: int
    """Bytes of one object."""
    media_types: frozenset[str]
    kept: int | None
    """Microseconds until retention takes it; None: it stays."""


_PACKED = frozenset({"application/zip", "application/gzip", "application/x-tar", "application/octet-stream"})
_DESCRIBED = frozenset({"application/json"})

POLICIES: Final[Mapping[Bucket, Policy]] = {
    Bucket.IMAGES: Policy(8 * MIB, frozenset({"image/jpeg", "image/png", "image/webp"}), 90 * DAY),
    Bucket.DATASETS: Policy(50 * GIB, _PACKED | _DESCRIBED | {"image/jpeg", "image/png"}, None),
    Bucket.MODELS: Policy(5 * GIB, _PACKED | _DESCRIBED, None),
    Bucket.RELEASES: Policy(5 * GIB, _PACKED | _DESCRIBED, None),
    Bucket.EXPORTS: Policy(GIB, _PACKED | _DESCRIBED | {"text/csv", "application/pdf"}, 30 * DAY),
}


def admit(bucket: Bucket, size: int, media_type: str) -> None:
    """Say nothing if the bucket takes this. Raises TooLarge, WrongType."""
    policy = POLICIES[bucket]
    if not 0 <= size <= policy.largest:
        raise TooLarge(f"{size} bytes: {bucket.value} takes at most {policy.largest}")
    if media_type not in policy.media_types:
        raise WrongType(f"{media_type[:60]!r}: {bucket.value} takes {', '.join(sorted(policy.media_types))}")


def admit_content(name: ObjectName, content: Content) -> None:
    """Say nothing if the object's bucket takes this content. Raises TooLarge, WrongType."""
    admit(name.bucket, content.size, content.media_type)


def due(name: ObjectName, stored_at: int, now: int, kept: Mapping[Bucket, int | None] | None = None) -> bool:
    """Whether retention takes an object now. Times in microseconds UTC.

    `kept` replaces what the table says of a bucket; None there means for ever. What waits to be checked goes after a
    day, whatever its bucket.
    """
    if name.incoming:
        return now - stored_at > INCOMING_KEPT
    longest = (kept or {}).get(name.bucket, POLICIES[name.bucket].kept)
    return longest is not None and now - stored_at > longest
