"""What machines reported, in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from attrs import define, field, frozen

from application.ports.record_store import HistoryLine, Noted, RaisedAlarm, Rejected
from application.ports.unit_of_work import AlreadyThere
from domain.deposits.bodies import Outcome
from domain.deposits.chain import Held, Link
from domain.deposits.corrected_time import Anchor, Known, Sending, Span
from domain.deposits.journal import Cursor
from domain.deposits.record import Alarm, Judged
from domain.deposits.settlement import Verdict
from domain.deposits.visit import Item, Visit
from domain.fleet.machine import Machine


@frozen
class RecordedEntry:
    """An entry with the batch it came in."""

    machine: str
    judged: Judged
    sending: Sending


@define
class RecordRows:
    """Everything that machines reported."""

    entries: list[RecordedEntry] = field(factory=list)
    links: dict[tuple[str, str], Link] = field(factory=dict)
    prevs: set[tuple[str, str]] = field(factory=set)
    ids: dict[str, str] = field(factory=dict)
    rejected: dict[tuple[str, str], Rejected] = field(factory=dict)
    cursors: dict[tuple[str, str], Cursor] = field(factory=dict)
    anchors: dict[tuple[str, str], Anchor] = field(factory=dict)
    visits: dict[str, Visit] = field(factory=dict)
    items: dict[str, Item] = field(factory=dict)
    verdicts: dict[tuple[str, str], Verdict] = field(factory=dict)
    item_verdicts: dict[str, Verdict] = field(factory=dict)
    alarms: list[tuple[str, RaisedAlarm]] = field(factory=list)

    def copy(self) -> RecordRows:
        """Return a copy that can be changed."""
        return RecordRows(
            list(self.entries), dict(self.links), set(self.prevs), dict(self.ids), dict(self.rejected),
            dict(self.cursors), dict(self.anchors), dict(self.visits), dict(self.items), dict(self.verdicts),
            dict(self.item_verdicts), list(self.alarms),
        )  # fmt: skip


@frozen
class SimulatedRecord:
    """The repository of what machines reported."""

    _rows: RecordRows
    _machines: Mapping[str, Machine]

    def held(self, machine: str, hashes: Collection[str], follows: Collection[str], ids: Collection[str]) -> Held:
        rows = self._rows
        entries = {each: rows.links[machine, each] for each in {*hashes, *follows} if (machine, each) in rows.links}
        apart = {each: self.rejected(machine, each) for each in follows if (machine, each) in rows.rejected}
        return Held(
            links={**{each: link for each, link in apart.items() if link}, **entries},
            succeeded={each for each in follows if (machine, each) in rows.prevs},
            ids={each: rows.ids[each] for each in ids if each in rows.ids},
        )

    def rejected(self, machine: str, hash: str) -> Link | None:
        kept = self._rows.rejected.get((machine, hash))
        return Link(kept.hash, kept.epoch, kept.seq, None) if kept else None

    def cursor(self, machine: str, epoch: str | None = None) -> Cursor | None:
        if epoch is not None:
            return self._rows.cursors.get((machine, epoch))
        own = [cursor for (whose, _), cursor in self._rows.cursors.items() if whose == machine]
        return own[-1] if own else None

    def anchors(self, machine: str, epochs: Collection[str]) -> dict[str, Anchor]:
        rows = self._rows.anchors
        return {epoch: rows[machine, epoch] for epoch in epochs if (machine, epoch) in rows}

    def visits(self, machine: str, ids: Collection[str]) -> dict[str, Visit]:
        rows = self._rows.visits
        return {each: rows[each] for each in ids if each in rows and rows[each].machine == machine}

    def sealed(self, visits: Collection[str]) -> set[str]:
        return set()  # no month ever goes here

    def items(self, machine: str, ids: Collection[str]) -> dict[str, Item]:
        rows = self._rows.items
        return {each: rows[each] for each in ids if each in rows and rows[each].machine == machine}

    def unknown(self, machine: str, span: Span) -> int:
        return sum(
            item.machine == machine
            and item.outcome is Outcome.UNKNOWN
            and item.decided.decision.accepted
            and span.earliest <= item.span.earliest <= span.latest
            for item in self._rows.items.values()
        )

    def session_machines(self, sessions: Collection[str]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for visit in self._rows.visits.values():
            if visit.session in sessions and visit.session is not None:
                found.setdefault(visit.session, set()).add(visit.machine)
        return found

    def note(self, noted: Noted) -> None:
        rows, machine = self._rows, noted.machine
        for judged in noted.judged:
            entry = judged.entry
            if (machine, entry.hash) in rows.links:
                raise AlreadyThere(f"entry {entry.hash} of machine {machine} is there already")
            rows.entries.append(RecordedEntry(machine, judged, noted.sending))
            known = Known(entry.epoch, entry.mono, judged.span)
            rows.links[machine, entry.hash] = Link(entry.hash, entry.epoch, entry.seq, known)
            rows.prevs.add((machine, entry.prev))
            rows.ids.setdefault(entry.id, entry.hash)
            if judged.verdict is not None:
                rows.verdicts[machine, entry.hash] = judged.verdict
                if judged.item is not None:
                    rows.item_verdicts[judged.item.id] = judged.verdict
        for rejected in noted.rejected:
            rows.rejected[machine, rejected.hash] = rejected
        rows.visits.update(noted.visits)
        rows.items.update(noted.items)
        for cursor in noted.cursors:
            rows.cursors[machine, cursor.epoch] = cursor
        if noted.anchored is not None and (machine, noted.sending.boot) in rows.cursors:
            rows.anchors[machine, noted.sending.boot] = noted.anchored
        for alarm in [*noted.alarms, *(alarm for judged in noted.judged for alarm in judged.alarms)]:
            self.raise_alarm(noted.organisation, machine, alarm, noted.sending.received)

    def history(self, person: str, before: int | None, limit: int) -> Sequence[HistoryLine]:
        lines = [
            HistoryLine(number, item, self._rows.item_verdicts.get(item.id), self._machines[item.machine].name)
            for number, item in enumerate(self._rows.items.values(), start=1)
            if self._rows.visits[item.visit].person == person and (before is None or number < before)
        ]
        return lines[::-1][:limit]

    def alarms(self, organisation: str, before: int | None, limit: int) -> Sequence[RaisedAlarm]:
        own = [alarm for whose, alarm in self._rows.alarms if whose == organisation]
        return [alarm for alarm in own[::-1] if before is None or alarm.number < before][:limit]

    def raise_alarm(self, organisation: str, machine: str | None, alarm: Alarm, at: int) -> None:
        number = len(self._rows.alarms) + 1
        self._rows.alarms.append((organisation, RaisedAlarm(number, machine, alarm, at)))
