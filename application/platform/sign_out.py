"""Sign out: no refresh token of this sign-in gives anything any more."""

from __future__ import annotations

from attrs import frozen

from application.platform.again import again
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.people.refresh import End, ended


@frozen
class SignOut:
    """Ends sign-ins."""

    unit_of_work: UnitOfWorkFactory

    @again
    def __call__(self, person: str, family_id: str) -> None:
        """End one sign-in of a person; doing so again changes nothing, and nobody ends another person's."""
        with self.unit_of_work() as work:
            family = work.families.locked(family_id)
            if family is not None and family.person == person:
                work.families.keep(ended(family, End.SIGNED_OUT))
                work.commit()
