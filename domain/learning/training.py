"""What a training run was asked for."""

from __future__ import annotations

import attrs


def _positive(_: object, attribute: attrs.Attribute[int], value: int) -> None:
    if value < 1:
        raise ValueError(f"{attribute.name} must be at least 1, not {value}")


@attrs.frozen(slots=True)
class Plan:
    """A training run; the same plan on the same pictures gives the same model.

    Attributes:
        seed: of everything drawn at random.
        version: name of the model that is made.
        epochs_classifier: passes over the photographs.
        epochs_detector: passes over the made-up scenes.
        calibration: photographs kept to choose thresholds, where no split is given.
        validation: photographs kept to judge, where no split is given.
        composites: composites of each kind for the detector's proofs.
    """

    seed: int = 1
    version: str = "first-light-4"
    epochs_classifier: int = attrs.field(default=20, validator=_positive)
    epochs_detector: int = attrs.field(default=18, validator=_positive)
    calibration: int = attrs.field(default=200, validator=_positive)
    validation: int = attrs.field(default=430, validator=_positive)
    composites: int = attrs.field(default=200, validator=_positive)
