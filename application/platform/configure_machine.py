"""Tell a machine what it works by: whose it is, which keys it may trust, the price list, the time."""

from __future__ import annotations

from attrs import frozen

from application.platform.again import again
from application.platform.errors import UnknownMachine
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from application.ports.uplink import Configuration, TrustedKeys
from domain.deposits.session import organisation_tag
from domain.points.price_list import SignedPriceList, read


@frozen
class ConfigureMachine:
    """Answers machines that ask for their configuration."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock

    @again
    def __call__(self, machine: str) -> Configuration:
        """Return a machine's configuration. `trust.organisation` is the organisation's tag. Raises UnknownMachine."""
        with self.unit_of_work(read_only=True) as work:
            known = work.machines.get(machine)
            if known is None:
                raise UnknownMachine(f"machine {machine} is not registered")
            keys = work.signers.of(known.organisation)
            lists = work.price_lists.of(known.organisation)
        now = self.clock.now().wall
        in_force: SignedPriceList | None = None
        for signed in lists:
            if read(signed.raw).in_force(now, now):
                in_force = signed
        return Configuration(trust=TrustedKeys(organisation_tag(known.organisation), keys), prices=in_force, time=now)
