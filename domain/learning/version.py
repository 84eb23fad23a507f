"""What is measured of a model between teaching it and letting it judge."""

from __future__ import annotations

import attrs


@attrs.frozen(slots=True)
class Checked:
    """How far the exported networks differ from the trained ones, on the same pictures.

    Attributes:
        classifier_difference: largest difference of a logit.
        detector_difference: largest difference of a score (0 to 1).
        same_names: share of pictures given the same label by both, 0 to 1.
        bytes: of both files together.
    """

    classifier_difference: float
    detector_difference: float
    same_names: float
    bytes: int


@attrs.frozen(slots=True)
class Calibrated:
    """Numbers chosen on the calibration part, and what they were chosen by.

    Attributes:
        temperature: divides the classifier's logits.
        error_before: expected calibration error at temperature 1.
        error_after: at the chosen temperature.
        threshold: least confidence to accept a container.
        disagreement: detector's confidence in the other side at which the verdict is uncertain.
        confidence: least score at which the detector has found an item.
        second_item_confidence: least score at which a second box is a second item.
    """

    temperature: float
    error_before: float
    error_after: float
    threshold: float
    disagreement: float
    confidence: float
    second_item_confidence: float
