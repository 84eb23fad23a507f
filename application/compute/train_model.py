"""Make a model from photographs, in one go, from one plan."""

from __future__ import annotations

from attrs import frozen

from application.ports.training import Progress, Workshop
from domain.learning.dataset import Dataset
from domain.learning.evaluation import Judgement
from domain.learning.split import Part, Split, divide, require_sound
from domain.learning.training import Plan


@frozen
class Made:
    """A model that was made: how it judged pictures it never saw, and the detector's proofs by name (shares of one)."""

    judgement: Judgement
    proofs: dict[str, float]


def train_model(plan: Plan, workshop: Workshop, progress: Progress) -> Made:
    """Carry out the plan, stage by stage; an interrupted run goes on where it stopped.

    Raises:
        SplitError: the given division tears photographs of one object apart or leaves pictures out.
        TrainingFailed: a stage could not be carried out.
    """
    dataset = workshop.read_pictures(progress)
    split = _sound_split(plan, dataset, workshop, progress)
    workshop.find_items(dataset, split, progress)

    teaching = split.select(dataset.pictures, Part.TRAIN)
    workshop.teach_classifier(teaching, plan, progress)
    workshop.teach_detector(teaching, plan, progress)

    checked = workshop.export(split.select(dataset.pictures, Part.CALIBRATION), plan, progress)
    calibrated = workshop.calibrate(split.select(dataset.pictures, Part.CALIBRATION), plan, progress)
    workshop.describe(plan, dataset, calibrated)

    judging = split.select(dataset.pictures, Part.VALIDATION)
    sightings = workshop.judge(judging, progress)
    proofs = dict(workshop.prove(judging, plan, progress))
    workshop.write_card(dataset, split, sightings, proofs, calibrated, checked)
    return Made(Judgement(tuple(sightings.values())), proofs)


def _sound_split(plan: Plan, dataset: Dataset, workshop: Workshop, progress: Progress) -> Split:
    """The division given earlier, or a new one; either is checked against what the eye confirms now."""
    pairs = workshop.same_objects(dataset, progress)
    split = workshop.given_split(dataset)
    if split is None:
        split = divide(dataset.pictures, pairs, calibration=plan.calibration, validation=plan.validation)
    require_sound(split, dataset.pictures, pairs)
    workshop.keep_split(split, dataset, pairs)
    return split
