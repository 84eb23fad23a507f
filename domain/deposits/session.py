"""A session: a person's QR, issued for a short time. It gates the opening of a visit, never its settlement.

    issued ──▶ used        a visit that names it was reported (also late: the machine was off line)
           ──▶ expired     nobody scanned it in time
           ──▶ withdrawn   the person asked for another, or thought better of it

A journal may tell days later that an expired or withdrawn session had been scanned in time; then it is
`used` after all, for what a machine saw outranks what the platform assumed.
"""

from __future__ import annotations

import enum
import hashlib

from attrs import evolve, frozen

SECONDS = 1_000_000
LIFETIME = 300
"""Seconds in which a session can be scanned."""


class SessionError(Exception):
    """The session cannot do this; the message names its state."""


class SessionOver(SessionError):
    """It is used, expired or withdrawn; `state` tells which."""

    def __init__(self, session: Session) -> None:
        """Name the session and its state."""
        super().__init__(f"session {session.id} is {session.state.value}")
        self.state = session.state


class ClaimedElsewhere(SessionError):
    """Another machine has claimed it."""


class State(str, enum.Enum):
    """What became of a session."""

    ISSUED = "issued"
    USED = "used"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@frozen
class Session:
    """One QR. Times are microseconds UTC."""

    id: str
    organisation: str
    person: str
    issued_at: int
    expires_at: int
    state: State = State.ISSUED
    claimed_by: str | None = None
    """The machine that claimed it on line, for the screen's sake."""
    visit: str | None = None
    """The first visit that named it."""
    ended_at: int | None = None

    def due(self, now: int) -> bool:
        """Tell whether its time is over and nobody said so yet."""
        return self.state is State.ISSUED and now >= self.expires_at


def issue(id: str, organisation: str, person: str, now: int) -> Session:
    """Issue a session. Its times are whole seconds, as a token says them."""
    issued = now // SECONDS
    return Session(
        id=id,
        organisation=organisation,
        person=person,
        issued_at=issued * SECONDS,
        expires_at=(issued + LIFETIME) * SECONDS,
    )


def claim(session: Session, machine: str, now: int) -> Session:
    """Claim a session for a machine. A claim repeated by the same machine succeeds, used or not.

    Raises SessionOver, ClaimedElsewhere.
    """
    if session.claimed_by == machine and session.state in (State.ISSUED, State.USED):
        return session
    if session.due(now):
        raise SessionOver(expire(session, now))
    if session.state is not State.ISSUED:
        raise SessionOver(session)
    if session.claimed_by is not None:
        raise ClaimedElsewhere(f"session {session.id} is claimed by another machine")
    return evolve(session, claimed_by=machine)


def use(session: Session, visit: str, now: int) -> Session:
    """Note that a visit named the session; the first one counts, and no state stands in the way."""
    if session.state is State.USED:
        return session
    return evolve(session, state=State.USED, visit=visit, ended_at=now)


def withdraw(session: Session, now: int) -> Session:
    """Withdraw a session that nobody scanned. Raises SessionOver."""
    if session.state is not State.ISSUED:
        raise SessionOver(session)
    return evolve(session, state=State.WITHDRAWN, ended_at=now)


def expire(session: Session, now: int) -> Session:
    """Note that a session's time is over. Raises SessionOver when it is not open."""
    if session.state is not State.ISSUED:
        raise SessionOver(session)
    return evolve(session, state=State.EXPIRED, ended_at=now)


def organisation_tag(organisation: str) -> str:
    """Return how tokens and price lists name an organisation: 16 hexadecimal digits of its UUID's SHA-256."""
    return hashlib.sha256(organisation.encode("ascii")).hexdigest()[:16]
