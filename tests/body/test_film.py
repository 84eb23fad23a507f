"""Each fault of the camera is found by frames alone, whatever the seed, and good pictures raise no alarm.

`RVM_TEST_BODY_SEEDS=100 RVM_TEST_CAMERA_FRAMES=100000 pytest tests/body/test_film.py -s` does so at length.
"""

import os
import random
from collections import Counter

import cv2
import pytest

from domain.body.findings import Finding
from domain.body.lens import LEARNT
from domain.body.sight import ITEMS
from domain.body.watch import BodyWatch
from simulators.bench.scene import Trouble
from tests.body.film import A_PICTURE, Film
from tests.body.machines import SEEDS
from tests.body.test_frame_quality import PHOTOGRAPHS, pixels_of, seen

FRAMES = int(os.environ.get("RVM_TEST_CAMERA_FRAMES", "3000"))
"""Good noisy pictures that nothing may be found wrong with."""
AT_MOST = 0.005
"""Part of the pictures that may raise an alarm."""

FAULTS = {
    Trouble.UNPLUGGED: (Finding.CAMERA_UNPLUGGED, 2),
    Trouble.BLACK: (Finding.CAMERA_BLACK, 2),
    Trouble.DAZZLED: (Finding.CAMERA_DAZZLED, 11),
    Trouble.FROZEN: (Finding.CAMERA_FROZEN, 8),
    Trouble.DIM: (Finding.CAMERA_EXPOSURE, 91),
    Trouble.BURNT: (Finding.CAMERA_EXPOSURE, 91),
    Trouble.SPOTTED: (Finding.CAMERA_DIRTY, 61),
    Trouble.VEILED: (Finding.CAMERA_DIRTY, 61),
    Trouble.DIRTY: (Finding.CAMERA_DIRTY, 61),
    Trouble.BLURRED: (Finding.CAMERA_BLURRED, 61),
}
"""What is found, and within how many seconds in which nobody comes."""

BRIGHT = 19
"""A life in which burnt pictures of the empty ground look like something that lies there."""


@pytest.mark.parametrize("seed", sorted({*range(SEEDS), BRIGHT}))
@pytest.mark.parametrize("trouble", FAULTS, ids=lambda trouble: trouble.value)
def test_a_fault_is_found_in_time_and_forgotten_once_it_is_mended(trouble, seed):
    finding, within_s = FAULTS[trouble]
    film = Film(seed)
    film.nothing(LEARNT * A_PICTURE / 1e6)
    film.life(film.chance.randrange(40, 80))
    film.picture()  # a camera that freezes on a black picture is found to be black
    assert film.found == set()
    film.scene.trouble = trouble
    film.nothing(within_s)
    assert finding in film.watch.findings
    assert film.found == {finding}
    film.scene.trouble = Trouble.NONE
    film.nothing(11)
    assert film.watch.findings == set()


SPOILT = {
    "veiled": lambda picture: picture * 0.4 + 120,
    "greasy": lambda picture: cv2.GaussianBlur(picture, (0, 0), 3) * 0.6 + 70,
    "out of focus": lambda picture: cv2.GaussianBlur(picture, (0, 0), 3),
}


@pytest.fixture(scope="module")
def photographs():
    """What the packaged photographs of containers are like, clean and spoilt."""
    pictures = [pixels_of(path) for path in PHOTOGRAPHS if path.parent.name in {"glass", "metal", "plastic"}]
    return {how: [seen(spoil(one)) for one in pictures] for how, spoil in {**SPOILT, "clean": lambda one: one}.items()}


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("how", SPOILT)
def test_a_lens_that_suffers_is_found_by_items_alone(photographs, how, seed):
    """Where the ground is plain nothing can be told from it."""
    chance = random.Random(seed)
    watch = BodyWatch()
    for _ in range(3 * ITEMS):
        watch = watch.item(chance.choice(photographs["clean"]), 0)
    assert watch.findings == set()
    for _ in range(ITEMS):
        watch = watch.item(chance.choice(photographs[how]), 0)
    assert watch.findings == {Finding.CAMERA_DIRTY}


@pytest.mark.timeout(0)
def test_good_pictures_raise_no_alarm():
    alarms, pictures, seed = Counter(), 0, 40
    while pictures < FRAMES:
        film = Film(seed)
        film.life(min(FRAMES - pictures, 20_000))
        alarms.update(finding.value for _, finding in film.alarms)
        pictures += film.pictures
        seed += 1
    print(f"seeds 40..{seed - 1}: {pictures} good pictures, alarms {dict(alarms)}")
    assert sum(alarms.values()) <= AT_MOST * pictures
