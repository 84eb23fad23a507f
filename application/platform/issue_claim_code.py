"""Claim codes of an organisation: issue one (it is shown once), withdraw one, read them."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from application.platform.again import again
from application.platform.errors import UnknownClaimCode
from application.ports.clock import Clock, IdSource, Random
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.fleet.claim_code import CHANCE_BYTES, USUAL_LIFE, ClaimCode, code_hash, issue, withdraw, write
from domain.fleet.profile import Profile

LONGEST_PAGE = 100


@frozen
class IssuedClaimCode:
    """A claim code, and its text, which nobody can read again."""

    code: ClaimCode
    text: str


@frozen
class IssueClaimCode:
    """Issues claim codes."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    ids: IdSource
    random: Random

    @again
    def __call__(
        self, organisation: str, by: str, name: str, site: str = "", life: int = USUAL_LIFE
    ) -> IssuedClaimCode:
        """Issue a code for a machine of this name at this site. Raises InvalidName, UnfitSite, UnfitLife."""
        text = write(self.random.token(CHANCE_BYTES))
        Profile("", organisation, site)
        code = issue(self.ids.next(), organisation, code_hash(text), name, site, by, self.clock.now().wall, life)
        with self.unit_of_work() as work:
            work.care.claim_codes.add(code)
            work.commit()
        return IssuedClaimCode(code, text)


@frozen
class WithdrawClaimCode:
    """Withdraws claim codes."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock

    @again
    def __call__(self, organisation: str, id: str) -> ClaimCode:
        """Withdraw a code that nobody used; again changes nothing. Raises UnknownClaimCode, CodeOver."""
        with self.unit_of_work() as work:
            found = work.care.claim_codes.get(id)
            code = work.care.claim_codes.locked(found.code_hash) if found else None
            if code is None or code.organisation != organisation:
                raise UnknownClaimCode(f"claim code {id} is not known")
            withdrawn = withdraw(code, self.clock.now().wall)
            if withdrawn is not code:
                work.care.claim_codes.keep(withdrawn)
                work.commit()
        return withdrawn


@frozen
class ReadClaimCodes:
    """Reads claim codes."""

    unit_of_work: UnitOfWorkFactory

    @again
    def __call__(
        self, organisation: str, before: int | None = None, limit: int = 50
    ) -> Sequence[tuple[int, ClaimCode]]:  # fmt: skip
        """Return at most `limit` codes (LONGEST_PAGE at most) with their numbers, the newest first."""
        with self.unit_of_work(read_only=True) as work:
            return work.care.claim_codes.of(organisation, before, max(1, min(limit, LONGEST_PAGE)))
