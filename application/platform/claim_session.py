"""Claim a session from a machine: an early check, for the screen's sake. The truth is the journal."""

from __future__ import annotations

from attrs import frozen

from application.platform.again import again
from application.platform.announce import of_session
from application.platform.errors import UnknownMachine
from application.ports.clock import Clock
from application.ports.signing import SignatureVerifier
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.deposits.session import ClaimedElsewhere, Session, SessionOver, State, claim, organisation_tag
from domain.deposits.token import MalformedToken, Token, from_text
from domain.fleet.machine import Machine


@frozen
class Claimed:
    """The answer.

    `why` is `ok` or a closed code: malformed, forged, other_organisation, other_machine, unknown, expired,
    withdrawn, used, claimed_elsewhere.
    """

    confirmed: bool
    why: str
    session: str | None = None


@frozen
class ClaimSession:
    """Claims sessions for machines."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    verifier: SignatureVerifier

    @again
    def __call__(self, machine: str, token: str) -> Claimed:
        """Claim the session that a token names. Raises UnknownMachine."""
        with self.unit_of_work() as work:
            known = work.machines.get(machine)
            if known is None:
                raise UnknownMachine(f"machine {machine} is not registered")
            try:
                read = from_text(token)
            except MalformedToken:
                return Claimed(False, "malformed")
            why = self._amiss(work, known, read)
            session = work.sessions.locked([read.claims.session]).get(read.claims.session) if why is None else None
            if why is not None or session is None:
                return Claimed(False, why or "unknown")
            return self._claim(work, session, known)

    def _amiss(self, work: UnitOfWork, machine: Machine, token: Token) -> str | None:
        claims = token.claims
        key = work.signers.of(machine.organisation).get(claims.key_id)
        if key is None or not self.verifier.verify(key, token.signed, token.signature):
            return "forged"
        if claims.organisation != organisation_tag(machine.organisation):
            return "other_organisation"
        if claims.machine not in (None, machine.id):
            return "other_machine"
        return None

    def _claim(self, work: UnitOfWork, session: Session, machine: Machine) -> Claimed:
        now = self.clock.now().wall
        try:
            claimed = claim(session, machine.id, now)
        except SessionOver as over:
            return Claimed(False, over.state.value, session.id)
        except ClaimedElsewhere:
            return Claimed(False, "claimed_elsewhere", session.id)
        if claimed is not session and claimed.state is State.ISSUED:
            work.sessions.keep(claimed)
            work.outbox.add([of_session(claimed, "claimed", now, machine=machine.id, machine_name=machine.name)])
            work.commit()
        return Claimed(True, "ok", session.id)
