"""The items of a journal, read from outside, and what a screen showed before the power went beside them.

The screen keeps what it showed last and does not ask the journal: whatever stood there must stand in the journal too.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from attrs import frozen

from adapters.journal.reading import entries
from domain.deposits.bodies import ItemDecided, ItemSettled, Outcome, body_of
from domain.deposits.journal import Entry


@frozen
class Story:
    """The items of a journal, by id."""

    decided: dict[str, ItemDecided]
    settled: dict[str, list[Outcome]]


def read_story(journal: Path) -> Story:
    """Read a journal from outside. Raises JournalDamaged."""
    return story(entries(journal)) if journal.is_file() else Story({}, {})


def story(all_entries: Iterable[Entry]) -> Story:
    """Sort out the items of a journal."""
    decided: dict[str, ItemDecided] = {}
    settled: dict[str, list[Outcome]] = {}
    for entry in all_entries:
        body = body_of(entry)
        if isinstance(body, ItemDecided):
            decided[entry.id] = body
        elif isinstance(body, ItemSettled):
            settled.setdefault(body.item, []).append(body.outcome)
    return Story(decided, settled)


def unbacked(view: dict[str, Any] | None, told: Story) -> list[str]:
    """What a screen showed and the journal does not hold: nothing, or something is wrong."""
    found = []
    for item in (view or {}).get("items", ()):
        decided = told.decided.get(item["id"])
        if decided is None:
            found.append(f"the screen showed item {item['id']}, the journal does not know it")
            continue
        promised = decided.promise.points if decided.promise else None
        if item["accepted"] != decided.decision.accepted or (item["accepted"] and item["points"] != promised):
            found.append(f"the screen showed item {item['id']} otherwise than it was decided")
        if item["outcome"] is not None and item["outcome"] not in {
            one.value for one in told.settled.get(item["id"], [])
        }:
            found.append(f"the screen showed item {item['id']} {item['outcome']}, the journal does not")
    return found
