"""The item's pixels are told from the ground, whatever the light does."""

import cv2
import numpy as np
import pytest

from adapters.vision.frame import PictureFrame
from adapters.vision.ground_segmenter import GroundSegmenter
from adapters.vision.pictures import decode, read_picture
from application.ports.vision import InferenceFailed
from domain.deposits.recognition import Box
from simulators.vision import SimulatedFrame
from tests.vision.drawing import BLUE, GREEN, encoded, ground, with_block
from tests.vision.packaged import BOXES, files

BOX = Box(100, 120, 290, 400)


def frame_of(picture):
    return PictureFrame(np.ascontiguousarray(picture), picture.shape[1], picture.shape[0], "0" * 64)


def ellipse(picture, box, colour):
    centre, axes = ((box.x0 + box.x1) // 2, (box.y0 + box.y1) // 2), ((box.x1 - box.x0) // 2, (box.y1 - box.y0) // 2)
    return cv2.ellipse(picture.copy(), centre, axes, 0, 0, 360, colour, cv2.FILLED)


def lit(picture, strength=60):
    """Light that falls off from one corner, and the camera's noise."""
    tall, wide = picture.shape[:2]
    fall = np.add.outer(np.linspace(0, 0.5, tall), np.linspace(0, 0.5, wide))[..., None] * strength
    noise = np.random.default_rng(3).normal(0, 3, picture.shape)
    return np.clip(picture - fall + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("colour", [BLUE, GREEN, (40, 40, 40), (90, 120, 150)])
@pytest.mark.parametrize("light", [lambda p: p, lit], ids=["even light", "falling light"])
def test_an_ellipse_fills_its_share_of_the_box(colour, light):
    share = GroundSegmenter().segment(frame_of(light(ellipse(ground(), BOX, colour))), BOX).area / BOX.area
    assert share == pytest.approx(np.pi / 4, abs=0.09)


def test_a_clear_bottle_counts_with_its_middle():
    """Only its rim differs from the ground; what the rim encloses belongs to it."""
    rim = cv2.ellipse(ground(), (195, 260), (90, 135), 0, 0, 360, (90, 90, 90), 16)
    assert GroundSegmenter().segment(frame_of(rim), BOX).area / BOX.area == pytest.approx(np.pi / 4, abs=0.1)


def test_photographs_white_on_white_too():
    """Items fill 0.45 to 0.98 of the boxes an eye drew around these; found by colour alone, three filled under 0.1."""
    boxes = {path: Box(*BOXES[path.stem]) for path in files()}
    shares = {
        path.stem: GroundSegmenter().segment(read_picture(path), box).area / box.area for path, box in boxes.items()
    }
    assert all(0.45 <= share <= 0.98 for share in shares.values()), shares


def test_an_empty_box_holds_nothing():
    assert GroundSegmenter().segment(frame_of(lit(ground())), BOX).area < 0.03 * BOX.area


def test_a_soft_shadow_is_no_item():
    shadow = ellipse(np.zeros_like(ground()), BOX, (28, 28, 28))
    soft = cv2.GaussianBlur(shadow, (0, 0), 25)
    assert GroundSegmenter().segment(frame_of(cv2.subtract(ground(), soft)), BOX).area < 0.25 * BOX.area


def test_an_item_that_fills_the_picture_is_counted_whole():
    whole = Box(0, 0, 384, 512)
    assert GroundSegmenter().segment(frame_of(with_block(ground(), (0, 0, 384, 512), GREEN)), whole).area == whole.area


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (10, 2000), (2000, 10), (64, 64), (65, 63)])
def test_any_size_and_any_box_stay_within_the_box(size):
    frame = frame_of(lit(ground(*size)))
    for box in (Box(0, 0, *size), Box(size[0] - 1, size[1] - 1, *size), Box(0, 0, 1, 1)):
        assert 0 <= GroundSegmenter().segment(frame, box).area <= box.area


def test_the_count_is_in_pixels_of_the_whole_picture():
    box = Box(1000, 1000, 2000, 3000)
    frame = decode(encoded(with_block(ground(3000, 4000), (1000, 1000, 2000, 3000), BLUE), ".jpg"))
    assert frame.pixels.shape[0] == 1000
    assert GroundSegmenter().segment(frame, box).area == pytest.approx(box.area, rel=0.08)


def test_it_says_so_when_it_is_shown_no_picture():
    with pytest.raises(InferenceFailed, match="SimulatedFrame"):
        GroundSegmenter().segment(SimulatedFrame(10, 10, "0" * 64, "0" * 16), Box(0, 0, 5, 5))
