"""What every detector, classifier, segmenter and code reader keeps to, real or simulated."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
import pytest
import segno
from attrs import evolve, frozen

from adapters.codes.zxing import ZxingCodeReader
from adapters.vision.ground_segmenter import GroundSegmenter
from adapters.vision.onnx_classifier import OnnxClassifier
from adapters.vision.onnx_detector import OnnxDetector
from adapters.vision.package import load_package
from adapters.vision.pictures import decode
from adapters.vision.sam2_segmenter import Sam2Segmenter
from adapters.vision.tensorrt_detector import TensorRtDetector
from adapters.vision.ultralytics_detector import UltralyticsDetector
from application.machine.recognise import Recognise
from application.ports.vision import Frame, InferenceFailed
from domain.deposits.recognition import PPM, Box, Mask, Material, nothing
from simulators.vision import (
    Noise,
    SimulatedCodeReader,
    SimulatedFrame,
    SimulatedVision,
    plainly,
    record,
)
from tests.vision.drawing import BLUE, RED, encoded, ground, with_block
from tests.vision.sam_stand_in import SamStandIn
from tests.vision.tensorrt_stand_in import stand_in

TINY = Path(__file__).parents[1] / "vision" / "tiny"
SCENES = {
    "empty": ground(),
    "one": with_block(ground(), (100, 120, 260, 300), RED),
    "two": with_block(with_block(ground(), (20, 20, 160, 180), RED), (200, 300, 340, 460), BLUE),
    "corner": with_block(ground(500, 400), (420, 330, 500, 400), BLUE),
    "whole": with_block(ground(), (0, 0, 384, 512), RED),
}
FILES = {name: encoded(picture) for name, picture in SCENES.items()}
FOREIGN = SimulatedFrame(10, 10, "f" * 64, "0" * 16)


@frozen
class Sight:
    """One implementation of the three ports, and frames of the scenes that it can look at."""

    detector: Any
    classifier: Any
    segmenter: Any
    frames: dict[str, Frame]
    counting: Any


def onnx() -> Sight:
    package = load_package(TINY)
    frames: dict[str, Frame] = {name: decode(data) for name, data in FILES.items()}
    detector, classifier = OnnxDetector(package, threads=1), OnnxClassifier(package, threads=1)
    return Sight(detector, classifier, GroundSegmenter(), frames, package.counting)


def tensorrt(version: str) -> Sight:
    """TensorRT's stand-in: the adapter's own logic, the answers of ONNX Runtime."""
    real, package = onnx(), load_package(TINY)
    with TemporaryDirectory() as folder:
        return evolve(real, detector=TensorRtDetector(package, stand_in(version), Path(folder)))


def ultralytics() -> Sight:
    return evolve(onnx(), detector=UltralyticsDetector(load_package(TINY), threads=1))


def sam2() -> Sight:
    """SAM's stand-in: the adapter's own logic, masks by colour."""
    return evolve(onnx(), segmenter=Sam2Segmenter(SamStandIn()))


def played_back(noise: Noise) -> Sight:
    """The simulator, playing back what the networks said of the same scenes."""
    real = onnx()
    recorded = {
        frame.sha256: record(frame, real.detector.detect, real.classifier.classify, real.segmenter.segment)
        for frame in real.frames.values()
    }
    vision = SimulatedVision(recorded, noise)
    frames: dict[str, Frame] = {
        name: SimulatedFrame(frame.width, frame.height, frame.sha256, frame.perceptual_hash)
        for name, frame in real.frames.items()
    }
    return Sight(vision, vision, vision, frames, real.counting)


SIGHTS = {
    "onnx": onnx,
    "sam2": sam2,
    "tensorrt 10.3": lambda: tensorrt("10.3.0"),
    "tensorrt 11.4": lambda: tensorrt("11.4.0.106"),
    "simulated": lambda: played_back(Noise(seed=1)),
    "simulated with noise": lambda: played_back(Noise(seed=1, confidence=30_000, shift=5)),
}


SIGHTS_WITH_TORCH = {"ultralytics": ultralytics}


@pytest.fixture(
    scope="module",
    params=[*sorted(SIGHTS), *(pytest.param(name, marks=pytest.mark.torch) for name in sorted(SIGHTS_WITH_TORCH))],
)
def sight(request) -> Sight:
    return {**SIGHTS, **SIGHTS_WITH_TORCH}[request.param]()


@pytest.mark.parametrize("scene", sorted(SCENES))
def test_a_frame_says_its_size_and_its_hashes(sight, scene):
    frame = sight.frames[scene]
    assert (frame.height, frame.width) == SCENES[scene].shape[:2]
    assert len(bytes.fromhex(frame.sha256)) == 32
    assert len(bytes.fromhex(frame.perceptual_hash)) == 8


@pytest.mark.parametrize(("scene", "items"), [("empty", 0), ("one", 1), ("two", 2), ("corner", 1), ("whole", 1)])
def test_a_detector_finds_the_items_inside_the_frame_the_most_certain_first(sight, scene, items):
    frame = sight.frames[scene]
    found = sight.detector.detect(frame)
    assert isinstance(found, tuple)
    assert len(found) == items
    assert [one.confidence for one in found] == sorted((one.confidence for one in found), reverse=True)
    for one in found:
        assert 0 <= one.box.x0 < one.box.x1 <= frame.width
        assert 0 <= one.box.y0 < one.box.y1 <= frame.height


def test_a_detector_tells_what_stands_where(sight):
    found = {one.label: one.box for one in sight.detector.detect(sight.frames["two"])}
    assert set(found) == {Material.METAL, Material.PLASTIC}
    for box, near in ((found[Material.METAL], (20, 20, 160, 180)), (found[Material.PLASTIC], (200, 300, 340, 460))):
        assert np.abs(np.array([box.x0, box.y0, box.x1, box.y1]) - near).max() <= 9


@pytest.mark.parametrize("scene", ["one", "two", "corner", "whole"])
def test_a_classifier_gives_whole_parts_of_exactly_one(sight, scene):
    frame = sight.frames[scene]
    named = sight.classifier.classify(frame, sight.detector.detect(frame)[0].box)
    assert sum(named.probabilities.values()) == PPM
    assert set(named.probabilities) == set(Material)
    assert all(isinstance(part, int) and 0 <= part <= PPM for part in named.probabilities.values())


@pytest.mark.parametrize("scene", ["one", "two", "corner", "whole"])
def test_a_segmenter_counts_pixels_of_the_box(sight, scene):
    frame = sight.frames[scene]
    box = sight.detector.detect(frame)[0].box
    mask = sight.segmenter.segment(frame, box)
    assert isinstance(mask, Mask)
    assert 0.7 * box.area <= mask.area <= box.area, "a block fills its box"


def test_vision_fails_by_name_on_a_frame_it_cannot_look_at(sight):
    for look in (
        lambda: sight.detector.detect(FOREIGN),
        lambda: sight.classifier.classify(FOREIGN, Box(0, 0, 5, 5)),
        lambda: sight.segmenter.segment(FOREIGN, Box(0, 0, 5, 5)),
    ):
        with pytest.raises(InferenceFailed):
            look()


@pytest.mark.parametrize(("scene", "items"), [("empty", 0), ("one", 1), ("two", 2)])
def test_the_use_case_puts_them_together(sight, scene, items):
    seen = Recognise(sight.detector, sight.classifier, sight.segmenter, sight.counting, "m")(sight.frames[scene])
    assert seen.items == items
    assert seen.model == "m"
    if not items:
        assert seen == nothing("m")


def test_the_same_seed_gives_the_same_looks():
    looks = [
        [played_back(Noise(seed=seed, confidence=50_000, shift=9)).detector.detect(frame) for frame in frames]
        for frames in [list(onnx().frames.values())]
        for seed in (7, 7, 8)
    ]
    assert looks[0] == looks[1] != looks[2]


def test_a_simulated_model_fails_as_often_as_it_is_told_to():
    blink = played_back(Noise(seed=2, failures=0.3))
    failed = 0
    for _ in range(500):
        try:
            blink.detector.detect(blink.frames["one"])
        except InferenceFailed:
            failed += 1
    assert 110 <= failed <= 190


@pytest.mark.parametrize("material", list(Material))
def test_a_plain_recognition_is_one_of_that_material(material):
    made = plainly(material, Box(0, 0, 10, 10))
    assert made.named is not None
    assert sum(made.named.probabilities.values()) == PPM
    assert made.named.label is made.detections[0].label is material


# -------------------------------------------------------------- code readers


def qr_picture(*texts: str, scale: int = 4) -> Frame:
    picture = np.full((600, 420 * max(1, len(texts)), 3), 230, np.uint8)
    for place, text in enumerate(texts):
        code = np.array([[0 if dark else 255 for dark in row] for row in segno.make(text, micro=False).matrix_iter()])
        block = np.kron(code, np.ones((scale, scale))).astype(np.uint8)
        picture[30 : 30 + len(block), 30 + 420 * place : 30 + 420 * place + len(block)] = block[:, :, None]
    return decode(encoded(picture), detail=None)


def simulated_codes(*texts: str) -> Frame:
    return SimulatedFrame(10, 10, "0" * 64, "0" * 16, codes=texts)


READERS = {"zxing": (ZxingCodeReader(), qr_picture), "simulated": (SimulatedCodeReader(), simulated_codes)}
TOKEN_LIKE = "MYRVM1." + "Ab0-_" * 36


@pytest.fixture(params=sorted(READERS))
def reading(request):
    """A code reader, what shows it codes, and a frame that it cannot look at."""
    reader, show = READERS[request.param]
    return reader, show, {"zxing": FOREIGN, "simulated": decode(FILES["one"])}[request.param]


@pytest.mark.parametrize("texts", [(), ("hello",), (TOKEN_LIKE,), ("b", "a"), ("Grüße 😀",)])
def test_a_code_reader_reads_every_code(reading, texts):
    reader, show, _ = reading
    assert reader.read(show(*texts)) == tuple(sorted(texts))


def test_a_code_is_read_turned_and_blurred():
    frame = qr_picture(TOKEN_LIKE, scale=5)
    tall, wide = frame.pixels.shape[:2]
    turned = cv2.warpAffine(
        frame.pixels, cv2.getRotationMatrix2D((wide / 2, tall / 2), 17, 0.9), (wide, tall), borderValue=(230,) * 3
    )
    blurred = cv2.GaussianBlur(turned, (0, 0), 1.2)
    assert ZxingCodeReader().read(decode(encoded(blurred, ".jpg", 80), detail=None)) == (TOKEN_LIKE,)


def test_a_barcode_that_is_no_qr_code_is_not_read_as_one():
    stripes = np.full((200, 400, 3), 255, np.uint8)
    stripes[40:160, 60:340:6] = 0
    assert ZxingCodeReader().read(decode(encoded(stripes))) == ()


def test_a_code_reader_fails_by_name_on_a_frame_it_cannot_look_at(reading):
    reader, _, other = reading
    with pytest.raises(InferenceFailed):
        reader.read(other)
