"""The workshop of this host: a data folder, an output folder, PyTorch and OpenCV.

OUT/model/      detector.onnx classifier.onnx model.json: what a machine loads
OUT/card/       the model card and its pictures
OUT/splits.json the division that was used
OUT/stages/     every stage's result; delete it when the model is made
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

import attrs
import cv2
import numpy as np
import torch

from adapters.training import card, classifier, detector, export
from adapters.training.bench import Bench, named
from adapters.training.calibration import choose_policy, temperature_of
from adapters.training.contact_sheet import contact_sheet
from adapters.training.detections import choose_thresholds
from adapters.training.evaluate import judge_pictures
from adapters.training.lessons import Sample
from adapters.training.likeness import Confirmation, compare
from adapters.training.pictures import read_dataset, read_image, save_image
from adapters.training.proofs import make_proof_scenes, prove_boxes, prove_scenes
from adapters.training.shelf import keep_json
from application.ports.training import Progress
from domain.learning.dataset import LABELS, Dataset, Picture
from domain.learning.evaluation import Sighting
from domain.learning.split import Pair, Part, Split
from domain.learning.training import Plan
from domain.learning.version import Calibrated, Checked


@attrs.define
class FolderWorkshop(Bench):
    """Makes a model from DATA into OUT; what each method promises stands in application.ports.training.Workshop."""

    # ------------------------------------------------------------------ data

    def read_pictures(self, progress: Progress) -> Dataset:
        dataset, self.paths = read_dataset(self.data)
        self.shelf.belongs_to("data", {"data_sha256": dataset.sha256})
        for done, picture in enumerate(dataset.pictures, start=1):
            self.images[picture.sha256] = read_image(self.paths[picture.sha256])
            progress("pictures", done, len(dataset.pictures))
        return dataset

    def same_objects(self, dataset: Dataset, progress: Progress) -> Collection[Pair]:
        rule = Confirmation()

        def confirm() -> list[list[str]]:
            masks = {
                picture.sha256: cv2.dilate(self.item(picture.sha256).mask, np.ones((15, 15), np.uint8))
                for picture in self.ticking(dataset.pictures, "boxes", progress)
            }
            images = {picture.sha256: self.images[picture.sha256] for picture in dataset.pictures}
            found = compare(
                images,
                masks,
                lambda some: classifier.embed(some, lambda done, of: progress("embedding", done, of)),
                rule,
                lambda done, of: progress("same objects", done, of),
            )
            return [[match.one, match.other] for match in found if match.confirmed(rule)]

        return [(one, other) for one, other in self.shelf.once("pairs", confirm)]

    def given_split(self, dataset: Dataset) -> Split | None:
        path = self.splits or self.committed / "splits.json"
        said = json.loads(path.read_text()) if path.exists() else None
        if said is None or (self.splits is None and said["data_sha256"] != dataset.sha256):
            return None
        return Split({sha: Part(part) for part, hashes in said["parts"].items() for sha in hashes})

    def keep_split(self, split: Split, dataset: Dataset, pairs: Collection[Pair]) -> None:
        parts = {part.value: list(split.of(part)) for part in Part}
        said = {"schema": 1, "data_sha256": dataset.sha256, "parts": parts, "pairs": sorted(map(list, pairs))}
        keep_json(self.out / "splits.json", said)

    def find_items(self, dataset: Dataset, split: Split, progress: Progress) -> None:
        for label in LABELS:
            shown = [picture for picture in dataset.pictures if picture.label == label][:60]
            tiles = [self.tile(picture.sha256, picture.name) for picture in shown]
            path = self.out / "card" / "boxes" / f"{label}.jpg"
            if tiles and not path.exists():
                save_image(path, contact_sheet(tiles, 12, 96), 70)

    # -------------------------------------------------------------- teaching

    def teach_classifier(self, train: Collection[Picture], plan: Plan, progress: Progress) -> None:
        self.shelf.belongs_to("plan", attrs.asdict(plan))
        samples = [Sample(self.images[one.sha256], self.item(one.sha256).box, LABELS.index(one.label)) for one in train]
        for member, recipe in enumerate(classifier.recipes(plan.epochs_classifier, self.threads)):
            if self.weights(member).exists():
                continue
            checkpoint, told = (
                self.shelf.folder / f"classifier-{member + 1}.pt",
                named(progress, f"classifier {member + 1}"),
            )
            weights = classifier.train(samples, recipe, plan.seed + member, checkpoint, told)
            torch.save(weights, self.weights(member))

    def teach_detector(self, train: Collection[Picture], plan: Plan, progress: Progress) -> None:
        folder = self.shelf.folder / "detector"
        if not (folder / "data.yaml").exists():
            sources = self.sources(train)
            detector.make_scenes(sources, detector.Scenes(), plan.seed, folder, named(progress, "scenes"))
        recipe = detector.Recipe(epochs=plan.epochs_detector, side=self.side, threads=self.threads)
        detector.train(folder / "data.yaml", recipe, plan.seed, folder, named(progress, "detector"))

    # ------------------------------------------------- export and thresholds

    def export(self, samples: Collection[Picture], plan: Plan, progress: Progress) -> Checked:
        files = (self.model / "detector.onnx", self.model / "classifier.onnx")

        def make() -> dict[str, float]:
            progress("export", 0, 3)
            export.export_classifier(self.taught(), self.view_side(samples), files[1])
            progress("export", 1, 3)
            export.export_detector(self.yolo, self.side, files[0])
            progress("export", 2, 3)
            pairs = [(self.images[one.sha256], self.view(one.sha256)) for one in list(samples)[:60]]
            checked = export.compare(files, (self.yolo, self.taught()), pairs, self.side)
            progress("export", 3, 3)
            return attrs.asdict(checked)

        return Checked(**self.shelf.once("checked", make))

    def calibrate(self, calibration: Collection[Picture], plan: Plan, progress: Progress) -> Calibrated:

        def choose() -> dict[str, float]:
            seen = {one.sha256: self.detect(self.images[one.sha256]) for one in calibration}
            scenes = make_proof_scenes(self.sources(calibration), plan.composites, plan.seed + 1)
            progress("thresholds", 1, 3)
            single = [seen[one.sha256] for one in calibration]
            double, none = ([self.detect(one.image) for one in kind] for kind in (scenes.double, scenes.empty))
            confidence, second = choose_thresholds(single, double, none)
            progress("thresholds", 2, 3)
            spoken = self.spoken(calibration, seen)
            temperature, before, after = temperature_of(spoken)
            threshold, disagreement = choose_policy(spoken, temperature)
            progress("thresholds", 3, 3)
            chosen = Calibrated(temperature, before, after, threshold, disagreement, confidence, second)
            return attrs.asdict(chosen)

        return Calibrated(**self.shelf.once("calibrated", choose))

    def describe(self, plan: Plan, dataset: Dataset, calibrated: Calibrated) -> None:
        recipe = f"{card.recipe_line(plan)}; boxes from the plain ground; composites for the detector"
        trained = {
            "seed": plan.seed, "epochs_classifier": plan.epochs_classifier,
            "data_sha256": dataset.sha256, "recipe": recipe,
        }  # fmt: skip
        export.describe(self.model, plan.version, (self.side, self.view_side(())), calibrated, trained)

    # --------------------------------------------------------------- judging

    def judge(self, validation: Collection[Picture], progress: Progress) -> Mapping[str, Sighting]:

        def look_at_all() -> dict[str, object]:
            look = self.open_eyes(self.model)
            said = judge_pictures(look, validation, self.paths, lambda done, of: progress("judging", done, of))
            return {sha: attrs.asdict(sighting) for sha, sighting in said.items()}

        return {sha: Sighting(**said) for sha, said in self.shelf.once("sightings", look_at_all).items()}

    def prove(self, validation: Collection[Picture], plan: Plan, progress: Progress) -> Mapping[str, float]:

        def run() -> dict[str, float]:
            scenes = make_proof_scenes(self.sources(validation), plan.composites, plan.seed + 2)
            folder = self.shelf.folder / "proofs"
            look = self.open_eyes(self.model)
            shares = prove_scenes(scenes, folder, look, lambda done, of: progress("proofs", done, of))
            boxes = self.corrected_boxes(validation)
            found = {sha: self.claims(self.images[sha]) for sha in boxes}
            return {**shares, **prove_boxes(boxes, found), "boxes_judged_on": float(len(boxes))}

        return dict(self.shelf.once("proofs", run))

    def write_card(
        self,
        dataset: Dataset,
        split: Split,
        sightings: Mapping[str, Sighting],
        proofs: Mapping[str, float],
        calibrated: Calibrated,
        checked: Checked,
    ) -> None:
        told = json.loads((self.model / "model.json").read_text())
        facts = card.Facts(dataset, split, sightings, proofs, calibrated, checked, told)
        card.write(self.out / "card", facts, self.paths)
