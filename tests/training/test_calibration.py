"""Thresholds that chance alone does not move."""

import math

from adapters.training.calibration import Look, choose_policy
from domain.deposits.recognition import PPM, Box, Detection, Material
from domain.learning.dataset import LABELS


def look(chance, truth):
    """A picture that is glass with this probability and paper otherwise; the detector says what is true."""
    share = {"glass": chance, "paper": 1 - chance}
    logits = tuple(math.log(share.get(label, 0) or 1e-9) for label in LABELS)
    return Look(Detection(Box(0, 0, 10, 10), Material(truth), PPM // 2), logits, truth)


def test_one_picture_more_does_not_move_the_threshold_to_the_edge():
    certain = [look(0.97, "glass")] * 60 + [look(0.03, "paper")] * 60
    contrary = [look(0.95, "paper")] * 5
    one_more = [look(0.86, "paper")]
    assert choose_policy([*certain, *contrary, *one_more], 1.0)[0] == 0.5


def test_many_pictures_do():
    certain = [look(0.97, "glass")] * 60 + [look(0.03, "paper")] * 60
    often = [look(0.66, "paper")] * 8
    assert 0.66 < choose_policy([*certain, *often], 1.0)[0] <= 0.68
