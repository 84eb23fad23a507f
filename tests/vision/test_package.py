"""A model package is what its hashes say, or it is not loaded."""

import json
import shutil
from pathlib import Path

import pytest

from adapters.vision.onnx_classifier import OnnxClassifier
from adapters.vision.onnx_detector import OnnxDetector
from adapters.vision.package import load_package
from application.ports.vision import ModelNotLoaded
from domain.deposits.recognition import Material

TINY = Path(__file__).parent / "tiny"


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(TINY, tmp_path / "model"))


def said(folder, **changes):
    """Change model.json: `detector__input_size=100` sets one value of its detector part."""
    path = folder / "model.json"
    parts = json.loads(path.read_text())
    for place, value in changes.items():
        *outer, last = place.split("__")
        inside = parts
        for name in outer:
            inside = inside[name]
        inside[last] = value
    path.write_text(json.dumps(parts))


def test_it_knows_its_labels_and_thresholds():
    package = load_package(TINY)
    assert package.labels == tuple(Material(label) for label in sorted(member.value for member in Material))
    assert (package.policy.threshold, package.policy.disagreement) == (550_000, 900_000)
    assert package.counting.second_item == 400_000


def test_its_name_changes_with_anything_in_it(folder):
    before = load_package(folder).name
    assert before.startswith("tiny-1+")
    said(folder, acceptance__threshold_ppm=550_001)
    assert load_package(folder).name != before


def test_a_network_with_another_hash_is_refused(folder):
    path = folder / "classifier.onnx"
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    with pytest.raises(ModelNotLoaded, match=r"classifier\.onnx: its SHA-256 is"):
        load_package(folder)


@pytest.mark.parametrize("name", ["model.json", "detector.onnx", "classifier.onnx"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(ModelNotLoaded, match=name):
        load_package(folder)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"schema": 2}, "schema 2"),
        ({"labels": ["glass", "uranium"]}, "uranium"),
        ({"detector__input_size": "large"}, "large"),
        ({"classifier__mean": [0.5]}, "red, green and blue"),
        ({"classifier__temperature": 0}, "temperature"),
        ({"detector__item_score": "mean"}, "the sum or the best"),
        ({"acceptance": {}}, "threshold_ppm"),
        ({"detector": []}, "TypeError"),
    ],
)
def test_a_package_that_makes_no_sense_is_refused(folder, changes, says):
    said(folder, **changes)
    with pytest.raises(ModelNotLoaded, match=says):
        load_package(folder)


@pytest.mark.parametrize("text", ["", "[]", "{", "null"])
def test_a_model_json_that_is_none_is_refused(folder, text):
    (folder / "model.json").write_text(text)
    with pytest.raises(ModelNotLoaded, match=r"model\.json"):
        load_package(folder)


def test_a_name_cannot_lead_out_of_the_folder(folder):
    said(folder, detector__file="../model/detector.onnx")
    assert load_package(folder).detector.onnx == (folder / "detector.onnx").read_bytes()
    said(folder, detector__file="../../outside.onnx")
    with pytest.raises(ModelNotLoaded, match=r"model/outside\.onnx"):
        load_package(folder)


def test_a_network_that_does_not_fit_its_description_is_refused(folder):
    said(folder, detector__input_size=192, classifier__input_size=192)
    package = load_package(folder)
    for load in (OnnxDetector, OnnxClassifier):
        with pytest.raises(ModelNotLoaded, match="192"):
            load(package)


def test_a_network_with_another_number_of_labels_is_refused(folder):
    said(folder, labels=["glass", "metal"])
    package = load_package(folder)
    for load in (OnnxDetector, OnnxClassifier):
        with pytest.raises(ModelNotLoaded, match="answers"):
            load(package)


def test_bytes_that_are_no_network_are_refused(folder):
    import hashlib

    (folder / "detector.onnx").write_bytes(b"no network")
    said(folder, detector__sha256=hashlib.sha256(b"no network").hexdigest())
    with pytest.raises(ModelNotLoaded, match="the detector"):
        OnnxDetector(load_package(folder))


@pytest.mark.torch
def test_the_tiny_networks_are_what_their_script_makes(monkeypatch, tmp_path):
    from tests.vision import make_tiny_model

    monkeypatch.setattr(make_tiny_model, "FOLDER", tmp_path)
    make_tiny_model.main()
    made, kept = load_package(tmp_path), load_package(TINY)
    assert made.labels == kept.labels
    assert made.detector.onnx == kept.detector.onnx
    assert made.classifier.onnx == kept.classifier.onnx
