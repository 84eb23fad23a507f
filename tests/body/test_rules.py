"""Each rule over the body by example: readings with their times go in, a level comes out."""

import pytest

from domain.body.bin_level import BinLevel
from domain.body.climate import Air
from domain.body.compaction import RESTS, SETTLES, WORTH, Compaction
from domain.body.consequences import consequences
from domain.body.frame_quality import Figures
from domain.body.ground import Ground
from domain.body.hand import Hand
from domain.body.item_sensor import ItemSensor
from domain.body.motor import Motor
from domain.body.pulled_back import PulledBack
from domain.body.sight import ITEMS, Sight
from domain.body.steady import SECOND, Steady
from domain.body.watch import BodyWatch
from domain.deposits.bins import Bin, bin_for, closed
from domain.deposits.bodies import Counters
from domain.deposits.intake import events
from domain.deposits.recognition import Material
from domain.fleet.readings import BinReading, Climate, Motion, MotionEnd, Readings, Way

MS, S = 1_000, 1_000_000


def motion(number=1, way=Way.IN, end=MotionEnd.PASSED, elapsed_ms=600, peak_ma=2_000):
    return Motion(number, way, end, elapsed_ms, peak_ma)


def test_a_level_counts_once_it_has_held_in_both_directions():
    level = Steady(on_after=20, off_after=50)
    told = ["on 0", "off 5", "on 10", "on 29", "on 30", "off 40", "on 80", "off 90", "off 140"]
    levels = []
    for value, at in ((word.startswith("on"), int(word.split()[1])) for word in told):
        level = level.told(value, at)
        levels.append(level.level)
    assert levels == [False, False, False, False, True, True, True, True, False]


@pytest.mark.parametrize(
    ("dark_ms", "going_out", "found"), [(20, False, False), (60, False, True), (400, True, False), (800, True, True)]
)
def test_a_hand_is_what_stays_longer_than_an_item_that_goes_out(dark_ms, going_out, found):
    hand = Hand()
    for at in range(0, dark_ms + 1, 10):
        hand = hand.told(True, at * MS, going_out=going_out)
    assert hand.found is found


def test_a_hand_that_brings_something_is_seen_at_the_first_glance():
    assert Hand().told(True, 0, going_out=False, arriving=True).found
    assert not Hand().told(False, 0, going_out=False, arriving=True).found


def pulls(*readings):
    """Fold (time, in-counter, motion) readings; return how often something was pulled."""
    rule = PulledBack()
    for at, counted, moved in readings:
        rule = rule.told(Counters(counted, 0), moved, at)
    return rule.times


def test_a_motion_explains_its_count_whichever_is_read_first():
    running = motion(end=MotionEnd.RUNNING)
    assert pulls((0, 5, None), (1 * S, 5, running), (2 * S, 6, motion()), (9 * S, 6, motion())) == 0
    assert pulls((0, 5, None), (1 * S, 6, None), (2 * S, 6, motion()), (9 * S, 6, motion())) == 0


def test_a_count_that_no_motion_explains_is_something_pulled_back():
    assert pulls((0, 5, motion()), (9 * S, 6, motion()), (10 * S, 6, motion())) == 1
    assert pulls((0, 5, motion()), (9 * S, 6, motion(2, Way.OUT)), (10 * S, 6, motion(2, Way.OUT))) == 1


def test_another_microcontroller_counts_anew():
    assert pulls((0, 50, motion()), (1 * S, 0, motion()), (2 * S, 0, motion())) == 0


def level(*distances, known=None):
    rule = BinLevel() if known is None else known
    for distance in distances:
        rule = rule.told(BinReading("all", distance, 800, 150))
    return rule


def test_a_bin_is_full_by_the_median_and_no_longer_full_well_below():
    assert level(*[200] * 9).full is False
    full = level(*[150, 140, 300, 145, 150, 148, 800, 149, 150])
    assert (full.full, full.permille, full.mad) == (True, 1_000, False)
    assert level(*[200] * 9, known=full).full is True, "it trembles"
    assert level(*[300] * 9, known=full).full is False


@pytest.mark.parametrize(
    "distances", [[None] * 6 + [400] * 3, [30, 700, 120, 500, 300, 610, 90, 420, 770], [2_000] * 9]
)
def test_echoes_without_sense_are_a_mad_sensor_and_change_no_level(distances):
    full = level(*[150] * 9)
    mad = level(*distances, known=full)
    assert (mad.mad, mad.full) == (True, True)


def test_a_motor_without_current_is_dead_and_a_stalled_one_is_not():
    assert Motor().told(motion(end=MotionEnd.TIME_OVER, peak_ma=0), Counters(0, 0)).dead
    assert not Motor().told(motion(end=MotionEnd.STALLED, peak_ma=2_800), Counters(0, 0)).dead
    assert not Motor().told(motion(end=MotionEnd.TIME_OVER, peak_ma=None), Counters(0, 0)).dead


def test_a_motor_turns_backwards_when_what_is_to_go_in_comes_out_three_times():
    rule = Motor().told(None, Counters(0, 0))
    for number in (1, 2, 3):
        assert not rule.backwards
        rule = rule.told(motion(number, end=MotionEnd.RUNNING), Counters(0, number - 1))
        rule = rule.told(motion(number, end=MotionEnd.HALTED), Counters(0, number))
    assert rule.backwards


def test_hands_that_draw_back_before_each_item_say_nothing_of_the_motor():
    rule = Motor().told(None, Counters(0, 0))
    for number in range(1, 10):
        rule = rule.told(motion(number, end=MotionEnd.RUNNING), Counters(number - 1, number))
        rule = rule.told(motion(number), Counters(number, number))
    assert not rule.backwards


def test_what_is_given_back_after_a_halt_says_nothing_of_the_motor():
    rule = Motor().told(None, Counters(0, 0))
    for number in range(1, 12, 2):
        rule = rule.told(motion(number, end=MotionEnd.HALTED), Counters(0, number // 2))
        rule = rule.told(motion(number + 1, Way.OUT), Counters(0, number // 2 + 1))
    assert not rule.backwards


def test_a_sensor_that_changes_quicker_than_hands_is_mad_until_it_was_calm():
    sensor = ItemSensor()
    for number in range(10):
        sensor = sensor.changed(number % 2 == 0, number * 100 * MS)
    assert sensor.mad(1 * S)
    assert not sensor.mad(11 * S)


def test_hands_are_not_mad():
    sensor = ItemSensor()
    for number in range(20):
        sensor = sensor.changed(number % 2 == 0, number * 400 * MS)
    assert not sensor.mad(8 * S)


def figures(brightness=170, contrast=5, sharpness=900, fingerprint="a", looks="0" * 16, **more):
    quality = {"dark": 0, "burnt": 0, "focus": 0, "noise": 200, "tiles": (), **more}
    return Figures(brightness, contrast, sharpness, fingerprint, looks, **quality)


def test_three_dark_flat_pictures_are_black_and_a_dark_item_is_not():
    sight = Sight()
    for number in range(3):
        assert not sight.black
        sight = sight.seen(figures(4, 2, fingerprint=str(number)), number, present=False)
    assert sight.black
    assert not Sight().seen(figures(15, 30), 0, present=True).black


def test_the_same_picture_with_and_without_an_item_is_frozen():
    sight = Sight()
    for present in (False, True, False, True):
        assert not sight.frozen
        sight = sight.seen(figures(), 0, present=present)
    assert sight.frozen
    assert not sight.seen(figures(fingerprint="b"), 0, present=True).frozen


def test_three_missing_pictures_and_one_that_comes():
    sight = Sight().failed().failed().failed()
    assert sight.unplugged
    assert not sight.seen(figures(), 0, present=False).unplugged


@pytest.mark.parametrize(("contrast", "sharpness", "dirty"), [(38, 150, True), (18, 900, True), (30, 500, False)])
def test_a_lens_is_dirty_when_items_have_lost_their_edges_or_their_contrast(contrast, sharpness, dirty):
    sight = Sight()
    for number in range(ITEMS):
        sight = sight.item(figures(contrast=40, sharpness=900 + 20 * number))
    assert not sight.dirty
    for _ in range(ITEMS // 2 + 1):
        sight = sight.item(figures(contrast=contrast, sharpness=sharpness))
    assert sight.dirty is dirty


def test_the_ground_is_learnt_and_an_item_stands_out_from_it():
    ground = Ground()
    for _ in range(9):
        ground = ground.seen(figures(contrast=5), empty=True)
    assert ground.known
    assert ground.seen(figures(contrast=6), empty=True).empty
    assert not ground.seen(figures(contrast=40), empty=False).empty
    assert ground.seen(figures(contrast=8), empty=True).empty


def test_air_is_bad_once_it_has_been_for_a_minute():
    air = Air().told(Climate(70_000, 400), 0)
    assert not air.bad
    assert air.told(Climate(70_000, 400), 60 * S).bad


TWO = (Bin("glass", frozenset({Material.GLASS})), Bin("others", frozenset({Material.METAL, Material.PLASTIC})))


def test_one_full_bin_does_not_close_a_machine():
    assert bin_for(Material.METAL, TWO, frozenset({"glass"})) == TWO[1]
    assert bin_for(Material.GLASS, TWO, frozenset({"glass"})) is None
    assert not closed(TWO, frozenset({"glass"}))
    assert closed(TWO, frozenset({"glass", "others"}))
    assert closed((), frozenset({"all"}))


def full(names):
    watch = BodyWatch()
    for _ in range(9):
        bins = tuple(BinReading(name, 140 if name in names else 700, 800, 150) for name in ("glass", "others"))
        watch = watch.parts(Readings(at=0, bins=bins))
    return watch


def test_the_intake_is_told_of_bins_and_of_a_closed_machine_once():
    none, one, both = full(()), full(("glass",)), full(("glass", "others"))
    assert consequences(none, one, TWO) == (events.BinsChanged(frozenset({"glass"})),)
    assert events.FaultSeen("bin_full") in consequences(one, both, TWO)
    assert events.FaultCleared("bin_full") in consequences(both, none, TWO)
    assert consequences(both, both, TWO) == ()


def test_a_hand_is_told_of_first_and_what_does_not_close_is_not():
    before = BodyWatch()
    hand = before.opening(True, 0, going_out=False).opening(True, 50 * MS, going_out=False)
    assert consequences(before, hand, ()) == (events.HandSeen(),)
    assert consequences(hand, before, ()) == (events.HandGone(),)
    dirty = before
    for sharpness in (900,) * ITEMS + (10,) * ITEMS:
        dirty = dirty.item(figures(sharpness=sharpness), 0)
    assert consequences(before, dirty, ()) == ()


def test_a_bin_is_pressed_when_it_is_worth_it_and_not_again_before_its_level_is_known():
    known = Compaction()
    assert not known.due(WORTH - 1, 0)
    assert known.due(WORTH, 0)
    known = known.pressed(WORTH, 0)
    assert not known.due(WORTH, SETTLES - 1)
    assert known.due(WORTH, SETTLES)


def test_what_is_pressed_in_vain_is_left_alone_for_an_hour_and_tried_again():
    known, at, strokes = Compaction(), 0, []
    while at < 2 * RESTS:
        if known.due(900, at):
            strokes.append(at)
            known = known.pressed(900, at)
        at += 10 * SECOND
    assert strokes == [0, SETTLES, SETTLES + RESTS, 2 * SETTLES + RESTS]


def test_a_stroke_that_makes_room_is_none_in_vain():
    known, at = Compaction(), 0
    for level in (900, 800, 700, 650):
        assert known.due(level, at)
        known, at = known.pressed(level, at), at + SETTLES
    assert not known.due(WORTH - 1, at)
