"""Finds items with the package's network in TensorRT, on the GPU of a Jetson or a server."""

from __future__ import annotations

from pathlib import Path

from adapters.vision.engine import EngineUnavailable
from adapters.vision.package import ModelPackage
from adapters.vision.tensorrt_build import load_or_build
from adapters.vision.tensorrt_engine import TensorRtEngine
from adapters.vision.tensorrt_library import Library
from adapters.vision.yolo_detector import YoloDetector


class TensorRtDetector(YoloDetector):
    """The detector of a machine with a GPU."""

    def __init__(self, package: ModelPackage, library: Library, folder: Path, *, half: bool = False) -> None:
        """Load the engine, or build it, which takes minutes. Raises EngineUnavailable, ModelNotLoaded."""
        finds = package.detector
        try:
            built = load_or_build(folder, library, finds.onnx, half=half)
            engine = TensorRtEngine(library, built, finds.input_size)
        except (RuntimeError, TypeError) as broken:  # what the binding raises where the library gives it nothing
            raise EngineUnavailable(f"TensorRT: {type(broken).__name__}: {broken}") from broken
        super().__init__(package, engine)
