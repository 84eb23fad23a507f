"""Read one of one's own sessions."""

from __future__ import annotations

from attrs import frozen

from application.platform.again import again
from application.platform.errors import UnknownSession
from application.platform.open_session import Opened, token_of
from application.ports.clock import Clock
from application.ports.signing import Signer
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.deposits.session import expire


@frozen
class ReadSession:
    """Reads sessions."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    signer: Signer

    @again
    def __call__(self, person: str, id: str) -> Opened:
        """Return a person's session as it is now, and its token. Raises UnknownSession, also for another person's."""
        with self.unit_of_work(read_only=True) as work:
            session = work.sessions.get(id)
        if session is None or session.person != person:
            raise UnknownSession(f"session {id} is not known")
        now = self.clock.now().wall
        # It may be over before anybody noted so.
        return Opened(expire(session, now) if session.due(now) else session, token_of(session, self.signer))
