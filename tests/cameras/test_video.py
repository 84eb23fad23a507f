"""A video in place of a camera: it plays by the clock, loops or ends, and what is no video is named."""

import pytest

from adapters.camera.video import VideoCamera
from adapters.camera.view import View
from adapters.vision.frame import frame_of
from application.ports.hardware import CameraFailed
from tests.cameras.lenses import World, written_video

LEVELS = [40, 80, 120, 160, 200]


def camera(tmp_path, world, **how):
    return VideoCamera(written_video(tmp_path / "v.avi", LEVELS), frame_of, world.clock, **how)


def level(playing):
    return round(float(playing.capture().pixels.mean()) / 40) * 40


def test_it_plays_by_the_clock_whoever_asks_how_often(tmp_path):
    world = World()
    playing = camera(tmp_path, world, loop=False)
    world.passes(7)
    seen = []
    for step in (0, 0.05, 0.04, 0.02, 0.1, 0.2):  # ten pictures a second
        world.passes(step)
        seen.append(level(playing))
    assert seen == [40, 40, 40, 80, 120, 200]
    world.passes(0.1)
    with pytest.raises(CameraFailed, match=r"video v\.avi: it is over"):
        playing.capture()


@pytest.mark.parametrize("asked_every_s", [0.1, 0.35])
def test_it_begins_anew_after_its_last_picture(tmp_path, asked_every_s):
    world = World()
    playing = camera(tmp_path, world)
    world.passes(3)
    seen = []
    for number in range(30):
        seen.append(level(playing))
        world.us = 3_000_000 + round((number + 1) * asked_every_s * 1_000_000)
    assert seen == [LEVELS[int(number * asked_every_s * 10 + 1e-6) % 5] for number in range(30)]


def test_it_is_turned_and_cut_like_any_camera(tmp_path):
    playing = camera(tmp_path, World(), view=View(turn=90, region=(2, 4, 10, 12)))
    frame = playing.capture()
    assert (frame.width, frame.height) == (10, 12)


def test_what_is_no_video_is_named(tmp_path):
    (tmp_path / "odd.mp4").write_bytes(b"no video")
    with pytest.raises(CameraFailed, match=r"nowhere\.mp4: there is no such file"):
        VideoCamera(tmp_path / "nowhere.mp4", frame_of, World().clock)
    with pytest.raises(CameraFailed, match=r"odd\.mp4: this is no video that can be played"):
        VideoCamera(tmp_path / "odd.mp4", frame_of, World().clock)
