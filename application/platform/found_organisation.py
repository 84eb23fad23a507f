"""Found the organisation of an embedded platform, once, and trust the key it signs with."""

from __future__ import annotations

from attrs import frozen

from application.platform.again import again
from application.ports.clock import Clock, IdSource
from application.ports.repositories import Organisation
from application.ports.signing import Signer
from application.ports.unit_of_work import UnitOfWorkFactory


@frozen
class FoundOrganisation:
    """Sees to it that there is an organisation."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    ids: IdSource
    signer: Signer

    @again
    def __call__(self, name: str) -> Organisation:
        """Return the one organisation, founded if there was none; the signer's key is trusted from now on."""
        with self.unit_of_work() as work:
            now = self.clock.now().wall
            known = work.organisations.locked()
            if known:
                organisation = known[0]
            else:
                organisation = Organisation(id=self.ids.next(), name=name, created_at=now)
                work.organisations.add(organisation)
            work.signers.add(organisation.id, self.signer.key_id, self.signer.public_key, now)
            work.commit()
        return organisation
