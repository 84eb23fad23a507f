"""Prove that the events of entries are those that the entries come to: each once, and no other."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from application.platform.announce import OF_ENTRIES
from application.ports.evidence import Evidence
from application.ports.outbox import Announcement
from domain.points.proof import Finding

_OF_THE_MOMENT = ("balance", "machine_name")
"""What an event says that its entry does not: what the person had then, how the machine was called then."""

Told = tuple[str, str, str]


def prove_events(evidence: Evidence, announced: Iterable[Announcement], since: int) -> Iterator[Finding]:
    """Find the events that nothing caused, and those that are gone. Those before `since` are proved otherwise."""
    due = Counter((each.aggregate, each.type, _plain(dict(each.data))) for each in announced)
    for row in evidence.events(OF_ENTRIES, since):
        named = f"event {row.number} ({row.type} of {row.aggregate})"
        try:
            told: Told = (row.aggregate, row.type, _plain(json.loads(row.data)))
        except (ValueError, TypeError) as broken:
            yield Finding("event", named, f"it cannot be read: {broken}")
            continue
        if due[told] < 1:
            yield Finding("event", named, "no entry comes to this")
        due[told] -= 1
    for (aggregate, kind, data), missing in due.items():
        if missing > 0:
            yield Finding("event", f"{kind} of {aggregate}", f"it is gone: {data[:200]}")


def _plain(data: dict[str, Any]) -> str:
    return json.dumps({name: value for name, value in data.items() if name not in _OF_THE_MOMENT}, sort_keys=True)
