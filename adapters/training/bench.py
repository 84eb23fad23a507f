"""What the workshop's stages share: the pictures, the items, and a look through the networks made so far."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

import attrs
import numpy as np
import torch

from adapters.training import augment, classifier, export
from adapters.training.calibration import Look as Spoken
from adapters.training.calibration import surprise
from adapters.training.contact_sheet import Tile
from adapters.training.detections import Corners, read_output
from adapters.training.empty_ground import Source, as_source
from adapters.training.ground import Item, find_item
from adapters.training.pictures import Image
from adapters.training.proofs import Look
from adapters.training.shelf import Shelf
from application.ports.training import Progress
from domain.deposits.recognition import Detection
from domain.learning.dataset import LABELS, Picture

VIEW_SIDES = (224, 256, 288)
LEAST_SCORE = 0.02


@attrs.define
class Bench:
    """The state of a run.

    Attributes:
        data: folder of folders named by label.
        out: where everything goes.
        open_eyes: given a model's folder, the machine's own eyes: picture file in, what it sees and decides out.
        splits: a division to use; None for the committed one where it fits these pictures, else a new one.
        side: the detector's input, pixels.
        threads: for PyTorch.
        committed: where the division and the boxes corrected by eye lie for the photographs of the default model.
    """

    data: Path
    out: Path
    open_eyes: Callable[[Path], Look]
    splits: Path | None = None
    side: int = 192
    threads: int = 2
    committed: Path = Path(__file__).parent / "trashnet"
    paths: dict[str, Path] = attrs.field(factory=dict, init=False)
    images: dict[str, Image] = attrs.field(factory=dict, init=False, repr=False)

    @property
    def shelf(self) -> Shelf:
        """Results of the stages."""
        return Shelf(self.out / "stages")

    @property
    def model(self) -> Path:
        """The folder a machine loads."""
        return self.out / "model"

    def weights(self, member: int) -> Path:
        """The averaged weights of one of the classifier's members (0, 1)."""
        return self.shelf.folder / f"classifier-{member + 1}-weights.pt"

    @property
    def yolo(self) -> Path:
        """The detector's weights."""
        return self.shelf.folder / "detector" / "yolo" / "weights" / "last.pt"

    def taught(self) -> list[Mapping[str, torch.Tensor]]:
        """Read the averaged weights of the classifier's members."""
        members = range(len(classifier.recipes(1)))
        return [torch.load(self.weights(member), weights_only=True) for member in members]

    def item(self, sha: str) -> Item:
        """The item in a picture, derived once."""
        kept = self.shelf.item(sha)
        if kept is None:
            kept = find_item(self.images[sha])
            self.shelf.keep_item(sha, kept)
        return kept

    def sources(self, pictures: Collection[Picture]) -> list[Source]:
        """Pictures as material for composites, in the order of their hashes."""
        return [
            as_source(self.images[one.sha256], self.item(one.sha256), LABELS.index(one.label))
            for one in sorted(pictures)
        ]

    def tile(self, sha: str, text: str) -> Tile:
        """A picture for a contact sheet, its ground darkened."""
        item, shown = self.item(sha), self.images[sha].copy()
        shown[item.mask == 0] //= 2
        return Tile(shown, f"{Path(text).stem}{' whole' if item.whole_frame else ''}", (item.box,))

    def view_side(self, samples: Collection[Picture]) -> int:
        """Side of the crops the classifier is shown: of a few, the one that surprises it least on these pictures."""

        def choose() -> int:
            model, truths = export.judging(self.taught()), [LABELS.index(one.label) for one in samples]
            boxes = [(self.images[one.sha256], self.item(one.sha256).box) for one in samples]
            at = {side: [augment.view(image, box, side) for image, box in boxes] for side in VIEW_SIDES}
            return min(VIEW_SIDES, key=lambda side: surprise(classifier.logits(model, at[side]), truths))

        return int(self.shelf.once("view-side", choose))

    def view(self, sha: str) -> Image:
        """The crop of a picture's item by its derived box."""
        return augment.view(self.images[sha], self.item(sha).box, self.view_side(()))

    def detect(self, image: Image) -> tuple[Detection, ...]:
        """What the exported detector finds from a low score on, best first."""
        raw = export.run_detector(self.model / "detector.onnx", [image], self.side)[0]
        return read_output(raw, (image.shape[1], image.shape[0]), self.side, LEAST_SCORE)

    def claims(self, image: Image) -> list[tuple[Corners, float]]:
        """The same as boxes with scores."""
        found = self.detect(image)
        return [((one.box.x0, one.box.y0, one.box.x1, one.box.y1), one.confidence / 1e6) for one in found]

    def spoken(self, pictures: Collection[Picture], seen: Mapping[str, Sequence[Detection]]) -> list[Spoken]:
        """What both networks say of pictures, by the exported files, crops by the detector's own boxes."""
        mine = [one for one in pictures if seen[one.sha256]]
        if not mine:
            return []
        first = {one.sha256: seen[one.sha256][0] for one in mine}
        views = []
        for one in mine:
            box = first[one.sha256].box
            views.append(augment.view(self.images[one.sha256], (box.x0, box.y0, box.x1, box.y1), self.view_side(())))
        said = export.run_classifier(self.model / "classifier.onnx", views)
        return [
            Spoken(first[one.sha256], tuple(float(number) for number in row), one.label)
            for one, row in zip(mine, np.asarray(said), strict=True)
        ]

    def corrected_boxes(self, pictures: Collection[Picture]) -> dict[str, Corners]:
        """Boxes corrected by eye for those of the pictures that have one; derived ones where none is at hand."""
        known = {one.sha256 for one in pictures}
        path = self.committed / "validation_boxes.json"
        said = json.loads(path.read_text())["boxes"] if path.exists() else {}
        corrected = {sha: tuple(entry["box"]) for sha, entry in said.items() if sha in known}
        return corrected or {sha: self.item(sha).box for sha in sorted(known)}

    def ticking(self, pictures: Sequence[Picture], stage: str, progress: Progress) -> Iterator[Picture]:
        """Go through pictures and tell how far."""
        for done, picture in enumerate(pictures, start=1):
            yield picture
            progress(stage, done, len(pictures))


def named(progress: Progress, stage: str) -> Callable[[int, int, str], None]:
    """Progress of one stage."""

    def tick(done: int, total: int, note: str = "") -> None:
        progress(stage, done, total, note)

    return tick
