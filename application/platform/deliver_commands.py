"""Hand a machine the commands that wait for it, signed; and note what it tells of them, once."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, frozen

from application.platform.again import again
from application.platform.errors import UnknownCommand, UnknownMachine
from application.platform.send_command import of_command
from application.ports.clock import Clock
from application.ports.signing import Signer
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.fleet.command import Command, Kind, Mode, SignedCommand, State, Told, deliver, due, lapse, tell, text
from domain.fleet.profile import Profile

AT_ONCE = 10


@frozen
class DeliverCommands:
    """Delivers commands."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    signer: Signer

    @again
    def __call__(self, machine: str) -> Sequence[tuple[Command, SignedCommand]]:
        """Return the commands that were not accepted yet, the oldest first, at most AT_ONCE. Raises UnknownMachine."""
        with self.unit_of_work() as work:
            known = work.machines.locked(machine)
            if known is None:
                raise UnknownMachine(f"machine {machine} is not registered")
            now = self.clock.now().wall
            told, out = [], []
            for command in work.care.commands.waiting(machine, AT_ONCE):
                new = lapse(command, now) if due(command, now) else deliver(command, now)
                if new is not command:
                    work.care.commands.keep(new)
                    told.append(of_command(new, known, now))
                if new.state is State.DELIVERED:
                    out.append(new)
            if told:
                work.outbox.add(told)
                work.commit()
        return [(command, self._signed(command)) for command in out]

    def _signed(self, command: Command) -> SignedCommand:
        raw = text(command)
        return SignedCommand(raw, self.signer.key_id, self.signer.sign(raw))


@frozen
class NoteCommand:
    """Notes what machines tell of commands."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock

    @again
    def __call__(self, machine: str, id: str, told: Told, detail: str = "") -> Command:
        """Note it; told again, nothing changes. Raises UnknownCommand, CommandOver, UnfitCommand."""
        with self.unit_of_work() as work:
            known = work.machines.locked(machine)
            command = work.care.commands.get(id)
            if known is None or command is None or command.machine != machine:
                raise UnknownCommand(f"command {id} is not known")
            now = self.clock.now().wall
            noted = tell(command, told, detail, now)
            if noted is not command:
                work.care.commands.keep(noted)
                _take_effect(work, noted)
                work.outbox.add([of_command(noted, known, now)])
                work.commit()
        return noted


@frozen
class ExpireCommands:
    """Ends the commands whose time is over, so that whoever waits is told."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock

    def __call__(self, limit: int = 200) -> int:
        """End at most `limit` commands. Returns how many."""
        now = self.clock.now().wall
        return sum(self._end(command, now) for command in self._late(now, limit))

    @again
    def _late(self, now: int, limit: int) -> Sequence[Command]:
        with self.unit_of_work(read_only=True) as work:
            return work.care.commands.due(now, limit)

    @again
    def _end(self, late: Command, now: int) -> bool:
        with self.unit_of_work() as work:
            machine = work.machines.locked(late.machine)
            command = work.care.commands.get(late.id)
            if machine is None or command is None or not due(command, now):
                return False
            over = lapse(command, now)
            work.care.commands.keep(over)
            work.outbox.add([of_command(over, machine, now)])
            work.commit()
        return True


def _take_effect(work: UnitOfWork, command: Command) -> None:
    """Note what a machine now works by."""
    if command.kind is Kind.SET_MODE and command.state is State.SUCCEEDED:
        profile = work.care.profiles.get(command.machine) or Profile(command.machine, command.organisation)
        work.care.profiles.keep(evolve(profile, mode=Mode(command.parameters["mode"])))
