"""Make the pairs of pictures that only the mask decides: `python -m tests.vision.make_mask_pairs`.

A container that lies on the ground, and what looks like one to both networks and covers nothing: its reflection, as in
a wet or polished floor (the same photograph at a fifth of its strength). They are made of packaged photographs.
"""

from pathlib import Path

import cv2
import numpy as np

from tests.vision.packaged import CLEARLY_CUT, HEIGHT, WIDTH, WITH_GROUND, cutout, empty_ground

FOLDER = Path(__file__).parent / "mask_pairs"
CONTAINERS = [name for name in CLEARLY_CUT if name.startswith(("glass", "metal", "plastic"))]
SEED = 9
CHOSEN = {28: 0.22, 46: 0.22, 4: 0.22}
"""Number of a scene, and the reflection's strength: scenes in which both networks say of both pictures the same."""


def scene(number, strength):
    """The item on its ground, and its reflection there."""
    dice = np.random.default_rng([SEED, number])
    ground = empty_ground(dice.choice(WITH_GROUND), dice)
    item, mask = cutout(dice.choice(CONTAINERS), dice.uniform(260, 340), dice)
    tall, wide = mask.shape
    left, top = int(dice.integers(WIDTH - wide)), int(dice.integers(HEIGHT - tall))
    return tuple(_laid(ground, item, mask, (left, top), share) for share in (1.0, strength))


def _laid(ground, item, mask, corner, share):
    laid = ground.copy()
    (left, top), (tall, wide) = corner, mask.shape
    soft = cv2.GaussianBlur(np.ascontiguousarray(mask), (0, 0), 1.2).astype(np.float32)[..., None] / 255 * share
    place = laid[top : top + tall, left : left + wide]
    place[:] = (place * (1 - soft) + item * soft).astype(np.uint8)
    return laid


def main():
    FOLDER.mkdir(exist_ok=True)
    for number, strength in CHOSEN.items():
        for name, picture in zip(("item", "reflection"), scene(number, strength), strict=True):
            cv2.imwrite(str(FOLDER / f"{number}-{name}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 92])


if __name__ == "__main__":
    main()
