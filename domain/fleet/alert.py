"""Alert rules: a measure that goes beyond a bound and stays there raises an alert; well below it, it clears.

    quiet ──beyond──▶ rising ──for `hold`──▶ raised ──calm──▶ settling ──for `settle`──▶ quiet
            rising ──not beyond──▶ quiet             settling ──not calm──▶ raised

The laws:
1. Between the two bounds nothing changes: a value that trembles around a bound makes no noise.
2. Raised and cleared take turns.
3. A reading that is not newer than the last one changes nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence

from attrs import field, frozen

from domain.fleet.telemetry import SECONDS, Sample

MINUTE = 60 * SECONDS
SILENT = "silent"
"""The one rule whose measure the platform takes itself, for a machine that is silent sends none."""
TOLD_OTHERWISE = frozenset({"bin_full", "door", "climate"})
"""Faults that a measure tells of too: its rule raises the alert."""
SOFTWARE_PARTS = frozenset({"journal", "self_test", "stopped", "vision"})
"""Parts that are software: broken, they are no technician's business at first."""


class Cause(str, enum.Enum):
    """Why a machine does not serve. The order is that in which several at once are charged: the first counts."""

    CLEANING = "cleaning"
    HARDWARE = "hardware"
    BIN_FULL = "bin_full"
    SOFTWARE = "software"
    NETWORK = "network"


class Severity(str, enum.Enum):
    """How soon somebody should look."""

    NOTICE = "notice"
    """Shown, no ticket."""
    WARNING = "warning"
    CRITICAL = "critical"


class UnfitRule(ValueError):
    """This is no alert rule; the message says why."""


@frozen
class Rule:
    """Raise at `raise_at` or more, for `hold` microseconds; clear at `clear_at` or less, for `settle`."""

    name: str
    measure: str
    raise_at: int
    clear_at: int = field()
    hold: int = 0
    settle: int = 0
    severity: Severity = Severity.WARNING
    cause: Cause | None = None
    """Why the machine does not serve while this is raised; None when it serves nevertheless."""

    @clear_at.validator
    def _below(self, _: object, clear_at: int) -> None:
        if clear_at >= self.raise_at:
            raise UnfitRule(f"{self.name}: what clears lies below what raises")

    @property
    def opens_ticket(self) -> bool:
        """Whether somebody has to do something."""
        return self.severity is not Severity.NOTICE


RULES: tuple[Rule, ...] = (
    Rule("bin_nearly_full", "bin_level", 800, 700, MINUTE, severity=Severity.NOTICE),
    Rule("bin_full", "bin_level", 950, 500, MINUTE, cause=Cause.BIN_FULL),
    Rule("hot", "cpu_temperature", 85_000, 75_000, MINUTE, MINUTE, Severity.CRITICAL),
    Rule("hot_air", "air_temperature", 60_000, 55_000, MINUTE, MINUTE),
    Rule("damp", "humidity", 950, 900, 10 * MINUTE, 10 * MINUTE),
    Rule("impaired", "impaired", 1, 0, 10 * MINUTE, MINUTE),
    Rule("disk_full", "disk_used", 950, 900, MINUTE),
    Rule("door_open", "door_open", 1, 0, MINUTE, cause=Cause.CLEANING),
    Rule("broken", "out_hardware", 1, 0, MINUTE, severity=Severity.CRITICAL, cause=Cause.HARDWARE),
    Rule("software_down", "out_software", 1, 0, MINUTE, severity=Severity.CRITICAL, cause=Cause.SOFTWARE),
    Rule("self_test_failed", "self_test_failed", 1, 0),
    Rule("self_test_warned", "self_test_warned", 1, 0),
    Rule(SILENT, "silence", 120, 60, cause=Cause.NETWORK),
)
"""The rules of every machine, by name in `BY_NAME`."""
BY_NAME: Mapping[str, Rule] = {rule.name: rule for rule in RULES}
BY_MEASURE: Mapping[str, Sequence[Rule]] = {
    measure: tuple(rule for rule in RULES if rule.measure == measure) for measure in {rule.measure for rule in RULES}
}
"""The rules that read a measure."""


class Standing(str, enum.Enum):
    """Where a rule stands for a machine."""

    QUIET = "quiet"
    RISING = "rising"
    RAISED = "raised"
    SETTLING = "settling"


class Change(str, enum.Enum):
    """What a reading changed."""

    RAISED = "raised"
    CLEARED = "cleared"


@frozen
class Alert:
    """A rule as it stands for a machine. Times are microseconds UTC."""

    machine: str
    rule: str
    standing: Standing = Standing.QUIET
    since: int = 0
    """When what holds now began: the rise, or the calm."""
    began: int = 0
    """When what was raised last began."""
    read_at: int = -1
    """When the last reading was taken."""
    value: int = 0

    @property
    def raised(self) -> bool:
        """Whether it is raised (and not cleared yet)."""
        return self.standing in {Standing.RAISED, Standing.SETTLING}


@frozen
class Turn:
    """What a reading came to: the alert after it, and perhaps a change with the moment from which it holds."""

    alert: Alert
    change: Change | None = None
    since: int = 0


def read(rule: Rule, alert: Alert, value: int, at: int, since: int | None = None) -> Turn:
    """Take a reading at a moment. `since` tells from when it has been so, where that is known to be earlier."""
    if at <= alert.read_at:
        return Turn(alert)
    machine, name = alert.machine, alert.rule
    began = at if since is None else since
    if not alert.raised:
        if value < rule.raise_at:
            return Turn(Alert(machine, name, Standing.QUIET, at, alert.began, at, value))
        rising = alert.since if alert.standing is Standing.RISING else began
        if at - rising < rule.hold:
            return Turn(Alert(machine, name, Standing.RISING, rising, alert.began, at, value))
        return Turn(Alert(machine, name, Standing.RAISED, rising, rising, at, value), Change.RAISED, rising)
    if value > rule.clear_at:
        return Turn(Alert(machine, name, Standing.RAISED, alert.began, alert.began, at, value))
    calm = alert.since if alert.standing is Standing.SETTLING else began
    if at - calm < rule.settle:
        return Turn(Alert(machine, name, Standing.SETTLING, calm, alert.began, at, value))
    return Turn(Alert(machine, name, Standing.QUIET, calm, alert.began, at, value), Change.CLEARED, calm)


def readings(sample: Sample) -> dict[str, int]:
    """Return what rules read of a sample: its measures, whether hardware or software keeps it from serving, and whether
    it serves with a part that does not work.
    """
    found = dict(sample.measures)
    if sample.serving is not None:
        hard = not sample.serving and any(fault not in SOFTWARE_PARTS for fault in sample.faults)
        found["out_hardware"] = int(hard)
        found["impaired"] = int(sample.serving and bool({*sample.faults} - TOLD_OTHERWISE - SOFTWARE_PARTS))
        found["out_software"] = int(not sample.serving and not hard)
    return found
