"""What has changed since the day of installation: within its bounds, and yet on its way out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import evolve, frozen

from domain.commissioning.lines import Line, Verdict, Why

WHOLE = 1_000
"""Permille."""


@frozen
class Drift:
    """How far a number may go from what it was, in its own unit and in permille of what it was; the larger counts."""

    up: int | None = None
    up_permille: int = 0
    down: int | None = None
    down_permille: int = 0

    def beyond(self, was: int, now: int) -> bool:
        """Tell whether it has gone too far."""
        higher, lower = now - was, was - now
        rose = self.up is not None and higher > max(self.up, abs(was) * self.up_permille // WHOLE)
        fell = self.down is not None and lower > max(self.down, abs(was) * self.down_permille // WHOLE)
        return rose or fell


DRIFTS: Mapping[str, Drift] = {
    "camera_brightness": Drift(up=40, down=40),
    "camera_noise": Drift(up=200, up_permille=WHOLE),
    "echo_spread": Drift(up=6, up_permille=WHOLE),
    "echo_lost": Drift(up=150),
    "motor_in": Drift(up=150, up_permille=250, down=150, down_permille=400),
    "motor_out": Drift(up=150, up_permille=250, down=150, down_permille=400),
    "disk_sync": Drift(up=50_000, up_permille=4 * WHOLE),
    "network": Drift(up=1_000, up_permille=4 * WHOLE),
}
"""By kind. What the lens has lost is judged against its clean picture by `domain.body.frame_quality`."""


def compared(lines: Iterable[Line], installed: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines with what each was on the day of installation, and a warning where it has drifted."""
    then = {line.name: line.value for line in installed}
    return tuple(_beside(line, then.get(line.name)) for line in lines)


def _beside(line: Line, was: int | None) -> Line:
    drift = DRIFTS.get(line.kind)
    if was is None or line.value is None:
        return line
    beside = evolve(line, was=was)
    if drift is None or line.verdict is not Verdict.PASS or not drift.beyond(was, line.value):
        return beside
    return evolve(beside, verdict=Verdict.WARN, why=Why.DRIFTED)
