"""Photographs on disk: a folder of folders, one per material, read once and kept in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from domain.learning.dataset import LABELS, Dataset, Picture

Image = NDArray[np.uint8]
SUFFIXES = frozenset({".jpg", ".jpeg", ".png"})


class NoPictures(ValueError):
    """The folder holds no picture under any of the six materials' names."""


class UnreadablePicture(ValueError):
    """A file among the pictures is broken; training on a silent remainder would lie about the data."""


def read_dataset(folder: Path) -> tuple[Dataset, dict[str, Path]]:
    """Find pictures under folder/<label>/.

    Returns:
        The data set and the path of each picture by hash.

    Raises:
        NoPictures: nothing was found.
    """
    pictures: list[Picture] = []
    paths: dict[str, Path] = {}
    for label in LABELS:
        for path in sorted((folder / label).glob("*")):
            if path.suffix.lower() in SUFFIXES:
                sha = hashlib.sha256(path.read_bytes()).hexdigest()
                pictures.append(Picture(sha, label, f"{label}/{path.name}"))
                paths[sha] = path
    if not pictures:
        raise NoPictures(f"no pictures under {folder}/<{'|'.join(LABELS)}>/")
    return Dataset.of(pictures), paths


def read_image(path: Path) -> Image:
    """Decode one picture upright as RGB, uint8, height x width x 3.

    Raises:
        UnreadablePicture: the file is no picture.
    """
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise UnreadablePicture(str(path))
    return np.ascontiguousarray(image[:, :, ::-1])


def read_images(paths: dict[str, Path], hashes: Iterable[str]) -> dict[str, Image]:
    """Decode pictures by hash; 2,000 photographs of 384 x 512 take 1.2 GB."""
    return {sha: read_image(paths[sha]) for sha in hashes}


def save_image(path: Path, image: Image, quality: int = 90) -> None:
    """Write an RGB picture as JPEG or PNG, by the suffix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not cv2.imwrite(str(path), np.ascontiguousarray(image[:, :, ::-1]), [cv2.IMWRITE_JPEG_QUALITY, quality]):
        raise OSError(f"cannot write {path}")
