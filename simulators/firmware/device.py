"""The simulated microcontroller without its line: bytes in, bytes out, at a time that is told."""

from __future__ import annotations

import struct
from collections.abc import Callable

from simulators.firmware.bundle import inside
from simulators.firmware.download import BAD_ARGUMENT, OK, Download
from simulators.firmware.drive import HALTED, RUNNING, WATCHDOG, Drive
from simulators.firmware.lasting import Lasting
from simulators.firmware.wire import Receiver, checksum, wrap
from simulators.physics.body import STEP_US, Body

NO_SESSION, OUT_OF_SEQUENCE, UNKNOWN = 1, 2, 3
BUSY, NOT_FITTED, SENSOR_FAILED = 5, 6, 7
WATCHDOG_MS = 1_000
RESTART_MS = 50
UPDATES = (0x50, 0x51, 0x52)
LEVEL_EVERY_MS = 200
CLIMATE_EVERY_MS = 2_000
MOTOR, LED, LEVEL, CLIMATE, IN_SENSOR, OUT_SENSOR = (1 << bit for bit in range(6))
EVERYTHING = MOTOR | LED | LEVEL | CLIMATE | IN_SENSOR | OUT_SENSOR

Answer = tuple[int, bytes]


class Device:
    """An ESP32. `version` is the protocol that it speaks; `accepted` lists the motions that it was told to begin."""

    def __init__(
        self, body: Body, lasting: Lasting | None = None, *, version: int = 1, parts: int = EVERYTHING
    ) -> None:
        """Power on."""
        self.body = body
        self.lasting = Lasting() if lasting is None else lasting
        self.version = version
        self.firmware = (1, 0, 0)
        self.parts = parts
        self.light: tuple[int, int, int, int] = (0, 0, 0, 0)
        self.image: bytes | None = None
        self.accepted: list[tuple[int, int]] = []
        self.boot(cause=0)

    def boot(self, *, cause: int = 3) -> None:
        """Start anew: the motor's driver is off, and nothing is remembered but what lasts."""
        if self.image is not None and (found := inside(self.image)) is not None:
            self.firmware, self.version = found
        self.lasting.boots += 1
        self.drive = Drive(self.body, self.lasting)
        self.drive.stop(HALTED)
        self._cause = cause
        self._receiver = Receiver()
        self._greetings = 0
        self._protocol = 0
        self._update = Download()
        self._restart_ms: int | None = None
        self._session = 0
        self._nonce: int | None = None
        self._last = 0
        self._last_check = 0
        self._kept = b""
        self._silent_ms = 0
        self._echo: tuple[int, int | None] | None = None
        self._climate: tuple[int, tuple[int, int] | None] | None = None

    def receive(self, data: bytes) -> bytes:
        """Take bytes from the line; return what goes back."""
        return b"".join(self._frame(body) for body in self._receiver.take(data))

    def keep_awake(self) -> None:
        """Have the watchdog think that the computer spoke: for who drives the motor without a line between."""
        self._silent_ms = 0

    def advance(self, now_us: int) -> None:
        """Let time pass up to `now_us`, millisecond by millisecond."""
        while self.body.now_us + STEP_US <= now_us:
            self.body.step()
            self.drive.millisecond()
            self._silent_ms += 1
            if self.drive.state == RUNNING and self._silent_ms > WATCHDOG_MS:
                self.drive.stop(WATCHDOG)
            self._measure(self.body.now_us // 1_000)
            self._restart_when_due()

    # ------------------------------------------------------------ frames

    def _frame(self, body: bytes) -> bytes:
        kind, session, sequence = struct.unpack_from("<BIH", body)
        if kind == 0x01:
            return self._hello(body[7:])
        if kind == 0x02 and len(body) > 7:
            return self._command(session, sequence, body)
        return b""

    def _hello(self, payload: bytes) -> bytes:
        if len(payload) != 6:
            return b""
        nonce, lowest, highest = struct.unpack("<IBB", payload)
        if nonce != self._nonce:
            self.drive.stop(HALTED)
            self._greetings = self._greetings % 0xFFFF + 1
            self._session = (self.lasting.boots & 0xFFFF) << 16 | self._greetings
            self._nonce, self._last, self._kept = nonce, 0, b""
            self._protocol = self.version if lowest <= self.version <= highest else 0
        self._silent_ms = 0
        return self._welcome(nonce)

    def _welcome(self, nonce: int) -> bytes:
        about = (*self.firmware, self._cause, self.parts, WATCHDOG_MS)
        told = struct.pack("<IBBBBBHH", nonce, self._protocol, *about)
        return wrap(struct.pack("<BIH", 0x81, self._session, 0) + told)

    def _command(self, session: int, sequence: int, body: bytes) -> bytes:
        number = body[7]
        if session != self._session or self._nonce is None:
            return self._answer(session, sequence, number, (NO_SESSION, b""))
        check = checksum(body)
        if sequence == self._last and self._kept and check == self._last_check:
            self._silent_ms = 0
            return self._kept
        if sequence != self._last % 0xFFFF + 1:
            return self._answer(session, sequence, number, (OUT_OF_SEQUENCE, b""))
        self._silent_ms = 0
        self._last, self._last_check = sequence, check
        self._kept = self._answer(session, sequence, number, self._carry_out(number, body[8:]))
        return self._kept

    def _answer(self, session: int, sequence: int, number: int, answer: Answer) -> bytes:
        status, data = answer
        return wrap(struct.pack("<BIHBB", 0x82, session, sequence, number, status) + data)

    # ------------------------------------------------------------ commands

    def _carry_out(self, number: int, arguments: bytes) -> Answer:
        works: dict[int, tuple[int, Callable[..., Answer]]] = {
            0x10: (0, self._halt),
            0x11: (5, self._run),
            0x12: (0, self._motion),
            0x13: (0, self._counters),
            0x14: (0, self._barriers),
            0x20: (0, self._level),
            0x21: (0, self._climate_told),
            0x30: (5, self._light),
        }
        if number in UPDATES and self.drive.state == RUNNING:
            return BUSY, b""
        if number in UPDATES:
            return self._updated(number, arguments), b""
        if number not in works or not self._protocol:
            return UNKNOWN, b""
        size, work = works[number]
        return work(arguments) if len(arguments) == size else (BAD_ARGUMENT, b"")

    def _halt(self, _: bytes) -> Answer:
        self.drive.stop(HALTED)
        return OK, b""

    def _run(self, arguments: bytes) -> Answer:
        way, duty, limit_ms, until = struct.unpack("<BBHB", arguments)
        if way not in (1, 2) or not 1 <= duty <= 100 or not 1 <= limit_ms <= 10_000 or until > 2:
            return BAD_ARGUMENT, b""
        needed = MOTOR | (0, IN_SENSOR, OUT_SENSOR)[until]
        if self.parts & needed != needed:
            return NOT_FITTED, b""
        if self.drive.state == RUNNING:
            return BUSY, b""
        self.accepted.append((self._session, self._last))
        self.drive.start(self._last, inward=way == 1, duty=duty, limit_ms=limit_ms, until=until)
        return OK, b""

    def _motion(self, _: bytes) -> Answer:
        drive = self.drive
        return OK, struct.pack("<HBHH", drive.sequence, drive.state, min(drive.elapsed_ms, 0xFFFF), drive.peak_ma)

    def _counters(self, _: bytes) -> Answer:
        if not self.parts & (IN_SENSOR | OUT_SENSOR):
            return NOT_FITTED, b""
        return OK, struct.pack("<II", self.lasting.passed_in, self.lasting.passed_out)

    def _barriers(self, _: bytes) -> Answer:
        if not self.parts & (IN_SENSOR | OUT_SENSOR):
            return NOT_FITTED, b""
        inner = bool(self.parts & IN_SENSOR) and self.body.in_beam_dark()
        outer = bool(self.parts & OUT_SENSOR) and self.body.out_beam_dark()
        return OK, bytes((inner | outer << 1,))

    def _level(self, _: bytes) -> Answer:
        if not self.parts & LEVEL:
            return NOT_FITTED, b""
        if self._echo is None or self._echo[1] is None:
            return SENSOR_FAILED, b""
        return OK, struct.pack("<HH", self._echo[1], self._age(self._echo[0]))

    def _climate_told(self, _: bytes) -> Answer:
        if not self.parts & CLIMATE:
            return NOT_FITTED, b""
        if self._climate is None or self._climate[1] is None:
            return SENSOR_FAILED, b""
        return OK, struct.pack("<hHH", *self._climate[1], self._age(self._climate[0]))

    def _light(self, arguments: bytes) -> Answer:
        if not self.parts & LED:
            return NOT_FITTED, b""
        red, green, blue, blink_ms = struct.unpack("<BBBH", arguments)
        self.light = red, green, blue, blink_ms
        return OK, b""

    def _updated(self, number: int, arguments: bytes) -> int:
        status = self._update.take(number, arguments)
        if number == 0x52 and status == OK:
            self.image = self._update.image
            self._restart_ms = RESTART_MS
        return status

    def _restart_when_due(self) -> None:
        if self._restart_ms is not None:
            self._restart_ms -= 1
            if not self._restart_ms:
                self.boot(cause=1)

    def _age(self, measured_ms: int) -> int:
        return min(self.body.now_us // 1_000 - measured_ms, 0xFFFF)

    def _measure(self, now_ms: int) -> None:
        """Measure while the motor rests: an echo takes as long as it takes."""
        if self.drive.state == RUNNING:
            return
        if self.parts & LEVEL and (self._echo is None or now_ms - self._echo[0] >= LEVEL_EVERY_MS):
            self._echo = now_ms, self.body.echo.ping(self.body.air.celsius)
        if self.parts & CLIMATE and (self._climate is None or now_ms - self._climate[0] >= CLIMATE_EVERY_MS):
            self._climate = now_ms, self.body.air.measure()
