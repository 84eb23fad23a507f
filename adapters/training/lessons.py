"""What a classifier is taught in an epoch: varied crops in an order that favours rare labels, now and then mixed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import attrs
import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from adapters.training.augment import as_batch, varied
from adapters.training.ground import Box
from adapters.training.pictures import Image
from domain.learning.dataset import LABELS


@attrs.frozen(slots=True)
class Sample:
    """One picture to learn from: its pixels, the item's box, and the index of its label."""

    image: Image = attrs.field(eq=False, repr=False)
    box: Box
    label: int


@attrs.frozen(slots=True)
class Recipe:
    """One cycle of teaching.

    Attributes:
        epochs: passes over the photographs.
        side: of the crops, pixels.
        rate: the highest learning rate.
        frozen_blocks: the stem and so many blocks stay as they are (ImageNet knows edges already; it saves time).
        average: how slowly the averaged weights follow.
        mix: share of the batches in which pictures are mixed, except in the last two epochs.
        threads: for PyTorch.
        bfloat16: multiply in bfloat16 (weights and their changes stay float32).
    """

    epochs: int
    side: int
    rate: float
    frozen_blocks: int
    batch: int = 32
    decay: float = 0.02
    smoothing: float = 0.1
    mix: float = 0.3
    average: float = 0.99
    threads: int = 2
    bfloat16: bool = False


def batches(
    samples: Sequence[Sample], recipe: Recipe, seed: int, epoch: int
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """One epoch of varied batches, prepared one ahead in a thread."""
    dice = np.random.default_rng([seed, epoch])
    order = _balanced_order(samples, dice)
    mixing = recipe.mix if epoch < recipe.epochs - 2 else 0.0

    def prepare(start: int) -> tuple[torch.Tensor, torch.Tensor]:
        chosen = order[start : start + recipe.batch]
        images = [
            varied(samples[at].image, samples[at].box, recipe.side, np.random.default_rng([seed, epoch, start + place]))
            for place, at in enumerate(chosen)
        ]
        hard = torch.tensor([samples[at].label for at in chosen])
        targets = functional.one_hot(hard, len(LABELS)).float() * (1 - recipe.smoothing) + recipe.smoothing / len(
            LABELS
        )
        return _mixed(tensor(as_batch(images)), targets, mixing, np.random.default_rng([seed, epoch, start, 1]))

    starts = [start for start in range(0, len(order), recipe.batch) if len(order) - start > 1 or start == 0]
    with ThreadPoolExecutor(1) as pool:
        ahead = pool.submit(prepare, starts[0])
        for start in starts[1:]:
            ready, ahead = ahead.result(), pool.submit(prepare, start)
            yield ready
        yield ahead.result()


def _mixed(
    pixels: torch.Tensor, targets: torch.Tensor, chance: float, dice: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Sometimes cut a rectangle from each picture's neighbour in the batch, or fade the two together."""
    if dice.random() >= chance or len(pixels) < 2:
        return pixels, targets
    other, side = torch.roll(pixels, 1, 0), pixels.shape[-1]
    if dice.random() < 0.5:
        share = float(dice.beta(0.3, 0.3))
        pixels = pixels * share + other * (1 - share)
    else:
        high, wide = (int(side * dice.uniform(0.3, 0.7)) for _ in range(2))
        top, left = int(dice.integers(side - high)), int(dice.integers(side - wide))
        pixels = pixels.clone(memory_format=torch.channels_last)
        pixels[:, :, top : top + high, left : left + wide] = other[:, :, top : top + high, left : left + wide]
        share = 1 - high * wide / side**2
    return pixels, targets * share + torch.roll(targets, 1, 0) * (1 - share)


def _balanced_order(samples: Sequence[Sample], dice: np.random.Generator) -> list[int]:
    """As many draws as samples: each label by the square root of its number, each picture as evenly as can be."""
    by_label: dict[int, list[int]] = {}
    for index, sample in enumerate(samples):
        by_label.setdefault(sample.label, []).append(index)
    weights = {label: len(members) ** 0.5 for label, members in by_label.items()}
    order: list[int] = []
    for label, members in sorted(by_label.items()):
        wanted = round(len(samples) * weights[label] / sum(weights.values()))
        while wanted > 0:
            drawn = dice.permutation(members)[:wanted]
            order.extend(int(index) for index in drawn)
            wanted -= len(drawn)
    dice.shuffle(order)
    return order[: len(samples)]


def tensor(batch: NDArray[np.float32]) -> torch.Tensor:
    """A batch as PyTorch likes it best on a processor."""
    return torch.from_numpy(batch).to(memory_format=torch.channels_last)
