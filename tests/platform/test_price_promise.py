"""The promise on the screen is kept if its list may have been in force: anywhere in the item's span (P4)."""

from __future__ import annotations

import pytest

from domain.deposits.acceptance import Decision, Reason
from domain.deposits.bodies import Counters, ItemDecided, Promise
from domain.deposits.corrected_time import Span
from domain.deposits.recognition import Box, Mask, Material, Recognition
from domain.deposits.settlement import Standing, Why, price
from domain.points.price_list import PriceList

OLD = PriceList("old", "an organisation", valid_from=1_000, valid_until=2_000, points={Material.GLASS: 50})
NEW = PriceList("new", "an organisation", valid_from=2_000, valid_until=3_000, points={Material.GLASS: 70})


def promised(points: int, by: str) -> ItemDecided:
    return ItemDecided(
        visit="a visit",
        decision=Decision(accepted=True, reason=Reason.CONTAINER),
        recognition=Recognition(
            items=1, label=Material.GLASS, confidence=990_000, container=995_000, box=Box(1, 2, 3, 4),
            vote=Material.GLASS, vote_confidence=900_000, mask=Mask(4), model="m",
        ),
        picture=None,
        promise=Promise(price_list=by, points=points),
        counters=Counters(0, 0),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("span", "standing", "why", "points"),
    [
        (Span(1_500, 1_500), Standing.CREDITED, Why.PROMISED, 50),
        (Span(500, 1_000), Standing.CREDITED, Why.PROMISED, 50),
        (Span(1_999, 2_500), Standing.CREDITED, Why.PROMISED, 50),
        (Span(500, 2_500), Standing.CREDITED, Why.PROMISED, 50),
        (Span(2_000, 2_500), Standing.REPRICED, Why.LIST_NOT_IN_FORCE, 70),
        (Span(500, 999), Standing.HELD, Why.NO_PRICE_LIST, 0),
    ],
)
def test_a_promise_holds_where_its_list_may_have_been_in_force(
    span: Span, standing: Standing, why: Why, points: int
) -> None:
    verdict = price(promised(50, "old"), span, [NEW, OLD])

    assert (verdict.standing, verdict.why, verdict.points) == (standing, why, points)
