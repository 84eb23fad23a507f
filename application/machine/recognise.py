"""Recognise the item in a frame: one look, all that the rules need to decide."""

from __future__ import annotations

from attrs import frozen

from application.ports.vision import Classifier, Detector, Frame, Segmenter
from domain.deposits.recognition import Counting, Recognition, nothing, recognised, separate_items
from domain.deposits.shape import millimetres


@frozen
class Recognise:
    """Recognises frames with one model.

    The detector finds the items and votes for what the surest one is; the calibrated classifier names it; the segmenter
    measures it. `model` is the model's name as entries hold it.
    """

    detector: Detector
    classifier: Classifier
    segmenter: Segmenter
    counting: Counting
    model: str
    shows_mm: int | None = None
    """Millimetres of the chute's floor that a picture's longer side shows; None: not known."""

    def __call__(self, frame: Frame) -> Recognition:
        """Return what is seen in the frame. Raises VisionError when a model fails."""
        items = separate_items(self.detector.detect(frame), self.counting)
        if not items:
            return nothing(self.model)
        box = items[0].box
        named = self.classifier.classify(frame, box)
        mask = self.segmenter.segment(frame, box)
        length = millimetres(mask.length, longer_side=max(frame.width, frame.height), shows_mm=self.shows_mm)
        return recognised(items, named, mask, self.model, length)
