"""Stay signed in: a refresh token becomes the next pair; a stolen one ends its whole family."""

from __future__ import annotations

from attrs import frozen

from application.platform.again import again
from application.platform.sign_in import Admission, SignedIn
from application.ports.clock import Clock
from application.ports.identity import RefreshTokens
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.people.refresh import End, RefreshReused, RefreshUnknown, ended, presented


@frozen
class RefreshSignIn:
    """Refreshes sign-ins."""

    unit_of_work: UnitOfWorkFactory
    refresh_tokens: RefreshTokens
    admission: Admission
    clock: Clock

    @again
    def __call__(self, refresh_token: str) -> SignedIn:
        """Return the next pair of tokens; the same pair again if the reply before it was lost.

        Raises RefreshUnknown, RefreshExpired, RefreshEnded, and RefreshReused once the family is ended for good.
        """
        family_id, generation = self.refresh_tokens.read(refresh_token)
        with self.unit_of_work() as work:
            family = work.families.locked(family_id)
            account = work.people.by_person(family.person) if family else None
            if family is None or account is None:
                raise RefreshUnknown("nobody is signed in by this token")
            now = self.clock.now().wall
            try:
                family = presented(family, generation, now)
            except RefreshReused:
                work.families.keep(ended(family, End.REUSED))
                work.commit()
                raise
            work.families.keep(family)
            work.commit()
        return self.admission(account, family, now)
