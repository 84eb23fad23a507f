"""What frames say: commands and answers as values. Numbers and units: docs/protocols/esp32.md.

All integers are little endian. A command knows its number, its arguments' bytes, and how to read the answer to it.
"""

from __future__ import annotations

import enum
import struct
from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

from attrs import field, frozen
from attrs.validators import ge, instance_of, le, max_len, min_len

from adapters.serial_link.errors import MalformedAnswer
from domain.deposits.bodies import Counters

PROTOCOL = 1
"""The one version that this side speaks."""


class Status(enum.IntEnum):
    """How a command ended."""

    OK = 0
    NO_SESSION = 1
    OUT_OF_SEQUENCE = 2
    UNKNOWN_COMMAND = 3
    BAD_ARGUMENT = 4
    BUSY = 5
    NOT_FITTED = 6
    SENSOR_FAILED = 7
    BAD_IMAGE = 8


class Direction(enum.IntEnum):
    """Where the motor moves an item."""

    IN = 1
    OUT = 2


class Until(enum.IntEnum):
    """What ends a motion before its time is over."""

    TIME = 0
    PASSED_IN = 1
    PASSED_OUT = 2


class MotionState(enum.IntEnum):
    """What became of a motion."""

    NONE = 0
    RUNNING = 1
    PASSED = 2
    TIME_OVER = 3
    STALLED = 4
    HALTED = 5
    WATCHDOG = 6


class Part(enum.IntFlag):
    """What is fitted at the microcontroller."""

    MOTOR = 1
    LED = 2
    LEVEL = 4
    CLIMATE = 8
    IN_SENSOR = 16
    OUT_SENSOR = 32


class ResetCause(enum.IntEnum):
    """Why the microcontroller last started."""

    POWER = 0
    SOFTWARE = 1
    WATCHDOG = 2
    OTHER = 3


@frozen
class Hello:
    """The greeting: a number that names it, and the versions that this side speaks."""

    nonce: int
    lowest: int = PROTOCOL
    highest: int = PROTOCOL

    def packed(self) -> bytes:
        """Return the payload."""
        return struct.pack("<IBB", self.nonce, self.lowest, self.highest)


@frozen
class Welcome:
    """The answer to a greeting. `protocol` is 0 when no version is common."""

    nonce: int
    protocol: int
    firmware: tuple[int, int, int]
    cause: ResetCause
    parts: Part
    watchdog_ms: int

    @classmethod
    def of(cls, payload: bytes) -> Welcome:
        """Read a payload. Raises MalformedAnswer."""
        nonce, protocol, *firmware, cause, parts, watchdog_ms = _unpack("<IBBBBBHH", payload, "a welcome")
        known = ResetCause(cause) if cause in tuple(ResetCause) else ResetCause.OTHER
        major, minor, patch = firmware
        return cls(nonce, protocol, (major, minor, patch), known, Part(parts & 0x3F), watchdog_ms)


@frozen
class Motion:
    """How the motion is going that the command with number `sequence` began. Milliseconds, milliampere."""

    sequence: int
    state: MotionState
    elapsed_ms: int
    peak_ma: int


@frozen
class Barriers:
    """What the light barriers see now: at the bin's edge, and at the opening."""

    in_dark: bool
    out_dark: bool


@frozen
class Echo:
    """The last echo of the bin's distance sensor: its round trip in microseconds, and how old it is."""

    echo_us: int
    age_ms: int


@frozen
class Climate:
    """The last reading of the climate sensor, and how old it is."""

    celsius: float
    humidity_percent: float
    age_ms: int


T_co = TypeVar("T_co", covariant=True)


class Command(ABC, Generic[T_co]):
    """A command whose answer is a T. `moves`: it sets something in motion, so it is never asked in a second session."""

    number: ClassVar[int]
    moves: ClassVar[bool] = False

    def packed(self) -> bytes:
        """Return the arguments' bytes."""
        return b""

    @abstractmethod
    def answer(self, data: bytes) -> T_co:
        """Read the answer's data. Raises MalformedAnswer."""


class _Silent(Command[None]):
    def answer(self, data: bytes) -> None:
        """Nothing is told. Raises MalformedAnswer."""
        _unpack("<", data, type(self).__name__)


@frozen
class Halt(_Silent):
    """Stop the motor at once."""

    number = 0x10


@frozen
class Run(_Silent):
    """Turn the motor: 1 to 100 per cent of its power, for at most 1 to 10,000 ms."""

    direction: Direction = field(validator=instance_of(Direction))
    duty_percent: int = field(validator=(ge(1), le(100)))
    limit_ms: int = field(validator=(ge(1), le(10_000)))
    until: Until = field(validator=instance_of(Until))

    number = 0x11
    moves = True

    def packed(self) -> bytes:
        """Return the arguments' bytes."""
        return struct.pack("<BBHB", self.direction, self.duty_percent, self.limit_ms, self.until)


@frozen
class AskMotion(Command[Motion]):
    """How is the motion going?"""

    number = 0x12

    def answer(self, data: bytes) -> Motion:
        """Read the answer's data. Raises MalformedAnswer."""
        sequence, state, elapsed_ms, peak_ma = _unpack("<HBHH", data, "a motion")
        if state not in tuple(MotionState):
            raise MalformedAnswer(f"there is no state of motion {state}")
        return Motion(sequence, MotionState(state), elapsed_ms, peak_ma)


@frozen
class AskCounters(Command[Counters]):
    """How many items passed, ever?"""

    number = 0x13

    def answer(self, data: bytes) -> Counters:
        """Read the answer's data. Raises MalformedAnswer."""
        return Counters(*_unpack("<II", data, "counters"))


@frozen
class AskBarriers(Command[Barriers]):
    """Is something in the light barriers?"""

    number = 0x14

    def answer(self, data: bytes) -> Barriers:
        """Read the answer's data. Raises MalformedAnswer."""
        (bits,) = _unpack("<B", data, "the barriers")
        return Barriers(bool(bits & 1), bool(bits & 2))


@frozen
class AskLevel(Command[Echo]):
    """How far is it to what lies in the bin?"""

    number = 0x20

    def answer(self, data: bytes) -> Echo:
        """Read the answer's data. Raises MalformedAnswer."""
        return Echo(*_unpack("<HH", data, "a level"))


@frozen
class AskClimate(Command[Climate]):
    """How warm and how damp is it?"""

    number = 0x21

    def answer(self, data: bytes) -> Climate:
        """Read the answer's data. Raises MalformedAnswer."""
        tenths, humidity, age_ms = _unpack("<hHH", data, "a climate")
        return Climate(tenths / 10, humidity / 10, age_ms)


@frozen
class Light(_Silent):
    """Light the LED: 0 to 255 each; `blink_ms` is the period of blinking, 0 for steady."""

    red: int = field(validator=(ge(0), le(255)))
    green: int = field(validator=(ge(0), le(255)))
    blue: int = field(validator=(ge(0), le(255)))
    blink_ms: int = field(default=0, validator=(ge(0), le(65_535)))

    number = 0x30

    def packed(self) -> bytes:
        """Return the arguments' bytes."""
        return struct.pack("<BBBH", self.red, self.green, self.blue, self.blink_ms)


@frozen
class BeginUpdate(_Silent):
    """New firmware follows: its size in bytes (at most 262,144) and its SHA-256."""

    size: int = field(validator=(ge(1), le(262_144)))
    sha256: bytes = field(validator=instance_of(bytes))

    number = 0x50

    def packed(self) -> bytes:
        """Return the arguments' bytes."""
        return struct.pack("<I", self.size) + self.sha256


@frozen
class UpdateData(_Silent):
    """The next bytes of new firmware, 1 to 56."""

    offset: int = field(validator=ge(0))
    data: bytes = field(validator=(min_len(1), max_len(56)))

    number = 0x51

    def packed(self) -> bytes:
        """Return the arguments' bytes."""
        return struct.pack("<I", self.offset) + self.data


@frozen
class CommitUpdate(_Silent):
    """Check what came, start it next, and start anew."""

    number = 0x52


def _unpack(layout: str, data: bytes, what: str) -> tuple[int, ...]:
    try:
        return struct.unpack(layout, data)
    except struct.error:
        raise MalformedAnswer(f"{what} has {struct.calcsize(layout)} bytes, not {len(data)}") from None
