"""Sign up: a person gets an account, and with it a random id that everything else knows them by."""

from __future__ import annotations

from attrs import frozen

from application.platform.again import again
from application.ports.clock import Clock, Random
from application.ports.identity import PasswordHasher
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.people.account import Account, Language, check_password, normalise, person_id
from domain.people.role import Role


@frozen
class SignUp:
    """Opens accounts in one organisation."""

    organisation: str
    unit_of_work: UnitOfWorkFactory
    passwords: PasswordHasher
    clock: Clock
    random: Random

    @again
    def __call__(
        self, address: str, password: str, language: Language = Language.INDONESIAN, role: Role = Role.USER
    ) -> Account:
        """Open an account. Raises InvalidAddress, UnfitPassword, AddressTaken (then nothing is kept)."""
        normal = normalise(address)
        password_hash = self.passwords.hash(check_password(password, normal))
        account = Account(
            person=person_id(self.random.token(16)),
            organisation=self.organisation,
            address=normal,
            password_hash=password_hash,
            role=role,
            language=language,
            created_at=self.clock.now().wall,
        )
        with self.unit_of_work() as work:
            work.people.add(account)
            work.commit()
        return account
