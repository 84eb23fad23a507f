"""The fold of a machine's entries into visits, items and verdicts: one entry at a time, in chain order.

The recording of a batch and the proof from the files run these same steps. Pure: everything a step needs
is in the record or comes with the entry; signatures were checked by whoever calls.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, evolve, field, frozen

from domain.deposits.bodies import (
    Body,
    ItemDecided,
    ItemSettled,
    Opener,
    Outcome,
    SuspicionRaised,
    VisitClosed,
    VisitOpened,
    body_of,
)
from domain.deposits.chain import Place
from domain.deposits.corrected_time import Span
from domain.deposits.journal import Entry, MalformedEntry
from domain.deposits.session import organisation_tag
from domain.deposits.settlement import UNKNOWN_A_DAY, Standing, Verdict, Why, day_of, judge, nothing_due, refused
from domain.deposits.token import MalformedToken, Token, from_text
from domain.deposits.visit import Item, TokenStanding, Visit, with_item, with_outcome
from domain.points.price_list import PriceList


@frozen
class Alarm:
    """Something that a person should look at. `kind` is a closed word, `detail` names what and where."""

    kind: str
    detail: str


@frozen
class Judged:
    """One entry and what it came to."""

    entry: Entry
    place: Place
    span: Span
    body: Body | None
    """None when it could not be read."""
    visit: Visit | None = None
    """The visit as it is after this entry, when the entry touched one."""
    item: Item | None = None
    """The item as it is after this entry, when the entry touched one."""
    verdict: Verdict | None = None
    """On a settled item, and on any entry that had no effect because something is wrong with it."""
    alarms: tuple[Alarm, ...] = ()


@define
class Record:
    """What is held of one machine around a batch. `take` changes it."""

    machine: str
    organisation: str
    """UUID."""
    lists: Sequence[PriceList] = ()
    visits: dict[str, Visit] = field(factory=dict)
    items: dict[str, Item] = field(factory=dict)
    unknown: dict[int, int] = field(factory=dict)
    """Accepted items of unknown outcome, by day."""
    session_machines: dict[str, set[str]] = field(factory=dict)
    """The machines on which visits named a session, by session."""
    bound: int = UNKNOWN_A_DAY
    sealed: set[str] = field(factory=set)
    """Visits that were over when their month's entries went: nothing is added to them."""

    def take(self, entry: Entry, place: Place, span: Span, *, signed: bool) -> Judged:
        """Take one entry. `signed` tells whether the token inside, if any, bears the platform's signature."""
        alarms = _fork_alarm(entry) if place is Place.FORK else ()
        if place is Place.REUSED_ID:
            alarm = Alarm("reused_id", f"entry {entry.id} with other bytes: {entry.hash}")
            return Judged(entry, place, span, None, verdict=refused(Why.REUSED_ID), alarms=(alarm,))
        try:
            body = body_of(entry)
        except MalformedEntry as broken:
            alarm = Alarm("malformed_body", f"entry {entry.id}: {broken}"[:400])
            verdict = refused(Why.MALFORMED_BODY)
            return Judged(entry, place, span, None, verdict=verdict, alarms=(*alarms, alarm))
        judged = self._judge(entry, place, span, body, signed=signed)
        return evolve(judged, alarms=(*alarms, *judged.alarms)) if alarms else judged

    def _judge(self, entry: Entry, place: Place, span: Span, body: Body, *, signed: bool) -> Judged:
        if isinstance(body, VisitOpened):
            return self._opened(entry, place, span, body, signed=signed)
        if isinstance(body, ItemDecided):
            return self._decided(entry, place, span, body)
        if isinstance(body, ItemSettled):
            return self._settled(entry, place, span, body)
        if isinstance(body, VisitClosed):
            return self._closed(entry, place, span, body)
        if isinstance(body, SuspicionRaised):
            detail = f"item {body.item}, entry {entry.id}" if body.item else f"entry {entry.id}"
            return Judged(entry, place, span, body, alarms=(Alarm(body.sign.value, detail),))
        return Judged(entry, place, span, body)

    def _opened(self, entry: Entry, place: Place, span: Span, body: VisitOpened, *, signed: bool) -> Judged:
        token, standing = self._token(body, span, signed=signed)
        alarms: tuple[Alarm, ...] = ()
        person = session = None
        if token is not None and standing not in _NOT_OURS:
            person, session = token.claims.person, token.claims.session
            machines = self.session_machines.setdefault(session, set())
            if machines - {self.machine}:
                detail = f"session {session} was used on {', '.join(sorted(machines | {self.machine}))}"
                alarms = (Alarm("session_on_two_machines", detail),)
            machines.add(self.machine)
        if standing in (TokenStanding.FORGED, TokenStanding.OTHER_ORGANISATION, TokenStanding.MALFORMED):
            alarms = (Alarm(standing.value, f"visit {entry.id}"),)
        visit = Visit(
            id=entry.id,
            organisation=self.organisation,
            machine=self.machine,
            by=body.by,
            token=standing,
            person=person,
            session=session,
            opened=span,
            price_list=body.price_list,
        )
        self.visits[visit.id] = visit
        return Judged(entry, place, span, body, visit=visit, alarms=alarms)

    def _token(self, body: VisitOpened, span: Span, *, signed: bool) -> tuple[Token | None, TokenStanding]:
        if body.token is None:
            return None, TokenStanding.NONE
        try:
            token = from_text(body.token)
        except MalformedToken:
            return None, TokenStanding.MALFORMED
        claims = token.claims
        if not signed:
            return token, TokenStanding.FORGED
        if claims.organisation != organisation_tag(self.organisation):
            return token, TokenStanding.OTHER_ORGANISATION
        if claims.machine not in (None, self.machine):
            return token, TokenStanding.OTHER_MACHINE
        if not claims.valid_within(span.earliest, span.latest):
            return token, TokenStanding.EXPIRED
        return token, TokenStanding.SOUND

    def _decided(self, entry: Entry, place: Place, span: Span, body: ItemDecided) -> Judged:
        visit = self.visits.get(body.visit)
        if visit is None or visit.id in self.sealed:
            alarm = Alarm("unknown_visit", f"item {entry.id} names visit {body.visit}")
            return Judged(entry, place, span, body, verdict=refused(Why.UNKNOWN_VISIT), alarms=(alarm,))
        item = Item(id=entry.id, visit=visit.id, machine=self.machine, decided=body, span=span)
        self.items[item.id] = item
        self.visits[visit.id] = visit = with_item(visit, item)
        return Judged(entry, place, span, body, visit=visit, item=item)

    def _settled(self, entry: Entry, place: Place, span: Span, body: ItemSettled) -> Judged:
        item = self.items.get(body.item)
        visit = self.visits.get(item.visit) if item else None
        if item is None or visit is None:
            alarm = Alarm("unknown_item", f"entry {entry.id} settles item {body.item}")
            return Judged(entry, place, span, body, verdict=refused(Why.UNKNOWN_ITEM), alarms=(alarm,))
        if item.outcome is not None:
            alarm = Alarm("already_settled", f"entry {entry.id} settles item {item.id} again")
            return Judged(entry, place, span, body, verdict=refused(Why.ALREADY_SETTLED), alarms=(alarm,))
        item = Item(item.id, item.visit, item.machine, item.decided, item.span, body.outcome)
        verdict = self._verdict(visit, item)
        self.items[item.id] = item
        self.visits[visit.id] = visit = with_outcome(visit, body.outcome, verdict)
        return Judged(entry, place, span, body, visit=visit, item=item, verdict=verdict)

    def _verdict(self, visit: Visit, item: Item) -> Verdict:
        outcome = item.outcome
        if outcome is None:
            raise ValueError(f"item {item.id} is not settled")
        nothing = nothing_due(item.decided.decision, outcome)
        if nothing is not None:
            return nothing
        day = day_of(item.span)
        before = self.unknown.get(day, 0)
        if outcome is Outcome.UNKNOWN:
            self.unknown[day] = before + 1
        if visit.token is TokenStanding.NONE:
            return Verdict(Standing.NOTHING_DUE, Why.GUEST if visit.by is Opener.GUEST else Why.TECHNICIAN)
        if visit.token is not TokenStanding.SOUND:
            return refused(Why(visit.token.value))
        return judge(item.decided, outcome, item.span, self.lists, before, self.bound)

    def _closed(self, entry: Entry, place: Place, span: Span, body: VisitClosed) -> Judged:
        visit = self.visits.get(body.visit)
        if visit is None:
            alarm = Alarm("unknown_visit", f"entry {entry.id} closes visit {body.visit}")
            return Judged(entry, place, span, body, verdict=refused(Why.UNKNOWN_VISIT), alarms=(alarm,))
        if visit.closed is None:
            self.visits[visit.id] = visit = evolve(visit, closed=body.why)
        return Judged(entry, place, span, body, visit=visit)


_NOT_OURS = frozenset({TokenStanding.FORGED, TokenStanding.OTHER_ORGANISATION, TokenStanding.MALFORMED})


def _fork_alarm(entry: Entry) -> tuple[Alarm, ...]:
    return (Alarm("fork", f"entry {entry.id} and another one follow {entry.prev}"),)
