"""A USB camera on a stand-in for OpenCV's capture: what is asked of it, what it has not, its plug, and old pictures."""

import time

import cv2
import numpy as np
import pytest

from adapters.camera.live import SILENT, LiveCamera
from adapters.camera.v4l2 import BUFFERS, BY_HAND, BY_ITSELF, Fixed, V4l2Source
from adapters.vision.frame import frame_of
from application.ports.hardware import CameraFailed
from simulators.bench.usb_camera import CONTROLS, UsbCamera
from tests.cameras.lenses import DEADLINE_S, Usb, at_once

ALL = Fixed(exposure_us=5_000, gain=40, white_balance_k=4_500, focus=30)


@pytest.fixture
def usb(tmp_path):
    made = Usb(tmp_path)
    yield made
    made.camera.close()


def test_what_the_map_fixes_is_set_and_the_rest_is_left_to_the_camera(usb):
    usb.source.fixed = ALL
    usb.source.open()
    assert usb.usb.set_to == {
        cv2.CAP_PROP_AUTO_EXPOSURE: BY_HAND, cv2.CAP_PROP_EXPOSURE: 50, cv2.CAP_PROP_GAIN: 40,
        cv2.CAP_PROP_AUTO_WB: 0, cv2.CAP_PROP_WB_TEMPERATURE: 4_500, cv2.CAP_PROP_AUTOFOCUS: 0, cv2.CAP_PROP_FOCUS: 30,
    }  # fmt: skip
    usb.source.close()
    usb.source.fixed = Fixed()
    usb.source.open()
    told = usb.usb.set_to
    by_itself = (cv2.CAP_PROP_AUTO_EXPOSURE, cv2.CAP_PROP_AUTO_WB, cv2.CAP_PROP_AUTOFOCUS)
    assert [told[what] for what in by_itself] == [BY_ITSELF, 1, 1]
    usb.source.close()


@pytest.mark.parametrize(
    ("has_not", "name"),
    [
        (cv2.CAP_PROP_EXPOSURE, "exposure"),
        (cv2.CAP_PROP_WB_TEMPERATURE, "white_balance"),
        (cv2.CAP_PROP_FOCUS, "focus"),
    ],
)
def test_what_a_camera_cannot_fix_is_named_and_missed_only_where_it_is_wanted(usb, has_not, name):
    usb.usb.controls = {what: limits for what, limits in CONTROLS.items() if what != has_not}
    usb.source.fixed = ALL
    with pytest.raises(CameraFailed, match=f"video0: its {name} cannot be fixed: leave it out of the map"):
        usb.source.open()
    usb.source.close()
    usb.source.fixed = Fixed()
    usb.source.open()
    usb.source.close()


def test_a_size_that_the_camera_has_not_is_named(usb):
    usb.source.width, usb.source.height = 1_000, 700
    with pytest.raises(CameraFailed, match="it gives 1280 x 720 pixels, and the map wants 1000 x 700"):
        usb.camera.capture()


def test_an_absent_device_and_one_that_is_no_camera_are_named(tmp_path):
    """With OpenCV itself: this is as far as a machine without a camera goes."""
    source = V4l2Source(str(tmp_path / "video7"), 640, 480, 30)
    with pytest.raises(CameraFailed, match=r"video7: there is no such device"):
        source.open()
    (tmp_path / "video7").touch()
    with pytest.raises(CameraFailed, match="video7: it is no camera, or another program has it"):
        source.open()
    source.close()


def test_a_camera_that_another_program_has_is_named(usb):
    usb.usb.held = True
    with pytest.raises(CameraFailed, match="another program has it"):
        usb.camera.capture()


def test_a_camera_that_was_unplugged_is_opened_anew_once_it_is_back(usb):
    usb.camera.capture()
    usb.unplug()
    told = set()
    for _ in range(40):
        for why in at_once([usb.camera.capture] * 2):
            told.add(str(why).split(": ", 1)[1].split("; ")[0] if isinstance(why, CameraFailed) else "a picture")
        usb.world.passes(0.4)
    told.discard("a picture")  # one that was on its way
    assert told == {"it gives no pictures any more (unplugged?)", "there is no such device"}
    assert usb.usb.opened == 1
    usb.plug()
    usb.world.passes(15)
    assert usb.camera.capture().width == 320
    assert usb.usb.opened == 2


def test_a_plug_that_was_out_for_a_moment_only_is_noticed(usb):
    usb.camera.capture()
    usb.unplug()
    usb.plug()
    seen = []
    for _ in range(5):
        try:
            seen.append(usb.camera.capture())
        except CameraFailed:
            usb.world.passes(1)
    assert seen[-1].width == 320
    assert usb.usb.opened == 2


@pytest.mark.parametrize("odd", [cv2.error("a broken picture"), MemoryError("no room")], ids=["named", "unforeseen"])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_whatever_breaks_the_reading_the_camera_is_opened_anew(tmp_path, odd):
    made = Usb(tmp_path)
    made.camera.capture()
    opened, made.source._open = made.source._open, Breaks(odd)
    why = at_once([made.camera.capture] * 2)
    assert all(isinstance(one, CameraFailed) for one in why), why
    opened.release()
    made.world.passes(20)
    assert made.camera.capture().width == 320
    made.camera.close()


class Breaks:
    """A capture whose next read fails as OpenCV, or the computer, may."""

    def __init__(self, odd):
        self.odd = odd

    def read(self):
        raise self.odd

    def release(self):
        pass


def test_a_camera_that_hangs_is_a_failed_capture_for_whoever_asks(tmp_path):
    made = Usb(tmp_path)
    camera = LiveCamera(made.source, frame_of, made.world.clock, patience_s=0.3)
    camera.capture()
    made.usb.hangs = True
    made.world.passes(SILENT / 1_000_000)
    for why in at_once([camera.capture] * 3):
        assert "no picture within 0.3 s" in str(why)
    made.usb.hangs = False
    assert camera.capture().width == 320
    camera.close()


def test_pictures_that_waited_in_the_drivers_buffers_are_not_shown(tmp_path):
    """A reader that was held up finds old pictures first; who asks afterwards gets none of them."""
    level = [50]
    usb = UsbCamera(lambda wide, high: np.full((high, wide, 3), level[0], np.uint8))
    device = tmp_path / "video0"
    device.touch()
    source = V4l2Source(str(device), 320, 240, 30, capture=usb.capture)
    source.open()
    source.read()
    ends = time.monotonic() + DEADLINE_S
    while len(source._open._waits) < BUFFERS and time.monotonic() < ends:
        time.sleep(0.002)
    level[0] = 200
    old = [int(source.read().mean()) for _ in range(BUFFERS)]
    assert old == [50] * BUFFERS, "the driver has kept them"
    assert int(source.read().mean()) == 200
    assert source.waiting == BUFFERS
    source.close()
