"""Register a machine. Its API key is shown once; only the hash is kept."""

from __future__ import annotations

from attrs import frozen

from application.platform.again import again
from application.platform.announce import of_machine
from application.ports.clock import Clock, IdSource, Random
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.fleet.machine import KEY_BYTES, Machine, key_hash, write_key


@frozen
class Registered:
    """A machine and its API key, which nobody can read again."""

    machine: Machine
    api_key: str


@frozen
class RegisterMachine:
    """Registers machines."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    ids: IdSource
    random: Random

    @again
    def __call__(self, organisation: str, name: str, id: str | None = None) -> Registered:
        """Register a machine of an organisation. Raises InvalidName, AlreadyThere (the id is taken)."""
        api_key = write_key(self.random.token(KEY_BYTES))
        now = self.clock.now().wall
        machine = Machine(
            id=id or self.ids.next(),
            organisation=organisation,
            name=name,
            key_hash=key_hash(api_key),
            registered_at=now,
        )
        with self.unit_of_work() as work:
            work.machines.add(machine)
            work.outbox.add([of_machine(machine, "registered", now)])
            work.commit()
        return Registered(machine, api_key)
