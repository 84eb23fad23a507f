"""Sign in: an address and a password become an access token and the first refresh token of a new family."""

from __future__ import annotations

from attrs import evolve, frozen

from application.platform.again import again
from application.ports.clock import Clock, IdSource
from application.ports.identity import AccessTokens, Caller, PasswordHasher, RefreshTokens
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.people.account import Account, InvalidAddress, normalise, password_form
from domain.people.refresh import SECONDS, Family, opened

ACCESS_LIVES = 15 * 60 * SECONDS
"""Microseconds for which an access token counts: the longest that a sign-out can be late."""


class WrongCredentials(Exception):
    """No account has this address and this password. Never says which of the two is wrong."""


@frozen
class SignedIn:
    """What a person's app keeps."""

    person: str
    access_token: str
    expires_in: int
    """Seconds for which the access token counts."""
    refresh_token: str


@frozen
class Admission:
    """Writes the pair of tokens that a family's newest generation stands for."""

    access_tokens: AccessTokens
    refresh_tokens: RefreshTokens

    def __call__(self, account: Account, family: Family, now: int) -> SignedIn:
        """Return the tokens for an account and its family, at `now` (microseconds UTC)."""
        caller = Caller(
            person=account.person,
            organisation=account.organisation,
            role=account.role,
            family=family.id,
            expires_at=now + ACCESS_LIVES,
        )
        return SignedIn(
            person=account.person,
            access_token=self.access_tokens.write(caller),
            expires_in=ACCESS_LIVES // SECONDS,
            refresh_token=self.refresh_tokens.write(family.id, family.generation),
        )


@frozen
class SignIn:
    """Signs people of one organisation in."""

    organisation: str
    unit_of_work: UnitOfWorkFactory
    passwords: PasswordHasher
    admission: Admission
    clock: Clock
    ids: IdSource

    @again
    def __call__(self, address: str, password: str) -> SignedIn:
        """Sign a person in. Raises WrongCredentials, after the same time whichever of the two is wrong."""
        account = self._account(address)
        # The slow part stands outside of any transaction: nobody waits for somebody else's password.
        hashed = account.password_hash if account else self.passwords.decoy()
        fits = self.passwords.verify(hashed, password_form(password))
        if account is None or not fits:
            raise WrongCredentials("no account has this address and this password")
        renewed = self._renewed(account, password)
        now = self.clock.now().wall
        family = opened(self.ids.next(), account.person, account.organisation, now)
        with self.unit_of_work() as work:
            if renewed != account:
                work.people.keep_password_hash(account.person, renewed.password_hash)
            work.families.add(family)
            work.commit()
        return self.admission(account, family, now)

    def _account(self, address: str) -> Account | None:
        try:
            normal = normalise(address)
        except InvalidAddress:
            return None
        with self.unit_of_work(read_only=True) as work:
            return work.people.by_address(self.organisation, normal)

    def _renewed(self, account: Account, password: str) -> Account:
        """Hash the password again if the cost of a hash was raised since: only now do we know it."""
        if not self.passwords.outdated(account.password_hash):
            return account
        return evolve(account, password_hash=self.passwords.hash(password_form(password)))
