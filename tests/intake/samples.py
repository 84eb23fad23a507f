"""Values that the tests of the intake speak with."""

from __future__ import annotations

import uuid

from domain.deposits.acceptance import Policy
from domain.deposits.bodies import Counters, Picture
from domain.deposits.intake.state import SECOND, Configuration
from domain.deposits.recognition import Box, Mask, Material, Recognition
from domain.deposits.token import Claims, to_text
from domain.points.price_list import PriceList

NOW = 1_800_000_000 * SECOND
MACHINE = str(uuid.UUID(int=77))
ORGANISATION = "00112233445566ff"
MODEL = "test-1+00000000"
POLICY = Policy(threshold=800_000, disagreement=900_000)
CONFIGURATION = Configuration(software="test", model=MODEL, policy=POLICY)
PRICES = PriceList(
    version="p1", organisation=ORGANISATION, valid_from=NOW - SECOND, valid_until=NOW + 10**6 * SECOND,
    points={Material.GLASS: 30, Material.METAL: 50, Material.PLASTIC: 40},
)  # fmt: skip


def code(person: int, expires_in: int = 300) -> str:
    """A well-formed token of a person; its signature is nobody's."""
    claims = Claims(
        key_id="0a1b2c3d", organisation=ORGANISATION,
        person=str(uuid.UUID(int=person)), session=str(uuid.UUID(int=person + 1_000)),
        expires=NOW // SECOND + expires_in, lives=300,
    )  # fmt: skip
    return to_text(claims, bytes(64))


ALICE, BOB = code(1), code(2)


def seen(label: Material | None = Material.PLASTIC, confidence: int = 970_000, items: int = 1) -> Recognition:
    return Recognition(
        items=items, label=label, confidence=confidence, container=confidence, box=Box(10, 10, 90, 190),
        vote=label, vote_confidence=confidence, mask=Mask(9_000), model=MODEL,
    )  # fmt: skip


PAPER = seen(Material.PAPER)
BOTTLE = seen()


def picture(tag: str = "a") -> Picture:
    return Picture(sha256=tag.encode().hex().rjust(64, "0")[-64:], perceptual_hash="0" * 16)


NO_COUNTS = Counters(0, 0)
