"""What runs a detector's network: ONNX Runtime, Ultralytics, TensorRT."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from application.ports.vision import ModelNotLoaded


class EngineUnavailable(ModelNotLoaded):
    """This engine cannot run the network here: a library, a GPU or a file is missing, or building failed."""


class Engine(Protocol):
    """One network: a picture in, a table of numbers out."""

    def run(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the first output without its batch axis.

        Args:
            picture: [1, 3, side, side], red green blue, 0..1.

        Raises:
            InferenceFailed: it could not be run, or its answer holds numbers that are none.
        """
