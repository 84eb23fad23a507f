"""Finds items with a network that Ultralytics runs: weights as training leaves them (.pt), or an ONNX file.

Ultralytics loads and runs the network; what goes in and how boxes are read out of its answer is as with every engine.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.vision.engine import EngineUnavailable
from adapters.vision.package import ModelPackage
from adapters.vision.ultralytics_offline import backend, torch
from adapters.vision.yolo_detector import YoloDetector
from application.ports.vision import InferenceFailed, ModelNotLoaded

SUFFIXES = (".pt", ".onnx")
_UNNAMED = re.compile(r"class\d+|\d+")
"""What Ultralytics calls the classes of a file that names none."""


class UltralyticsDetector(YoloDetector):
    """The detector of a machine whose weights did not pass through an export."""

    def __init__(self, package: ModelPackage, weights: Path | None = None, *, threads: int | None = None) -> None:
        """Load the network. `weights`: in place of the package's network. Raises EngineUnavailable, ModelNotLoaded."""
        labels = tuple(label.value for label in package.labels)
        if weights is not None:
            super().__init__(package, UltralyticsEngine(weights, labels, threads=threads))
            return
        with tempfile.TemporaryDirectory() as folder:  # Ultralytics takes a path, not bytes
            file = Path(folder) / "detector.onnx"
            file.write_bytes(package.detector.onnx)
            super().__init__(package, UltralyticsEngine(file, labels, threads=threads))


class UltralyticsEngine:
    """One network in Ultralytics' own backend, on the GPU where PyTorch finds one."""

    def __init__(self, weights: Path, labels: Sequence[str], *, threads: int | None = None) -> None:
        """Load a network whose classes are these labels, in this order. Raises EngineUnavailable, ModelNotLoaded."""
        if weights.suffix not in SUFFIXES:
            raise ModelNotLoaded(f"{weights}: a detector for Ultralytics is a file {' or '.join(SUFFIXES)}")
        if not weights.is_file():  # else Ultralytics looks for it on the network
            raise ModelNotLoaded(f"{weights}: there is no such file")
        auto, self._torch = backend(), torch()
        if threads is not None:
            self._torch.set_num_threads(threads)
        self._device = self._torch.device("cuda:0" if self._torch.cuda.is_available() else "cpu")
        try:
            self._network = auto(str(weights), device=self._device, fp16=False, verbose=False)
            self._network.eval()
        except Exception as broken:  # what loading raises shares no base class
            raise ModelNotLoaded(f"{weights}: {type(broken).__name__}: {broken}") from broken
        _same_labels(self._network.names, labels, weights)

    def run(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the first output without its batch axis. Raises InferenceFailed; also for numbers that are none."""
        try:
            with self._torch.inference_mode():
                answer: Any = self._network(self._torch.from_numpy(picture).to(self._device))
            while isinstance(answer, (list, tuple)):
                answer = answer[0]
            table = np.asarray(answer.cpu().numpy() if hasattr(answer, "cpu") else answer, np.float32)[0]
        except Exception as broken:  # the same
            raise InferenceFailed(f"the detector: {type(broken).__name__}: {broken}") from broken
        if not np.isfinite(table).all():
            raise InferenceFailed("the detector: its answer holds numbers that are none")
        return table


def _same_labels(names: Mapping[int, str], labels: Sequence[str], weights: Path) -> None:
    """Refuse a network that names other classes; one that names none is taken at its number of answers."""
    told = [str(names[place]) for place in sorted(names)]
    if all(_UNNAMED.fullmatch(name) for name in told):
        return
    if told != list(labels):
        raise EngineUnavailable(f"{weights}: it knows {', '.join(told)}, the package {', '.join(labels)}")
