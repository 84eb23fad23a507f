"""What pictures wait: worked out from the journal's entries, the mark, and where the platform stands. No I/O."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from attrs import evolve, frozen

from domain.deposits.journal import Cursor
from domain.pictures.sending import Mark, dealt_with


@frozen
class Waiting:
    """An item whose picture is kept and not dealt with."""

    place: Cursor
    """Of its entry."""
    item: str
    sha256: str


class PictureQueue:
    """The items after the mark, in the journal's order, as far as it was read."""

    def __init__(self, boot: str, mark: Mark) -> None:
        """Begin at the mark. `boot` is the epoch of this life."""
        self.mark = mark
        self.read_to: Cursor | None = mark.place
        self.complete = False
        """Whether the journal was read to its end."""
        self._boot = boot
        self._waiting: deque[Waiting] = deque()
        self._epochs: dict[str, int] = {}
        """Their order, from the mark's on."""
        self._held: Cursor | None = None
        self._lowest: Cursor | None = None
        """Where the platform stood when it was heard of first, then the newest."""
        self._heard = False
        if mark.place is not None:
            self._comes(mark.place)

    def __len__(self) -> int:
        """Count what waits."""
        return len(self._waiting)

    def hashes(self) -> frozenset[str]:
        """Return the hashes of what waits."""
        return frozenset(one.sha256 for one in self._waiting)

    def read(self, places: Iterable[Cursor], waiting: Iterable[Waiting]) -> None:
        """Take the next entries' places, and what waits of them."""
        for place in places:
            self.read_to = place
            self._comes(place)
        self._waiting.extend(waiting)

    def held(self, place: Cursor | None) -> None:
        """Hear up to where the platform holds the entries. It only rises, unless it lost some."""
        if self.complete or not self._heard:
            self._lowest, self._heard = place, True
        self._held = place

    def first(self) -> Waiting | None:
        """Return the first that waits, once the platform holds its entry."""
        if not self._waiting or self._rank(self._waiting[0].place) > self._rank(self._held):
            return None
        return self._waiting[0]

    def settle(self, one: Waiting, sent: int, wall: int) -> Mark:
        """Take the first from the queue, of which `sent` bytes went at `wall`; return the new mark."""
        self._waiting.popleft()
        self.mark = dealt_with(self.mark, one.place, sent, wall)
        return self.mark

    def gone_back(self) -> PictureQueue | None:
        """Return a new queue if the platform has lost entries before the mark, the pictures perhaps too."""
        if not self.complete or not self._heard or self._rank(self._lowest) >= self._rank(self.mark.place):
            return None
        again = PictureQueue(self._boot, evolve(self.mark, place=self._lowest))
        again.held(self._held)
        return again

    def _comes(self, place: Cursor) -> None:
        self._epochs.setdefault(place.epoch, len(self._epochs))

    def _rank(self, place: Cursor | None) -> tuple[int, int]:
        """Return where a place stands: an epoch that was not read is older than the mark, this life the newest."""
        if place is None:
            return -2, 0
        unread = len(self._epochs) if place.epoch == self._boot else -1
        return self._epochs.get(place.epoch, unread), place.seq
