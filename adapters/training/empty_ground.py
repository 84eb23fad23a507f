"""A photograph's ground without its item, and grounds with nothing on them."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import cv2
import numpy as np
from numpy.typing import NDArray

from adapters.training.ground import Item, Plane, find_item
from adapters.training.pictures import Image

TALL, WIDE = 320, 240
"""Size of a scene for the detector, pixels."""
LEAST_GROUND = 0.3
"""Share of a frame that has to show ground for it to be told what lies under the item."""
LEAST_AGREEMENT = 0.75
"""Share of a painted ground that has to agree with one smooth surface."""


@attrs.frozen(slots=True)
class Source:
    """A photograph with its one item, at the scenes' size.

    Attributes:
        image: RGB, uint8.
        item: where the item is.
        label: index of its label.
        surface: the ground without the item, RGB float 0-255, same size; meaningless where `item.whole_frame`.
        bare: the true ground with the item painted over, like `surface`; None where remains would show (below).
    """

    image: Image = attrs.field(eq=False, repr=False)
    item: Item
    label: int
    surface: Plane = attrs.field(eq=False, repr=False)
    bare: Plane | None = attrs.field(eq=False, repr=False)


def as_source(image: Image, item: Item, label: int) -> Source:
    """Bring a photograph to the scenes' size (its long side 320) and fit its ground."""
    scale = TALL / max(image.shape[:2])
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    mask = cv2.resize(item.mask, size, interpolation=cv2.INTER_AREA)
    mask = ((mask > 100) * 255).astype(np.uint8)
    box = tuple(round(value * scale) for value in item.box)
    shrunk = attrs.evolve(item, box=box, mask=mask)
    surface = _surface(small, mask)
    return Source(small, shrunk, label, surface, None if item.whole_frame else _bare(small, mask, surface))


def _surface(image: Image, mask: NDArray[np.uint8]) -> Plane:
    """Quadratic surface through the ground outside the (widened) item; the picture's mean where there is none."""
    height, width = image.shape[:2]
    free = cv2.dilate(mask, np.ones((9, 9), np.uint8)) == 0
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    terms = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=-1)
    if free.mean() < 0.05:
        return np.full(image.shape, image.reshape(-1, 3).mean(0), np.float32)
    few = 6 if free.mean() > 0.25 else 3
    solution, *_ = np.linalg.lstsq(terms[free][::7, :few], image[free][::7].astype(np.float32), rcond=None)
    surface = terms[..., :few] @ solution
    seen = image[free].astype(np.float32)
    return np.clip(surface, np.percentile(seen, 2, axis=0), np.percentile(seen, 98, axis=0)).astype(np.float32)


def _bare(image: Image, mask: NDArray[np.uint8], surface: Plane) -> Plane | None:
    """The photograph's own ground, with its folds and dirt, the item painted over; None if that does not succeed.

    The paint is the smooth surface plus what the ground near by differs from it, so that no seam shows. What the eye
    that found the item still finds then is a part of it that the mask had missed (or the "ground" is an item itself,
    cardboard mostly): such a picture gives no ground, it would call an item nothing.
    """
    wide = cv2.dilate(mask, np.ones((11, 11), np.uint8))
    free = (wide == 0).astype(np.float32)
    if free.mean() < LEAST_GROUND:
        return None
    off = (image - surface) * free[..., None]
    weight = cv2.GaussianBlur(free, (0, 0), 9)[..., None]
    paint = surface + cv2.GaussianBlur(off, (0, 0), 9) / np.maximum(weight, 0.02)
    near = cv2.GaussianBlur(wide, (0, 0), 1.5).astype(np.float32)[..., None] / 255
    painted = np.clip(image * (1 - near) + paint * near, 0, 255).astype(np.float32)
    left = find_item(painted.astype(np.uint8))
    return painted if left.whole_frame and left.ground_share > LEAST_AGREEMENT else None


def empty_ground(sources: Sequence[Source], dice: np.random.Generator) -> Image:
    """A ground with nothing on it: a photograph, its item painted over, or a smooth or magnified piece of ground."""
    plain = [source for source in sources if source.bare is not None] or list(sources)
    source = plain[int(dice.integers(len(plain)))]
    ground = source.surface.copy()
    kind = dice.random()
    if kind < 0.55 and source.bare is not None:
        ground = source.bare.copy()
    elif kind < 0.75:
        ground = _magnified_patch(source, dice, ground)
    ground = ground * soft_light(ground.shape[:2], dice)[..., None]
    if dice.random() < 0.5:
        ground = (
            ground * np.exp(dice.uniform(-0.06, 0.06, 3)).astype(np.float32) * float(np.exp(dice.uniform(-0.2, 0.1)))
        )
    grain = dice.normal(0, dice.uniform(0.5, 3), (*ground.shape[:2], 1)).astype(np.float32)
    ground = np.clip(ground + grain, 0, 255).astype(np.uint8)
    ground = cv2.resize(ground, (WIDE, TALL), interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(np.rot90(ground, 2) if dice.random() < 0.5 else ground)


def _magnified_patch(source: Source, dice: np.random.Generator, otherwise: Plane) -> Plane:
    """A piece of true ground free of the item, blown up to the whole frame; `otherwise` where none is found."""
    height, width = source.image.shape[:2]
    tall, wide = height // 3, width // 3
    for _ in range(8):
        top, left = int(dice.integers(height - tall)), int(dice.integers(width - wide))
        if not source.item.mask[top : top + tall, left : left + wide].any():
            patch = source.image[top : top + tall, left : left + wide].astype(np.float32)
            return cv2.resize(patch, (width, height), interpolation=cv2.INTER_CUBIC)
    return otherwise


def soft_light(shape: tuple[int, int], dice: np.random.Generator) -> Plane:
    """Soft shadows and bright patches over the frame, about 0.6 to 1.1."""
    height, width = shape
    light = np.ones((height, width), np.float32)
    for _ in range(int(dice.integers(0, 3))):
        blob = np.zeros((height, width), np.float32)
        centre = (int(dice.integers(width)), int(dice.integers(height)))
        axes = (int(width * dice.uniform(0.1, 0.7)), int(height * dice.uniform(0.05, 0.5)))
        cv2.ellipse(blob, centre, axes, float(dice.uniform(0, 180)), 0, 360, 1.0, -1)
        light *= 1 + cv2.GaussianBlur(blob, (0, 0), float(dice.uniform(8, 40))) * float(dice.uniform(-0.35, 0.1))
    return light
