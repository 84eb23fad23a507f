"""The model card: what the model is, what it was measured to do, and where it is wrong, with pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

import attrs

from adapters.training import augment, classifier, detector
from adapters.training.contact_sheet import Tile, contact_sheet
from adapters.training.drawing import confusion_picture, reliability_picture
from adapters.training.lessons import Recipe
from adapters.training.pictures import read_image, save_image
from domain.learning.dataset import LABELS, Dataset
from domain.learning.evaluation import Judgement, Sighting, calibration_error
from domain.learning.split import Part, Split
from domain.learning.training import Plan
from domain.learning.version import Calibrated, Checked

TEMPLATE = Path(__file__).with_name("card.md")
MOST_MISTAKES = 32


@attrs.frozen
class Facts:
    """All that a card tells."""

    dataset: Dataset
    split: Split
    sightings: Mapping[str, Sighting]
    proofs: Mapping[str, float]
    calibrated: Calibrated
    checked: Checked
    model: Mapping[str, Any]

    @property
    def judgement(self) -> Judgement:
        """The marks."""
        return Judgement(tuple(self.sightings.values()))

    @property
    def confident(self) -> list[tuple[float, bool]]:
        """How sure the model was of each name, and whether it was right."""
        return [(seen.confidence, seen.label == seen.truth) for seen in self.sightings.values() if seen.label]


def recipe_line(plan: Plan) -> str:
    """The recipe in one line, as model.json keeps it."""
    return (
        f"two EfficientNet-Lite2 from ImageNet weights, {_epochs(plan)} epochs on crops; "
        f"YOLO11n from scratch, {plan.epochs_detector} epochs on photographs and composites"
    )


def write(folder: Path, facts: Facts, paths: Mapping[str, Path]) -> None:
    """Write README.md and its pictures.

    Args:
        folder: where to.
        facts: what to tell.
        paths: the judged pictures by hash.
    """
    confusion = confusion_picture(facts.judgement.confusion(), LABELS, (*LABELS, "nothing"))
    save_image(folder / "confusion.png", confusion)
    save_image(folder / "reliability.png", reliability_picture(facts.confident))
    tiles = _mistakes(facts.sightings, paths) or [Tile(augment.blank(150, 200), "no mistakes")]
    save_image(folder / "mistakes.jpg", contact_sheet(tiles, min(8, len(tiles)), 150), 75)
    told = {**_measured(facts), **_made(facts), **_recipe(facts)}
    (folder / "README.md").write_text(Template(TEMPLATE.read_text()).substitute(told))


def _mistakes(sightings: Mapping[str, Sighting], paths: Mapping[str, Path]) -> list[Tile]:
    """Wrong decisions first, then wrong names, the surest first."""
    wrong = [sha for sha, seen in sightings.items() if seen.label != seen.truth or not seen.rightly_decided]
    wrong.sort(key=lambda sha: (sightings[sha].rightly_decided, -sightings[sha].confidence))
    tiles = []
    for sha in wrong[:MOST_MISTAKES]:
        seen = sightings[sha]
        flag, named = "" if seen.rightly_decided else "! ", seen.label or "nothing"
        tiles.append(Tile(read_image(paths[sha]), f"{flag}{seen.truth}: {named} {_percent(seen.confidence, 0)}"))
    return tiles


def _measured(facts: Facts) -> dict[str, object]:
    judgement, chosen = facts.judgement, facts.calibrated
    labels = (f"| {label} | {judgement.precision(label)} | {judgement.recall(label)} |" for label in LABELS)
    return {
        "six_class": judgement.six_class,
        "decision": judgement.decision,
        "lost": judgement.refused_singly({"no_item", "two_items"}),
        "proofs": "\n".join(_proof_rows(facts.proofs)),
        "labels": "\n".join(labels),
        "temperature": f"{chosen.temperature:.3f}",
        "error_before": _percent(chosen.error_before),
        "error_after": _percent(chosen.error_after),
        "error_judged": _percent(calibration_error(facts.confident)),
        "threshold": _percent(chosen.threshold, 0),
        "disagreement": _percent(chosen.disagreement, 0),
        "confidence": f"{chosen.confidence:.2f}",
        "second": f"{chosen.second_item_confidence:.2f}",
    }


def _proof_rows(proofs: Mapping[str, float]) -> list[str]:
    names = {
        "map50_class_agnostic": f"mAP50 of items, labels ignored, on {proofs.get('boxes_judged_on', 0):.0f} boxes",
        "map50_95_class_agnostic": "mAP50-95 on the same boxes",
        "shrunk_to_40_percent_iou_0.7": "items shrunk to 40 % and laid anywhere: IoU of 0.7 or more (composites)",
        "two_items_refused_as_two": 'two items refused as "two items" (composites)',
        "empty_ground_refused_as_empty": 'an empty ground refused as "no item" (composites)',
    }
    return [f"| {names[key]} | {_percent(proofs[key])} |" for key in names if key in proofs]


def _made(facts: Facts) -> dict[str, object]:
    parts = {part.value: len(facts.split.of(part)) for part in Part}
    return {
        "version": facts.model["version"],
        "pictures": len(facts.dataset.pictures),
        "contradictions": len(facts.dataset.contradictions),
        "data_sha256": facts.dataset.sha256,
        "seed": facts.model["trained"]["seed"],
        **parts,
    }


def _recipe(facts: Facts) -> dict[str, object]:
    other, checked = detector.Recipe(), facts.checked
    members = classifier.recipes(facts.model["trained"]["epochs_classifier"])
    return {
        "recipe": facts.model["trained"]["recipe"],
        "members": "\n".join(_member_rows(members)),
        "smoothing": members[0].smoothing,
        "view_side": facts.model["classifier"]["input_size"],
        "margin": augment.MARGIN,
        "detector_side": facts.model["detector"]["input_size"],
        "detector_rate": other.rate,
        "logit_difference": f"{checked.classifier_difference:.4f}",
        "score_difference": f"{checked.detector_difference:.4f}",
        "same_names": _percent(checked.same_names),
        "megabytes": f"{checked.bytes / 1e6:.1f}",
    }


def _member_rows(members: Sequence[Recipe]) -> list[str]:
    return [
        f"  | {place} | {one.side} px | {one.epochs} | {one.rate} | {one.frozen_blocks} | {_percent(one.mix, 0)}"
        f" | {one.average} | {'bfloat16' if one.bfloat16 else 'float32'} |"
        for place, one in enumerate(members, start=1)
    ]


def _epochs(plan: Plan) -> str:
    return " and ".join(str(one.epochs) for one in classifier.recipes(plan.epochs_classifier))


def _percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"
