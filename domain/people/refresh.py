"""How somebody stays signed in: a family of refresh tokens, of which only the newest counts.

Signing in opens a family at generation 0. Each refresh moves it one generation on. Two cases look alike
at first and must not be confused:

- the reply to a refresh was lost on the way: the same token comes again, soon. It is answered with the
  very generation that the lost reply carried (within GRACE; two tabs of one browser look the same).
- a token was stolen: an older generation comes back when its owner has long moved on, or the owner
  comes with one that the thief has used. Nobody can tell which of the two is the thief, so the whole
  family ends and the person signs in again.

Times are microseconds UTC.
"""

from __future__ import annotations

import enum

from attrs import evolve, field, frozen

SECONDS = 1_000_000
GRACE = 30 * SECONDS
"""How long after a rotation the token before it is taken for a lost reply."""
IDLE = 30 * 86_400 * SECONDS
"""A family that is not refreshed for this long has expired."""
LONGEST = 365 * 86_400 * SECONDS
"""From then on a person signs in again, however often they came."""


class RefreshRefused(Exception):
    """This refresh token gives nothing; the message says why."""


class RefreshUnknown(RefreshRefused):
    """No such family, or a generation that was never given out."""


class RefreshExpired(RefreshRefused):
    """It was not used for too long, or the family is too old."""


class RefreshEnded(RefreshRefused):
    """The family was ended before: signed out, or ended by a theft."""


class RefreshReused(RefreshRefused):
    """An older token came back after the grace: a theft. The family is to be ended for good."""


class End(str, enum.Enum):
    """Why a family ended."""

    SIGNED_OUT = "signed_out"
    REUSED = "reused"


@frozen
class Family:
    """All refresh tokens that come from one sign-in. Only `generation` is kept, never a token."""

    id: str
    person: str
    organisation: str
    opened_at: int
    generation: int = field(default=0)
    rotated_at: int = field(kw_only=True)
    """When `generation` was given out."""
    ended: End | None = None

    def expires_at(self) -> int:
        """Return when the newest token expires."""
        return min(self.rotated_at + IDLE, self.opened_at + LONGEST)


def opened(id: str, person: str, organisation: str, now: int) -> Family:
    """Open a family: somebody signed in."""
    return Family(id=id, person=person, organisation=organisation, opened_at=now, rotated_at=now)


def presented(family: Family, generation: int, now: int) -> Family:
    """Return the family after one of its tokens was presented; its `generation` is what the answer carries.

    Raises RefreshEnded, RefreshExpired, RefreshUnknown, and RefreshReused, on which the caller keeps
    `ended(family, End.REUSED)`.
    """
    if family.ended is not None:
        raise RefreshEnded(f"this sign-in is over: {family.ended.value}")
    if generation > family.generation:
        raise RefreshUnknown("this token was never given out")
    if now >= family.expires_at():
        raise RefreshExpired("this sign-in has expired")
    if generation == family.generation:
        return evolve(family, generation=generation + 1, rotated_at=max(now, family.rotated_at))
    if generation == family.generation - 1 and now < family.rotated_at + GRACE:
        return family
    raise RefreshReused("an older token of this sign-in was used again")


def ended(family: Family, why: End) -> Family:
    """Return the family, over for good; what ended it first stays the reason."""
    return family if family.ended is not None else evolve(family, ended=why)
