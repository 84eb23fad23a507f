"""Watch for codes: while nobody is at an item, the camera looks for a QR code held before it."""

from __future__ import annotations

from application.machine.take_in import TakeIn
from application.ports.code_reader import CodeReader
from application.ports.hardware import Camera, HardwareError
from application.ports.scheduler import Scheduler
from application.ports.vision import VisionError
from domain.deposits.intake.events import FaultCleared, FaultSeen, QrRead
from domain.deposits.intake.state import Part

INTERVAL = 300_000
"""Microseconds from one look to the next: a person holds a phone still for longer."""
MOST_MISSES = 10
"""Looks in a row without a picture until the camera counts as broken."""


class WatchForCodes:
    """Looks again and again, for as long as the machine lives. It also notices a camera that comes back."""

    def __init__(
        self, take_in: TakeIn, scheduler: Scheduler, camera: Camera, codes: CodeReader, *, interval: int = INTERVAL
    ) -> None:
        """`interval` is in microseconds."""
        self._take_in, self._scheduler, self._camera, self._codes = take_in, scheduler, camera, codes
        self._interval = interval
        self._misses = 0

    def start(self) -> None:
        """Begin to look."""
        self._scheduler.after(self._interval, self._look)

    def _look(self) -> None:
        if self._take_in.watching:
            self._scheduler.aside(self._read, self._seen, cost="watch")
        else:
            self.start()

    def _read(self) -> tuple[str, ...]:
        return self._codes.read(self._camera.capture())

    def _seen(self, codes: tuple[str, ...] | BaseException) -> None:
        if isinstance(codes, (HardwareError, VisionError)):
            self._misses += 1
            if self._misses == MOST_MISSES:
                self._take_in.post(FaultSeen(Part.CAMERA.value))
        elif isinstance(codes, BaseException):
            raise codes
        else:
            if self._misses >= MOST_MISSES:
                self._take_in.post(FaultCleared(Part.CAMERA.value))
            self._misses = 0
            for code in codes:
                self._take_in.post(QrRead(code))
        self.start()
