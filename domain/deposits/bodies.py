"""The bodies of journal entries, as values: what each kind of entry tells, and how it is written down.

The machine makes these and the platform reads them back: one definition serves both sides.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from domain.deposits.acceptance import Decision, Reason
from domain.deposits.journal import Entry, Kind, MalformedEntry
from domain.deposits.recognition import Box, Mask, Material, Recognition


class Opener(str, enum.Enum):
    """Who opened a visit."""

    SESSION = "session"
    GUEST = "guest"
    TECHNICIAN = "technician"


class Outcome(str, enum.Enum):
    """Where an item ended up."""

    STORED = "stored"
    RETURNED = "returned"
    UNKNOWN = "unknown"


class Ending(str, enum.Enum):
    """Why a visit was closed."""

    DONE = "done"
    IDLE = "idle"
    ANOTHER_PERSON = "another_person"
    FAULT = "fault"
    POWER = "power"
    STOPPED = "stopped"
    TAMPERING = "tampering"
    """An item that had been counted in was pulled out again."""


class Sign(str, enum.Enum):
    """What makes a machine suspicious: a closed list."""

    PULLED_BACK = "pulled_back"
    """An item that had been counted in was seen coming out again."""


@frozen
class Counters:
    """The microcontroller's lasting counts of items that passed in and out since it was made."""

    passed_in: int
    passed_out: int


@frozen
class Booted:
    """The machine started."""

    software: str
    model: str


@frozen
class VisitOpened:
    """A person was let in. `token` is the whole session token for a session, else None."""

    by: Opener
    token: str | None
    claimed: bool
    """Whether the platform had confirmed the session on line; the truth is the token."""
    price_list: str | None
    """Version of the price list that was shown; None when items are counted instead of points."""


@frozen
class Picture:
    """The picture that was decided on."""

    sha256: str
    perceptual_hash: str
    """64 bits as 16 hexadecimal digits (DCT hash of the upright picture)."""


@frozen
class Promise:
    """The points that the screen showed for an accepted item, and the price list they came from."""

    price_list: str
    points: int


@frozen
class ItemDecided:
    """An item was recognised and decided on; nothing has moved yet. `visit` is the visit's id."""

    visit: str
    decision: Decision
    recognition: Recognition
    picture: Picture | None
    """None when the camera failed."""
    promise: Promise | None
    counters: Counters
    ean: str | None = None
    weight_g: int | None = None


@frozen
class ItemSettled:
    """What became of the item."""

    item: str
    outcome: Outcome


@frozen
class VisitClosed:
    """The visit is over."""

    visit: str
    why: Ending


@frozen
class SuspicionRaised:
    """Something is wrong about an item that was settled. The settlement stands; the platform judges."""

    item: str | None
    """None when nobody knows which item it was (the machine started since)."""
    sign: Sign


Body = Booted | VisitOpened | ItemDecided | ItemSettled | VisitClosed | SuspicionRaised
"""What an entry tells."""


def kind_of(body: Body) -> Kind:
    """Return the kind of entry that holds this body."""
    return _KINDS[type(body)]


def written(body: Body) -> dict[str, Any]:
    """Write a body as the plain mapping that an entry holds."""
    return _WRITERS[type(body)](body)


def body_of(entry: Entry) -> Body:
    """Read an entry's body. Raises MalformedEntry naming the entry's kind and what is amiss."""
    return read_body(entry.kind, entry.body)


def read_body(kind: Kind, body: Mapping[str, Any]) -> Body:
    """Read a body of this kind from the plain mapping. Raises MalformedEntry."""
    try:
        return _READERS[kind](body)
    except MalformedEntry:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as broken:
        raise MalformedEntry(f"{kind.value}: {type(broken).__name__}: {broken}") from broken


def _text(value: object, longest: int = 400) -> str:
    if not isinstance(value, str) or len(value) > longest:
        raise ValueError(f"text of at most {longest} characters expected, not {str(value)[:40]!r}")
    # Half a surrogate pair or a NUL is JSON, but no text that a database takes.
    if "\0" in value or (not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value)):
        raise ValueError(f"text that can be stored expected, not {value[:40]!r}")
    return value


def _optional_text(value: object) -> str | None:
    return None if value is None else _text(value)


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise ValueError(f"a whole number from 0 expected, not {str(value)[:40]!r}")
    return value


def _optional_whole(value: object) -> int | None:
    return None if value is None else _whole(value)


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"true or false expected, not {str(value)[:40]!r}")
    return value


def _write_booted(body: Booted) -> dict[str, Any]:
    return {"software": body.software, "model": body.model}


def _read_booted(body: Mapping[str, Any]) -> Booted:
    return Booted(software=_text(body["software"]), model=_text(body["model"]))


def _write_visit_opened(body: VisitOpened) -> dict[str, Any]:
    return {"by": body.by.value, "token": body.token, "claimed": body.claimed, "price_list": body.price_list}


def _read_visit_opened(body: Mapping[str, Any]) -> VisitOpened:
    opened = VisitOpened(
        by=Opener(body["by"]),
        token=_optional_text(body["token"]),
        claimed=_truth(body["claimed"]),
        price_list=_optional_text(body["price_list"]),
    )
    if (opened.by is Opener.SESSION) != (opened.token is not None):
        raise ValueError("a session has a token and nobody else does")
    return opened


def _write_recognition(seen: Recognition) -> dict[str, Any]:
    return {
        "items": seen.items,
        "label": seen.label.value if seen.label else None,
        "confidence": seen.confidence,
        "container": seen.container,
        "box": [seen.box.x0, seen.box.y0, seen.box.x1, seen.box.y1] if seen.box else None,
        "vote": seen.vote.value if seen.vote else None,
        "vote_confidence": seen.vote_confidence,
        "mask_area": seen.mask_area,
        "model": seen.model,
    }


def _read_recognition(body: Mapping[str, Any]) -> Recognition:
    box = body["box"]
    return Recognition(
        items=_whole(body["items"]),
        label=None if body["label"] is None else Material(body["label"]),
        confidence=_whole(body["confidence"]),
        container=_whole(body["container"]),
        box=None if box is None else Box(*(_whole(side) for side in box)),
        vote=None if body["vote"] is None else Material(body["vote"]),
        vote_confidence=_whole(body["vote_confidence"]),
        mask=None if (area := _optional_whole(body["mask_area"])) is None else Mask(area),
        model=_text(body["model"]),
    )


def _write_item_decided(body: ItemDecided) -> dict[str, Any]:
    picture, promise = body.picture, body.promise
    return {
        "visit": body.visit,
        "accepted": body.decision.accepted,
        "reason": body.decision.reason.value,
        "recognition": _write_recognition(body.recognition),
        "picture": {"sha256": picture.sha256, "phash": picture.perceptual_hash} if picture else None,
        "promise": {"price_list": promise.price_list, "points": promise.points} if promise else None,
        "counters": {"in": body.counters.passed_in, "out": body.counters.passed_out},
        "ean": body.ean,
        "weight_g": body.weight_g,
    }


def _read_item_decided(body: Mapping[str, Any]) -> ItemDecided:
    picture, promise, counters = body["picture"], body["promise"], body["counters"]
    return ItemDecided(
        visit=_text(body["visit"]),
        decision=Decision(accepted=_truth(body["accepted"]), reason=Reason(body["reason"])),
        recognition=_read_recognition(body["recognition"]),
        picture=Picture(_text(picture["sha256"], 64), _text(picture["phash"], 16)) if picture else None,
        promise=Promise(_text(promise["price_list"]), _whole(promise["points"])) if promise else None,
        counters=Counters(_whole(counters["in"]), _whole(counters["out"])),
        ean=_optional_text(body["ean"]),
        weight_g=_optional_whole(body["weight_g"]),
    )


def _write_item_settled(body: ItemSettled) -> dict[str, Any]:
    return {"item": body.item, "outcome": body.outcome.value}


def _read_item_settled(body: Mapping[str, Any]) -> ItemSettled:
    return ItemSettled(item=_text(body["item"]), outcome=Outcome(body["outcome"]))


def _write_visit_closed(body: VisitClosed) -> dict[str, Any]:
    return {"visit": body.visit, "why": body.why.value}


def _read_visit_closed(body: Mapping[str, Any]) -> VisitClosed:
    return VisitClosed(visit=_text(body["visit"]), why=Ending(body["why"]))


def _write_suspicion_raised(body: SuspicionRaised) -> dict[str, Any]:
    return {"item": body.item, "sign": body.sign.value}


def _read_suspicion_raised(body: Mapping[str, Any]) -> SuspicionRaised:
    return SuspicionRaised(item=_optional_text(body["item"]), sign=Sign(body["sign"]))


_KINDS: dict[type, Kind] = {
    Booted: Kind.BOOTED,
    VisitOpened: Kind.VISIT_OPENED,
    ItemDecided: Kind.ITEM_DECIDED,
    ItemSettled: Kind.ITEM_SETTLED,
    VisitClosed: Kind.VISIT_CLOSED,
    SuspicionRaised: Kind.SUSPICION_RAISED,
}
_WRITERS: dict[type, Callable[[Any], dict[str, Any]]] = {
    Booted: _write_booted,
    VisitOpened: _write_visit_opened,
    ItemDecided: _write_item_decided,
    ItemSettled: _write_item_settled,
    VisitClosed: _write_visit_closed,
    SuspicionRaised: _write_suspicion_raised,
}
_READERS: dict[Kind, Callable[[Mapping[str, Any]], Body]] = {
    Kind.BOOTED: _read_booted,
    Kind.VISIT_OPENED: _read_visit_opened,
    Kind.ITEM_DECIDED: _read_item_decided,
    Kind.ITEM_SETTLED: _read_item_settled,
    Kind.VISIT_CLOSED: _read_visit_closed,
    Kind.SUSPICION_RAISED: _read_suspicion_raised,
}
