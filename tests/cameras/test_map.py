"""The camera that a hardware map names is the one that a machine looks through, and what it needs is named."""

from pathlib import Path

import pytest

from adapters.camera.gstreamer import GstreamerSource
from adapters.camera.live import LiveCamera
from adapters.camera.v4l2 import Fixed, V4l2Source
from adapters.hardware_map.read import map_of
from application.ports.hardware import CameraFailed
from entrypoints.contracts.command import run
from entrypoints.machine.camera import open_camera
from entrypoints.machine.hardware import open_hardware
from entrypoints.settings import MachineSettings
from tests.cameras.lenses import World, filled_folder, written_video
from tests.hardware_map.sections import MAPS, USB, with_camera


def opened(camera):
    return open_camera(map_of(with_camera(camera)).camera, World().clock)


@pytest.mark.parametrize("name", MAPS)
def test_the_maps_that_ship_have_a_usb_camera(name):
    made = open_camera(map_of(MAPS[name]).camera, World().clock)
    assert isinstance(made.camera, LiveCamera)
    assert made.missing == "camera /dev/video0: there is no such device"
    with pytest.raises(CameraFailed, match="there is no such device"):
        made.camera.capture()


def test_what_the_map_fixes_reaches_the_camera():
    more = "exposure_us = 5000\ngain = 9\nwhite_balance = 4000\nfocus = 12"
    made = opened(USB + more)
    source = made.camera._source
    assert isinstance(source, V4l2Source)
    assert (source.device, source.width, source.height, source.fps) == ("/dev/video0", 1_280, 720, 30)
    assert source.fixed == Fixed(5_000, 9, 4_000, 12)
    ribbon = opened('kind = "csi"\nsensor = 1\nwidth = 640\nheight = 480\nwhite_balance = "auto"').camera._source
    assert isinstance(ribbon, GstreamerSource)
    assert ribbon.name == "camera CSI 1"
    assert {"sensor-id=1", "wbmode=1"} <= set(ribbon._elements)


@pytest.mark.parametrize("name", MAPS)
def test_a_machine_by_a_maps_file_looks_through_its_camera(name, tmp_path):
    (tmp_path / "pictures").mkdir()
    filled_folder(tmp_path / "pictures")
    file = tmp_path / "hardware.toml"
    folder = f'kind = "folder"\ndevice = "{tmp_path / "pictures"}"\nturn = 90\nregion = [8, 4, 20, 30]'
    file.write_text(with_camera(folder, name))
    hardware = open_hardware(MachineSettings(hardware=str(file), data=tmp_path / "data", _env_file=None))
    assert "camera" not in hardware.missing
    frame = hardware.camera.capture()
    assert (frame.width, frame.height) == (20, 30)
    hardware.close()


def test_a_video_plays_and_a_file_that_is_none_is_missing(tmp_path):
    video = written_video(tmp_path / "v.avi", [90, 90])
    made = opened(f'kind = "file"\ndevice = "{video}"\nloop = false')
    assert made.camera.capture().width == 64
    made.close()
    away = opened(f'kind = "file"\ndevice = "{tmp_path / "nowhere.mp4"}"')
    assert away.missing.endswith("nowhere.mp4: there is no such file")
    with pytest.raises(CameraFailed, match="there is no such file"):
        away.camera.capture()


def test_a_region_outside_a_files_pictures_is_told(tmp_path):
    filled_folder(tmp_path)
    made = opened(f'kind = "folder"\ndevice = "{tmp_path}"\nregion = [60, 0, 20, 20]')
    with pytest.raises(CameraFailed, match=r"the region \[60, 0, 20, 20\] is not inside its picture, 64 x 48"):
        made.camera.capture()


def test_a_technician_is_told_which_promises_the_camera_of_a_map_keeps(tmp_path):
    """Pictures from files are taken for what they are: nobody is asked to put something before them."""
    (tmp_path / "pictures").mkdir()
    filled_folder(tmp_path / "pictures", range(120, 200, 20))
    file = Path(tmp_path / "hardware.toml")
    file.write_text(with_camera(f'kind = "folder"\ndevice = "{tmp_path / "pictures"}"'))
    lines = []
    run(str(file), say=lines.append, terminal=False)
    camera = [line for line in lines if " camera: " in line]
    assert camera == [
        "kept     camera: pictures come one after the other",
        "kept     camera: there is light, and not too much",
    ]
