"""Withdraw a session: the person thought better of it."""

from __future__ import annotations

from attrs import frozen

from application.platform.again import again
from application.platform.announce import of_session
from application.platform.errors import UnknownSession
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.deposits.session import Session, State, withdraw


@frozen
class WithdrawSession:
    """Withdraws sessions."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock

    @again
    def __call__(self, person: str, id: str) -> Session:
        """Withdraw a person's open session; one that is withdrawn already stays so.

        Raises UnknownSession (also for another person's), SessionOver.
        """
        with self.unit_of_work() as work:
            session = work.sessions.locked([id]).get(id)
            if session is None or session.person != person:
                raise UnknownSession(f"session {id} is not known")
            if session.state is State.WITHDRAWN:
                return session
            now = self.clock.now().wall
            session = withdraw(session, now)
            work.sessions.keep(session)
            work.outbox.add([of_session(session, "withdrawn", now)])
            work.commit()
        return session
