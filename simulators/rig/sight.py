"""What the camera over the intake sees: the item, the phone held before it, or the empty ground."""

from __future__ import annotations

import random
from functools import lru_cache

import cv2
import numpy as np

WIDTH, HEIGHT = 640, 480
GROUND = 205
"""Grey of the plain ground, 0..255."""
CODE_SIDE = 300
"""Pixels of the side of a phone's code, of 480 down: held about a hand above the ground."""
LEAN = 22
"""Pixels by which the corners of a code that is held by hand are off a square, at most."""


class BrokenCode(ValueError):
    """What was held before the camera is no picture."""


@lru_cache(maxsize=1)
def empty_ground() -> bytes:
    """Return the picture of the empty intake, PNG."""
    return _png(_ground())


@lru_cache(maxsize=1)
def darkness() -> bytes:
    """Return the picture of a covered lens, PNG: black, with a sensor's noise."""
    noise = np.random.default_rng(8).normal(2, 1, (HEIGHT, WIDTH, 1))
    return _png(np.repeat(np.clip(noise, 0, 255).astype(np.uint8), 3, axis=2))


def _ground() -> np.ndarray:
    """Make a plain ground, unevenly lit, with a sensor's noise."""
    chance = np.random.default_rng(7)
    light = np.linspace(12, -12, WIDTH)[None, :, None] + np.linspace(6, -6, HEIGHT)[:, None, None]
    ground = GROUND + light + chance.normal(0, 2, (HEIGHT, WIDTH, 1))
    return np.repeat(np.clip(ground, 0, 255).astype(np.uint8), 3, axis=2)


def code_on_ground(picture: bytes, *, seed: int = 0, dim: float = 1.0, lean: int = LEAN) -> bytes:
    """Return what the camera sees of a code that a person holds before it, PNG.

    `picture` is the code as the phone shows it (PNG, say), `seed` says how the hand holds it, `dim` 0..1 how bright
    the phone is, `lean` how far the corners are off a square. Raises BrokenCode.
    """
    code = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR) if picture else None
    if code is None:
        raise BrokenCode("what was held before the camera is no picture")
    code = cv2.convertScaleAbs(code, alpha=dim)
    ground = _ground()
    chance = random.Random(seed)
    high, wide = code.shape[:2]
    left, top = (WIDTH - CODE_SIDE) // 2, (HEIGHT - CODE_SIDE) // 2
    corners = [(left, top), (left + CODE_SIDE, top), (left + CODE_SIDE, top + CODE_SIDE), (left, top + CODE_SIDE)]
    held = [(x + chance.uniform(-lean, lean), y + chance.uniform(-lean, lean)) for x, y in corners]
    flat = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    warp = cv2.getPerspectiveTransform(flat, np.array(held, np.float32))
    seen = cv2.warpPerspective(code, warp, (WIDTH, HEIGHT), flags=cv2.INTER_AREA)
    where = cv2.warpPerspective(np.full((high, wide), 255, np.uint8), warp, (WIDTH, HEIGHT))
    ground[where > 127] = seen[where > 127]
    return _png(cv2.GaussianBlur(ground, (3, 3), 0))


def two_items(first: bytes, second: bytes) -> bytes:
    """Return what the camera sees of two items side by side, PNG. A picture that cannot be read hides the other."""
    halves = []
    for picture in (first, second):
        item = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
        if item is None:
            return picture
        halves.append(cv2.resize(item, (WIDTH // 2, HEIGHT), interpolation=cv2.INTER_AREA))
    return _png(np.hstack(halves))


def _png(picture: np.ndarray) -> bytes:
    done, encoded = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    if not done:
        raise BrokenCode("the picture cannot be encoded")
    return encoded.tobytes()
