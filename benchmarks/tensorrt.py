"""TensorRT beside ONNX Runtime on the packaged photographs: do they find the same, and how long does each take.

Needs a GPU with TensorRT, so it runs only when it is named: `python -m benchmarks tensorrt`. Elsewhere it says what is
missing and exits 2. The first run builds the engine, which is not measured.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial

from adapters.vision.onnx_detector import OnnxDetector
from adapters.vision.package import load_package
from adapters.vision.pictures import read_picture
from adapters.vision.tensorrt_detector import TensorRtDetector
from adapters.vision.tensorrt_library import find_library
from application.ports.vision import Detector, Frame
from benchmarks.recognise import FOLDER, PICTURES
from benchmarks.row import Beside, Goal, Row, least_seconds
from domain.deposits.recognition import Box
from entrypoints.settings import VisionSettings

SAME_BOX = 0.97
"""Intersection over union from which on two boxes are one; as golden boxes are held in the tests."""
ROUNDS = 20


def rows() -> Sequence[Row]:
    """Hold both against each other. Raises EngineUnavailable where there is no TensorRT or no GPU."""
    library, chosen, package = find_library(), VisionSettings(), load_package(FOLDER)
    here = OnnxDetector(package)
    there = TensorRtDetector(package, library, chosen.engines, half=chosen.half)
    frames = [read_picture(file) for file in sorted(PICTURES.glob("*/*.jpg"))]
    told = (
        f"{len(frames)} packaged pictures, least of {ROUNDS} rounds in turns; model {package.name}",
        f"TensorRT {library.version} on {library.gpu}, {'half' if chosen.half else 'full'} precision asked for",
        f"ONNX Runtime on {os.cpu_count()} cores; both from a decoded picture to its boxes",
    )
    return [*agreement(here, there, frames, told), speed(here, there, frames, told)]


def agreement(here: Detector, there: Detector, frames: Sequence[Frame], told: tuple[str, ...]) -> Sequence[Row]:
    """Count the items that both find in one place with one vote, and tell how far their confidences are apart."""
    same, all_found, apart = 0, 0, 0
    for frame in frames:
        ours, theirs = there.detect(frame), here.detect(frame)
        all_found += max(len(ours), len(theirs))
        for one, other in zip(ours, theirs, strict=False):
            same += one.label is other.label and overlap(one.box, other.box) >= SAME_BOX
            apart = max(apart, abs(one.confidence - other.confidence))
    return [
        Row("items found alike", same, "items", Beside("items found by either", all_found), Goal(at_least=1), told),
        Row("largest difference of confidence", apart / 10_000, "%", settings=told),
    ]


def speed(here: Detector, there: Detector, frames: Sequence[Frame], told: tuple[str, ...]) -> Row:
    """Time both on the same pictures, in turns."""
    sides = {name: [partial(one.detect, frame) for frame in frames] for name, one in (("gpu", there), ("cpu", here))}
    taken = {side: 1000 * seconds / len(frames) for side, seconds in least_seconds(sides, rounds=ROUNDS).items()}
    return Row("finding items", taken["gpu"], "ms", Beside("ONNX Runtime, CPU", taken["cpu"]), settings=told)


def overlap(one: Box, other: Box) -> float:
    """Return intersection over union."""
    both = one.shared(other)
    return both / (one.area + other.area - both)
