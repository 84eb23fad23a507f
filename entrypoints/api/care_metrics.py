"""What the platform counts of the care of machines, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge

from application.platform.take_telemetry import Taken
from domain.fleet.command import Command


class CareMetrics:
    """The series of telemetry, alerts, tickets and commands."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Register them."""
        self._samples = Counter("rvm_telemetry_samples", "Samples of machines, by what became.", ["became"],
                                registry=registry)  # fmt: skip
        self._heartbeats = Counter("rvm_telemetry_batches", "Batches of telemetry, heartbeats too.", registry=registry)
        self._alerts = Counter("rvm_alerts", "Alerts that telemetry raised and cleared.", ["rule", "change"],
                               registry=registry)  # fmt: skip
        self._commands = Counter("rvm_command_reports", "What machines told of commands.", ["kind", "state"],
                                 registry=registry)  # fmt: skip
        self.tickets = Gauge("rvm_tickets_unresolved", "Tickets that are not resolved.", registry=registry)

    def telemetry(self, taken: Taken) -> None:
        """Count what became of a batch."""
        self._heartbeats.inc()
        self._samples.labels("stored").inc(taken.stored)
        self._samples.labels("replayed").inc(taken.replayed)
        for rule, change in taken.changes:
            self._alerts.labels(rule.name, change.value).inc()

    def command(self, command: Command) -> None:
        """Count what a machine told of a command."""
        self._commands.labels(command.kind.value, command.state.value).inc()
