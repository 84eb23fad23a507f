"""Ultralytics runs the packaged network, and weights that no export has touched; it finds what ONNX Runtime finds."""

import json
import sys

import numpy as np
import pytest

from adapters.vision.engine import EngineUnavailable
from adapters.vision.onnx_detector import OnnxDetector
from adapters.vision.onnx_session import Network
from adapters.vision.package import DEFAULT, load_package
from adapters.vision.pictures import read_picture
from adapters.vision.ultralytics_detector import UltralyticsDetector, UltralyticsEngine
from adapters.vision.ultralytics_offline import backend
from application.ports.vision import ModelNotLoaded
from tests.vision.packaged import files
from tests.vision.test_default_model import GOLDEN, corners, overlap

SIDE = 96


@pytest.mark.parametrize("name", ["best.engine", "best", "best.pth"])
def test_another_kind_of_file_is_refused(tmp_path, tiny, name):
    (tmp_path / name).write_bytes(b"weights")
    with pytest.raises(ModelNotLoaded, match=r"\.pt or \.onnx"):
        UltralyticsDetector(tiny, tmp_path / name)


def test_a_file_that_is_not_there_is_not_looked_for_elsewhere(tmp_path, tiny):
    with pytest.raises(ModelNotLoaded, match="no such file"):
        UltralyticsDetector(tiny, tmp_path / "yolo11n.pt")
    assert list(tmp_path.iterdir()) == []


def test_where_it_is_not_installed_its_extra_is_named(tiny, monkeypatch):
    monkeypatch.setitem(sys.modules, "ultralytics", None)
    monkeypatch.setitem(sys.modules, "ultralytics.nn.autobackend", None)
    with pytest.raises(EngineUnavailable, match="extra `ultralytics`"):
        UltralyticsDetector(tiny)


@pytest.mark.torch
def test_it_finds_the_golden_boxes():
    package = load_package(DEFAULT)
    ours, theirs = OnnxDetector(package, threads=1), UltralyticsDetector(package, threads=1)
    told = json.loads(GOLDEN.read_text())["pictures"]
    for path in files():
        frame = read_picture(path)
        found, same = theirs.detect(frame), ours.detect(frame)
        assert overlap(corners(found[0].box), told[path.stem]["box"]) > 0.97, path.stem
        assert [one.label for one in found] == [one.label for one in same]
        assert [one.confidence for one in found] == pytest.approx([one.confidence for one in same], abs=2_000)


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A network of the right shape that has learnt nothing, as training would leave it."""
    backend()
    from ultralytics import YOLO
    from ultralytics.nn.tasks import DetectionModel

    labels = [label.value for label in load_package(DEFAULT).labels]
    file = tmp_path_factory.mktemp("weights") / "best.pt"
    model = YOLO("yolo11n.yaml", task="detect")
    network = DetectionModel("yolo11n.yaml", nc=len(labels), verbose=False)
    network.names = dict(enumerate(labels))
    model.model = network
    model.save(file)
    return file, labels


@pytest.mark.torch
def test_weights_and_their_export_give_the_same_answer(weights):
    file, labels = weights
    exported = UltralyticsEngine(_exported(file), labels, threads=1)
    raw, onnx = UltralyticsEngine(file, labels, threads=1), Network(_exported(file).read_bytes(), "the detector", SIDE)
    picture = np.random.default_rng(2).random((1, 3, SIDE, SIDE), np.float32)
    np.testing.assert_allclose(raw.run(picture), onnx.run(picture), atol=2e-2, rtol=1e-3)
    np.testing.assert_allclose(exported.run(picture), onnx.run(picture), atol=1e-3)


def _exported(file):
    from ultralytics import YOLO

    onnx = file.with_suffix(".onnx")
    if not onnx.exists():
        YOLO(str(file)).export(format="onnx", imgsz=SIDE, opset=17, simplify=False, verbose=False)
    return onnx


@pytest.mark.torch
def test_weights_that_know_other_classes_are_refused(weights):
    file, labels = weights
    with pytest.raises(EngineUnavailable, match="the package"):
        UltralyticsEngine(file, labels[::-1])


@pytest.mark.torch
def test_a_file_that_holds_no_network_is_named(tmp_path):
    for name in ("best.pt", "best.onnx"):
        (tmp_path / name).write_bytes(b"no network")
        with pytest.raises(ModelNotLoaded, match=name):
            UltralyticsEngine(tmp_path / name, ["glass"])
