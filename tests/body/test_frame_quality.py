"""What is wrong with a picture: by numbers alone, and by the numbers of real photographs that were spoilt."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from adapters.vision.figures import figures
from adapters.vision.pictures import decode, read_picture
from application.ports.vision import InferenceFailed
from domain.body.frame_quality import BURNT, DIM, SPOT, Flaw, flaws, spots
from entrypoints import demo
from simulators.vision import SimulatedFrame
from tests.body.test_rules import figures as numbers
from tests.vision.drawing import encoded

PHOTOGRAPHS = sorted((Path(demo.__file__).parent / "pictures").rglob("*.jpg"))


def seen(pixels):
    return figures(decode(encoded(np.clip(pixels, 0, 255).astype(np.uint8), ".bmp")))


def pixels_of(path):
    return read_picture(path).pixels


@pytest.mark.parametrize(
    ("how", "flaw"),
    [
        ({"brightness": 4, "contrast": 2}, Flaw.BLACK),
        ({"brightness": DIM - 1}, Flaw.DIM),
        ({"brightness": 252, "burnt": 950}, Flaw.WHITE),
        ({"burnt": BURNT}, Flaw.BURNT),
    ],
)
def test_too_little_and_too_much_light(how, flaw):
    assert flaws(numbers(**how)) == {flaw}
    assert flaws(numbers(**how), numbers(contrast=60, focus=5_000)) == {flaw}, "and nothing is said of the rest"


def test_a_dark_item_is_not_black_and_a_bright_ground_is_not_burnt():
    assert Flaw.BLACK not in flaws(numbers(brightness=15, contrast=30))
    assert flaws(numbers(brightness=DIM, burnt=BURNT - 1)) == frozenset()


def test_what_is_only_paler_is_veiled_and_not_soft_and_what_is_only_softer_is_not_veiled():
    clean = numbers(contrast=50, focus=4_000)
    assert flaws(numbers(contrast=25, focus=1_000), clean) == {Flaw.VEILED}
    assert flaws(numbers(contrast=49, focus=900), clean) == {Flaw.SOFT}
    assert flaws(clean, clean) == frozenset()


def test_a_plain_ground_says_nothing_of_veil_and_focus():
    assert flaws(numbers(contrast=2, focus=0), numbers(contrast=5, focus=20)) == frozenset()


def test_a_spot_is_a_tile_that_changed_beside_the_others():
    clean = numbers(tiles=(180,) * 48)
    dimmer = numbers(tiles=(120,) * 48)
    spotted = numbers(tiles=(120,) * 20 + (120 - 120 * (SPOT + 10) // 1_000,) + (120,) * 27)
    assert spots(dimmer, clean) == ()
    assert spots(spotted, clean) == (20,)
    assert flaws(spotted, clean) == {Flaw.SPOTTED}


@pytest.mark.parametrize("path", PHOTOGRAPHS, ids=lambda path: path.stem)
def test_real_photographs_are_told_from_what_spoils_them(path):
    good = pixels_of(path)
    clean = seen(good)
    noise = np.random.default_rng(1).normal(0, 2.0, good.shape)
    assert flaws(seen(good * 0.9 + noise), clean) <= {Flaw.BURNT}, "a little darker, and noisy"
    assert flaws(seen(good * 0.01 + noise)) == {Flaw.BLACK}
    assert flaws(seen(good.astype(float) + 245)) == {Flaw.WHITE}
    if Flaw.BURNT not in flaws(clean):
        assert Flaw.VEILED in flaws(seen(good * 0.4 + 120 + noise), clean)
        assert Flaw.SOFT in flaws(seen(cv2.GaussianBlur(good, (0, 0), 3) + noise), clean)


def test_the_measured_noise_is_the_noise_that_is_there_and_adds_nothing_to_the_focus():
    plain = np.full((480, 640, 3), 128.0)
    for deviation in (1.0, 2.0, 4.0):
        # The same for all three colours, as brightness has it.
        noisy = seen(plain + np.random.default_rng(5).normal(0, deviation, (480, 640, 1)))
        assert abs(noisy.noise - 100 * deviation) < 35
        assert noisy.focus < 60


def test_a_frame_without_pixels_has_no_figures():
    with pytest.raises(InferenceFailed):
        figures(SimulatedFrame(10, 10, "f" * 64, "0" * 16))
