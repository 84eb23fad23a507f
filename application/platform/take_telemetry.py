"""Take what a machine tells of itself: samples once, their hours, and the alerts they raise or clear.

A batch without a sample is a heartbeat. All of it is one transaction, with the machine's row as the lock.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from application.platform.again import again
from application.platform.announce import of_machine
from application.platform.errors import UnknownMachine
from application.platform.send_command import MOST_WAITING
from application.platform.tend_alerts import RuleReading, tend
from application.ports.care import TimedSample
from application.ports.clock import Clock, IdSource, Reading
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.deposits.corrected_time import Sending
from domain.fleet.alert import BY_MEASURE, BY_NAME, SILENT, Change, Rule, readings
from domain.fleet.command import due
from domain.fleet.machine import Machine, speaks_anew
from domain.fleet.telemetry import Sample, happened_at, rolled_up

LONGEST_BATCH = 100
"""Samples."""


class TooManySamples(ValueError):
    """More samples at once than anyone sends."""


@frozen
class TelemetryBatch:
    """What a machine sends: samples in their order, its clocks as it sent them, and what else waits."""

    machine: str
    boot: str
    sending: Reading
    samples: Sequence[Sample]
    waiting: int = 0
    """Journal entries that the machine still has to send."""


@frozen
class Taken:
    """What became of a batch."""

    stored: int
    replayed: int
    changes: tuple[tuple[Rule, Change], ...]
    commands: int
    """Commands that wait for the machine."""


@frozen
class TakeTelemetry:
    """Takes telemetry."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    ids: IdSource

    @again
    def __call__(self, batch: TelemetryBatch) -> Taken:
        """Take a batch; the same again changes nothing. Raises UnknownMachine, TooManySamples, StoreError."""
        if len(batch.samples) > LONGEST_BATCH:
            raise TooManySamples(f"a batch has at most {LONGEST_BATCH} samples, this one has {len(batch.samples)}")
        with self.unit_of_work() as work:
            machine = work.machines.locked(batch.machine)
            if machine is None:
                raise UnknownMachine(f"machine {batch.machine} is not registered")
            now = self.clock.now().wall
            fresh = _fresh(work, machine, batch, now)
            if fresh:
                work.care.telemetry.add(machine.organisation, machine.id, fresh, now)
                hours = rolled_up(machine.id, [(each.at, each.sample) for each in fresh])
                work.care.telemetry.add_hours(machine.organisation, hours.values())
            heard = [*_of(fresh), RuleReading(BY_NAME[SILENT], 0, now)]
            tended = tend(work, machine, heard, self.ids, now)
            if speaks_anew(machine, now, batch.waiting):
                tended.announcements.insert(0, of_machine(machine, "contacted", now, waiting=batch.waiting))
            work.machines.contacted(machine.id, now, batch.waiting)
            work.outbox.add(tended.announcements)
            commands = sum(not due(each, now) for each in work.care.commands.waiting(machine.id, MOST_WAITING))
            work.commit()
        return Taken(len(fresh), len(batch.samples) - len(fresh), tended.changes, commands)


def _fresh(work: UnitOfWork, machine: Machine, batch: TelemetryBatch, now: int) -> list[TimedSample]:
    """Return the samples that were never held, with their times, in the order in which they were taken."""
    reading = batch.sending
    sending = Sending(batch.boot, reading.mono, reading.wall, reading.trusted, now)
    held = work.care.telemetry.held(machine.id, {sample.boot for sample in batch.samples}) if batch.samples else {}
    fresh: dict[tuple[str, int], TimedSample] = {}
    for sample in sorted(batch.samples, key=lambda sample: sample.seq):
        if sample.seq > held.get(sample.boot, -1):
            fresh.setdefault((sample.boot, sample.seq), TimedSample(happened_at(sample, sending), sample))
    return sorted(fresh.values(), key=lambda each: each.at)


def _of(samples: Sequence[TimedSample]) -> list[RuleReading]:
    return [
        RuleReading(rule, value, each.at)
        for each in samples
        for measure, value in readings(each.sample).items()
        for rule in BY_MEASURE.get(measure, ())
    ]
