"""Sessions and commands: bytes in, bytes out, at a time in milliseconds that never goes back."""

import struct

from rvm_firmware import VERSION, download, motion
from rvm_firmware.frames import Receiver, crc32, wrap

PROTOCOL = 1
HELLO, COMMAND, WELCOME, ANSWER = 0x01, 0x02, 0x81, 0x82
HALT, RUN, MOTION, COUNTERS, BARRIERS, LEVEL, CLIMATE, LED = 0x10, 0x11, 0x12, 0x13, 0x14, 0x20, 0x21, 0x30
OK, NO_SESSION, OUT_OF_SEQUENCE, UNKNOWN, BAD_ARGUMENT, BUSY, NOT_FITTED, SENSOR_FAILED = range(8)
HAS_MOTOR, HAS_LED, HAS_LEVEL, HAS_CLIMATE, HAS_IN, HAS_OUT = 1, 2, 4, 8, 16, 32
SIZES = {HALT: 0, RUN: 5, MOTION: 0, COUNTERS: 0, BARRIERS: 0, LEVEL: 0, CLIMATE: 0, LED: 5}
WATCHDOG_MS = 1000
RESTART_MS = 50
EVERY_MS = {LEVEL: 200, CLIMATE: 2000}


class Device:
    """One life of the microcontroller, from start to reset.

    `parts` are its pins (fitted, cause, drive, current_ma, in_dark, out_dark, echo_us, climate, light, restart),
    `lasting` is flash (boots, passed_in, passed_out, booted(), count()), `store` takes new firmware.
    """

    def __init__(self, parts, lasting, store):
        lasting.booted()
        self.parts = parts
        self.lasting = lasting
        self.motion = motion.Motion(parts, lasting)
        self.greeted = False
        self._download = download.Download(store)
        self._receiver = Receiver()
        self._session = self._greetings = self._protocol = 0
        self._nonce = None
        self._last = self._last_crc = 0
        self._kept = None
        self._now = self._heard = 0
        self._restart_at = None
        self._readings = {}

    def receive(self, data):
        """Take bytes; return what goes back."""
        back = b""
        for body in self._receiver.take(data):
            kind, session, sequence = struct.unpack_from("<BIH", body)
            if kind == HELLO and len(body) == 13:
                back += self._hello(body)
            elif kind == COMMAND and len(body) > 7:
                back += self._command(session, sequence, body)
        return back

    def tick(self, now):
        """Let time pass: at least once a millisecond while the motor turns."""
        self._now = now
        self.motion.tick(now)
        if self.motion.state == motion.RUNNING:
            if now - self._heard > WATCHDOG_MS:
                self.motion.end(motion.WATCHDOG)
        else:
            self._measure(now)
        if self._restart_at is not None and now >= self._restart_at:
            self._restart_at = None
            self.parts.restart()

    # ---------------------------------------------------------- sessions

    def _hello(self, body):
        nonce, lowest, highest = struct.unpack_from("<IBB", body, 7)
        if nonce != self._nonce:
            self.motion.end(motion.HALTED)
            self._greetings = self._greetings % 65535 + 1
            self._session = (self.lasting.boots & 0xFFFF) << 16 | self._greetings
            self._nonce, self._last, self._kept = nonce, 0, None
            self._protocol = PROTOCOL if lowest <= PROTOCOL <= highest else 0
        self.greeted = True
        self._heard = self._now
        major, minor, patch = VERSION
        told = (nonce, self._protocol, major, minor, patch, self.parts.cause, self.parts.fitted, WATCHDOG_MS)
        return wrap(struct.pack("<BIH", WELCOME, self._session, 0) + struct.pack("<IBBBBBHH", *told))

    def _command(self, session, sequence, body):
        crc = crc32(body)
        if self._nonce is None or session != self._session:
            return _answer(session, sequence, body[7], NO_SESSION)
        if self._kept is not None and sequence == self._last and crc == self._last_crc:
            self._heard = self._now
            return self._kept
        if sequence != self._last % 65535 + 1:
            return _answer(session, sequence, body[7], OUT_OF_SEQUENCE)
        self._heard = self._now
        self._last, self._last_crc = sequence, crc
        status, data = self._carry_out(body[7], body[8:])
        self._kept = _answer(session, sequence, body[7], status, data)
        return self._kept

    # ---------------------------------------------------------- commands

    def _carry_out(self, number, arguments):
        if number in (download.BEGIN, download.DATA, download.COMMIT):
            return self._update(number, arguments), b""
        if number not in SIZES or not self._protocol:
            return UNKNOWN, b""
        if len(arguments) != SIZES[number]:
            return BAD_ARGUMENT, b""
        if number == HALT:
            self.motion.end(motion.HALTED)
            return OK, b""
        if number == RUN:
            return self._run(*struct.unpack("<BBHB", arguments)), b""
        return self._tell(number, arguments)

    def _tell(self, number, arguments):
        if number == MOTION:
            going = self.motion
            return OK, struct.pack("<HBHH", going.sequence, going.state, min(going.elapsed, 65535), going.peak)
        if number == COUNTERS:
            if not self.parts.fitted & (HAS_IN | HAS_OUT):
                return NOT_FITTED, b""
            return OK, struct.pack("<II", self.lasting.passed_in, self.lasting.passed_out)
        if number == BARRIERS:
            fitted = self.parts.fitted
            if not fitted & (HAS_IN | HAS_OUT):
                return NOT_FITTED, b""
            inner = 1 if fitted & HAS_IN and self.parts.in_dark() else 0
            outer = 2 if fitted & HAS_OUT and self.parts.out_dark() else 0
            return OK, bytes((inner | outer,))
        if number == LED:
            if not self.parts.fitted & HAS_LED:
                return NOT_FITTED, b""
            self.parts.light(*struct.unpack("<BBBH", arguments))
            return OK, b""
        return self._reading(number)

    def _run(self, direction, duty, limit, until):
        if direction not in (motion.IN, motion.OUT) or not 1 <= duty <= 100 or not 1 <= limit <= 10000 or until > 2:
            return BAD_ARGUMENT
        needed = HAS_MOTOR | (0, HAS_IN, HAS_OUT)[until]
        if self.parts.fitted & needed != needed:
            return NOT_FITTED
        if self.motion.state == motion.RUNNING:
            return BUSY
        self.motion.begin(self._now, self._last, direction, duty, limit, until)
        return OK

    def _reading(self, number):
        if not self.parts.fitted & (HAS_LEVEL if number == LEVEL else HAS_CLIMATE):
            return NOT_FITTED, b""
        measured, reading = self._readings.get(number, (0, None))
        if reading is None:
            return SENSOR_FAILED, b""
        age = min(self._now - measured, 65535)
        return OK, struct.pack("<HH", reading, age) if number == LEVEL else struct.pack("<hHH", *(reading + (age,)))

    def _update(self, number, arguments):
        if self.motion.state == motion.RUNNING:
            return download.BUSY
        status = self._download.take(number, arguments)
        if self._download.committed and self._restart_at is None:
            self._restart_at = self._now + RESTART_MS
        return status

    def _measure(self, now):
        for number, bit, measure in (
            (LEVEL, HAS_LEVEL, self.parts.echo_us),
            (CLIMATE, HAS_CLIMATE, self.parts.climate),
        ):
            last = self._readings.get(number)
            if self.parts.fitted & bit and (last is None or now - last[0] >= EVERY_MS[number]):
                self._readings[number] = (now, measure())


def _answer(session, sequence, number, status, data=b""):
    return wrap(struct.pack("<BIHBB", ANSWER, session, sequence, number, status) + data)
