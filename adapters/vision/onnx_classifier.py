"""Names the material of an item with a network in ONNX Runtime, by calibrated probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adapters.vision.frame import PictureFrame, Pixels
from adapters.vision.letterbox import Fit, fitted, tensor
from adapters.vision.onnx_session import Network
from adapters.vision.package import ModelPackage
from application.ports.vision import Frame, InferenceFailed, ModelNotLoaded
from domain.deposits.recognition import PPM, Box, Classification
from domain.learning.crop import crop_window


class OnnxClassifier:
    """The classifier of a model package."""

    def __init__(self, package: ModelPackage, *, threads: int | None = None) -> None:
        """Load the network. Raises ModelNotLoaded."""
        self._model = package.classifier
        self._labels = package.labels
        self._network = Network(self._model.onnx, "the classifier", self._model.input_size, threads=threads)
        answers = self._network.warm_up()
        if answers != (len(self._labels),):
            raise ModelNotLoaded(f"the classifier answers {answers}, not ({len(self._labels)},)")

    def classify(self, frame: Frame, box: Box) -> Classification:
        """Return probabilities that sum to exactly a million. Raises InferenceFailed."""
        if not isinstance(frame, PictureFrame):
            raise InferenceFailed(f"the classifier looks at pictures, not at a {type(frame).__name__}")
        side = self._model.input_size
        crop = self._crop(frame, box)
        fit = Fit.of(crop.shape[1], crop.shape[0], side)
        picture = tensor(fitted(crop, fit, side), self._model.mean, self._model.std)
        logits = self._network.run(picture).astype(np.float64)
        parts = in_ppm(softmax(logits / self._model.temperature))
        return Classification(dict(zip(self._labels, parts, strict=True)))

    def _crop(self, frame: PictureFrame, box: Box) -> Pixels:
        """Cut the same window out that training cut out, from the pixels at hand."""
        across, down = frame.scale
        tall, wide = frame.pixels.shape[:2]
        at_hand = (box.x0 * across, box.y0 * down, box.x1 * across, box.y1 * down)
        x0, y0, x1, y1 = crop_window(at_hand, (wide, tall), margin=self._model.crop_margin, square=self._model.square)
        return frame.pixels[y0:y1, x0:x1]


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities that sum to one."""
    raised = np.exp(logits - logits.max())
    return np.asarray(raised / raised.sum(), np.float64)


def in_ppm(probabilities: NDArray[np.float64]) -> list[int]:
    """Return whole parts per million that sum to exactly one million: the largest remainders are rounded up."""
    exact = probabilities * PPM
    whole = np.floor(exact).astype(int)
    missing = PPM - int(whole.sum())
    for place in np.argsort(whole - exact, kind="stable")[:missing]:
        whole[place] += 1
    return [int(part) for part in whole]
