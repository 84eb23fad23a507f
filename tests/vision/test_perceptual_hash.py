"""Pictures that look alike have hashes that are alike, others have not."""

import cv2
import numpy as np
import pytest

from adapters.vision.pictures import decode
from tests.vision.drawing import encoded


def scene(seed):
    """A picture with large shapes in it, as photographs have them."""
    dice = np.random.default_rng(seed)
    rough = dice.integers(0, 255, (6, 5, 3)).astype(np.uint8)
    return cv2.resize(rough, (300, 400), interpolation=cv2.INTER_CUBIC)


def bits_apart(one, other):
    return (int(decode(one).perceptual_hash, 16) ^ int(decode(other).perceptual_hash, 16)).bit_count()


@pytest.mark.parametrize("seed", range(5))
def test_the_same_scene_is_near(seed):
    picture = scene(seed)
    smaller = picture[::2, ::2]
    brighter = np.clip(picture.astype(int) + 12, 0, 255).astype(np.uint8)
    for other in (encoded(picture, ".jpg", 40), encoded(smaller), encoded(brighter, ".jpg"), encoded(picture, ".webp")):
        assert bits_apart(encoded(picture), other) <= 6


def test_other_scenes_are_far():
    files = [encoded(scene(seed)) for seed in range(12)]
    apart = [bits_apart(one, other) for place, one in enumerate(files) for other in files[:place]]
    assert min(apart) >= 12
    assert 24 <= np.mean(apart) <= 40, "half of the bits, give or take"


def test_it_is_64_bits_in_hexadecimal_digits():
    found = decode(encoded(scene(1))).perceptual_hash
    assert len(found) == 16
    assert int(found, 16) < 2**64
