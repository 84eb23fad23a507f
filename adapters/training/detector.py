"""Teaching YOLO11n from scratch to find and name items, with ultralytics, offline.

The scenes are written once as small JPEGs in ultralytics' layout; training saves after every epoch and continues from
there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import torch

from adapters.training.composites import Scene, several_items, shrunk_photograph, side_by_side
from adapters.training.empty_ground import Source, empty_ground
from adapters.training.offline import YOLO
from adapters.training.pictures import save_image
from domain.learning.dataset import LABELS

Tick = Callable[[int, int, str], None]


@attrs.frozen(slots=True)
class Scenes:
    """How many scenes of each kind are made, as shares of the number of photographs."""

    plain: float = 1.0
    shrunk: float = 0.5
    shrunk_whole: float = 0.12
    pairs: float = 0.9
    triples: float = 0.1
    side_by_side: float = 0.08
    empty: float = 0.6


@attrs.frozen(slots=True)
class Recipe:
    """How the detector is taught."""

    epochs: int = 18
    side: int = 192
    batch: int = 16
    rate: float = 2e-3
    threads: int = 2


def make_scenes(sources: Sequence[Source], shares: Scenes, seed: int, folder: Path, tick: Tick) -> Path:
    """Write the training scenes and the data file; returns its path. Does nothing when they are complete."""
    data = folder / "data.yaml"
    if data.exists():
        return data
    plan = _plan(len(sources), shares)
    for index, kind in enumerate(plan):
        scene = _scene(kind, index % len(sources), sources, np.random.default_rng([seed, index]))
        name = f"{index:05d}"
        save_image(folder / "images" / f"{name}.jpg", scene.image, 88)
        label = folder / "labels" / f"{name}.txt"
        label.parent.mkdir(parents=True, exist_ok=True)
        label.write_text(_yolo_lines(scene))
        if index % 50 == 0:
            tick(index, len(plan), "scenes")
    few = "".join(f"./images/{index:05d}.jpg\n" for index in range(0, len(plan), max(1, len(plan) // 16)))
    (folder / "val.txt").write_text(few)
    names = "".join(f"  {index}: {label}\n" for index, label in enumerate(LABELS))
    data.write_text(f"path: {folder.resolve()}\ntrain: images\nval: val.txt\nnames:\n{names}")
    return data


def train(data: Path, recipe: Recipe, seed: int, folder: Path, tick: Tick) -> Path:
    """Teach the detector, continuing where a run was cut off.

    Returns:
        The path of the final weights (averaged over the run by ultralytics, stripped of the optimiser).
    """
    torch.set_num_threads(recipe.threads)
    weights, done = folder / "yolo" / "weights" / "last.pt", folder / "done.json"
    if done.exists():
        return weights
    fresh = not weights.exists()
    model = YOLO("yolo11n.yaml" if fresh else weights, task="detect")
    reporter = _Reporter(recipe.epochs, tick)
    model.add_callback("on_train_epoch_start", reporter.begin)
    model.add_callback("on_train_batch_end", reporter.step)
    options = {
        "data": str(data), "epochs": recipe.epochs, "imgsz": recipe.side, "batch": recipe.batch, "device": "cpu",
        "workers": 0, "project": str(folder), "name": "yolo", "exist_ok": True, "pretrained": False,
        "optimizer": "AdamW", "lr0": recipe.rate, "lrf": 0.02, "warmup_epochs": min(1.0, recipe.epochs / 4),
        "weight_decay": 0.01, "cos_lr": True, "nbs": recipe.batch, "seed": seed, "deterministic": True, "val": False,
        "plots": False, "save": True, "amp": False, "mosaic": 0.0, "mixup": 0.0, "fliplr": 0.5, "flipud": 0.5,
        "degrees": 0.0, "translate": 0.08, "scale": 0.25, "hsv_h": 0.02, "hsv_s": 0.5, "hsv_v": 0.35, "erasing": 0.0,
        "verbose": False, "cache": "ram", "patience": 1000, "close_mosaic": 0,
    }  # fmt: skip
    if fresh:
        model.train(**options)
    elif model.ckpt.get("epoch", -1) >= 0:  # -1: finished, and cut off before `done` was written
        model.train(resume=True)
    done.write_text(json.dumps({"epochs": recipe.epochs, "seed": seed}))
    return weights


class _Reporter:
    """Hears ultralytics' callbacks and passes on how far it is."""

    def __init__(self, epochs: int, tick: Tick) -> None:
        self._epochs, self._tick, self._step = epochs, tick, 0

    def begin(self, _trainer: Any) -> None:
        self._step = 0

    def step(self, trainer: Any) -> None:
        batches = len(trainer.train_loader)
        self._step += 1
        note = f"epoch {trainer.epoch + 1} loss {_total(trainer.tloss):.2f}"
        self._tick(trainer.epoch * batches + self._step, self._epochs * batches, note)


def _total(loss: Any) -> float:
    """The running losses (a tensor or a dict of them, by version) as one number."""
    parts = list(loss.values()) if isinstance(loss, dict) else [loss]
    return float(sum(part.sum() for part in parts)) if loss is not None else 0.0


def _plan(photographs: int, shares: Scenes) -> list[str]:
    """The kinds of scenes in order, so that a picture's place says what it is."""
    kinds = attrs.asdict(shares)
    return [kind for kind, share in kinds.items() for _ in range(max(1, round(share * photographs)))]


def _scene(kind: str, index: int, sources: Sequence[Source], dice: np.random.Generator) -> Scene:
    source = sources[index]
    clear = [one for one in sources if not one.item.whole_frame] or list(sources)
    if kind == "plain":
        return Scene(source.image, ((source.item.box, source.label),))
    if kind == "shrunk":
        return several_items([source], sources, 1, dice, (0.18, 0.8))
    if kind == "shrunk_whole":
        return shrunk_photograph(source, float(dice.uniform(0.3, 0.8)), dice)
    if kind == "pairs":
        return several_items(clear if dice.random() < 0.85 else sources, sources, 2, dice, (0.2, 0.66), near=0.4)
    if kind == "triples":
        return several_items(clear, sources, 3, dice, (0.2, 0.45), near=0.4)
    if kind == "side_by_side":
        one, other = (clear[int(dice.integers(len(clear)))] for _ in range(2))
        return side_by_side(one, other, dice)
    return Scene(empty_ground(sources, dice), ())


def _yolo_lines(scene: Scene) -> str:
    height, width = scene.image.shape[:2]
    lines = []
    for (x0, y0, x1, y1), label in scene.boxes:
        numbers = ((x0 + x1) / 2 / width, (y0 + y1) / 2 / height, (x1 - x0) / width, (y1 - y0) / height)
        lines.append(f"{label} " + " ".join(f"{min(max(number, 0), 1):.5f}" for number in numbers))
    return "\n".join(lines) + ("\n" if lines else "")
