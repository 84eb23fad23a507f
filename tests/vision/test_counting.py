"""Which detections are items of their own, and which one is spoken of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.deposits.acceptance import Policy, Reason, decide
from domain.deposits.recognition import (
    PPM,
    Box,
    Classification,
    Counting,
    Detection,
    Mask,
    Material,
    recognised,
    separate_items,
)

RULE = Counting(second_item=400_000, same_item=500_000)
BOTTLE = Detection(Box(10, 10, 110, 210), Material.PLASTIC, 900_000)


def beside(confidence, label=Material.METAL):
    return Detection(Box(200, 10, 300, 110), label, confidence)


@st.composite
def detections(draw):
    x0, y0 = draw(st.integers(0, 300)), draw(st.integers(0, 300))
    box = Box(x0, y0, x0 + draw(st.integers(1, 200)), y0 + draw(st.integers(1, 200)))
    return Detection(box, draw(st.sampled_from(Material)), draw(st.integers(0, PPM)))


def test_one_item_is_one_however_uncertain():
    faint = Detection(BOTTLE.box, BOTTLE.label, 260_000)
    assert separate_items([faint], RULE) == (faint,)
    assert separate_items([], RULE) == ()


@pytest.mark.parametrize(("confidence", "items"), [(399_999, 1), (400_000, 2)])
def test_a_second_item_counts_when_it_is_sure_enough(confidence, items):
    assert len(separate_items([BOTTLE, beside(confidence)], RULE)) == items


@pytest.mark.parametrize(("shift", "items"), [(49, 1), (50, 1), (51, 2)])
def test_boxes_that_share_half_of_the_smaller_one_are_one_item(shift, items):
    other = Detection(Box(10 + shift, 10, 110 + shift, 210), Material.GLASS, 800_000)
    assert len(separate_items([BOTTLE, other], RULE)) == items


def test_a_label_on_a_bottle_is_no_second_item():
    label = Detection(Box(30, 80, 90, 140), Material.PAPER, 700_000)
    assert separate_items([label, BOTTLE], RULE) == (BOTTLE,)


@given(st.lists(detections(), max_size=8), st.randoms())
def test_the_order_in_which_things_are_found_says_nothing(found, chance):
    mixed = list(found)
    chance.shuffle(mixed)
    items = separate_items(mixed, RULE)
    assert items == separate_items(found, RULE)
    assert bool(items) == bool(found)
    assert all(one.confidence <= items[0].confidence for one in found)
    for place, one in enumerate(items):
        for other in items[:place]:
            assert one.confidence >= RULE.second_item
            assert one.box.shared(other.box) * 2 < min(one.box.area, other.box.area)


@given(detections(), detections())
def test_what_two_boxes_share_is_counted_alike_from_both_sides(one, other):
    assert one.box.shared(other.box) == other.box.shared(one.box) <= min(one.box.area, other.box.area)
    assert one.box.shared(one.box) == one.box.area


def test_two_items_are_refused_for_that_reason_and_the_surest_is_spoken_of():
    named = Classification({Material.PLASTIC: 980_000, Material.GLASS: 20_000})
    seen = recognised(separate_items([beside(500_000), BOTTLE], RULE), named, Mask(BOTTLE.box.area), "m")
    assert (seen.items, seen.box, seen.vote, seen.vote_confidence) == (2, BOTTLE.box, Material.PLASTIC, 900_000)
    assert (seen.label, seen.confidence, seen.container) == (Material.PLASTIC, 980_000, PPM)
    decision = decide(seen, Policy(threshold=550_000, disagreement=900_000))
    assert (decision.accepted, decision.reason) == (False, Reason.TWO_ITEMS)


def test_a_vote_may_be_less_sure_than_that_there_is_an_item():
    unsure = Detection(BOTTLE.box, Material.PAPER, 950_000, vote=400_000)
    seen = recognised((unsure,), Classification({Material.PLASTIC: PPM}), Mask(BOTTLE.box.area), "m")
    assert (seen.vote, seen.vote_confidence) == (Material.PAPER, 400_000)
    assert decide(seen, Policy(threshold=550_000, disagreement=900_000)).accepted


@pytest.mark.parametrize("wrong", [{"second_item": -1}, {"second_item": PPM + 1}, {"same_item": 2 * PPM}])
def test_a_counting_rule_out_of_range_is_refused(wrong):
    with pytest.raises(ValueError, match="parts per million"):
        Counting(**{"second_item": 1, "same_item": 1, **wrong})
