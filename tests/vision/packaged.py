"""The packaged photographs, what an eye saw on them, and scenes made of them.

The scenes are made in another way than the detector's training makes its own (grounds are painted over by inpainting,
items are laid on with a soft edge as they are), so that they prove something.
"""

from functools import cache
from pathlib import Path

import cv2
import numpy as np

from adapters.training.ground import find_item
from adapters.vision.pictures import read_picture

FOLDER = Path(__file__).parents[2] / "entrypoints" / "demo" / "pictures"
SPLITS = Path(__file__).parents[2] / "adapters" / "training" / "trashnet" / "splits.json"
BOXES = {  # drawn by eye: x0, y0, x1, y1
    "cardboard164": (36, 0, 330, 512), "cardboard203": (66, 4, 314, 458), "cardboard207": (28, 0, 334, 502),
    "cardboard288": (0, 0, 362, 512), "glass146": (132, 0, 280, 508), "glass387": (32, 82, 306, 480),
    "glass412": (22, 54, 354, 454), "glass82": (140, 0, 306, 438), "metal185": (50, 112, 352, 460),
    "metal247": (140, 144, 384, 512), "metal292": (112, 150, 382, 490), "metal41": (88, 0, 280, 322),
    "paper270": (30, 6, 380, 500), "paper276": (120, 60, 318, 434), "paper324": (40, 110, 340, 368),
    "paper366": (6, 58, 384, 468), "plastic126": (150, 4, 316, 440), "plastic340": (30, 118, 376, 466),
    "plastic346": (20, 140, 340, 378), "plastic419": (90, 68, 248, 512), "trash28": (82, 86, 316, 480),
    "trash50": (124, 176, 340, 482), "trash80": (142, 110, 274, 366), "trash85": (90, 118, 252, 372),
}  # fmt: skip
CLEARLY_CUT = (
    "cardboard203", "glass146", "glass412", "glass82", "metal292", "metal41", "paper276", "paper324", "plastic346",
    "plastic419", "trash28", "trash50", "trash85",
)  # fmt: skip
"""Items whose outline the plain ground gives away cleanly (looked at one by one)."""
WITH_GROUND = ("glass82", "metal292", "metal41", "paper276", "plastic419", "trash28", "trash50", "trash85")
"""Photographs that show enough ground to paint the item over."""
WIDTH, HEIGHT = 384, 512


def files():
    return sorted(FOLDER.glob("*/*.jpg"))


@cache
def pixels(name):
    (path,) = FOLDER.glob(f"*/{name}.jpg")
    return read_picture(path).pixels


@cache
def mask_of(name):
    """255 on the item, by the plain ground and inside the box that the eye drew."""
    found = find_item(np.ascontiguousarray(pixels(name)[:, :, ::-1])).mask
    x0, y0, x1, y1 = BOXES[name]
    inside = np.zeros_like(found)
    inside[y0:y1, x0:x1] = found[y0:y1, x0:x1]
    return inside


@cache
def painted_over(name):
    """A photograph with its item painted over, float."""
    picture = pixels(name)
    covered = cv2.dilate(mask_of(name), np.ones((25, 25), np.uint8))
    small = cv2.resize(picture, (96, 128), interpolation=cv2.INTER_AREA)
    hole = cv2.resize(covered, (96, 128), interpolation=cv2.INTER_NEAREST)
    filled = cv2.GaussianBlur(cv2.inpaint(small, hole, 5, cv2.INPAINT_TELEA), (0, 0), 2)
    filled = cv2.resize(filled, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    soft = np.clip(cv2.GaussianBlur(covered, (0, 0), 6).astype(np.float32)[..., None] / 127, 0, 1)
    return picture * (1 - soft) + filled * soft


def empty_ground(name, dice):
    """A ground without its item, lit a little differently, with a camera's noise, perhaps turned."""
    made = painted_over(name) * dice.uniform(0.85, 1.05) + dice.normal(0, 1.5, (HEIGHT, WIDTH, 1))
    made = np.clip(made, 0, 255).astype(np.uint8)
    return np.ascontiguousarray(made[::-1] if dice.random() < 0.5 else made)


def cutout(name, longer, dice):
    """An item and its soft mask, its longer side so many pixels, turned by some quarter."""
    x0, y0, x1, y1 = BOXES[name]
    scale = longer / max(x1 - x0, y1 - y0)
    size = (max(8, round((x1 - x0) * scale)), max(8, round((y1 - y0) * scale)))
    turns = int(dice.integers(4))
    parts = (pixels(name)[y0:y1, x0:x1], mask_of(name)[y0:y1, x0:x1])
    item, mask = (np.rot90(cv2.resize(part, size, interpolation=cv2.INTER_AREA), turns) for part in parts)
    return item, mask


def laid_on(ground, item, mask, left, top):
    """Lay an item on a ground; returns its box there."""
    tall, wide = mask.shape
    soft = cv2.GaussianBlur(np.ascontiguousarray(mask), (0, 0), 1.2).astype(np.float32)[..., None] / 255
    place = ground[top : top + tall, left : left + wide]
    place[:] = (place * (1 - soft) + item * soft).astype(np.uint8)
    down, across = np.nonzero(mask > 127)
    return left + across.min(), top + down.min(), left + across.max() + 1, top + down.max() + 1


def scene(count, dice, *, longer=(150, 260)):
    """Some different items on one empty ground, apart from each other; returns the picture and their boxes."""
    ground = empty_ground(dice.choice(WITH_GROUND), dice)
    boxes = []
    for name in dice.choice(CLEARLY_CUT, count, replace=False):
        size = dice.uniform(*longer)
        while True:
            item, mask = cutout(name, size, dice)
            tall, wide = mask.shape
            size *= 0.97  # room is found at last
            if wide >= WIDTH or tall >= HEIGHT:
                continue
            left, top = int(dice.integers(WIDTH - wide)), int(dice.integers(HEIGHT - tall))
            if all(left > b[2] + 6 or left + wide < b[0] - 6 or top > b[3] + 6 or top + tall < b[1] - 6 for b in boxes):
                boxes.append(laid_on(ground, item, mask, left, top))
                break
    return ground, boxes


def overlap(one, other):
    """Intersection over union of two boxes x0, y0, x1, y1."""
    across = max(0, min(one[2], other[2]) - max(one[0], other[0]))
    down = max(0, min(one[3], other[3]) - max(one[1], other[1]))
    both = across * down
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return both / (sum(areas) - both)
