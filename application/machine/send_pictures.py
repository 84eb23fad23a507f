"""Send the pictures of items to the platform: one at a time, in the journal's order, once it holds their entries.

What is to be sent is worked out from the journal, the store and the mark, at every start anew; there is no list beside
them that could say something else. Nothing of the machine waits for it.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import suppress

from attrs import define, evolve, field, frozen

from application.machine.keep_pictures import KeepPictures
from application.machine.picture_queue import PictureQueue, Waiting
from application.machine.report_telemetry import Look
from application.ports.clock import Clock, Random
from application.ports.fail_points import FailPoint, NoFailPoints
from application.ports.journal import Journal, JournalError
from application.ports.keepsake import Keepsake
from application.ports.pictures import (
    NoSuchPicture,
    PictureDamaged,
    PictureError,
    PictureNotTaken,
    PictureStore,
    PictureUnwanted,
    PictureUplink,
)
from application.ports.scheduler import Scheduler
from application.ports.uplink import Refused, UplinkError
from domain.deposits.bodies import ItemDecided, body_of
from domain.deposits.journal import Cursor, Entry, MalformedEntry, place_of
from domain.deposits.synchronisation.rules import longest_backoff
from domain.deposits.synchronisation.words import LONGEST_BACKOFF, State, Synchronisation
from domain.objects.name import Bucket, UnfitObject
from domain.objects.policy import admit
from domain.pictures.kind import media_type
from domain.pictures.sending import MOST_TRIES, TOMORROW, Came, Mark, pause_after, read, spent_today, written

_log = logging.getLogger(__name__)

AT_ONCE = 100
"""Entries of one reading: the disk is shared with what is being written."""


@frozen
class Album:
    """What lasts of pictures, and of what they are pictures of."""

    journal: Journal
    store: PictureStore
    keep: KeepPictures
    mark: Keepsake


@frozen
class Outcome:
    """What came of one try."""

    came: Came
    sent: int = 0
    """Bytes."""
    took: int = 0
    """Microseconds."""


@define
class SendPictures:
    """Sends pictures for as long as the machine runs. All but `start` and `appended` runs by the scheduler.

    `daily` is how many bytes of pictures may be sent in a day (0: none is), `boot` the epoch of this life.
    """

    album: Album
    uplink: PictureUplink
    scheduler: Scheduler
    clock: Clock
    chance: Random
    boot: str
    daily: int
    fail_points: FailPoint = field(factory=NoFailPoints)
    counts: Counter[Came] = field(factory=Counter, init=False)
    """What came of pictures in this life."""
    _queue: PictureQueue | None = field(default=None, init=False)
    """None until the mark was read."""
    _heard: list[Cursor | None] = field(factory=list, init=False)
    """Where the platform stood before that."""
    _reading: bool = field(default=False, init=False)
    _again: bool = field(default=False, init=False)
    _resting: bool = field(default=False, init=False)
    """Whether the next one waits for a timer."""
    _ticket: int = field(default=0, init=False)
    """Of the newest timer."""
    _under_way: bool = field(default=False, init=False)
    _off_line: bool = field(default=False, init=False)
    """Whether the platform was out of reach since it was last heard of."""
    _brought: str | None = field(default=None, init=False)
    """The item whose bytes are there, but not yet said to be."""
    _failures: int = field(default=0, init=False)
    """Since the last progress."""
    _tries: int = field(default=0, init=False)
    """How often the platform could not take the first one that waits."""

    # ------------------------------------------------------------ from outside

    def start(self) -> None:
        """Begin: read the mark, then the journal from there."""
        self.scheduler.soon(self._begin)

    def appended(self) -> None:
        """Tell that the journal has a new entry. Safe from any thread."""
        self.scheduler.soon(self._read_on)

    def synchronised(self, now: Synchronisation) -> None:
        """Hear where synchronisation stands; on the deciding thread."""
        self._off_line = self._off_line or now.off_line
        if now.state not in (State.SENDING, State.RESTING):
            return
        if self._off_line and self._failures:
            self._pause(0)  # what was waited for is over
        self._off_line = False
        if self._queue is None:
            self._heard.append(now.cursor)
            return
        self._queue.held(now.cursor)
        self._see_whether_it_went_back()
        self._go_on()

    @property
    def waiting(self) -> int:
        """How many pictures are still to be sent."""
        return 0 if self._queue is None else len(self._queue)

    def told(self, look: Look) -> Look:
        """Return what telemetry tells, with how many pictures wait."""
        return evolve(look, measures={**look.measures, "pictures_waiting": self.waiting})

    def unsent(self) -> Collection[str] | None:
        """Return the hashes of the pictures that are still to be sent; None while that is not known."""
        return None if self._queue is None or not self._queue.complete else self._queue.hashes()

    # ------------------------------------------------------------ what is to be sent

    def _begin(self) -> None:
        def look() -> Mark:
            with suppress(PictureError):
                self.album.store.taken()  # all are looked through now, and not when somebody brings an item
            mark = read(self.album.mark.kept())
            known = mark.place is None or self.album.journal.holds(mark.place)
            return mark if known else evolve(mark, place=None)

        def begun(mark: Mark | BaseException) -> None:
            if isinstance(mark, BaseException):
                if not isinstance(mark, (JournalError, OSError)):
                    raise mark
                _log.warning("pictures: the mark cannot be read: %s", mark)
                mark = Mark()
            self._queue = PictureQueue(self.boot, mark)
            for place in self._heard:
                self._queue.held(place)
            self._read_on()

        self.scheduler.aside(look, begun, cost="read")

    def _read_on(self) -> None:
        queue = self._queue
        if self._reading or queue is None:
            self._again = True
            return
        self._reading, self._again = True, False
        after = queue.read_to

        def look() -> tuple[Sequence[Entry], list[Waiting]]:
            entries = self.album.journal.after(after, AT_ONCE)
            return entries, [one for entry in entries if (one := self._of(entry)) is not None]

        self.scheduler.aside(look, lambda found: self._add(queue, found), cost="read")

    def _of(self, entry: Entry) -> Waiting | None:
        """Return what waits of an entry, if it is an item's and its picture is here."""
        try:
            body = body_of(entry)
        except MalformedEntry:
            return None
        if not isinstance(body, ItemDecided) or body.picture is None or not self.album.store.holds(body.picture.sha256):
            return None
        return Waiting(place_of(entry), entry.id, body.picture.sha256)

    def _add(self, queue: PictureQueue, found: tuple[Sequence[Entry], list[Waiting]] | BaseException) -> None:
        self._reading = False
        if isinstance(found, BaseException):
            if not isinstance(found, JournalError):
                raise found
            _log.warning("pictures stay where they are: %s", found)
            return
        entries, waiting = found
        queue.read(map(place_of, entries), waiting)
        if self._again or len(entries) == AT_ONCE:
            self._read_on()
        elif not queue.complete:
            queue.complete = True
            self.album.keep.clear()
            self._see_whether_it_went_back()
        self._go_on()

    def _see_whether_it_went_back(self) -> None:
        again = None if self._queue is None else self._queue.gone_back()
        if again is not None:
            _log.info("pictures: the platform went back, so they are offered again")
            self._queue, self._brought, self._tries = again, None, 0
            self._read_on()

    # ------------------------------------------------------------ sending

    def _go_on(self) -> None:
        queue = self._queue
        if self._resting or self._under_way or queue is None or not self.daily or (first := queue.first()) is None:
            return
        self._under_way = True
        spent = spent_today(queue.mark, self.clock.now().wall)
        self.scheduler.aside(
            lambda: self._send(first, spent), lambda came: self._came(queue, first, came), cost="send picture"
        )

    def _send(self, one: Waiting, spent: int) -> Outcome:
        """Send one picture; off the deciding thread, which starts only one of these at a time."""
        try:
            picture = self.album.store.read(one.sha256)
            kind = media_type(picture)
            admit(Bucket.IMAGES, len(picture), kind)
            if spent and spent + len(picture) > self.daily:  # one goes in any case, or those behind it never would
                return Outcome(Came.ENOUGH)
            began = self.clock.now().mono
            if self._brought != one.item and not self._bring(one.item, picture, kind):
                return Outcome(Came.THERE)
            self.uplink.sent(one.item)
            self.fail_points.reached("after picture sent")
            return Outcome(Came.SENT, len(picture), self.clock.now().mono - began)
        except NoSuchPicture:
            return Outcome(Came.GONE)
        except PictureDamaged as damaged:
            _log.warning("a picture is not sent: %s", damaged)
            self.album.keep.let_go(one.sha256)
            return Outcome(Came.GONE)
        except (UnfitObject, PictureUnwanted) as unwanted:
            _log.warning("the picture of item %s is not sent: %s", one.item, unwanted)
            return Outcome(Came.UNWANTED)

    def _bring(self, item: str, picture: bytes, kind: str) -> bool:
        """Bring the bytes; False when the platform has them."""
        self.fail_points.reached("before picture offer")
        ticket = self.uplink.offer(item, len(picture), kind)
        if ticket is None:
            return False
        self.fail_points.reached("before picture upload")
        self.uplink.upload(ticket, picture)
        self._brought = item
        self.fail_points.reached("after picture upload")
        return True

    def _came(self, queue: PictureQueue, first: Waiting, came: Outcome | BaseException) -> None:
        self._under_way = False
        if isinstance(came, BaseException):
            self._failed(queue, first, came)
        elif came.came is Came.ENOUGH:
            self._pause(TOMORROW)
        else:
            self._settled(queue, first, came)

    def _settled(self, queue: PictureQueue, first: Waiting, came: Outcome) -> None:
        """Note what is dealt with, and go on after a pause."""
        self.counts[came.came] += 1
        self._brought, self._failures, self._tries = None, 0, 0
        pause = pause_after(came.took)
        if queue is not self._queue:  # it began anew meanwhile
            self._pause(pause)
            return
        mark = queue.settle(first, came.sent, self.clock.now().wall)
        self._resting = True
        # A mark that is lost makes the machine ask again, so whether it reached the disk is nobody's concern.
        self.scheduler.aside(lambda: self.album.mark.keep(written(mark)), lambda _: self._pause(pause), cost="keep")

    def _failed(self, queue: PictureQueue, first: Waiting, error: BaseException) -> None:
        if not isinstance(error, UplinkError):
            raise error
        self._failures += 1
        if isinstance(error, PictureNotTaken):
            self._brought = None
            self._tries += 1
            if self._tries >= MOST_TRIES:
                _log.warning("the picture of item %s is let be: %s", first.item, error)
                self._settled(queue, first, Outcome(Came.UNWANTED))
                return
        _log.log(logging.WARNING if isinstance(error, Refused) else logging.INFO, "pictures: %s", error)
        longest = LONGEST_BACKOFF if isinstance(error, Refused) else longest_backoff(self._failures)
        self._pause(round(self.chance.fraction() * longest))

    def _pause(self, delay: int) -> None:
        self._resting = True
        self._ticket = ticket = self._ticket + 1

        def over() -> None:
            if ticket == self._ticket:
                self._resting = False
                self._go_on()

        self.scheduler.after(delay, over)
