"""The simulated microcontroller on a pseudo-terminal: its path is opened like that of a serial device."""

from __future__ import annotations

import os
import select
import threading
import time
import tty
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar

from simulators.firmware.device import Device
from simulators.firmware.noise import NoisyLine

T = TypeVar("T")
TICK_S = 0.002
LONGEST_S = 0.02
"""Where this computer was busy for longer, the device's time stood still: its watchdog is not about us."""


class FirmwareOnPty:
    """A context in which a microcontroller answers at `path`, in real time times `speed`, over noise."""

    def __init__(
        self, device: Device, *, here: NoisyLine | None = None, back: NoisyLine | None = None, speed: float = 1.0
    ) -> None:
        """`here` spoils what comes from the computer, `back` what goes to it."""
        self._device = device
        self._here = NoisyLine(0) if here is None else here
        self._back = NoisyLine(0) if back is None else back
        self._speed = speed
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._live, name="firmware", daemon=True)
        self.silent = False
        self.answers_lost = 0
        """So many of the next answers get lost as a whole."""

    def __enter__(self) -> FirmwareOnPty:  # noqa: PYI034 (Self is not in Python 3.10)
        """Power on."""
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        self.path = os.ttyname(self._theirs)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Power off."""
        self.unplug()

    def unplug(self) -> None:
        """Take the whole device away, as by pulling its cable."""
        if not self._ended.is_set():
            self._ended.set()
            self._thread.join()
            os.close(self._ours)
            os.close(self._theirs)

    def touch(self, deed: Callable[[Device], T]) -> T:
        """Do something to the device or its body, between two of its milliseconds."""
        with self._lock:
            return deed(self._device)

    def reset(self) -> None:
        """Press the reset button: whatever is going on ends, and the motor's driver is off."""
        self.touch(lambda device: device.boot())

    def _live(self) -> None:
        looked, device_us = time.monotonic(), float(self._device.body.now_us)
        while not self._ended.is_set():
            readable, _, _ = select.select([self._ours], [], [], TICK_S)
            data = self._here.carry(os.read(self._ours, 4_096)) if readable else b""
            with self._lock:
                passed, looked = time.monotonic() - looked, time.monotonic()
                device_us += min(passed, LONGEST_S) * 1_000_000 * self._speed
                self._device.advance(int(device_us))
                answer = self._back.carry(self._device.receive(data))
            if answer and self.answers_lost:
                self.answers_lost -= 1
            elif answer and not self.silent:
                os.write(self._ours, answer)
