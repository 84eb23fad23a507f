"""What a machine by itself thinks of a code that was held before it: a named verdict for every code there is.

It is an early answer for the person at the screen. Who is paid the platform decides, from the token in the journal.
"""

from __future__ import annotations

import enum

from domain.deposits.token import SECONDS, Claims


class CodeVerdict(str, enum.Enum):
    """What becomes of a code that was read."""

    OK = "ok"
    MALFORMED = "malformed"
    """No session token: some other QR code, or a damaged one."""
    UNKNOWN_KEY = "unknown_key"
    """Signed by a key that this machine was not told of."""
    BAD_SIGNATURE = "bad_signature"
    OTHER_ORGANISATION = "other_organisation"
    OTHER_MACHINE = "other_machine"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    ALREADY_USED = "already_used"
    """Its visit on this machine was closed in the ordinary way."""
    WITHDRAWN = "withdrawn"
    """The platform says that the person took it back."""
    CLAIMED_ELSEWHERE = "claimed_elsewhere"
    """The platform says that another machine serves it."""
    UNKNOWN_SESSION = "unknown_session"
    """The platform has no such session."""
    NOT_CHECKED = "not_checked"
    """The machine could not judge it (it holds no keys yet, or did not come to an answer in time)."""


CLOCKS_DIFFER = 5 * SECONDS
"""Microseconds by which a trusted clock may lag: a code issued this moment must not seem to come from the future."""

SAID_BY_PLATFORM = {
    "malformed": CodeVerdict.MALFORMED,
    "forged": CodeVerdict.BAD_SIGNATURE,
    "other_organisation": CodeVerdict.OTHER_ORGANISATION,
    "other_machine": CodeVerdict.OTHER_MACHINE,
    "expired": CodeVerdict.EXPIRED,
    "used": CodeVerdict.ALREADY_USED,
    "withdrawn": CodeVerdict.WITHDRAWN,
    "claimed_elsewhere": CodeVerdict.CLAIMED_ELSEWHERE,
    "unknown": CodeVerdict.UNKNOWN_SESSION,
}
"""The verdict for each refusal of a claim; a code that is not known here counts as UNKNOWN_SESSION."""


def judge(claims: Claims, *, organisation: str, machine: str, now: int | None) -> CodeVerdict:
    """Judge the claims of a token whose signature was verified.

    `organisation` is the 16 hexadecimal digits that tokens name it by, `now` microseconds UTC by a trusted clock.
    Without trusted time (None) the token counts on its signature alone.
    """
    if claims.organisation != organisation:
        return CodeVerdict.OTHER_ORGANISATION
    if claims.machine not in (None, machine):
        return CodeVerdict.OTHER_MACHINE
    if now is None or claims.valid_within(now, now + CLOCKS_DIFFER):
        return CodeVerdict.OK
    return CodeVerdict.EXPIRED if now >= claims.expires * SECONDS else CodeVerdict.NOT_YET_VALID
