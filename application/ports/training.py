"""What training needs from outside: pictures, eyes that compare them, two learners, an exporter and a judge.

Each call is one stage. A stage keeps its result; asked again after an interruption, it answers from what it kept or
goes on where it stopped. Nothing here knows PyTorch.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

import attrs

from domain.learning.dataset import Dataset, Picture
from domain.learning.evaluation import Sighting
from domain.learning.split import Pair, Split
from domain.learning.training import Plan
from domain.learning.version import Calibrated, Checked


@attrs.frozen
class Seen:
    """What the machine's own eyes and rules say of one picture.

    Attributes:
        label: the material named, None when nothing was found.
        confidence: its calibrated probability, 0 to 1.
        accepted: whether the machine would keep the item.
        reason: why, in the words of domain.deposits.acceptance.Reason.
        box: x0, y0, x1, y1 of the surest item in pixels, None when nothing was found.
    """

    label: str | None
    confidence: float
    accepted: bool
    reason: str
    box: tuple[float, float, float, float] | None


class Progress(Protocol):
    """Told how far a stage is."""

    def __call__(self, stage: str, done: int, total: int, note: str = "") -> None:
        """Stage `stage` has done `done` of `total` steps; `note` is for people."""


class TrainingFailed(RuntimeError):
    """A stage could not be carried out; the message says which and why."""


class Workshop(Protocol):
    """Where a model is made. Every method may raise TrainingFailed."""

    def read_pictures(self, progress: Progress) -> Dataset:
        """The photographs, by hash and label."""

    def same_objects(self, dataset: Dataset, progress: Progress) -> Collection[Pair]:
        """Confirmed pairs of photographs of one object."""

    def given_split(self, dataset: Dataset) -> Split | None:
        """A division decided earlier for exactly these pictures, if there is one."""

    def keep_split(self, split: Split, dataset: Dataset, pairs: Collection[Pair]) -> None:
        """Write the division down beside the model."""

    def find_items(self, dataset: Dataset, split: Split, progress: Progress) -> None:
        """Derive each item's box from its plain ground and write contact sheets."""

    def teach_classifier(self, train: Collection[Picture], plan: Plan, progress: Progress) -> None:
        """Fine-tune the material classifier on the items."""

    def teach_detector(self, train: Collection[Picture], plan: Plan, progress: Progress) -> None:
        """Train the detector on photographs and composites."""

    def export(self, samples: Collection[Picture], plan: Plan, progress: Progress) -> Checked:
        """Write both networks for the machine and compare them on these pictures with what was trained."""

    def calibrate(self, calibration: Collection[Picture], plan: Plan, progress: Progress) -> Calibrated:
        """Choose temperature and thresholds on pictures that taught nothing."""

    def describe(self, plan: Plan, dataset: Dataset, calibrated: Calibrated) -> None:
        """Write the model's description, which the machine reads."""

    def judge(self, validation: Collection[Picture], progress: Progress) -> Mapping[str, Sighting]:
        """Run the whole path, as a machine would, on pictures never used before; sightings by hash."""

    def prove(self, validation: Collection[Picture], plan: Plan, progress: Progress) -> Mapping[str, float]:
        """The detector's proofs on corrected boxes and composites, by name, as shares of one."""

    def write_card(
        self,
        dataset: Dataset,
        split: Split,
        sightings: Mapping[str, Sighting],
        proofs: Mapping[str, float],
        calibrated: Calibrated,
        checked: Checked,
    ) -> None:
        """Write the model card with its pictures."""
