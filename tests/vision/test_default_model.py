"""The model that ships, on the photographs that ship: small versions of what `rvm train` proves at length.

The photographs taught it nothing (the first test), so what it says of them is an honest, if small, sample.
"""

import hashlib
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from adapters.vision.frame import PictureFrame
from adapters.vision.package import DEFAULT, load_package
from adapters.vision.pictures import read_picture
from domain.deposits.acceptance import Reason, decide
from domain.deposits.recognition import CONTAINERS, Material
from entrypoints.eyes import open_eyes
from tests.vision.packaged import BOXES, SPLITS, empty_ground, files, overlap, scene
from tests.vision.packaged import WITH_GROUND as GROUNDS

GOLDEN = Path(__file__).parent / "golden.json"
"""What the shipped model said when it was committed: `python -m tests.vision.test_default_model` writes it anew."""
SEED = 20_261
pytestmark = pytest.mark.xdist_group("default model")


@pytest.fixture(scope="module")
def eyes():
    return open_eyes(DEFAULT, threads=1)


@pytest.fixture(scope="module")
def seen(eyes):
    return {path.stem: eyes.recognise(read_picture(path)) for path in files()}


def frame_of(picture):
    return PictureFrame(np.ascontiguousarray(picture), picture.shape[1], picture.shape[0], "0" * 64)


def corners(box):
    return (box.x0, box.y0, box.x1, box.y1)


def test_the_packaged_photographs_were_kept_from_training():
    kept = set(json.loads(SPLITS.read_text())["parts"]["validation"])
    assert len(files()) == 24
    assert {hashlib.sha256(path.read_bytes()).hexdigest() for path in files()} <= kept
    assert {path.stem for path in files()} == set(BOXES)


def test_the_model_ships_in_less_than_20_megabytes():
    assert sum(path.stat().st_size for path in DEFAULT.iterdir() if path.is_file()) < 20_000_000
    assert set(load_package().labels) == set(Material)


def test_it_says_what_it_said_when_it_was_committed(eyes, seen):
    told = json.loads(GOLDEN.read_text())
    assert told["model"] == eyes.model, "a new model: look at what it says, then write golden.json anew"
    assert set(told["pictures"]) == set(seen)
    for name, was in told["pictures"].items():
        now = seen[name]
        assert decide(now, eyes.policy).reason.value == was["reason"], name
        assert now.label is not None
        assert now.box is not None
        assert now.label.value == was["label"], name
        assert abs(now.confidence - was["confidence"]) < 20_000, name
        assert overlap(corners(now.box), was["box"]) > 0.97, name


def test_it_takes_containers_and_refuses_the_rest(eyes, seen):
    right = {
        name: decide(recognition, eyes.policy).accepted == (Material(name.rstrip("0123456789")) in CONTAINERS)
        for name, recognition in seen.items()
    }
    assert sum(right.values()) >= 23, [name for name, is_right in right.items() if not is_right]


def test_it_names_the_material(seen):
    wrong = [name for name, one in seen.items() if one.label is None or not name.startswith(one.label.value)]
    assert len(wrong) <= 2, wrong


def test_it_finds_the_item_and_not_the_frame(seen):
    close = {name: overlap(corners(one.box), BOXES[name]) if one.box else 0 for name, one in seen.items()}
    assert sum(share >= 0.7 for share in close.values()) >= 22, close
    assert np.mean(list(close.values())) >= 0.8


def test_it_measures_the_item_within_its_box(seen):
    for one in seen.values():
        assert one.box is not None
        assert one.mask_area is not None
        assert 0.1 * one.box.area < one.mask_area <= one.box.area


def test_single_items_are_not_counted_as_two(seen):
    assert [name for name, one in seen.items() if one.items != 1] == []


def test_two_items_are_refused_for_that_reason(eyes):
    reasons = []
    for number in range(40):
        picture, boxes = scene(2, np.random.default_rng([SEED, number]))
        assert len(boxes) == 2
        reasons.append(decide(eyes.recognise(frame_of(picture)), eyes.policy).reason)
    assert sum(reason is Reason.TWO_ITEMS for reason in reasons) >= 36, reasons


def test_an_empty_ground_holds_no_item(eyes):
    reasons = []
    for number in range(32):
        dice = np.random.default_rng([SEED, 1, number])
        picture = empty_ground(GROUNDS[number % len(GROUNDS)], dice)
        reasons.append(decide(eyes.recognise(frame_of(picture)), eyes.policy).reason)
    assert sum(reason is Reason.NO_ITEM for reason in reasons) >= 30, reasons


def test_a_small_item_is_found_wherever_it_lies(eyes):
    close = []
    for number in range(32):
        picture, boxes = scene(1, np.random.default_rng([SEED, 2, number]), longer=(110, 190))
        box = eyes.recognise(frame_of(picture)).box
        close.append(overlap(corners(box), boxes[0]) if box else 0)
    assert sum(share >= 0.7 for share in close) >= 28, close


@pytest.mark.parametrize("size", [(96, 128), (768, 1024), (3072, 4096)])
def test_the_size_of_the_picture_changes_nothing_that_matters(eyes, size, tmp_path):
    """The same photographs at a quarter and at eight times their size, through the decoder."""
    same = 0
    for path in files()[::3]:
        large = cv2.resize(read_picture(path).pixels, size, interpolation=cv2.INTER_AREA)
        cv2.imwrite(str(tmp_path / "other.jpg"), large)
        now, before = eyes.recognise(read_picture(tmp_path / "other.jpg")), eyes.recognise(read_picture(path))
        assert now.box is not None
        assert before.box is not None
        scale = size[0] / 384
        assert overlap(corners(now.box), tuple(side * scale for side in corners(before.box))) > 0.75
        same += decide(now, eyes.policy) == decide(before, eyes.policy)
    assert same >= (6 if size[0] < 384 else 7)


def main():
    """Write golden.json anew."""
    looking = open_eyes(DEFAULT, threads=1)
    pictures = {}
    for path in files():
        one = looking.recognise(read_picture(path))
        assert one.label is not None
        assert one.box is not None
        pictures[path.stem] = {
            "reason": decide(one, looking.policy).reason.value, "label": one.label.value,
            "confidence": one.confidence, "box": corners(one.box),
        }  # fmt: skip
    GOLDEN.write_text(json.dumps({"model": looking.model, "pictures": pictures}, indent=1) + "\n")


if __name__ == "__main__":
    main()
