"""Publish a price list: sign its bytes, keep them, and pay by them from `valid_from` on."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from application.platform.again import again
from application.ports.clock import Clock
from application.ports.outbox import Announcement
from application.ports.signing import Signer
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.deposits.recognition import Material
from domain.deposits.session import organisation_tag
from domain.points.price_list import MalformedPriceList, PriceList, SignedPriceList, write


@frozen
class PublishPriceList:
    """Publishes price lists."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    signer: Signer

    @again
    def __call__(
        self, organisation: str, version: str, points: Mapping[Material, int], valid_from: int, valid_until: int
    ) -> SignedPriceList:
        """Publish a list; times are microseconds UTC. The same list again changes nothing.

        Raises MalformedPriceList, AlreadyThere (the version was published with other contents).
        """
        if valid_until <= valid_from:
            raise MalformedPriceList("a price list is in force until after it begins")
        prices = PriceList(
            version=version,
            organisation=organisation_tag(organisation),
            valid_from=valid_from,
            valid_until=valid_until,
            points=dict(points),
        )
        raw = write(prices)
        signed = SignedPriceList(raw=raw, key_id=self.signer.key_id, signature=self.signer.sign(raw))
        with self.unit_of_work() as work:
            now = self.clock.now().wall
            if any(kept.raw == raw for kept in work.price_lists.of(organisation)):
                return signed
            work.price_lists.add(organisation, signed, now)
            data = {"version": version, "valid_from": valid_from, "valid_until": valid_until}
            aggregate = f"organisation:{organisation}"
            work.outbox.add([Announcement(organisation, aggregate, "price_list.published", data, now)])
            work.commit()
        return signed
