"""What every camera keeps to: real behind GStreamer, Video4Linux and files, or simulated."""

import numpy as np
import pytest

from adapters.vision.frame import PictureFrame
from application.ports.hardware import CameraFailed
from tests.cameras.lenses import CAMERAS, at_once


@pytest.fixture(params=sorted(CAMERAS))
def lens(request, tmp_path):
    made = CAMERAS[request.param](tmp_path)
    yield made
    made.closing.close()


def test_a_frame_says_its_size_and_its_hashes_and_holds_upright_pixels(lens):
    for _ in range(3):
        frame = lens.captured()
        assert (frame.width, frame.height) == lens.size
        assert len(bytes.fromhex(frame.sha256)) == 32
        assert len(bytes.fromhex(frame.perceptual_hash)) == 8
        if isinstance(frame, PictureFrame):
            assert frame.pixels.shape == (lens.size[1], lens.size[0], 3)
            assert frame.pixels.dtype == np.uint8
            assert frame.pixels.flags.c_contiguous


def test_a_frame_stays_as_it_was_when_the_next_is_taken(lens):
    first = lens.captured()
    kept = first.pixels.copy() if isinstance(first, PictureFrame) else first.sha256
    for _ in range(3):
        lens.captured()
    assert np.array_equal(first.pixels if isinstance(first, PictureFrame) else first.sha256, kept)


def test_several_may_ask_at_once(lens):
    lens.captured()
    frames = at_once([lens.camera.capture] * 6)
    assert [frame for frame in frames if isinstance(frame, (BaseException, type(None)))] == []


@pytest.mark.parametrize("lens", ["stage", "v4l2"], indirect=True)
def test_what_is_seen_is_what_is_there_now(lens):
    for level in (40, 200, 90):
        lens.light(level)
        assert abs(float(lens.captured().pixels.mean()) - level) < 4


def test_a_broken_camera_says_so_by_name_and_a_mended_one_gives_pictures_again(lens):
    lens.captured()
    lens.break_it()
    told = None
    for _ in range(60):
        try:
            lens.camera.capture()
        except CameraFailed as why:
            told = str(why)
            break
    assert told
    if lens.mend is not None:
        lens.mend()
        assert lens.captured().width == lens.size[0]
