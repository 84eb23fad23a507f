"""Tickets of a platform that serves its objects itself: what they allow, and a signature over it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from attrs import frozen

from application.ports.objects import TicketRefused
from domain.objects.name import Bucket, ObjectName, UnfitKey

SECOND = 1_000_000


@frozen
class Grant:
    """What an upload's ticket allows."""

    name: ObjectName
    size: int
    media_type: str
    expires: int
    """Seconds UTC."""


class Tickets:
    """Signs tickets and reads them again."""

    def __init__(self, key: bytes) -> None:
        """Take a secret of at least 32 bytes that is used for nothing else."""
        assert len(key) >= 32
        self._key = key

    def write_upload(self, grant: Grant) -> dict[str, str]:
        """Return the fields of an upload's form."""
        return {
            "size": str(grant.size),
            "Content-Type": grant.media_type,
            "expires": str(grant.expires),
            "signature": self._sign("upload", str(grant.name), str(grant.size), grant.media_type, str(grant.expires)),
        }

    def read_upload(self, bucket: str, key: str, fields: Mapping[str, str], now: int) -> Grant:
        """Return what the fields of a form allow at `now` (microseconds UTC). Raises TicketRefused."""
        name = _named(bucket, key)
        size, media_type, expires = (fields.get(each, "") for each in ("size", "Content-Type", "expires"))
        self._check(fields, now, expires, "upload", str(name), size, media_type, expires)
        return Grant(name, int(size), media_type, int(expires))

    def write_download(self, name: ObjectName, expires: int) -> dict[str, str]:
        """Return the query of a download's address."""
        return {"expires": str(expires), "signature": self._sign("download", str(name), str(expires))}

    def read_download(self, bucket: str, key: str, fields: Mapping[str, str], now: int) -> ObjectName:
        """Return what the query of an address allows to get. Raises TicketRefused."""
        name = _named(bucket, key)
        expires = fields.get("expires", "")
        self._check(fields, now, expires, "download", str(name), expires)
        return name

    def _check(self, fields: Mapping[str, str], now: int, expires: str, *said: str) -> None:
        """Only what is signed is looked at: everything after the first line is our own words."""
        if not hmac.compare_digest(fields.get("signature", "").encode(), self._sign(*said).encode()):
            raise TicketRefused("this ticket was changed, or is for something else")
        if now >= int(expires) * SECOND:
            raise TicketRefused("this ticket is expired")

    def _sign(self, *said: str) -> str:
        # No part can hold a line end: keys and types are of a closed alphabet, the rest are numbers.
        return hmac.new(self._key, "\n".join(said).encode(), hashlib.sha256).hexdigest()


def _named(bucket: str, key: str) -> ObjectName:
    try:
        return ObjectName(Bucket(bucket), key)
    except (ValueError, UnfitKey) as unfit:
        raise TicketRefused("no ticket names such an object") from unfit
