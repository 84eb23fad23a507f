"""The link to the microcontroller without I/O: bytes and time in, bytes and events out.

The laws:
1. One question at a time. It is sent again, byte for byte, until it is answered or was sent ten times.
2. An answer counts only with the session and the sequence number of the question.
3. A link that failed is closed. The next session begins with a greeting of a new number, which halts the motor; no
   question of an old session is ever sent in a new one. So nothing moves twice, and what became of the last command
   of a failed link is unknown.

Time is in whole microseconds, on any clock that never goes back.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

from attrs import frozen

from adapters.serial_link.errors import DeviceReset, LineSilent, MalformedAnswer, OutOfStep, Refused, VersionMismatch
from adapters.serial_link.frame import Frame, FrameReader, Kind, on_the_line
from adapters.serial_link.messages import PROTOCOL, Command, Hello, Status, Welcome
from application.ports.hardware import HardwareError

PATIENCE_US = 100_000
"""After so long a question is sent again."""
TRIES = 10
"""So often a question is sent."""
LAST_SEQUENCE = 0xFFFF


class LinkState(enum.Enum):
    """Where the link is."""

    CLOSED = "closed"
    GREETING = "greeting"
    READY = "ready"
    ASKING = "asking"


@frozen
class Connected:
    """The greeting was answered."""

    welcome: Welcome


@frozen
class Answered:
    """The question with that number was answered."""

    sequence: int
    answer: Any


@frozen
class Failed:
    """There is no answer. Whether the link is closed now, its state tells (a refusal leaves it open)."""

    error: HardwareError


Event = Connected | Answered | Failed


@frozen
class _Question:
    line: bytes
    command: Command[Any] | None
    asked_at: int
    tries: int = 1


class NotNow(RuntimeError):
    """Asked while the link is closed, or while another question is open: a mistake of the caller."""


class Link:
    """One end of the line."""

    def __init__(self, number: Callable[[], int]) -> None:
        """`number` gives a fresh random number of 32 bits for each greeting."""
        self.state = LinkState.CLOSED
        self.resent = 0
        self._number = number
        self._reader = FrameReader()
        self._nonce = 0
        self._session = 0
        self._sequence = 0
        self._any_version = False
        self._question: _Question | None = None

    @property
    def dropped(self) -> int:
        """How many frames were dropped because they did not check out."""
        return self._reader.dropped

    @property
    def sequence(self) -> int:
        """Number of the last question of this session."""
        return self._sequence

    @property
    def due(self) -> int | None:
        """When `tick` wants to be called, at the latest; None: there is nothing to wait for."""
        return None if self._question is None else self._question.asked_at + PATIENCE_US

    def connect(self, now: int, *, for_update: bool = False) -> bytes:
        """Begin a new session; return what is to be sent. What was open is forgotten.

        `for_update`: a device of another version is welcome too, since it is to be updated.
        """
        self._any_version = for_update
        self.state = LinkState.GREETING
        self._nonce = self._number()
        self._session = self._sequence = 0
        return self._ask(Frame(Kind.HELLO, 0, 0, Hello(self._nonce).packed()), None, now)

    def ask(self, command: Command[Any], now: int) -> bytes:
        """Ask; return what is to be sent. Raises NotNow."""
        if self.state is not LinkState.READY:
            raise NotNow(f"the link is {self.state.value}")
        self.state = LinkState.ASKING
        self._sequence = 1 if self._sequence == LAST_SEQUENCE else self._sequence + 1
        payload = bytes((command.number,)) + command.packed()
        return self._ask(Frame(Kind.COMMAND, self._session, self._sequence, payload), command, now)

    def receive(self, data: bytes) -> list[Event]:
        """Take what came in."""
        events: list[Event] = []
        for frame in self._reader.feed(data):
            if frame.kind is Kind.WELCOME and self.state is LinkState.GREETING:
                events += self._welcomed(frame)
            elif frame.kind is Kind.ANSWER and self._is_mine(frame):
                events.append(self._answered(frame))
        return events

    def tick(self, now: int) -> tuple[bytes, list[Event]]:
        """Let time pass: return what is to be sent again, and whether patience is at an end."""
        question = self._question
        if question is None or now < question.asked_at + PATIENCE_US:
            return b"", []
        if question.tries >= TRIES:
            return b"", [self._fail(LineSilent(f"no valid answer to {_name(question)}, asked {TRIES} times"))]
        self._question = _Question(question.line, question.command, now, question.tries + 1)
        self.resent += 1
        return question.line, []

    def close(self) -> None:
        """End the session on this side."""
        self.state, self._question = LinkState.CLOSED, None

    # ------------------------------------------------------------ inside

    def _ask(self, frame: Frame, command: Command[Any] | None, now: int) -> bytes:
        line = on_the_line(frame)
        self._question = _Question(line, command, now)
        return line

    def _is_mine(self, frame: Frame) -> bool:
        asking = self.state is LinkState.ASKING
        return asking and frame.session == self._session and frame.sequence == self._sequence

    def _welcomed(self, frame: Frame) -> list[Event]:
        try:
            welcome = Welcome.of(frame.payload)
        except MalformedAnswer as odd:
            return [self._fail(odd)]
        if welcome.nonce != self._nonce:
            return []
        if welcome.protocol != PROTOCOL and not (self._any_version and welcome.protocol == 0):
            firmware = ".".join(map(str, welcome.firmware))
            return [self._fail(VersionMismatch(f"firmware {firmware} does not speak version {PROTOCOL}: update it"))]
        self.state, self._question, self._session = LinkState.READY, None, frame.session
        return [Connected(welcome)]

    def _answered(self, frame: Frame) -> Event:
        assert self._question is not None
        command = self._question.command
        assert command is not None
        if len(frame.payload) < 2 or frame.payload[0] != command.number:
            return self._fail(MalformedAnswer(f"this is no answer to {_name(self._question)}: {frame.payload.hex()}"))
        status, data = frame.payload[1], frame.payload[2:]
        if status == Status.NO_SESSION:
            return self._fail(DeviceReset("the microcontroller started anew"))
        if status == Status.OUT_OF_SEQUENCE:
            return self._fail(OutOfStep(f"{_name(self._question)} was not the next command"))
        return self._carried_out(command, status, data)

    def _carried_out(self, command: Command[Any], status: int, data: bytes) -> Event:
        self.state, question, self._question = LinkState.READY, self._question, None
        if status != Status.OK:
            why = Status(status).name.lower().replace("_", " ") if status in tuple(Status) else f"status {status}"
            return Failed(Refused(f"{_name(question)}: {why}", status))
        try:
            return Answered(self._sequence, command.answer(data))
        except MalformedAnswer as odd:
            return self._fail(odd)

    def _fail(self, error: HardwareError) -> Failed:
        self.close()
        return Failed(error)


def _name(question: _Question | None) -> str:
    return "a greeting" if question is None or question.command is None else type(question.command).__name__
