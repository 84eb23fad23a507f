"""What processes say to each other on the channel: JSON, one object a message.

Each process has a name of its own and counts what it says. So whoever listens notices what was lost on the way, by
the count, also when the last word was: each says once a second how far it has counted.
"""

from __future__ import annotations

import json
from typing import Any

from attrs import frozen

from application.ports.outbox import Event

VERSION = 2
"""Of these words. What has another one is not understood, and passed over."""


@frozen
class Word:
    """One message."""

    sender: str
    count: int
    """Events that the sender has published, this one included."""
    event: Event | None = None
    last: bool = False
    """Whether the sender stops here, in good order."""


class NotUnderstood(ValueError):
    """These bytes are no word of ours."""


def written(word: Word) -> str:
    """Return a word's text."""
    said: dict[str, Any] = {"v": VERSION, "from": word.sender, "count": word.count}
    if word.event is not None:
        event = word.event
        said["event"] = [
            event.id, event.organisation, event.aggregate, event.version, event.type, event.data, event.at,
            event.publication,
        ]  # fmt: skip
    if word.last:
        said["last"] = True
    return json.dumps(said, separators=(",", ":"))


def read(raw: bytes) -> Word:
    """Read a word. Raises NotUnderstood."""
    try:
        said = json.loads(raw)
        if said["v"] != VERSION:
            raise NotUnderstood(f"version {said['v']!r}")
        event = Event(*said["event"]) if "event" in said else None
        return Word(str(said["from"]), int(said["count"]), event, last=bool(said.get("last")))
    except (ValueError, TypeError, KeyError) as broken:
        raise NotUnderstood(str(broken)) from broken
