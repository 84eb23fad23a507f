"""Rules over pictures by example: a frozen camera that had noise, one that is dazzled, and the lens."""

import pytest

from domain.body.findings import CLOSES, Finding
from domain.body.ground import Ground
from domain.body.lens import LEARNT, Lens
from domain.body.sight import NOISY, REPEATED, Sight
from domain.body.watch import BodyWatch
from tests.body.test_rules import S, figures

GROUND = {"contrast": 12, "focus": 400, "tiles": (180,) * 48}


def after(sight, prints, at=0):
    for fingerprint in prints:
        sight = sight.seen(figures(fingerprint=str(fingerprint)), at, present=False)
    return sight


def test_a_camera_known_for_its_noise_is_frozen_when_it_repeats_itself_though_nothing_came():
    sight = after(Sight(), range(NOISY + 1))
    sight = after(sight, ["same"] * REPEATED)
    assert not sight.frozen
    sight = after(sight, ["same"])
    assert sight.frozen
    assert not after(sight, ["other"]).frozen


def test_one_that_repeated_itself_before_it_was_known_is_not():
    sight = after(Sight(), [*range(NOISY - 2), "twice", "twice"])
    assert not after(sight, ["same"] * 10 * REPEATED).frozen


def test_a_white_or_black_camera_repeats_itself_and_is_not_frozen_for_that():
    sight = after(Sight(), range(NOISY + 1))
    for how in ({"brightness": 255, "burnt": 1_000, "contrast": 0}, {"brightness": 0, "contrast": 0}):
        for number in range(3 * REPEATED):
            sight = sight.seen(figures(**how), 0, present=number % 2 == 0)
        assert not sight.frozen


def test_a_phone_before_the_lens_does_not_dazzle_and_the_sun_does():
    white = {"brightness": 252, "burnt": 980, "contrast": 1}
    sight = Sight()
    for at in range(9):
        sight = sight.seen(figures(**white), at * S, present=False)
    assert not sight.seen(figures(), 9 * S, present=False).dazzled
    for at in range(9, 12):
        sight = sight.seen(figures(**white), at * S, present=False)
    assert sight.dazzled
    sight = sight.seen(figures(), 12 * S, present=False).seen(figures(), 13 * S, present=False)
    assert not sight.dazzled


def lens(clean=None):
    rule = Lens(clean)
    for _ in range(LEARNT):
        rule = rule.seen(figures(**GROUND), 0)
    return rule


def lasting(rule, seconds, **how):
    """Ten pictures in so many seconds, from 1,000 seconds on."""
    for step in range(11):
        rule = rule.seen(figures(**{**GROUND, **how}), 1_000 * S + step * seconds * S // 10)
    return rule


SPOT = {"tiles": (180,) * 20 + (120,) + (180,) * 27}


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"contrast": 6, "focus": 100}, ["dirty"]),
        (SPOT, ["dirty"]),
        ({"focus": 100}, ["soft"]),
        ({"brightness": 30}, ["ill_lit"]),
        ({"burnt": 400}, ["ill_lit"]),
        ({"brightness": 120, "tiles": (127,) * 48}, []),
        ({}, []),
    ],
)
def test_what_lasts_on_the_empty_ground_is_said(how, said):
    rule = lasting(lens(), 130, **how)
    assert [name for name in ("dirty", "soft", "ill_lit") if getattr(rule, name)] == said
    again = rule.seen(figures(**GROUND), 2_000 * S).seen(figures(**GROUND), 2_011 * S)
    assert not any((again.dirty, again.soft, again.ill_lit))


def test_what_goes_away_is_not():
    rule = lasting(lens(), 20, **SPOT)
    assert not rule.seen(figures(**GROUND), 1_025 * S).dirty
    assert not rule.dirty


def test_dirt_that_was_there_before_this_life_is_told_by_the_day_of_installation():
    spotted = lens()
    assert not lasting(Lens(), 130, **SPOT).dirty
    assert lasting(Lens(figures(**GROUND)), 130, **SPOT).dirty
    assert spotted.clean.tiles == GROUND["tiles"]


def test_a_smear_without_edges_is_no_item_that_the_sensor_does_not_see():
    ground = Ground()
    for _ in range(9):
        ground = ground.seen(figures(contrast=5, sharpness=300), empty=True)
    smear, bottle = figures(contrast=30, sharpness=350), figures(contrast=30, sharpness=2_000)
    assert not ground.seen(smear, empty=True).seen(smear, empty=True).at_rest
    assert ground.seen(bottle, empty=True).seen(bottle, empty=True).at_rest


def test_on_a_ground_with_a_pattern_an_item_is_told_by_the_part_of_the_picture_that_it_changes():
    pattern = {"contrast": 20, "sharpness": 5_000}
    ground = Ground()
    for _ in range(9):
        ground = ground.seen(figures(**pattern, tiles=(180,) * 48), empty=True)
    assert ground.seen(figures(**pattern, tiles=(150,) * 48), empty=False).empty
    assert not ground.seen(figures(**pattern, **SPOT), empty=False).empty


def test_what_blinds_closes_and_what_only_worsens_pictures_is_told():
    blinds = {Finding.CAMERA_BLACK, Finding.CAMERA_DAZZLED, Finding.CAMERA_FROZEN, Finding.CAMERA_UNPLUGGED}
    assert blinds <= CLOSES
    assert not {Finding.CAMERA_DIRTY, Finding.CAMERA_BLURRED, Finding.CAMERA_EXPOSURE} & CLOSES


def test_all_of_it_is_found_by_the_watch():
    watch = BodyWatch()
    for number in range(LEARNT):
        watch = watch.picture(figures(fingerprint=str(number), **GROUND), number * S)
    for number in range(40, 200, 10):
        watch = watch.picture(figures(fingerprint=str(number), **{**GROUND, **SPOT}), number * S)
    assert watch.findings == {Finding.CAMERA_DIRTY}
    for number in range(200, 300, 10):
        watch = watch.picture(figures(fingerprint=str(number), **{**GROUND, "brightness": 20}), number * S)
    assert Finding.CAMERA_EXPOSURE in watch.findings
