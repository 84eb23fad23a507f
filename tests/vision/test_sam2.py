"""SAM 2 is asked about the detector's box, its mask is measured, and without its weights there is no mask at all."""

from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from adapters.vision.frame import PictureFrame
from adapters.vision.pictures import decode
from adapters.vision.sam2_segmenter import NAMES, Sam2Segmenter, load_sam2
from application.ports.vision import InferenceFailed, ModelNotLoaded
from domain.deposits.recognition import Box
from simulators.vision import SimulatedFrame
from tests.vision.drawing import BLUE, encoded, ground, with_block
from tests.vision.sam_stand_in import Data, Results, SamStandIn, Tensor

BOX = Box(100, 120, 290, 400)


def frame_of(picture):
    return PictureFrame(np.ascontiguousarray(picture), picture.shape[1], picture.shape[0], "0" * 64)


@pytest.mark.parametrize("name", [None, "sam2.1_t.pt", "sam2_b.pt"])
def test_without_weights_it_is_named_and_nothing_is_asked_for(tmp_path, name):
    with pytest.raises(ModelNotLoaded, match="SAM 2 needs its weights"):
        load_sam2(None if name is None else tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["mobile_sam.pt", "best.pt", "sam2.1_t.onnx"])
def test_a_file_called_otherwise_is_refused(tmp_path, name):
    (tmp_path / name).write_bytes(b"weights")
    with pytest.raises(ModelNotLoaded, match="are called"):
        load_sam2(tmp_path / name)


def test_it_is_prompted_by_the_box_in_pixels_of_the_picture_at_hand():
    sam = SamStandIn()
    large = decode(encoded(with_block(ground(3000, 4000), (1000, 1000, 2000, 3000), BLUE), ".jpg"))
    mask = Sam2Segmenter(sam).segment(large, Box(1000, 1000, 2000, 3000))
    assert sam.asked == [[[250.0, 250.0, 500.0, 750.0]]]
    assert mask.area == pytest.approx(1000 * 2000, rel=0.02)
    assert mask.length == pytest.approx(np.hypot(1000, 2000), rel=0.05)


def test_only_what_lies_in_the_box_is_counted():
    picture = with_block(ground(), (60, 120, 330, 400), BLUE)
    everything = SamStandIn(whole_picture=True)
    assert Sam2Segmenter(everything).segment(frame_of(picture), BOX).area == BOX.area


def test_no_mask_is_an_empty_one():
    mask = Sam2Segmenter(SamStandIn()).segment(frame_of(ground()), BOX)
    assert (mask.area, mask.length) == (0, 0)


def test_what_looks_like_the_ground_is_told_by_the_ground_not_by_sam():
    ring = cv2.ellipse(ground(), (195, 260), (85, 130), 0, 0, 360, (90, 90, 90), 8)
    full = SamStandIn(
        paints=lambda shape: cv2.ellipse(np.zeros(shape, np.uint8), (195, 260), (89, 134), 0, 0, 360, 1, -1)
    )
    clear = Sam2Segmenter(full).segment(frame_of(ring), BOX)
    assert clear.area == pytest.approx(np.pi * 89 * 134, rel=0.02)
    assert clear.like_ground > 700_000
    solid = Sam2Segmenter(SamStandIn()).segment(frame_of(with_block(ground(), (100, 120, 290, 400), BLUE)), BOX)
    assert solid.like_ground == 0


@pytest.mark.parametrize("fault", [RuntimeError("out of memory"), KeyError("masks"), ValueError("shape")])
def test_whatever_it_raises_is_inference_that_failed(fault):
    def predict(*_, **__):
        raise fault

    with pytest.raises(InferenceFailed, match=type(fault).__name__):
        Sam2Segmenter(SimpleNamespace(predict=predict)).segment(frame_of(ground()), BOX)


def test_a_mask_of_another_size_is_no_mask():
    wrong = SimpleNamespace(predict=lambda *_, **__: [Results(Data(Tensor(np.ones((1, 64, 64), np.uint8))))])
    with pytest.raises(InferenceFailed, match="64"):
        Sam2Segmenter(wrong).segment(frame_of(ground()), BOX)


def test_it_says_so_when_it_is_shown_no_picture():
    with pytest.raises(InferenceFailed, match="SimulatedFrame"):
        Sam2Segmenter(SamStandIn()).segment(SimulatedFrame(10, 10, "0" * 64, "0" * 16), BOX)


@pytest.mark.torch
@pytest.mark.timeout(300)
def test_ultralytics_loads_sam2_weights_whole_or_not_at_all(tmp_path):
    """The network itself, with weights that have learnt nothing: its masks mean nothing, its plumbing is all real."""
    from adapters.vision.ultralytics_offline import sam, torch

    sam(), torch().manual_seed(3)
    from ultralytics.models.sam.build import build_sam2_t

    state = build_sam2_t().state_dict()
    weights = tmp_path / NAMES[0]
    torch().save({"model": state}, weights)
    picture = frame_of(with_block(ground(), (100, 120, 290, 400), BLUE))
    mask = Sam2Segmenter(load_sam2(weights)).segment(picture, BOX)
    assert 0 <= mask.area <= BOX.area

    less = dict(state)
    less.pop(next(iter(less)))
    torch().save({"model": less}, weights)
    with pytest.raises(ModelNotLoaded, match="Missing key"):
        load_sam2(weights)
    weights.write_bytes(b"no weights")
    with pytest.raises(ModelNotLoaded, match="sam2"):
        load_sam2(weights)


def test_names_are_those_of_both_versions_in_four_sizes():
    assert len(NAMES) == len(set(NAMES)) == 8
    assert NAMES[4] == "sam2.1_t.pt"
