"""What stands in for a part of the map that cannot be had: it says so whenever it is asked, by the port's own error."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from attrs import frozen

from application.ports.hardware import CameraFailed, Notice, PartUnreachable, Signal
from application.ports.vision import Frame
from domain.deposits.bodies import Counters
from domain.fleet.readings import Climate, Motion, Way


@frozen
class Absent:
    """Any part. `part` is its name, `why` what was wrong when it was to be switched on."""

    part: str
    why: str

    def _refuse(self) -> NoReturn:
        raise PartUnreachable(f"{self.part}: {self.why}")

    def halt(self) -> None:
        """Raise PartUnreachable: whether something turns, nobody can tell."""
        self._refuse()

    def take_in(self) -> None:
        """Raise PartUnreachable."""
        self._refuse()

    def give_back(self) -> None:
        """Raise PartUnreachable."""
        self._refuse()

    def loosen(self) -> None:
        """Raise PartUnreachable."""
        self._refuse()

    def turn_a_little(self, way: Way) -> None:
        """Raise PartUnreachable."""
        self._refuse()

    def counters(self) -> Counters:
        """Raise PartUnreachable."""
        self._refuse()

    def present(self) -> bool:
        """Raise PartUnreachable."""
        self._refuse()

    def last_motion(self) -> Motion | None:
        """Raise PartUnreachable."""
        self._refuse()

    def distance_mm(self) -> int:
        """Raise PartUnreachable."""
        self._refuse()

    def climate(self) -> Climate:
        """Raise PartUnreachable."""
        self._refuse()

    def show(self, signal: Signal) -> None:
        """Raise PartUnreachable."""
        self._refuse()

    def unlock(self) -> None:
        """Raise PartUnreachable."""
        self._refuse()

    def lock(self) -> None:
        """Raise PartUnreachable."""
        self._refuse()

    def is_open(self) -> bool:
        """Raise PartUnreachable."""
        self._refuse()

    def point(self, bin_name: str) -> None:
        """Raise PartUnreachable."""
        self._refuse()

    def press(self) -> None:
        """Raise PartUnreachable."""
        self._refuse()

    def listen(self, listener: Callable[[Notice], None]) -> None:
        """Tell nothing, ever."""


@frozen
class AbsentCamera:
    """A camera that cannot be had."""

    why: str

    def capture(self) -> Frame:
        """Raise CameraFailed."""
        raise CameraFailed(f"camera: {self.why}")
