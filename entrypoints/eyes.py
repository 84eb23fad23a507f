"""A model package put together into eyes: what a machine, the demo and `rvm recognise` see with."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from adapters.vision.ground_segmenter import GroundSegmenter
from adapters.vision.onnx_classifier import OnnxClassifier
from adapters.vision.onnx_detector import OnnxDetector
from adapters.vision.package import DEFAULT, load_package
from application.machine.recognise import Recognise
from domain.deposits.acceptance import Policy
from entrypoints.settings import VisionSettings


@frozen
class Eyes:
    """`recognise` turns a frame into a recognition; `policy` holds the thresholds the model was measured with."""

    recognise: Recognise
    policy: Policy
    model: str


def open_eyes(folder: Path | None = None, *, threads: int | None = None) -> Eyes:
    """Load a model package; what is not given is taken from the settings RVM_VISION_*. Raises ModelNotLoaded."""
    settings = VisionSettings()
    package = load_package(folder or settings.model or DEFAULT)
    at_once = threads or settings.threads or None
    look = Recognise(
        detector=OnnxDetector(package, threads=at_once),
        classifier=OnnxClassifier(package, threads=at_once),
        segmenter=GroundSegmenter(),
        counting=package.counting,
        model=package.name,
    )
    return Eyes(look, package.policy, package.name)
