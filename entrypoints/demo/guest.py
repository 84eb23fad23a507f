"""What a visitor of the page does with their hands before a machine: through the rig, like everybody else."""

import enum
import time
import uuid
from collections.abc import Callable
from typing import Any

from adapters.vision.pictures import decode
from application.ports.vision import BrokenPicture
from entrypoints.demo.machine import DemoMachine, Sight
from entrypoints.demo.pictures import Album
from simulators.rig.line import LineDown, Refusal

QUEUE_S = 40.0
CODE_S = 15.0
READY_S = 8.0
LOOK_S = 0.1
SERVING = {
    "opening", "insert", "recognising", "accepted", "refused", "take_back", "hand_in_chute", "clearing", "finishing",
}  # fmt: skip
ENDED = {"welcome", "thanks", "pulled_back", "starting", "out_of_service"}


class Deed(str, enum.Enum):
    """What hands can do."""

    CODE = "code"
    ITEMS = "items"
    TAKE = "take"
    DONE = "done"


class GuestProblem(Exception):
    """It cannot be done now; `code` says why, for the page to put into words."""

    def __init__(self, code: str, status: int, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.status = status


class Guest:
    """The visitor's side of one machine."""

    def __init__(self, machine: DemoMachine, album: Album) -> None:
        self._machine = machine
        self._album = album
        self._deeds: dict[Deed, Callable[[str, bytes], dict[str, Any]]] = {
            Deed.CODE: self._hold,
            Deed.ITEMS: self._insert,
            Deed.TAKE: self._take,
            Deed.DONE: self._done,
        }
        self._visit: str | None = None

    def do(self, deed: Deed, visitor: str, body: bytes) -> dict[str, Any]:
        """Do it and say what came of it. Raises GuestProblem."""
        if deed is not Deed.CODE and self._machine.place.who != visitor:
            raise GuestProblem("busy", 409, "somebody else stands before the machine")
        try:
            return self._deeds[deed](visitor, body)
        except Refusal as refused:
            raise GuestProblem("occupied", 409, str(refused)) from refused
        except LineDown as down:
            raise GuestProblem("unreachable", 503, str(down)) from down

    def tend(self) -> None:
        """Let the place go when the visitor's visit is over."""
        visitor, visit = self._machine.visitor, self._visit
        if visitor is None or visit is None:
            return
        sight = self._machine.look()
        if sight.screen in ENDED or sight.visit != visit:
            self._leave(visitor)

    def _hold(self, visitor: str, code: bytes) -> dict[str, Any]:
        _check(code)
        if not self._machine.place.enter(visitor, QUEUE_S, first=True):
            raise GuestProblem("busy", 409, "the machine served others all the time")
        self._visit = None
        self._machine.visitor = visitor
        try:
            before = self._wait(lambda sight: sight.screen in {"welcome", "thanks"}, QUEUE_S)
            if before is None:
                raise GuestProblem("busy", 409, "the machine serves nobody now")
            self._machine.person.show_code(code)
            sight = self._wait(lambda seen: seen.screen in {"insert", "code_refused"}, CODE_S)
        except BaseException:
            self._leave(visitor)
            raise
        finally:
            self._machine.person.hide_code()
        if sight is None or sight.screen != "insert":
            why = sight.code if sight is not None else None
            self._leave(visitor)
            raise GuestProblem(why or "code", 409, "the machine did not take the code")
        self._visit = sight.visit
        return {"visit": sight.visit}

    def _insert(self, _: str, picture: bytes) -> dict[str, Any]:
        _check(picture)
        if self._wait(lambda sight: sight.screen == "insert" and not sight.present, READY_S) is None:
            raise GuestProblem("occupied", 409, "the machine is not ready for another item")
        sha256 = self._album.keep(picture)
        self._machine.person.insert(picture, f"visitor-{uuid.uuid4().hex[:8]}")
        return {"sha256": sha256}

    def _take(self, _: str, __: bytes) -> dict[str, Any]:
        self._machine.person.take()
        return {}

    def _done(self, _: str, __: bytes) -> dict[str, Any]:
        self._machine.person.press("done")
        return {}

    def _leave(self, visitor: str) -> None:
        self._visit = None
        self._machine.visitor = None
        self._machine.place.leave(visitor)

    def _wait(self, ready: Callable[[Sight], bool], patience: float) -> Sight | None:
        end = time.monotonic() + patience
        while time.monotonic() < end:
            sight = self._machine.look()
            if ready(sight):
                return sight
            time.sleep(LOOK_S)
        return None


def _check(picture: bytes) -> None:
    """Raises GuestProblem for what no camera would give: not a picture, broken, or a bomb."""
    try:
        decode(picture)
    except BrokenPicture as broken:
        raise GuestProblem("picture", 422, str(broken)) from broken
