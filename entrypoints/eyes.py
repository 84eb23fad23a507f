"""A model package put together into eyes: what a machine, the demo and `rvm recognise` see with."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

from attrs import frozen

from adapters.vision.ground_segmenter import GroundSegmenter
from adapters.vision.onnx_classifier import OnnxClassifier
from adapters.vision.onnx_detector import OnnxDetector
from adapters.vision.package import DEFAULT, ModelPackage, load_package
from adapters.vision.sam2_segmenter import Sam2Segmenter, load_sam2
from adapters.vision.tensorrt_detector import TensorRtDetector
from adapters.vision.tensorrt_library import find_library
from adapters.vision.ultralytics_detector import UltralyticsDetector
from application.machine.recognise import Recognise
from application.ports.vision import Detector, ModelNotLoaded, Segmenter
from domain.deposits.acceptance import Policy
from entrypoints.settings import VisionSettings

_log = logging.getLogger(__name__)


@frozen
class Eyes:
    """`recognise` turns a frame into a recognition; `policy` holds the thresholds the model was measured with."""

    recognise: Recognise
    policy: Policy
    model: str
    detector: str = "onnx"
    """What runs the detector; where that is not what was asked for, also why."""


def open_eyes(
    folder: Path | None = None, *, threads: int | None = None, settings: VisionSettings | None = None
) -> Eyes:
    """Load a model package; what is not given is taken from the settings RVM_VISION_*. Raises ModelNotLoaded."""
    chosen = settings or VisionSettings()
    package = load_package(folder or chosen.model or DEFAULT)
    at_once = threads or chosen.threads or None
    model = package.name
    if chosen.weights is not None and chosen.detector == "ultralytics":
        model = f"{model}.{_digest(chosen.weights)[:8]}"
    detector, engine = open_detector(package, chosen, at_once)
    look = Recognise(
        detector=detector,
        classifier=OnnxClassifier(package, threads=at_once),
        segmenter=open_segmenter(chosen),
        counting=package.counting,
        model=model,
        shows_mm=chosen.shows_mm,
    )
    return Eyes(look, package.policy, model, engine)


def open_detector(package: ModelPackage, chosen: VisionSettings, threads: int | None) -> tuple[Detector, str]:
    """Return the detector that the settings name and what runs it. Raises ModelNotLoaded.

    A machine whose GPU does not do its part goes on without it: then ONNX Runtime runs the detector, and a warning and
    the second part of the answer say why.
    """
    if chosen.detector == "ultralytics":
        return UltralyticsDetector(package, chosen.weights, threads=threads), "ultralytics"
    if chosen.detector == "tensorrt":
        try:
            library = find_library()
            detector = TensorRtDetector(package, library, chosen.engines, half=chosen.half)
        except ModelNotLoaded as why:
            _log.warning("the detector runs in ONNX Runtime, on the CPU: %s", why)
            return OnnxDetector(package, threads=threads), f"onnx, for tensorrt is not to be had: {why}"
        return detector, f"tensorrt {library.version} on {library.gpu}"
    return OnnxDetector(package, threads=threads), "onnx"


def open_segmenter(chosen: VisionSettings) -> Segmenter:
    """Return the segmenter that the settings name. Raises ModelNotLoaded: for SAM 2 without its weights, too."""
    return Sam2Segmenter(load_sam2(chosen.sam2_weights)) if chosen.segmenter == "sam2" else GroundSegmenter()


def with_detector(name: str | None) -> VisionSettings:
    """Return the settings, with another detector where one is named."""
    return VisionSettings() if name is None else VisionSettings(detector=name)


def _digest(weights: Path) -> str:
    try:
        return hashlib.sha256(weights.read_bytes()).hexdigest()
    except OSError as missing:
        raise ModelNotLoaded(f"{weights}: {missing.strerror}") from missing
