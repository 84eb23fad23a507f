"""Samples and hours as rows. A sample is JSON (JSONB in PostgreSQL), its numbers as they came."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa

from adapters.sql.statement import Among, insert
from adapters.sql.tables.care import TELEMETRY, TELEMETRY_BOOTS, TELEMETRY_HOURS
from adapters.sql.upsert import upsert
from application.ports.care import TimedSample
from domain.fleet.telemetry import Hour, Sample

_COLUMNS = (TELEMETRY.c.at, TELEMETRY.c.boot, TELEMETRY.c.seq, TELEMETRY.c.sample)


def _added(table: sa.Table, came: Any) -> Mapping[str, Any]:
    there = table.c
    return {
        "count": there["count"] + came["count"],
        "total": there.total + came.total,
        "least": sa.case((came.least < there.least, came.least), else_=there.least),
        "most": sa.case((came.most > there.most, came.most), else_=there.most),
    }


_BOOT = TELEMETRY_BOOTS.c
_HELD = Among(
    lambda boots: sa.select(_BOOT.boot, _BOOT.seq).where(
        _BOOT.machine_id == sa.bindparam("machine"), _BOOT.boot.in_(boots)
    )
)
_ADD = insert(TELEMETRY)
_KEEP_NEWEST = upsert(TELEMETRY_BOOTS)
_ADD_TO_HOURS = upsert(TELEMETRY_HOURS, _added)


class SqlTelemetry:
    """The repository of telemetry."""

    def __init__(self, connection: sa.Connection) -> None:
        """Work inside this connection's transaction."""
        self._connection = connection

    def held(self, machine: str, boots: Collection[str]) -> dict[str, int]:
        """Return the newest number that was ever held of each boot."""
        return dict(_HELD.rows(self._connection, boots, {"machine": machine}))

    def add(self, organisation: str, machine: str, samples: Sequence[TimedSample], received: int) -> None:
        """Keep samples that are not held yet."""
        if not samples:
            return
        rows = [
            {
                "organisation_id": organisation, "machine_id": machine, "boot": each.sample.boot,
                "seq": each.sample.seq, "at": each.at, "received_at": received, "sample": _written(each.sample),
            }
            for each in samples
        ]  # fmt: skip
        _ADD.many(self._connection, rows)
        newest = {each.sample.boot: each.sample.seq for each in sorted(samples, key=lambda each: each.sample.seq)}
        held = [
            {"organisation_id": organisation, "machine_id": machine, "boot": boot, "seq": seq}
            for boot, seq in newest.items()
        ]
        _KEEP_NEWEST.many(self._connection, held)

    def samples(self, machine: str, begin: int, end: int, limit: int) -> Sequence[TimedSample]:
        """Return samples taken within a span, the oldest first."""
        query = sa.select(*_COLUMNS).where(
            TELEMETRY.c.machine_id == machine, TELEMETRY.c.at >= begin, TELEMETRY.c.at < end
        )
        rows = self._connection.execute(query.order_by(TELEMETRY.c.at, TELEMETRY.c.number).limit(limit))
        return [_timed(row) for row in rows]

    def newest(self, machine: str) -> TimedSample | None:
        """Return the sample that was taken last."""
        query = sa.select(*_COLUMNS).where(TELEMETRY.c.machine_id == machine)
        newest_first = query.order_by(TELEMETRY.c.at.desc(), TELEMETRY.c.number.desc())
        row = self._connection.execute(newest_first.limit(1)).one_or_none()
        return _timed(row) if row is not None else None

    def add_hours(self, organisation: str, hours: Iterable[Hour]) -> None:
        """Add hours to those that are kept."""
        rows = [
            {
                "machine_id": hour.machine, "hour": hour.hour, "measure": hour.measure, "count": hour.count,
                "least": hour.least, "most": hour.most, "total": hour.total, "organisation_id": organisation,
            }
            for hour in hours
        ]  # fmt: skip
        _ADD_TO_HOURS.many(self._connection, rows)

    def hours(self, machine: str, begin: int, end: int, measure: str | None = None) -> Sequence[Hour]:
        """Return hours of a span, by beginning and measure."""
        hour = TELEMETRY_HOURS.c
        query = sa.select(
            hour.machine_id, hour.hour, hour.measure, hour["count"], hour.least, hour.most, hour.total
        ).where(hour.machine_id == machine, hour.hour >= begin, hour.hour < end)  # fmt: skip
        if measure is not None:
            query = query.where(hour.measure == measure)
        return [Hour(*row) for row in self._connection.execute(query.order_by(hour.hour, hour.measure))]

    def drop_before(self, at: int, limit: int) -> int:
        """Forget samples that came before a moment."""
        old = sa.select(TELEMETRY.c.number).where(TELEMETRY.c.received_at < at).order_by(TELEMETRY.c.received_at)
        # By the time too: PostgreSQL then looks into the months before it only.
        gone = sa.delete(TELEMETRY).where(TELEMETRY.c.received_at < at, TELEMETRY.c.number.in_(old.limit(limit)))
        return self._connection.execute(gone).rowcount


def _written(sample: Sample) -> str:
    kept = {
        "mono": sample.mono, "wall": sample.wall, "trusted": sample.trusted, "measures": dict(sample.measures),
        "serving": sample.serving, "faults": list(sample.faults), "words": dict(sample.words),
    }  # fmt: skip
    return orjson.dumps(kept).decode()


def _timed(row: Any) -> TimedSample:
    at, boot, seq, kept = row
    sample = Sample(
        boot, seq, kept["mono"], kept["wall"], kept["trusted"], kept["measures"], kept["serving"],
        tuple(kept["faults"]), kept["words"],
    )  # fmt: skip
    return TimedSample(at, sample)
