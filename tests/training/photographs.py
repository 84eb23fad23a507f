"""Made-up photographs: one item on a plain ground, as a camera chamber shows it."""

import cv2
import numpy as np

from domain.learning.dataset import LABELS

COLOURS = {
    "cardboard": (150, 105, 60), "glass": (30, 90, 50), "metal": (90, 95, 110),
    "paper": (70, 110, 190), "plastic": (40, 150, 190), "trash": (190, 60, 40),
}  # fmt: skip


def photograph(dice, label="glass", *, shadow=False, size=(384, 512)):
    """An RGB picture and the item's box."""
    width, height = size
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    light = 225 - 25 * x - 15 * y + dice.normal(0, 1.2, (height, width))
    image = np.clip(np.stack([light + 3, light, light - 6], axis=-1), 0, 255).astype(np.uint8)
    wide, tall = int(width * dice.uniform(0.3, 0.5)), int(height * dice.uniform(0.3, 0.5))
    left = int(dice.integers(width // 20, width - wide - width // 20))
    top = int(dice.integers(height // 20, height - tall - height // 20))
    if shadow:
        shade = np.zeros((height, width), np.float32)
        shade[top : top + tall, left + wide // 2 : left + wide + width // 10] = 0.18
        image = (image * (1 - cv2.GaussianBlur(shade, (0, 0), width / 16))[..., None]).astype(np.uint8)
    colour = np.clip(np.array(COLOURS[label]) + dice.integers(-15, 16, 3), 0, 255)
    cv2.rectangle(image, (left, top), (left + wide - 1, top + tall - 1), colour.tolist(), -1)
    for _ in range(25):  # print on the label: something to recognise an object by
        at = (int(dice.integers(left, left + wide - 8)), int(dice.integers(top, top + tall - 4)))
        cv2.rectangle(image, at, (at[0] + 6, at[1] + 3), dice.integers(0, 255, 3).tolist(), -1)
    return image, (left, top, left + wide, top + tall)


def write_folder(folder, each=4, size=(96, 128)):
    """A folder of classes with `each` pictures in each."""
    for place, label in enumerate(LABELS):
        (folder / label).mkdir(parents=True)
        for number in range(each):
            image, _ = photograph(np.random.default_rng([place, number]), label, size=size)
            cv2.imwrite(str(folder / label / f"{number}.png"), image[:, :, ::-1])
