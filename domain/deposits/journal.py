"""Entries of a machine's journal, and the chain that holds them together.

An entry is stored, hashed and sent as the same exact bytes. The encoding (ADR 0003) is the subset of
RFC 8785 canonical JSON that needs no number rules: ASCII, keys sorted, no white space, integers only.
Columns of any database are projections of these bytes, never the other way round.
"""

from __future__ import annotations

import enum
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, cast

from attrs import field, frozen

SCHEMA = 1
NO_HASH = "0" * 64
"""What the very first entry of a machine names as the hash before it."""
LONGEST_ENTRY = 16_384
"""Bytes. A token, a recognition and their frame need less than 2,000."""

_HASH = re.compile(r"[0-9a-f]{64}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NAMES = frozenset({"v", "id", "machine", "epoch", "seq", "prev", "mono", "wall", "trusted", "kind", "body"})
_DEEPEST = 8
# Nothing that is written contains itself: it was parsed, or it is not nested deeper than `_DEEPEST`.
_CANONICAL = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False, check_circular=False
).encode


class Kind(str, enum.Enum):
    """What an entry tells."""

    BOOTED = "booted"
    VISIT_OPENED = "visit_opened"
    ITEM_DECIDED = "item_decided"
    ITEM_SETTLED = "item_settled"
    VISIT_CLOSED = "visit_closed"
    SUSPICION_RAISED = "suspicion_raised"


_KINDS = frozenset(kind.value for kind in Kind)


class MalformedEntry(ValueError):
    """These bytes are no entry; the message names what is wrong with them."""


class BrokenChain(ValueError):
    """An entry does not follow the one it claims to follow; the message names both."""


@frozen
class Entry:
    """One fact of one machine. `raw` is the entry; everything else is read from it."""

    raw: bytes = field(repr=False)
    hash: str
    """SHA-256 of `raw`, 64 hexadecimal digits."""
    id: str
    """UUIDv7; also the id of the visit or the item that the entry opens."""
    machine: str
    epoch: str
    """Boot id: a UUID made at each boot."""
    seq: int
    """Place in the epoch, from 0 (the `booted` entry)."""
    prev: str
    """Hash of the entry before; across epochs too."""
    mono: int
    """Microseconds since boot."""
    wall: int
    """Microseconds UTC, as the machine's clock had it."""
    trusted: bool
    """Whether that clock had been set by a trusted source since boot."""
    kind: Kind
    body: Mapping[str, Any] = field(hash=False)

    @property
    def body_text(self) -> str:
        """The body alone, as it stands in `raw`: names are sorted, so that it comes first and `epoch` comes next."""
        return self.raw[len('{"body":') : self.raw.rindex(b',"epoch":')].decode("ascii")


@frozen
class Cursor:
    """How far an epoch is held by the platform: the last entry's place and hash."""

    epoch: str
    seq: int
    hash: str


def place_of(entry: Entry) -> Cursor:
    """Return the cursor that stands on this entry."""
    return Cursor(epoch=entry.epoch, seq=entry.seq, hash=entry.hash)


def write(
    *, id: str, machine: str, epoch: str, seq: int, prev: str, mono: int, wall: int, trusted: bool,
    kind: Kind, body: Mapping[str, Any],
) -> Entry:  # fmt: skip
    """Make an entry from its parts. Raises MalformedEntry for parts that no reader would take."""
    parts = {
        "v": SCHEMA, "id": id, "machine": machine, "epoch": epoch, "seq": seq, "prev": prev,
        "mono": mono, "wall": wall, "trusted": trusted, "kind": kind.value, "body": dict(body),
    }  # fmt: skip
    return read(encode(parts))


def read(raw: bytes) -> Entry:
    """Read an entry from its exact bytes. Raises MalformedEntry: too long, not canonical, a field amiss."""
    if len(raw) > LONGEST_ENTRY:
        raise MalformedEntry(f"an entry is at most {LONGEST_ENTRY} bytes, this one is {len(raw)}")
    parts = _parse(raw)
    _check_frame(parts)
    return Entry(
        raw=raw, hash=digest(raw), id=parts["id"], machine=parts["machine"], epoch=parts["epoch"],
        seq=parts["seq"], prev=parts["prev"], mono=parts["mono"], wall=parts["wall"],
        trusted=parts["trusted"], kind=Kind(parts["kind"]), body=parts["body"],
    )  # fmt: skip


def encode(value: Mapping[str, Any]) -> bytes:
    """Return the one encoding of a mapping. Raises MalformedEntry for a float or anything JSON has not."""
    _check_value(value, depth=0)
    return _CANONICAL(value).encode("ascii")


def digest(raw: bytes) -> str:
    """Return the SHA-256 of an entry's bytes, 64 hexadecimal digits."""
    return hashlib.sha256(raw).hexdigest()


def follows(entry: Entry, before: Entry | None) -> None:
    """Check that `entry` may stand right after `before` in one machine's journal.

    Raises BrokenChain: another machine's, a wrong place, or another hash than the one before has.
    """
    if before is None:
        if entry.seq != 0 or entry.kind is not Kind.BOOTED:
            raise BrokenChain(f"entry {entry.id} stands first but is {entry.kind.value} number {entry.seq}")
        return
    if entry.machine != before.machine:
        raise BrokenChain(f"entry {entry.id} is of machine {entry.machine}, not {before.machine}")
    new_epoch = entry.epoch != before.epoch
    if new_epoch != (entry.kind is Kind.BOOTED):
        raise BrokenChain(f"entry {entry.id}: an epoch starts with `booted` and nothing else does")
    expected = 0 if new_epoch else before.seq + 1
    if entry.seq != expected:
        raise BrokenChain(f"entry {entry.id} is number {entry.seq} where {expected} was due")
    if entry.prev != before.hash:
        raise BrokenChain(f"entry {entry.id} names {entry.prev[:12]}… as the one before, which is {before.hash[:12]}…")


def _parse(raw: bytes) -> dict[str, Any]:
    try:
        parts = _DECODER.decode(raw.decode("ascii"))
    except (UnicodeDecodeError, ValueError, RecursionError) as broken:
        raise MalformedEntry(f"not an entry: {broken}") from broken
    if not isinstance(parts, dict):
        raise MalformedEntry("not an entry: the outermost value is no object")
    # What was parsed has only JSON's own types in it, and no float; its depth is at most the brackets it opens.
    if raw.count(b"{") + raw.count(b"[") > _DEEPEST:
        _check_value(parts, depth=0)
    if _CANONICAL(parts).encode("ascii") != raw:
        raise MalformedEntry("not canonical: the same content has another encoding")
    return cast("dict[str, Any]", parts)


def _no_float(text: str) -> Any:
    raise MalformedEntry(f"numbers are integers, this one is {text}")


def _check_value(value: object, depth: int) -> None:
    if depth > _DEEPEST:
        raise MalformedEntry(f"nested deeper than {_DEEPEST}")
    if value is None or isinstance(value, (bool, int, str)):
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise MalformedEntry(f"names are text, this one is {key!r}")
            _check_value(inner, depth + 1)
        return
    if isinstance(value, (list, tuple)):
        for inner in value:
            _check_value(inner, depth + 1)
        return
    raise MalformedEntry(f"{type(value).__name__} has no place in an entry")


def _check_frame(parts: dict[str, Any]) -> None:
    if parts.keys() != _NAMES:
        odd = sorted(set(parts) ^ _NAMES)
        raise MalformedEntry(f"fields missing or unknown: {', '.join(odd)}")
    if parts["v"] != SCHEMA or parts["v"] is True:
        raise MalformedEntry(f"schema {parts['v']!r} is not known here; {SCHEMA} is")
    for name in ("id", "machine", "epoch"):
        _check_text(name, parts[name], _UUID)
    _check_text("prev", parts["prev"], _HASH)
    for name in ("seq", "mono", "wall"):
        if not isinstance(parts[name], int) or isinstance(parts[name], bool) or not 0 <= parts[name] < 2**63:
            raise MalformedEntry(f"{name} is a whole number from 0, not {parts[name]!r}")
    if not isinstance(parts["trusted"], bool):
        raise MalformedEntry("trusted is true or false")
    if parts["kind"] not in _KINDS:
        raise MalformedEntry(f"kind {parts['kind']!r} is not known here")
    if not isinstance(parts["body"], dict):
        raise MalformedEntry("body is an object")


def _check_text(name: str, value: object, shape: re.Pattern[str]) -> None:
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise MalformedEntry(f"{name} has not the form {shape.pattern}: {str(value)[:60]!r}")


_DECODER = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float)
