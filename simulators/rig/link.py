"""The agent's side of the rig: the hardware ports over a line. Frames are decoded by whoever wires it."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from typing import Any

from application.machine.told_view import view_told
from application.ports.hardware import (
    Button,
    ButtonPressed,
    CameraFailed,
    Fault,
    HardwareError,
    ItemPresence,
    MotionFailed,
    Notice,
    PartUnreachable,
)
from application.ports.screen import View
from application.ports.vision import BrokenPicture, Frame
from domain.deposits.bodies import Counters
from simulators.rig.line import Line, LineDown, Refusal

_MOTION_ERRORS = frozenset({"MotorBusy", "MotorStalled", "Halted", "NothingPassed"})


class RigLink:
    """Camera, Chute, NoticeSource and Screen of one rig. Safe to use from any thread."""

    def __init__(self, address: tuple[str, int], decode: Callable[[bytes], Frame], *, reach_s: float = 2.0) -> None:
        """Connect, and keep connected. `decode` makes a frame of a picture's bytes, or raises BrokenPicture."""
        self._decode = decode
        self._listeners: list[Callable[[Notice], None]] = []
        self._levels: dict[str, Notice] = {}
        self._guard = threading.RLock()
        self._seen: tuple[str, Frame] | None = None
        self._line = Line(address, "agent", noticed=self._noticed, reach_s=reach_s)

    def capture(self) -> Frame:
        """Return a fresh frame. Raises CameraFailed."""
        known = self._seen
        try:
            answer = self._line.ask("capture", known=known[0] if known else None)
        except (LineDown, Refusal) as broken:
            raise CameraFailed(f"camera: {broken}") from broken
        if "picture" not in answer and known is not None:
            return known[1]
        try:
            frame = self._decode(base64.b64decode(answer["picture"]))
        except BrokenPicture as broken:
            raise CameraFailed(f"camera: {broken}") from broken
        self._seen = (answer["sha256"], frame)
        return frame

    def halt(self) -> None:
        """Stop the motor at once."""
        self._ask("halt")

    def take_in(self) -> None:
        """Move the item into the bin and return when it passed. Raises MotionFailed, PartUnreachable."""
        self._ask("take_in")

    def give_back(self) -> None:
        """Move the item back to the opening and return when it is there. Raises MotionFailed, PartUnreachable."""
        self._ask("give_back")

    def loosen(self) -> None:
        """Turn a little outwards. Raises MotionFailed, PartUnreachable."""
        self._ask("loosen")

    def counters(self) -> Counters:
        """Read the lasting counters. Raises PartUnreachable."""
        answer = self._ask("counters")
        return Counters(passed_in=answer["in"], passed_out=answer["out"])

    def present(self) -> bool:
        """Tell whether something lies in the intake. Raises PartUnreachable."""
        return bool(self._ask("present")["present"])

    def show(self, view: View) -> None:
        """Put this view before the person. Raises PartUnreachable when nobody can see it."""
        try:
            self._line.tell("show", view=view_told(view))
        except LineDown as broken:
            raise PartUnreachable(f"screen: {broken}") from broken

    def listen(self, listener: Callable[[Notice], None]) -> None:
        """Call `listener` with each notice from now on, levels first, from the line's thread."""
        with self._guard:
            for level in self._levels.values():
                listener(level)
            self._listeners.append(listener)

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _ask(self, command: str) -> dict[str, Any]:
        try:
            return self._line.ask(command)
        except LineDown as down:
            raise PartUnreachable(f"{command}: {down}") from down
        except Refusal as refusal:
            error = MotionFailed if refusal.name in _MOTION_ERRORS else HardwareError
            raise error(f"{command}: {refusal}") from refusal

    def _noticed(self, message: dict[str, Any]) -> None:
        notice = _notice_of(message)
        with self._guard:
            if isinstance(notice, ItemPresence):
                self._levels["presence"] = notice
            elif isinstance(notice, Fault):
                self._levels[f"fault {notice.part}"] = notice
            for listener in self._listeners:
                listener(notice)


def _notice_of(message: dict[str, Any]) -> Notice:
    if message["notice"] == "presence":
        return ItemPresence(present=bool(message["present"]))
    if message["notice"] == "button":
        return ButtonPressed(Button(message["button"]))
    return Fault(part=str(message["part"]), present=bool(message["present"]))
