"""Keep the picture of an item, before its entry names it, in the room that pictures are given.

A picture that cannot be kept is said and missed; the item is decided on all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection

from attrs import define, field

from application.ports.pictures import PictureError, PictureStore
from application.ports.scheduler import Scheduler
from application.ports.vision import Frame
from domain.pictures.retention import clearing

_log = logging.getLogger(__name__)


@define
class KeepPictures:
    """Keeps pictures. `unsent` names those that are still to be sent, or None while that is not known.

    All but `keep`, `begin` and `let_go` runs by the scheduler.
    """

    store: PictureStore
    scheduler: Scheduler
    budget: int
    """Bytes; 0: no picture is kept."""
    unsent: Callable[[], Collection[str] | None] = lambda: None
    _clearing: bool = field(default=False, init=False)

    def begin(self, frame: Frame) -> None:
        """Begin to keep a frame's picture aside, while it is recognised."""
        if self.budget:
            self.scheduler.aside(lambda: self.keep(frame), lambda _: None, cost="picture")

    def keep(self, frame: Frame) -> None:
        """Keep a frame's picture; it is on the disk when this returns, or that it is not was said. From any thread."""
        if not self.budget or not frame.encoded:
            return
        try:
            self.store.keep(frame.sha256, frame.encoded)
            over = self.store.taken() > self.budget
        except PictureError as broken:
            _log.warning("a picture is not kept: %s", broken)
            return
        if over:
            self.scheduler.soon(self.clear)

    def let_go(self, sha256: str) -> None:
        """Drop a picture that is not whole. From any thread."""
        try:
            self.store.drop(sha256)
        except PictureError as broken:
            _log.warning("a picture stays: %s", broken)

    def clear(self) -> None:
        """Make room, if pictures take more than they are given."""
        unsent = self.unsent()
        if self._clearing or unsent is None:
            return
        self._clearing = True
        still = frozenset(unsent)

        def make_room() -> None:
            gone = clearing(self.store.kept(), still, self.budget)
            for one in (*gone.settled, *gone.unsent):
                self.let_go(one.sha256)
            if gone.unsent:
                _log.warning("%d pictures were not sent and are gone: no room for more", len(gone.unsent))

        def cleared(result: BaseException | None) -> None:
            self._clearing = False
            if isinstance(result, PictureError):
                _log.warning("no room was made: %s", result)
            elif isinstance(result, BaseException):
                raise result

        self.scheduler.aside(make_room, cleared, cost="look")
