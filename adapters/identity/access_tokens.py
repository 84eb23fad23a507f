"""Access tokens as JWT (RFC 7519) in the profile of RFC 9068, HMAC-SHA256, by PyJWT.

The platform alone writes and reads them, so one key does; nothing that a token says chooses how it is
checked (the algorithm and the type are ours, whatever the header claims).
"""

from __future__ import annotations

from typing import Any

import jwt
from attrs import field, frozen

from application.ports.identity import AccessRefused, Caller
from domain.people.role import Role

SECONDS = 1_000_000
_ALGORITHM = "HS256"
_TYPE = "at+jwt"
_AUDIENCE = "myrvm"
_LONGEST = 2_000


@frozen
class JwtAccessTokens:
    """Implements `AccessTokens` with a 32-byte key."""

    _key: bytes = field(repr=False)

    def write(self, caller: Caller) -> str:
        claims = {
            "aud": _AUDIENCE,
            "sub": caller.person,
            "org": caller.organisation,
            "role": caller.role.value,
            "family": caller.family,
            "exp": caller.expires_at // SECONDS,
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM, headers={"typ": _TYPE})

    def read(self, token: str, now: int) -> Caller:
        claims = self._claims(token)
        try:
            caller = Caller(
                person=str(claims["sub"]),
                organisation=str(claims["org"]),
                role=Role(claims["role"]),
                family=str(claims["family"]),
                expires_at=int(claims["exp"]) * SECONDS,
            )
        except (KeyError, ValueError, TypeError) as amiss:
            raise AccessRefused("this access token lacks what ours have") from amiss
        if now >= caller.expires_at:
            raise AccessRefused("this access token has expired")
        return caller

    def _claims(self, token: str) -> dict[str, Any]:
        if len(token) > _LONGEST or not token.isascii():
            raise AccessRefused("this is no access token of ours")
        try:
            whole = jwt.decode_complete(
                token, self._key, algorithms=[_ALGORITHM], audience=_AUDIENCE,
                options={"verify_exp": False, "require": ["exp", "sub", "aud"]},  # the time is the caller's to give
            )  # fmt: skip
        except jwt.InvalidTokenError as odd:
            raise AccessRefused("this is no access token of ours") from odd
        if whole["header"].get("typ") != _TYPE:
            raise AccessRefused("this is a token of another kind")
        claims: dict[str, Any] = whole["payload"]
        return claims
