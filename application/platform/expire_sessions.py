"""Expire the sessions whose time is over, so that whoever watches one is told."""

from __future__ import annotations

from attrs import frozen

from application.platform.again import again
from application.platform.announce import of_session
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.deposits.session import expire

AT_ONCE = 500


@frozen
class ExpireSessions:
    """Expires sessions."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock

    @again
    def __call__(self, limit: int = AT_ONCE) -> int:
        """Expire at most `limit` sessions. Returns how many."""
        now = self.clock.now().wall
        with self.unit_of_work(read_only=True) as work:
            due = [session.id for session in work.sessions.due(now, limit)]
        if not due:
            return 0
        with self.unit_of_work() as work:
            over = [expire(session, now) for session in work.sessions.locked(due).values() if session.due(now)]
            for session in over:
                work.sessions.keep(session)
            work.outbox.add([of_session(session, "expired", now) for session in over])
            work.commit()
        return len(over)
