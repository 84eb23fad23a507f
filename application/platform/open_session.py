"""Open a session: a person gets a QR, signed, good for five minutes. It replaces the one they had."""

from __future__ import annotations

from attrs import frozen

from application.platform.again import again
from application.platform.announce import of_session
from application.ports.clock import Clock, IdSource
from application.ports.signing import Signer
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.deposits.session import LIFETIME, SECONDS, Session, expire, issue, organisation_tag, withdraw
from domain.deposits.token import Claims, to_sign, to_text


@frozen
class Opened:
    """A new session, and the text of its QR code."""

    session: Session
    token: str


@frozen
class OpenSession:
    """Opens sessions."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    ids: IdSource
    signer: Signer

    @again
    def __call__(self, organisation: str, person: str) -> Opened:
        """Issue a session. An older open one of the same person is withdrawn (or expires, if its time is over)."""
        session = issue(self.ids.next(), organisation, person, self.clock.now().wall)
        with self.unit_of_work() as work:
            now = self.clock.now().wall
            announcements = []
            older = work.sessions.open_of(person)
            if older is not None:
                over = expire(older, now) if older.due(now) else withdraw(older, now)
                work.sessions.keep(over)
                announcements.append(of_session(over, over.state.value, now))
            work.sessions.add(session)
            announcements.append(of_session(session, "issued", now))
            work.outbox.add(announcements)
            work.commit()
        return Opened(session, token_of(session, self.signer))


def token_of(session: Session, signer: Signer) -> str:
    """Return the text of a session's QR code: the same session always gives the same text."""
    claims = Claims(
        key_id=signer.key_id,
        organisation=organisation_tag(session.organisation),
        person=session.person,
        session=session.id,
        expires=session.expires_at // SECONDS,
        lives=LIFETIME,
    )
    return to_text(claims, signer.sign(to_sign(claims)))
