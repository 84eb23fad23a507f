"""Boxes from the plain ground, composites with known boxes, and the marks of a detector: no torch needed."""

import attrs
import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.training.composites import several_items, shrunk_photograph, side_by_side
from adapters.training.detections import average_precision, choose_thresholds, overlap, read_output
from adapters.training.empty_ground import as_source, empty_ground
from adapters.training.ground import find_item
from adapters.training.pictures import NoPictures, UnreadablePicture, read_dataset, read_image
from domain.deposits.recognition import PPM, Box, Detection, Material
from tests.training.photographs import photograph


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_the_box_of_an_item_on_a_plain_ground_is_found(seed):
    image, truth = photograph(np.random.default_rng(seed))
    found = find_item(image)
    assert not found.whole_frame
    assert overlap(found.box, truth) > 0.75


def test_a_soft_shadow_is_no_item():
    image, truth = photograph(np.random.default_rng(3), shadow=True)
    assert overlap(find_item(image).box, truth) > 0.65


def test_an_item_that_fills_the_picture_is_the_whole_frame():
    board = np.full((512, 384, 3), (176, 130, 84), np.uint8)
    cv2.line(board, (0, 200), (383, 230), (120, 84, 50), 3)
    found = find_item(board)
    assert found.whole_frame
    assert found.box == (0, 0, 384, 512)


def sources(count=6):
    made = [photograph(np.random.default_rng(seed)) for seed in range(count)]
    return [as_source(image, find_item(image), place % 6) for place, (image, _) in enumerate(made)]


def test_composites_are_what_they_say():
    given_sources, dice = sources(), np.random.default_rng(1)
    double = several_items(given_sources, given_sources, 2, dice, (0.25, 0.4))
    assert len(double.boxes) == 2
    (one, _), (other, _) = double.boxes
    assert overlap(one, other) < 0.05
    assert len(side_by_side(*given_sources[:2], dice).boxes) == 2
    shrunk = shrunk_photograph(given_sources[0], 0.4, dice)
    assert len(shrunk.boxes) == 1
    assert empty_ground(given_sources, dice).std() < 40


def test_an_item_that_is_painted_over_is_gone_without_a_seam():
    image, box = photograph(np.random.default_rng(11), shadow=True)
    source = as_source(image, find_item(image), 0)
    assert source.bare is not None
    x0, y0, x1, y1 = (round(side * 320 / 512) for side in box)
    inside, around = source.bare[y0:y1, x0:x1], np.delete(source.bare, np.s_[y0:y1], axis=0)
    assert abs(np.median(inside) - np.median(around)) < 12
    assert find_item(source.bare.astype(np.uint8)).whole_frame


def test_a_photograph_whose_item_was_found_in_part_gives_no_ground():
    """What the mask missed would lie on the "empty" ground."""
    image, _ = photograph(np.random.default_rng(11))
    found = find_item(image)
    half = found.mask.copy()
    half[: (found.box[1] + found.box[3]) // 2] = 0
    partial = as_source(image, attrs.evolve(found, mask=half), 0)
    assert partial.bare is None
    clean = as_source(image, found, 0)
    for seed in range(12):
        drawn, same = (empty_ground(given, np.random.default_rng(seed)) for given in ([partial, clean], [clean]))
        assert find_item(drawn).whole_frame
        assert find_item(same).whole_frame


def test_items_laid_close_by_stand_apart_all_the_same():
    given_sources = sources()
    gaps = []
    for seed in range(20):
        scene = several_items(given_sources, given_sources, 2, np.random.default_rng(seed), (0.2, 0.4), near=1.0)
        (a, _), (b, _) = scene.boxes
        gaps.append(max(max(a[0], b[0]) - min(a[2], b[2]), max(a[1], b[1]) - min(a[3], b[3])))
    assert all(gap >= -3 for gap in gaps)
    assert np.mean([gap < 18 for gap in gaps]) > 0.7


def test_the_same_seed_makes_the_same_scene():
    given_sources = sources(3)
    one, other = (several_items(given_sources, given_sources, 2, np.random.default_rng(7)) for _ in range(2))
    assert np.array_equal(one.image, other.image)
    assert one.boxes == other.boxes


def test_average_precision():
    truths = [(0, 0, 10, 10), (0, 0, 10, 10)]
    right, wrong = (0, 0, 10, 10), (50, 50, 60, 60)
    assert average_precision([[(right, 0.9)], [(right, 0.8)]], truths, 0.5) == pytest.approx(1.0)
    assert average_precision([[(right, 0.9)], [(wrong, 0.8)]], truths, 0.5) == pytest.approx(0.5)
    twice = average_precision([[(right, 0.9), (right, 0.85)], [(right, 0.8)]], truths, 0.5)
    assert 0.8 < twice < 1.0
    assert average_precision([[], []], truths, 0.5) == 0.0


def test_raw_output_is_mapped_back_to_the_picture():
    raw = np.zeros((10, 3), np.float32)
    raw[:4, 0] = (96, 96, 72, 96)  # centre of a 192 square; a 384 x 512 picture lies in it 144 wide
    raw[5, 0] = 0.8
    raw[:4, 1] = (97, 96, 72, 96)
    raw[4, 1] = 0.5
    (found,) = read_output(raw, (384, 512), 192, 0.1)
    assert (found.box.x0, found.box.y0, found.box.x1, found.box.y1) == (96, 128, 288, 384)
    assert found.label.value == "glass"


def test_an_item_nobody_can_name_is_an_item_all_the_same():
    raw = np.zeros((10, 1), np.float32)
    raw[:4, 0] = (96, 96, 72, 96)
    raw[4:, 0] = (0.05, 0.25, 0.05, 0.05, 0.25, 0.05)
    raw[5, 0] += 0.01
    (found,) = read_output(raw, (384, 512), 192, 0.5)
    assert (found.label.value, found.confidence, found.vote) == ("glass", 710_000, 260_000)


def test_thresholds_lie_in_the_middle_of_those_that_err_least():
    def seen(*scores):
        return tuple(
            Detection(Box(200 * place, 0, 200 * place + 100, 100), Material.GLASS, round(score * PPM))
            for place, score in enumerate(scores)
        )

    single, double, none = [seen(0.9, 0.3)], [seen(0.9, 0.6)], [seen(0.2)]
    confidence, second = choose_thresholds(single, double, none)
    assert 0.3 < second < 0.6
    assert 0.2 < confidence <= second
    assert confidence == pytest.approx((0.22 + 0.6) / 2, abs=0.1)


def test_an_empty_folder_and_a_broken_picture_are_named(tmp_path):
    with pytest.raises(NoPictures):
        read_dataset(tmp_path)
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    with pytest.raises(UnreadablePicture):
        read_image(broken)
