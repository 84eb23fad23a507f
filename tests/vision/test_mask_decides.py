"""What only the mask decides: pairs of pictures of which both networks say the same, and one is nothing."""

import cv2
import numpy as np
import pytest
from attrs import evolve

from adapters.vision.frame import PictureFrame
from adapters.vision.ground_segmenter import GroundSegmenter
from adapters.vision.package import DEFAULT
from adapters.vision.pictures import read_picture
from application.machine.recognise import Recognise
from domain.deposits.acceptance import Decision, Policy, Reason, decide
from domain.deposits.recognition import PPM, Box, Classification, Counting, Detection, Mask, Material, recognised
from domain.deposits.shape import LONGEST, SHORTEST, Shape, millimetres, shape_of
from entrypoints.eyes import open_eyes
from simulators.vision import Recorded, SimulatedFrame, SimulatedVision
from tests.vision.drawing import BLUE, ground
from tests.vision.make_mask_pairs import CHOSEN, FOLDER
from tests.vision.packaged import overlap

TAKEN = Decision(accepted=True, reason=Reason.CONTAINER)
POLICY = Policy(threshold=550_000, disagreement=900_000)
BOX = Box(100, 100, 200, 300)


@pytest.fixture(scope="module")
def eyes():
    return open_eyes(DEFAULT, threads=1)


def corners(box):
    return (box.x0, box.y0, box.x1, box.y1)


@pytest.mark.parametrize("number", sorted(CHOSEN))
def test_a_reflection_is_refused_for_its_mask_alone(eyes, number):
    item, reflection = (
        eyes.recognise(read_picture(FOLDER / f"{number}-{name}.jpg")) for name in ("item", "reflection")
    )
    assert overlap(corners(item.box), corners(reflection.box)) > 0.8
    assert item.label is reflection.label
    for one in (item, reflection):
        assert decide(evolve(one, mask=None), eyes.policy) == TAKEN
    assert decide(item, eyes.policy) == TAKEN
    assert decide(reflection, eyes.policy) == Decision(accepted=False, reason=Reason.UNCERTAIN)
    assert shape_of(reflection) is Shape.HARDLY_THERE


@pytest.mark.parametrize("number", sorted(CHOSEN))
def test_the_segmenter_tells_them_apart_in_one_box_whatever_the_networks_say(number):
    """With one box and one classification given for both, so that a new model changes nothing here."""
    said = []
    for name in ("item", "reflection"):
        frame = read_picture(FOLDER / f"{number}-{name}.jpg")
        box = open_box(number)
        said.append(decide(seen(GroundSegmenter().segment(frame, box), box), POLICY))
    assert said == [TAKEN, Decision(accepted=False, reason=Reason.UNCERTAIN)]


def open_box(number):
    """The box that an eye drew around both."""
    return {28: Box(10, 30, 292, 140), 46: Box(96, 172, 378, 272), 4: Box(2, 222, 318, 462)}[number]


def seen(mask, box=BOX, items=1, label=Material.PLASTIC, length_mm=None):
    parts = dict.fromkeys(Material, 10000) | {label: PPM - 50_000}
    found = tuple(Detection(box, label, 970_000) for _ in range(items))
    return recognised(found, Classification(parts), mask, "m", length_mm)


WHOLE = Mask(BOX.area * 3 // 4, 220, 50_000)


@pytest.mark.parametrize(
    ("mask", "shape", "reason"),
    [
        (WHOLE, Shape.WHOLE, Reason.CONTAINER),
        (evolve(WHOLE, like_ground=950_000), Shape.WHOLE, Reason.CONTAINER),
        (evolve(WHOLE, like_ground=950_001), Shape.HARDLY_THERE, Reason.UNCERTAIN),
        (evolve(WHOLE, area=BOX.area // 4), Shape.WHOLE, Reason.CONTAINER),
        (evolve(WHOLE, area=BOX.area // 4 - 1), Shape.HARDLY_THERE, Reason.UNCERTAIN),
    ],
)
def test_each_bound_of_the_mask(mask, shape, reason):
    assert shape_of(seen(mask)) is shape
    assert decide(seen(mask), POLICY).reason is reason


@pytest.mark.parametrize(
    ("length_mm", "reason"),
    [
        (None, Reason.CONTAINER), (SHORTEST - 1, Reason.NOT_A_CONTAINER), (SHORTEST, Reason.CONTAINER),
        (LONGEST, Reason.CONTAINER), (LONGEST + 1, Reason.NOT_A_CONTAINER),
    ],
)  # fmt: skip
def test_what_no_container_measures_is_refused_where_the_scale_is_known(length_mm, reason):
    assert decide(seen(WHOLE, length_mm=length_mm), POLICY).reason is reason


def test_a_mask_makes_nothing_acceptable_and_changes_no_other_reason():
    odd = evolve(WHOLE, area=0, like_ground=PPM)
    for other in (seen(odd, label=Material.PAPER), seen(odd, items=2), evolve(seen(odd), container=100_000)):
        assert decide(other, POLICY) == decide(evolve(other, mask=None), POLICY) != TAKEN


def test_pixels_become_millimetres_by_the_chutes_scale():
    assert millimetres(256, longer_side=512, shows_mm=300) == 150
    assert millimetres(1, longer_side=512, shows_mm=300) == 1
    assert millimetres(256, longer_side=512, shows_mm=None) is None


@pytest.mark.parametrize(("shows_mm", "reason"), [(None, Reason.CONTAINER), (300, Reason.CONTAINER),
                                                  (60, Reason.NOT_A_CONTAINER)])  # fmt: skip
def test_the_same_look_is_a_bottle_or_a_shard_by_the_scale(shows_mm, reason):
    frame = SimulatedFrame(384, 512, "a" * 64, "0" * 16)
    parts = dict.fromkeys(Material, 10000) | {Material.GLASS: PPM - 50_000}
    vision = SimulatedVision(
        {"a" * 64: Recorded((Detection(BOX, Material.GLASS, 970_000),), Classification(parts), WHOLE)}
    )
    look = Recognise(vision, vision, vision, Counting(500_000, 600_000), "m", shows_mm)
    assert decide(look(frame), POLICY).reason is reason


def frame_of(picture):
    return PictureFrame(np.ascontiguousarray(picture), picture.shape[1], picture.shape[0], "0" * 64)


def turned_block(degrees):
    corners = cv2.boxPoints(((192, 256), (60, 240), degrees))
    return cv2.fillConvexPoly(ground(), corners.astype(np.int32), BLUE), corners


@pytest.mark.parametrize("degrees", [0, 30, 45, 77])
def test_an_items_length_is_its_own_however_it_lies(degrees):
    picture, points = turned_block(degrees)
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    mask = GroundSegmenter().segment(frame_of(picture), Box(round(x0), round(y0), round(x1), round(y1)))
    assert mask.length == pytest.approx(np.hypot(60, 240), rel=0.08)
    assert mask.like_ground < 50_000


def test_a_ring_shows_its_ground():
    ring = cv2.ellipse(ground(), (192, 256), (90, 110), 0, 0, 360, (90, 90, 90), 10)
    assert GroundSegmenter().segment(frame_of(ring), Box(96, 140, 288, 372)).like_ground > 500_000
