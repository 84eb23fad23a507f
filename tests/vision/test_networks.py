"""Boxes come back in pixels of the picture, probabilities in whole parts that sum to one."""

import numpy as np
import pytest
from attrs import evolve
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.vision.frame import PictureFrame
from adapters.vision.onnx_classifier import in_ppm, softmax
from adapters.vision.onnx_detector import OnnxDetector
from adapters.vision.pictures import decode
from application.ports.vision import InferenceFailed
from domain.deposits.recognition import PPM, Box, Material
from simulators.vision import SimulatedFrame
from tests.vision.drawing import BLUE, GREEN, RED, encoded, exif, ground, jpeg_with_exif, stored_for, with_block


def frame_of(picture):
    return PictureFrame(picture, picture.shape[1], picture.shape[0], "0" * 64)


@st.composite
def marked(draw):
    """A picture of any shape and size, and where a marker stands in it."""
    width, height = draw(st.integers(40, 1400)), draw(st.integers(40, 1400))
    least = max(4, max(width, height) // 20)
    x0, y0 = draw(st.integers(0, max(0, width - least))), draw(st.integers(0, max(0, height - least)))
    x1 = draw(st.integers(min(width, x0 + least), width))
    y1 = draw(st.integers(min(height, y0 + least), height))
    return width, height, (x0, y0, x1, y1)


@settings(max_examples=120, deadline=None)
@given(marked())
@example((384, 512, (0, 0, 384, 512)))
@example((1400, 40, (1396, 0, 1400, 40)))
@example((40, 1400, (0, 1330, 40, 1400)))
def test_a_marker_is_found_where_it_stands(tiny_detector, case):
    width, height, box = case
    found = tiny_detector.detect(frame_of(with_block(ground(width, height), box, RED)))
    assert [one.label for one in found] == [Material.METAL]
    near = 1 + 2 * max(width, height) / 224  # a pixel of the network on either side
    got = found[0].box
    assert np.abs(np.array([got.x0, got.y0, got.x1, got.y1]) - box).max() <= near
    assert got.x0 >= 0
    assert got.y0 >= 0
    assert got.x1 <= width
    assert got.y1 <= height


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_box_is_in_pixels_of_the_upright_picture(tiny_detector, orientation):
    upright = with_block(ground(300, 500), (30, 50, 110, 150), RED)
    stored = encoded(stored_for(upright, orientation), ".jpg")
    found = tiny_detector.detect(decode(jpeg_with_exif(stored, exif(orientation))))[0].box
    assert np.abs(np.array([found.x0, found.y0, found.x1, found.y1]) - (30, 50, 110, 150)).max() <= 5


def test_a_box_is_in_pixels_of_the_whole_picture_however_small_it_was_decoded(tiny_detector):
    picture = with_block(ground(3000, 4000), (500, 1000, 1500, 3000), RED)
    found = tiny_detector.detect(decode(encoded(picture, ".jpg")))[0].box
    assert np.abs(np.array([found.x0, found.y0, found.x1, found.y1]) - (500, 1000, 1500, 3000)).max() <= 36


@pytest.mark.parametrize("summed", [True, False])
def test_how_sure_it_is_of_an_item_is_the_sum_of_its_labels_scores_or_the_best(tiny, monkeypatch, summed):
    """A box that nobody can name is an item by the sum; the vote says how sure the best label alone is."""
    told = evolve(tiny, detector=evolve(tiny.detector, summed=summed, confidence=0.2))
    detector = OnnxDetector(told, threads=1)
    answer = np.zeros((10, 2), np.float32)
    answer[:4, 0], answer[4:, 0] = (112, 112, 50, 50), (0.1, 0.3, 0.1, 0.1, 0.25, 0.1)
    answer[:4, 1], answer[4:, 1] = (30, 30, 20, 20), 0.05
    monkeypatch.setattr(detector._engine, "run", lambda _picture: answer)
    found = detector.detect(frame_of(ground(224, 224)))
    assert [(one.confidence, one.vote) for one in found] == (
        [(950_000, 300_000), (300_000, 50_000)] if summed else [(300_000, 300_000)]
    )
    assert found[0].label is told.labels[1]


def test_the_most_certain_item_comes_first_and_an_empty_ground_has_none(tiny_detector):
    both = with_block(with_block(ground(), (20, 20, 120, 120), (120, 120, 220)), (200, 300, 300, 400), BLUE)
    found = tiny_detector.detect(frame_of(both))
    assert [one.label for one in found] == [Material.PLASTIC, Material.METAL]
    assert found[0].confidence > found[1].confidence
    assert tiny_detector.detect(frame_of(ground())) == ()


def test_one_place_is_one_detection_whatever_it_votes(tiny_detector):
    """Red and blue dots over the same place: two candidates, the less certain one is suppressed."""
    picture = ground()
    picture[100:300:8, 100:300:8] = RED
    block = picture[100:300, 100:300]
    block[0:8], block[-8:], block[:, 0:8], block[:, -8:] = RED, RED, RED, RED
    block[8:16, 8:-8], block[-16:-8, 8:-8], block[8:-8, 8:16], block[8:-8, -16:-8] = BLUE, BLUE, BLUE, BLUE
    assert len(tiny_detector.detect(frame_of(picture))) == 1


@pytest.mark.parametrize(
    ("colour", "material"), [(RED, Material.METAL), (BLUE, Material.PLASTIC), (GREEN, Material.GLASS)]
)
def test_what_is_in_the_box_is_named(tiny_classifier, colour, material):
    picture = with_block(ground(), (100, 200, 200, 300), colour)
    named = tiny_classifier.classify(frame_of(picture), Box(100, 200, 200, 300))
    assert named.label is material
    assert sum(named.probabilities.values()) == PPM


def test_the_classifier_looks_at_the_box_and_nowhere_else(tiny_classifier):
    picture = with_block(ground(3000, 4000, colour=RED), (500, 1000, 1500, 2000), GREEN)
    frame = decode(encoded(picture, ".jpg"))
    assert frame.pixels.shape[1] < 3000
    assert tiny_classifier.classify(frame, Box(500, 1000, 1500, 2000)).label is Material.GLASS
    assert tiny_classifier.classify(frame, Box(1700, 2300, 2700, 3300)).label is Material.METAL


@given(st.lists(st.floats(-60, 60), min_size=1, max_size=40))
def test_parts_per_million_sum_to_a_million_and_keep_the_order(logits):
    exact = softmax(np.array(logits))
    parts = in_ppm(exact)
    assert sum(parts) == PPM
    assert max(abs(part - share * PPM) for part, share in zip(parts, exact, strict=True)) < 1.001
    for one, its in zip(parts, exact, strict=True):
        for other, others in zip(parts, exact, strict=True):
            assert one >= other or its <= others


def test_vision_says_so_when_it_is_shown_no_picture(tiny_detector, tiny_classifier):
    blind = SimulatedFrame(10, 10, "0" * 64, "0" * 16)
    with pytest.raises(InferenceFailed, match="SimulatedFrame"):
        tiny_detector.detect(blind)
    with pytest.raises(InferenceFailed, match="SimulatedFrame"):
        tiny_classifier.classify(blind, Box(0, 0, 5, 5))
