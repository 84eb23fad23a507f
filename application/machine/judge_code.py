"""Judge a code that was held before the machine, without asking anybody."""

from __future__ import annotations

from application.ports.clock import Reading
from application.ports.signing import SignatureVerifier
from application.ports.uplink import TrustedKeys
from domain.deposits.scanning import CodeVerdict, judge
from domain.deposits.token import MalformedToken, from_text


def judge_code(
    text: str, *, trust: TrustedKeys | None, verifier: SignatureVerifier, machine: str, now: int | None
) -> CodeVerdict:
    """Return the verdict on the text of a code.

    `trust` is None on a machine that was never told its organisation and keys. `now` is microseconds UTC by a trusted
    clock, or None: then a token counts on its signature alone.
    """
    try:
        token = from_text(text)
    except MalformedToken:
        return CodeVerdict.MALFORMED
    if trust is None:
        return CodeVerdict.NOT_CHECKED
    key = trust.keys.get(token.claims.key_id)
    if key is None:
        return CodeVerdict.UNKNOWN_KEY
    if not verifier.verify(key, token.signed, token.signature):
        return CodeVerdict.BAD_SIGNATURE
    return judge(token.claims, organisation=trust.organisation, machine=machine, now=now)


def trusted_time(reading: Reading) -> int | None:
    """Return the time of day, microseconds UTC, or None where the clock is not trusted."""
    return reading.wall if reading.trusted else None
