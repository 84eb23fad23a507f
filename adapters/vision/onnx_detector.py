"""Finds items with the package's network in ONNX Runtime, on the CPU."""

from __future__ import annotations

from adapters.vision.onnx_session import Network
from adapters.vision.package import ModelPackage
from adapters.vision.yolo_detector import YoloDetector


class OnnxDetector(YoloDetector):
    """The detector that every machine can run."""

    def __init__(self, package: ModelPackage, *, threads: int | None = None) -> None:
        """Load the network. Raises ModelNotLoaded."""
        finds = package.detector
        super().__init__(package, Network(finds.onnx, "the detector", finds.input_size, threads=threads))
