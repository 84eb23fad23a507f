"""Queue a command for a machine. It is signed when the machine fetches it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from application.platform.again import again
from application.platform.announce import of_machine
from application.platform.errors import UnknownMachine
from application.ports.clock import Clock, IdSource
from application.ports.outbox import Announcement
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.fleet.command import USUAL_LIFE, Command, Kind, due, issue
from domain.fleet.machine import Machine

MOST_WAITING = 20
"""Commands that wait for one machine: whoever is off line must not be drowned when it is back."""


class TooManyCommands(Exception):
    """So many commands wait for this machine already."""


@frozen
class SendCommand:
    """Sends commands."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    ids: IdSource

    @again
    def __call__(
        self, organisation: str, machine: str, kind: Kind, parameters: Mapping[str, str], by: str,
        life: int = USUAL_LIFE,
    ) -> Command:  # fmt: skip
        """Queue a command that lives for `life` seconds. Raises UnknownMachine, UnfitCommand, TooManyCommands."""
        with self.unit_of_work() as work:
            known = work.machines.locked(machine)
            if known is None or known.organisation != organisation:
                raise UnknownMachine(f"machine {machine} is not registered")
            now = self.clock.now().wall
            command = issue(self.ids.next(), organisation, machine, kind, parameters, by, now, life)
            waiting = work.care.commands.waiting(machine, 2 * MOST_WAITING)
            if sum(not due(each, now) for each in waiting) >= MOST_WAITING:
                raise TooManyCommands(f"{MOST_WAITING} commands wait for machine {machine} already")
            work.care.commands.add(command)
            work.outbox.add([of_command(command, known, now)])
            work.commit()
        return command


def of_command(command: Command, machine: Machine, at: int) -> Announcement:
    """Announce where a command stands."""
    data: dict[str, Any] = {
        "command": command.id, "kind": command.kind.value, "state": command.state.value, "detail": command.detail,
    }  # fmt: skip
    told = of_machine(machine, "command", at, **data)
    return Announcement(told.organisation, told.aggregate, f"command.{command.state.value}", told.data, at)
