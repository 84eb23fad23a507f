"""Made-up scenes for the detector: photographs show one item each, machines also see none, two, small ones, off-centre.

An item is cut from its photograph as a *ratio* to its own ground (what it does to the light), so that pasted on another
ground its soft shadow and its transparency come along and the seam disappears. Some scenes are made more crudely on
purpose (a feathered rectangle, a whole photograph shrunk, two photographs side by side): a detector that only knows
one way of making composites learns the way, not the item.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import cv2
import numpy as np
from numpy.typing import NDArray

from adapters.training.empty_ground import TALL, WIDE, Source, empty_ground, soft_light
from adapters.training.ground import Box, Plane
from adapters.training.pictures import Image

FloatBox = tuple[float, float, float, float]


@attrs.frozen(slots=True)
class Scene:
    """A picture for the detector: boxes x0, y0, x1, y1 in its pixels with label indexes; none on an empty ground."""

    image: Image = attrs.field(eq=False, repr=False)
    boxes: tuple[tuple[FloatBox, int], ...]


@attrs.frozen(slots=True)
class _Cutout:
    light: Plane  # what to multiply the ground by
    cover: Plane  # 0 ground .. 1 item and its shadow
    box: FloatBox
    label: int


def _cut(source: Source, scale: float, dice: np.random.Generator) -> _Cutout:
    """Cut the item out, scaled and perhaps turned by a quarter or mirrored."""
    item, (height, width) = source.item, source.image.shape[:2]
    pad = 0 if item.whole_frame else round(0.05 * max(item.box[2] - item.box[0], item.box[3] - item.box[1])) + 2
    x0, y0 = max(item.box[0] - pad, 0), max(item.box[1] - pad, 0)
    x1, y1 = min(item.box[2] + pad, width), min(item.box[3] + pad, height)
    piece = source.image[y0:y1, x0:x1].astype(np.float32)
    if item.whole_frame:
        light, cover = piece / 215.0, np.ones(piece.shape[:2], np.float32)
    else:
        light = piece / np.maximum(source.surface[y0:y1, x0:x1], 12)
        cover = _cover(item.mask[y0:y1, x0:x1], dice)
    size = (max(4, round((x1 - x0) * scale)), max(4, round((y1 - y0) * scale)))
    light, cover = (cv2.resize(part, size, interpolation=cv2.INTER_AREA) for part in (light, cover))
    left, top = (item.box[0] - x0) * scale, (item.box[1] - y0) * scale
    box = (left, top, left + (item.box[2] - item.box[0]) * scale, top + (item.box[3] - item.box[1]) * scale)
    return _turned(_Cutout(np.clip(light, 0, 2.5), cover, box, source.label), dice)


def _cover(mask: NDArray[np.uint8], dice: np.random.Generator) -> Plane:
    """A soft cover of the item; holes (glass looks like ground) closed by the hull most times."""
    if dice.random() < 0.15:  # a feathered rectangle
        cover = np.zeros(mask.shape, np.float32)
        cover[3:-3, 3:-3] = 1
        return cv2.GaussianBlur(cover, (0, 0), 1.5)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    solid = mask.copy()
    if contours and dice.random() < 0.7:
        cv2.fillConvexPoly(solid, cv2.convexHull(np.concatenate(contours)), 255)
    solid = cv2.dilate(solid, np.ones((3, 3), np.uint8), iterations=int(dice.integers(0, 3)))
    return cv2.GaussianBlur(solid, (0, 0), float(dice.uniform(0.7, 2.0))).astype(np.float32) / 255


def _turned(cut: _Cutout, dice: np.random.Generator) -> _Cutout:
    turns, mirror = int(dice.integers(4)), bool(dice.random() < 0.5)
    light, cover, (x0, y0, x1, y1) = cut.light, cut.cover, cut.box
    for _ in range(turns):
        wide = light.shape[1]
        light, cover = np.rot90(light), np.rot90(cover)
        x0, y0, x1, y1 = y0, wide - x1, y1, wide - x0
    if mirror:
        wide = light.shape[1]
        light, cover = light[:, ::-1], cover[:, ::-1]
        x0, x1 = wide - x1, wide - x0
    return _Cutout(np.ascontiguousarray(light), np.ascontiguousarray(cover), (x0, y0, x1, y1), cut.label)


def _pasted(canvas: Plane, cut: _Cutout, left: int, top: int, dice: np.random.Generator) -> FloatBox:
    """Lay the cutout on the canvas with a shadow; parts beyond the frame are lost. Returns its visible box."""
    height, width = canvas.shape[:2]
    tall, wide = cut.cover.shape
    if dice.random() < 0.6:
        _shade(canvas, cut.cover, left + int(dice.integers(-8, 9)), top + int(dice.integers(-8, 9)), dice)
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + wide, width), min(top + tall, height)
    part = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
    region = canvas[y0:y1, x0:x1]
    cover = cut.cover[part][..., None]
    region[:] = np.clip(region * (1 - cover) + region * cut.light[part] * cover, 0, 255)
    box = (left + cut.box[0], top + cut.box[1], left + cut.box[2], top + cut.box[3])
    return max(box[0], 0.0), max(box[1], 0.0), min(box[2], float(width)), min(box[3], float(height))


def _shade(canvas: Plane, cover: Plane, left: int, top: int, dice: np.random.Generator) -> None:
    height, width = canvas.shape[:2]
    shade = np.zeros((height, width), np.float32)
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + cover.shape[1], width), min(top + cover.shape[0], height)
    if x1 > x0 and y1 > y0:
        shade[y0:y1, x0:x1] = cover[y0 - top : y1 - top, x0 - left : x1 - left]
        canvas *= (1 - float(dice.uniform(0.05, 0.35)) * cv2.GaussianBlur(shade, (0, 0), float(dice.uniform(3, 9))))[
            ..., None
        ]


def several_items(
    sources: Sequence[Source],
    grounds: Sequence[Source],
    count: int,
    dice: np.random.Generator,
    sizes: tuple[float, float] = (0.3, 0.62),
    near: float = 0.0,
) -> Scene:
    """`count` items apart from each other on one ground (they may touch, none hides another).

    Args:
        sources: the items, one picked for each place.
        grounds: pictures to take the ground from.
        count: one or more.
        dice: randomness.
        sizes: the items' longer side as a share of the frame's longer side.
        near: how often an item is laid close by the one before instead of anywhere.
    """
    canvas = empty_ground(grounds, dice).astype(np.float32)
    placed: list[tuple[FloatBox, int]] = []
    for _ in range(count):
        for _attempt in range(60):
            source = sources[int(dice.integers(len(sources)))]
            long = max(source.item.box[2] - source.item.box[0], source.item.box[3] - source.item.box[1])
            scale = min(float(dice.uniform(*sizes)) * TALL / long, 1.6)
            cut = _cut(source, scale * (1 if not placed else 0.92**_attempt), dice)
            tall, wide = cut.cover.shape
            if wide > WIDE or tall > TALL:
                continue
            left, top = int(dice.integers(0, WIDE - wide + 1)), int(dice.integers(0, TALL - tall + 1))
            if placed and near and dice.random() < near:
                left, top = _close_by(placed[-1][0], cut, (left, top), dice)
            box = (left + cut.box[0], top + cut.box[1], left + cut.box[2], top + cut.box[3])
            if all(_apart(box, other) for other, _label in placed):
                placed.append((_pasted(canvas, cut, left, top, dice), cut.label))
                break
    return _quarter_turned(Scene(canvas.astype(np.uint8), tuple(placed)), dice)


def _close_by(other: FloatBox, cut: _Cutout, place: tuple[int, int], dice: np.random.Generator) -> tuple[int, int]:
    """Where a cutout lies a few pixels beside, or above or below, another item; `place` where there is no room."""
    gap = float(dice.uniform(0, 14))
    left, top = (
        (place[0], other[3] + gap - cut.box[1]),
        (place[0], other[1] - gap - cut.box[3]),
        (other[2] + gap - cut.box[0], place[1]),
        (other[0] - gap - cut.box[2], place[1]),
    )[int(dice.integers(4))]
    tall, wide = cut.cover.shape
    fits = 0 <= left <= WIDE - wide and 0 <= top <= TALL - tall
    return (round(left), round(top)) if fits else place


def shrunk_photograph(source: Source, share: float, dice: np.random.Generator) -> Scene:
    """The whole photograph shrunk to `share` and laid anywhere on a canvas that continues its ground."""
    height, width = source.image.shape[:2]
    size = (max(8, round(width * share)), max(8, round(height * share)))
    small = cv2.resize(source.image, size, interpolation=cv2.INTER_AREA)
    rim = np.concatenate([source.image[0], source.image[-1], source.image[:, 0], source.image[:, -1]])
    canvas = np.full((TALL, WIDE, 3), np.median(rim, axis=0), np.float32) * soft_light((TALL, WIDE), dice)[..., None]
    left, top = int(dice.integers(0, WIDE - size[0] + 1)), int(dice.integers(0, TALL - size[1] + 1))
    canvas[top : top + size[1], left : left + size[0]] = small
    box = _moved(source.item.box, share, left, top)
    return _quarter_turned(Scene(np.clip(canvas, 0, 255).astype(np.uint8), ((box, source.label),)), dice)


def side_by_side(one: Source, other: Source, dice: np.random.Generator) -> Scene:
    """Two photographs put next to each other, each squeezed to half a frame."""
    half = WIDE // 2
    canvas = np.zeros((TALL, WIDE, 3), np.uint8)
    boxes = []
    for place, source in enumerate((one, other)):
        height, width = source.image.shape[:2]
        scale = min(half / width, TALL / height)
        size = (round(width * scale), round(height * scale))
        rim = np.median(np.concatenate([source.image[0], source.image[-1]]), axis=0)
        canvas[:, place * half : (place + 1) * half] = rim
        left, top = place * half + (half - size[0]) // 2, int(dice.integers(0, TALL - size[1] + 1))
        canvas[top : top + size[1], left : left + size[0]] = cv2.resize(
            source.image, size, interpolation=cv2.INTER_AREA
        )
        box = _moved(source.item.box, scale, left, top)
        boxes.append((box, source.label))
    return _quarter_turned(Scene(canvas, tuple(boxes)), dice)


def _moved(box: Box, scale: float, left: int, top: int) -> FloatBox:
    return box[0] * scale + left, box[1] * scale + top, box[2] * scale + left, box[3] * scale + top


def _apart(one: FloatBox, other: FloatBox) -> bool:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    tall = min(one[3], other[3]) - max(one[1], other[1])
    return min(wide, tall) < 3


def _quarter_turned(scene: Scene, dice: np.random.Generator) -> Scene:
    """Half of the scenes lie on their side, as a camera may be mounted."""
    if dice.random() < 0.5:
        return scene
    wide = scene.image.shape[1]
    boxes = tuple(((y0, wide - x1, y1, wide - x0), label) for (x0, y0, x1, y1), label in scene.boxes)
    return Scene(np.ascontiguousarray(np.rot90(scene.image)), boxes)
