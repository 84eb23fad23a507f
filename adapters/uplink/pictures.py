"""The way of pictures over HTTP: a ticket of the platform, then a form (multipart/form-data) posted where it says.

That is the platform itself, or an S3 server. Whoever it is hears nothing of the machine's key.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

import httpx

from adapters.uplink.answers import ticket_of
from adapters.uplink.asking import COME_BACK, CONNECT_S, Asking, named, understood
from application.ports.objects import FILE_FIELD
from application.ports.pictures import PictureNotTaken, PictureUnwanted, Ticket
from application.ports.uplink import Refused, Unreachable

WRITE_S = 15.0
"""Seconds in which a slow network must take the next piece (64 KiB or less)."""
ANSWER_S = 15.0
"""Seconds to hear from the store once it has everything."""

_AGAIN = ("/unknown-picture", "/content-differs")
_UNWANTED = "/unfit-object"


class HttpPictureUplink:
    """One machine's way to bring pictures. Safe to call from several threads."""

    def __init__(self, url: str, machine: str, api_key: str, *, transport: httpx.BaseTransport | None = None) -> None:
        """`url` is the platform's, `api_key` what it gave the machine. `transport` replaces the network."""
        self._url = url.rstrip("/") + "/"
        self._asking = Asking(url, machine, api_key, transport)
        self._outside = httpx.Client(
            timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S, write=WRITE_S),
            follow_redirects=False,
            transport=transport,
            trust_env=False,
        )

    def offer(self, item: str, size: int, media_type: str) -> Ticket | None:
        """Ask for a ticket; None: the platform has the picture. Raises PictureUnwanted, PictureNotTaken."""
        answer = self._ask(f"items/{item}/picture", {"size": size, "media_type": media_type})
        return understood(answer, ticket_of)

    def upload(self, ticket: Ticket, picture: bytes) -> None:
        """Bring the bytes where the ticket says. Raises PictureNotTaken."""
        try:
            address = urljoin(self._url, ticket.url)
            answer = self._outside.post(address, data=dict(ticket.fields), files={FILE_FIELD: picture})
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as broken:
            raise Unreachable(f"a picture: {type(broken).__name__}: {broken}") from broken
        status = answer.status_code
        if status in COME_BACK or status >= 500 or 300 <= status < 400:
            raise Unreachable(f"a picture: status {status}")
        if status >= 400:
            raise PictureNotTaken(f"a picture: status {status}")

    def sent(self, item: str) -> None:
        """Say that they are there. Raises PictureNotTaken."""
        self._ask(f"items/{item}/picture/sent")

    def close(self) -> None:
        """Let go of the connections."""
        self._asking.close()
        self._outside.close()

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = self._asking.ask("POST", path, body, also=frozenset({404, 422}))
        problem = str(answer.get("type", "")) if "status" in answer else ""
        if problem.endswith(_UNWANTED):
            raise PictureUnwanted(f"{path}: {named(answer)}")
        if problem.endswith(_AGAIN):
            raise PictureNotTaken(f"{path}: {named(answer)}")
        if problem:
            raise Refused(f"{path}: {named(answer)}")
        return answer
