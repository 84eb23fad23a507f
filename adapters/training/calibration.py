"""Numbers chosen on the calibration part: temperature, thresholds. Pure arithmetic over what the networks said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from domain.deposits.acceptance import Policy, decide
from domain.deposits.recognition import PPM, Classification, Detection, Mask, Material, recognised
from domain.learning.dataset import CONTAINERS, LABELS
from domain.learning.evaluation import calibration_error, fit_temperature, softmax


@attrs.frozen
class Look:
    """What both networks said of one picture: the surest detection, the logits of its crop, and the true label."""

    detection: Detection
    logits: tuple[float, ...]
    truth: str


def temperature_of(looks: Sequence[Look]) -> tuple[float, float, float]:
    """Temperature, and the expected calibration error before and after."""
    truths = [LABELS.index(look.truth) for look in looks]
    temperature = fit_temperature([look.logits for look in looks], truths)
    return temperature, _error(looks, 1.0), _error(looks, temperature)


def _error(looks: Sequence[Look], temperature: float) -> float:
    confident = []
    for look in looks:
        chances = softmax(look.logits, temperature)
        best = int(np.argmax(chances))
        confident.append((chances[best], LABELS[best] == look.truth))
    return calibration_error(confident)


def choose_policy(looks: Sequence[Look], temperature: float) -> tuple[float, float]:
    """Threshold and disagreement, the nearest to 0.5 and 0.9 that chance alone may keep from being the best.

    A few wrong decisions more on so few photographs tell nothing: every value counts as good whose number of wrong
    decisions lies within one standard error of the least, about that number's root (rare errors are Poisson's).
    """

    def wrong(threshold: float, disagreement: float) -> int:
        policy = Policy(threshold=round(threshold * PPM), disagreement=round(disagreement * PPM))
        return sum(_accepts(look, temperature, policy) != (look.truth in CONTAINERS) for look in looks)

    thresholds = [round(0.30 + 0.01 * step, 2) for step in range(61)]
    threshold = _nearest({value: wrong(value, 1.0) for value in thresholds}, 0.5)
    disagreements = [round(0.5 + 0.02 * step, 2) for step in range(25)]
    return threshold, _nearest({value: wrong(threshold, value) for value in disagreements}, 0.9)


def _nearest(wrong: Mapping[float, int], wanted: float) -> float:
    """Of the values with hardly more wrong decisions than the best, the nearest to the one wanted."""
    least = min(wrong.values())
    return min((value for value, count in wrong.items() if count <= least + least**0.5), key=lambda v: abs(v - wanted))


def _accepts(look: Look, temperature: float, policy: Policy) -> bool:
    chances = {
        Material(label): round(p * PPM) for label, p in zip(LABELS, softmax(look.logits, temperature), strict=True)
    }
    seen = recognised((look.detection,), Classification(chances), Mask(look.detection.box.area), "")
    return decide(seen, policy).accepted


def surprise(logits: NDArray[np.float32], truths: Sequence[int]) -> float:
    """Mean negative logarithm of the truth's probability at the best temperature."""
    temperature = fit_temperature(logits.tolist(), truths)
    chances = [softmax(row, temperature)[truth] for row, truth in zip(logits.tolist(), truths, strict=True)]
    return float(-np.mean(np.log(np.maximum(chances, 1e-9))))
