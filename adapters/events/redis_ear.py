"""What was heard from each process, and whether something between was not. Pure: no clock, no connection."""

from __future__ import annotations

from attrs import define, field

from adapters.events.redis_words import Word

SILENT = 5.0
"""Seconds without a word from a process, after which it is taken for gone, and its last words for lost."""


@define
class _Sender:
    count: int
    heard: float


@define
class Ear:
    """Listens for holes."""

    _senders: dict[str, _Sender] = field(factory=dict)

    def hear(self, word: Word, now: float) -> bool:
        """Take a word in at `now` (seconds). Returns whether words before it were lost."""
        known = self._senders.get(word.sender)
        before = known.count if known is not None else 0
        hole = word.count > before + (word.event is not None)
        if word.last:
            self._senders.pop(word.sender, None)
        elif known is None:
            self._senders[word.sender] = _Sender(word.count, now)
        else:
            known.count, known.heard = max(before, word.count), now
        return hole

    def gone(self, now: float) -> bool:
        """Forget who has been silent for too long. Returns whether there was one: it may have said more before."""
        silent = [name for name, sender in self._senders.items() if now - sender.heard > SILENT]
        for name in silent:
            del self._senders[name]
        return bool(silent)

    def forget(self) -> None:
        """Forget everybody: a new connection begins."""
        self._senders.clear()
