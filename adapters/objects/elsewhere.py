"""What a platform answers at its own addresses of objects when an S3 server serves them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from application.ports.objects import Body, Readable, Stored, TicketRefused

_WHY = "this platform's objects are served elsewhere: use the ticket's own address"


class ServedElsewhere:
    """Serves nothing, and says so."""

    def receive(self, bucket: str, key: str, fields: Mapping[str, str], body: Readable) -> Stored:
        """Raise TicketRefused."""
        raise TicketRefused(_WHY)

    @contextmanager
    def give(self, bucket: str, key: str, fields: Mapping[str, str]) -> Iterator[Body]:
        """Raise TicketRefused."""
        raise TicketRefused(_WHY)
        yield
