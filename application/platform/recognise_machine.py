"""Tell which machine calls, by its API key."""

from __future__ import annotations

from attrs import frozen

from application.platform.again import again
from application.platform.errors import UnknownMachine
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.fleet.machine import Machine, MalformedKey, key_hash


@frozen
class RecogniseMachine:
    """Recognises machines by their keys."""

    unit_of_work: UnitOfWorkFactory

    @again
    def __call__(self, api_key: str) -> Machine:
        """Return the machine with this key. Raises UnknownMachine."""
        try:
            hashed = key_hash(api_key)
        except MalformedKey as malformed:
            raise UnknownMachine("no machine has this key") from malformed
        with self.unit_of_work(read_only=True) as work:
            machine = work.machines.by_key_hash(hashed)
        if machine is None:
            raise UnknownMachine("no machine has this key")
        return machine
