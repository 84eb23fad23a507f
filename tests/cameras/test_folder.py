"""A folder of pictures in place of a camera: each once before any comes again, and the order is the seed's."""

import pytest

from adapters.camera.folder import FolderCamera
from adapters.vision.pictures import decode, read_picture
from application.ports.hardware import CameraFailed
from tests.cameras.lenses import Dice, filled_folder


@pytest.mark.parametrize("chance", [None, Dice(4)])
def test_each_comes_once_before_any_comes_again(tmp_path, chance):
    known = {decode(data).sha256 for data in filled_folder(tmp_path).values()}
    camera = FolderCamera(tmp_path, read_picture, chance=chance)
    for _ in range(3):
        assert {camera.capture().sha256 for _ in known} == known


def test_it_repeats_its_order_by_seed(tmp_path):
    filled_folder(tmp_path)

    def order(seed):
        camera = FolderCamera(tmp_path, read_picture, chance=Dice(seed))
        return [camera.capture().sha256 for _ in range(10)]

    assert order(1) == order(1) != order(2)


def test_a_folder_without_pictures_is_a_failed_camera(tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(CameraFailed, match="no picture"):
            FolderCamera(folder, read_picture)
