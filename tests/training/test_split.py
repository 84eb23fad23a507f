"""The division of photographs: by hash, whole objects, refused where it is not."""

import hashlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.learning.dataset import LABELS, Dataset, Picture, UnknownLabel
from domain.learning.split import (
    IncompleteSplit,
    Part,
    Split,
    SplitError,
    StraddlingSplit,
    divide,
    group_same_objects,
    require_sound,
)


def picture(number, label="glass"):
    return Picture(hashlib.sha256(str(number).encode()).hexdigest(), label, f"{label}/{number}.jpg")


@st.composite
def collections(draw):
    count = draw(st.integers(30, 120))
    pictures = [picture(number, draw(st.sampled_from(LABELS))) for number in range(count)]
    hashes = st.sampled_from([one.sha256 for one in pictures])
    return pictures, draw(st.lists(st.tuples(hashes, hashes), max_size=40))


@settings(max_examples=40, deadline=None)
@given(collections())
def test_photographs_of_one_object_stay_together(made):
    pictures, pairs = made
    split = divide(pictures, pairs, calibration=6, validation=9)
    require_sound(split, pictures, pairs)
    for group in group_same_objects((one.sha256 for one in pictures), pairs):
        assert len({split.parts[sha] for sha in group}) == 1


@settings(max_examples=40, deadline=None)
@given(collections())
def test_every_picture_has_one_part_and_the_parts_are_not_larger_than_wanted(made):
    pictures, pairs = made
    split = divide(pictures, pairs, calibration=6, validation=9)
    assert sum(len(split.of(part)) for part in Part) == len(pictures)
    slack = len(LABELS)  # each label rounds by itself
    assert len(split.of(Part.CALIBRATION)) <= 6 + slack
    assert len(split.of(Part.VALIDATION)) <= 9 + slack


@settings(max_examples=40, deadline=None)
@given(collections(), st.randoms(use_true_random=False))
def test_order_and_names_decide_nothing(made, dice: random.Random):
    pictures, pairs = made
    renamed = [Picture(one.sha256, one.label, "elsewhere") for one in pictures]
    dice.shuffle(renamed)
    turned = [(other, one) for one, other in reversed(pairs)]
    assert divide(renamed, turned, calibration=6, validation=9) == divide(pictures, pairs, calibration=6, validation=9)


@settings(max_examples=40, deadline=None)
@given(collections())
def test_a_torn_pair_is_refused_by_name(made):
    pictures, pairs = made
    split = divide(pictures, pairs, calibration=6, validation=9)
    one = split.of(Part.TRAIN)[0]
    other = next(sha for sha, part in split.parts.items() if part is not Part.TRAIN)
    with pytest.raises(StraddlingSplit) as refused:
        require_sound(split, pictures, [*pairs, (one, other)])
    assert refused.value.pairs == ((one, other),)


def test_an_object_with_many_photographs_teaches():
    pictures = [picture(number) for number in range(100)]
    many = [(pictures[0].sha256, other.sha256) for other in pictures[1:20]]
    split = divide(pictures, many, calibration=10, validation=30)
    assert split.parts[pictures[0].sha256] is Part.TRAIN


def test_a_picture_without_a_part_is_refused():
    pictures = [picture(1), picture(2)]
    with pytest.raises(IncompleteSplit):
        require_sound(Split({pictures[0].sha256: Part.TRAIN}), pictures, [])


def test_a_division_that_leaves_nothing_to_teach_is_refused():
    with pytest.raises(SplitError):
        divide([picture(1), picture(2)], [], calibration=1, validation=1)


def test_copies_count_once_and_contradictions_are_set_aside():
    copy = Picture(picture(1).sha256, "glass", "glass/copy.jpg")
    contradicted = [Picture(picture(2).sha256, "glass", "a"), Picture(picture(2).sha256, "plastic", "b")]
    dataset = Dataset.of([picture(1), copy, *contradicted])
    assert [one.sha256 for one in dataset.pictures] == [picture(1).sha256]
    assert {one.label for one in dataset.contradictions} == {"glass", "plastic"}


def test_an_unknown_label_is_refused():
    with pytest.raises(UnknownLabel):
        Picture("00", "wood")
