"""The link on a real serial device: one thread asks at a time, and waits for the answer."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import serial
from attrs import frozen

from adapters.serial_link.errors import DeviceReset, LineClosed, LineSilent
from adapters.serial_link.link import Answered, Connected, Event, Failed, Link, LinkState
from adapters.serial_link.messages import BeginUpdate, Command, CommitUpdate, UpdateData, Welcome
from application.ports.hardware import LineHealth, PartUnreachable

T = TypeVar("T")
BAUD = 115_200
MOST_DATA = 56
"""Bytes of firmware in one frame."""


@frozen
class Told:
    """An answer, and the number of its question."""

    sequence: int
    answer: Any


class SerialLine:
    """The microcontroller at the end of a serial device. Opened at the first question, and again after a failure.

    Safe from any thread: a halt waits for the question that is open, and for no motion.
    """

    def __init__(
        self,
        device: str,
        *,
        baud: int = BAUD,
        number: Callable[[], int] = lambda: secrets.randbits(32),
        now_us: Callable[[], int] = lambda: time.monotonic_ns() // 1_000,
    ) -> None:
        """`device` is a path such as /dev/ttyTHS1. Nothing is opened yet."""
        self._device = device
        self._baud = baud
        self._now = now_us
        self._link = Link(number)
        self._port: serial.Serial | None = None
        self._lock = threading.Lock()
        self.welcome: Welcome | None = None
        """What the microcontroller said of itself when it was last greeted."""

    def ask(self, command: Command[T]) -> T:
        """Ask, and return the answer. Raises PartUnreachable (by name, see `errors`), Refused.

        What moves nothing is asked once more in a new session when the microcontroller had been reset.
        """
        with self._lock:
            try:
                answer: T = self._ask(command).answer
            except (DeviceReset, LineClosed, LineSilent):
                if command.moves:
                    raise
                answer = self._ask(command).answer
            return answer

    def ask_once(self, command: Command[Any]) -> Told:
        """Ask in this session only, and return the answer with its number. Raises as `ask`."""
        with self._lock:
            return self._ask(command)

    def ask_in_session(self, command: Command[T]) -> T:
        """Ask only if the session still stands: a new one would end the motion that is asked about. Raises as `ask`."""
        with self._lock:
            if self._link.state is LinkState.CLOSED:
                raise DeviceReset("the session is over, and with it the motion")
            answer: T = self._ask(command).answer
            return answer

    def greet(self) -> Welcome:
        """Begin a new session, and return what the microcontroller says of itself. Its motor halts.

        Raises PartUnreachable (VersionMismatch for a firmware of another version).
        """
        with self._lock:
            self._link.close()
            self._greet()
            assert self.welcome is not None
            return self.welcome

    def update(self, image: bytes) -> None:
        """Replace the firmware, whatever its version. Raises PartUnreachable, Refused: then nothing is replaced."""
        with self._lock:
            self._drop()
            self._greet(for_update=True)
            self._ask(BeginUpdate(len(image), hashlib.sha256(image).digest()))
            for offset in range(0, len(image), MOST_DATA):
                self._ask(UpdateData(offset, image[offset : offset + MOST_DATA]))
            self._ask(CommitUpdate())
            self._link.close()

    def close(self) -> None:
        """Let the serial device go. The microcontroller's watchdog halts what is running."""
        with self._lock:
            self._drop()

    @property
    def noise(self) -> tuple[int, int]:
        """Frames that were dropped, and questions that were sent again, since the start."""
        return self._link.dropped, self._link.resent

    def line_health(self) -> LineHealth:
        """Return what is known of the line (the port LineTeller). Never blocks."""
        welcome = self.welcome
        firmware = None if welcome is None else ".".join(map(str, welcome.firmware))
        return LineHealth(firmware, *self.noise)

    # ------------------------------------------------------------ inside

    def _ask(self, command: Command[Any]) -> Told:
        self._greet()
        event = self._talk(self._link.ask(command, self._now()))
        assert isinstance(event, Answered)
        return Told(event.sequence, event.answer)

    def _greet(self, *, for_update: bool = False) -> None:
        if self._port is not None and self._link.state is LinkState.READY:
            return
        self._open()
        event = self._talk(self._link.connect(self._now(), for_update=for_update))
        assert isinstance(event, Connected)
        self.welcome = event.welcome

    def _open(self) -> None:
        if self._port is None:
            try:
                self._port = serial.Serial(self._device, self._baud, timeout=0, write_timeout=1.0, exclusive=True)
            except (OSError, ValueError) as odd:  # SerialException is an OSError
                raise LineClosed(f"{self._device}: {odd}") from odd

    def _talk(self, line: bytes) -> Event:
        """Send, wait for the event that answers, and raise when it is a failure."""
        port = self._port
        assert port is not None
        try:
            port.write(line)
            while True:
                for event in self._link.receive(self._read(port)):
                    return self._checked(event)
                again, events = self._link.tick(self._now())
                for event in events:
                    return self._checked(event)
                if again:
                    port.write(again)
        except OSError as gone:
            self._drop()
            raise LineClosed(f"{self._device}: {gone}") from gone

    def _read(self, port: serial.Serial) -> bytes:
        due = self._link.due
        port.timeout = 0 if due is None else max(0.0, (due - self._now()) / 1_000_000)
        first: bytes = port.read(1)
        return first + port.read(port.in_waiting) if first else b""

    def _checked(self, event: Event) -> Event:
        if isinstance(event, Failed):
            if isinstance(event.error, PartUnreachable):
                self._link.close()
            raise event.error
        return event

    def _drop(self) -> None:
        self._link.close()
        if self._port is not None:
            with contextlib.suppress(OSError):
                self._port.close()
            self._port = None
