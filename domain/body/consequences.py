"""What the intake is told when findings come and go."""

from __future__ import annotations

from collections.abc import Sequence

from domain.body.findings import CLOSES, Finding
from domain.body.watch import BodyWatch
from domain.deposits.bins import Bin, closed
from domain.deposits.intake import events


def consequences(before: BodyWatch, now: BodyWatch, bins: Sequence[Bin]) -> tuple[events.Outside, ...]:
    """Return what to tell the intake; `bins` is its list of bins. The hand comes first: a motor may be turning."""
    told: list[events.Outside] = []
    came, went = now.findings - before.findings, before.findings - now.findings
    if Finding.HAND in came:
        told.append(events.HandSeen())
    if Finding.HAND in went:
        told.append(events.HandGone())
    told += [events.PulledBack()] * (now.pulled.times - before.pulled.times)
    if now.full != before.full:
        told.append(events.BinsChanged(now.full))
    if closed(bins, now.full) != closed(bins, before.full):
        name = Finding.BIN_FULL.value
        told.append(events.FaultSeen(name) if closed(bins, now.full) else events.FaultCleared(name))
    told += [events.FaultSeen(name) for name in _names(came)]
    told += [events.FaultCleared(name) for name in _names(went)]
    return tuple(told)


def _names(findings: frozenset[Finding]) -> list[str]:
    return sorted(finding.value for finding in findings & CLOSES)
