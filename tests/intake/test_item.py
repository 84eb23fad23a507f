"""One item: looked at, decided on, moved, settled."""

import pytest
from attrs import evolve

from domain.deposits import bodies
from domain.deposits.acceptance import Reason
from domain.deposits.bins import Bin
from domain.deposits.bodies import Ending, Outcome, Picture
from domain.deposits.intake import effects, events
from domain.deposits.intake.events import OpenEnd, OpenItem
from domain.deposits.intake.item_table import shown
from domain.deposits.intake.view import Note, Screen
from domain.deposits.recognition import Material
from tests.intake.samples import CONFIGURATION, NO_COUNTS, NOW, PAPER, PRICES, seen
from tests.intake.walk import Walk

WAY_IN, WAY_OUT = effects.Way.IN, effects.Way.OUT
OTHER = Picture(sha256="5" * 64, perceptual_hash="f0f0f0f0f0f0f0f0")
"""Of another thing than the one that was recognised."""


def test_an_accepted_item_goes_from_picture_to_points():
    walk = Walk().visit_open().event(events.ItemSeen())
    assert walk.did(effects.Capture)
    assert walk.captured().did(effects.Recognise)
    walk.recognised()
    assert walk.body.decision.accepted
    assert walk.body.promise == bodies.Promise("p1", 40)
    assert walk.written("i").did(effects.Move) == [], "first another look"
    assert walk.view.screen is Screen.RECOGNISING
    assert walk.looked_again().did(effects.Move)[0].way is WAY_IN
    assert (walk.view.screen, walk.view.items[0].points, walk.view.paid) == (Screen.ACCEPTED, 40, 0)
    walk.event(events.ItemTaken())
    assert walk.moved().body == bodies.ItemSettled("i", Outcome.STORED)
    walk.written()
    assert (walk.view.screen, walk.view.paid, walk.view.points) == (Screen.INSERT, 1, 40)
    assert walk.view.items[0].outcome is Outcome.STORED


def test_a_refused_item_is_given_back_settled_and_offered():
    walk = Walk().item_decided(PAPER)
    assert walk.did(effects.Move) == []
    assert walk.view.items == ()
    assert walk.written("i").did(effects.Move)[0].way is WAY_OUT
    assert (walk.view.screen, walk.view.items[0].reason) == (Screen.REFUSED, Reason.NOT_A_CONTAINER)
    assert walk.moved().body == bodies.ItemSettled("i", Outcome.RETURNED)
    assert walk.written().at[:2] == ("open", "offered")
    walk.event(events.ItemTaken())
    assert (walk.at[1], walk.view.returned, walk.view.screen) == ("none", 1, Screen.INSERT)


def test_nothing_moves_and_nothing_is_shown_before_the_decision_is_durable():
    walk = Walk().item_decided()
    assert walk.did(effects.Move) == []
    assert walk.view.items == ()
    assert walk.view.screen is Screen.RECOGNISING


def test_nothing_is_counted_before_the_settlement_is_durable():
    walk = Walk().item_moving().moved()
    assert walk.view.paid == 0
    assert walk.view.items[0].outcome is None


def test_a_second_item_waits_for_the_first():
    walk = Walk().item_moving()
    assert walk.event(events.ItemTaken()).event(events.ItemSeen()).did(effects.Capture) == []
    walk.moved()
    assert walk.written().did(effects.Capture)


def test_an_item_taken_back_by_hand_before_the_decision_is_forgotten():
    walk = Walk().visit_open().event(events.ItemSeen()).captured().event(events.ItemTaken())
    assert walk.at[:2] == ("open", "none")
    assert walk.recognised().did(effects.Journal) == [], "the answer is stale"


def test_an_item_taken_back_while_its_decision_is_written_is_returned_and_nothing_moves():
    walk = Walk().item_decided().event(events.ItemTaken()).event(events.ItemSeen()).written("i")
    assert walk.did(effects.Move) == [], "what lies there now may be something else"
    assert walk.body == bodies.ItemSettled("i", Outcome.RETURNED)
    assert walk.written().did(effects.Capture), "and is looked at for itself"


@pytest.mark.parametrize("now", [None, PRICES.valid_from - 1, PRICES.valid_until])
def test_points_are_promised_only_by_trusted_time_from_a_list_in_force(now):
    walk = Walk().visit_open().event(events.ItemSeen()).captured().recognised(now=now)
    assert walk.body.decision.accepted
    assert walk.body.promise is None


def test_a_refused_item_promises_nothing():
    assert Walk().item_decided(PAPER).body.promise is None


def test_the_camera_is_asked_twice_and_then_the_item_is_refused_without_a_picture():
    walk = Walk().visit_open().event(events.ItemSeen()).captured(None)
    assert walk.did(effects.Capture)
    walk.captured(None)
    assert walk.body.decision.reason is Reason.NOT_RECOGNISED
    assert walk.body.picture is None
    assert walk.at == ("ending", "deciding", "draining")


def test_a_camera_that_does_not_answer_gives_the_item_back_without_an_entry():
    walk = Walk().visit_open().event(events.ItemSeen()).timer(effects.Capture).timer(effects.Capture)
    assert walk.did(effects.Move)[0].way is WAY_OUT
    assert walk.did(effects.Journal) == []
    walk.moved()
    assert walk.body.why is Ending.FAULT


def test_failing_vision_refuses_and_after_three_in_a_row_the_machine_goes_down():
    walk = Walk().visit_open()
    for turn in range(3):
        walk.event(events.ItemSeen()).captured().failed(effects.Recognise)
        assert walk.body.decision.reason is Reason.NOT_RECOGNISED
        assert walk.at[2] == ("in_service" if turn < 2 else "draining")
        walk.written().moved().event(events.ItemTaken()).written()
    assert walk.written().at == ("idle", "none", "out")
    assert walk.timer().did(effects.Restart)


def test_one_good_picture_starts_the_count_of_misses_anew():
    walk = Walk().visit_open()
    for what in ("miss", "miss", "good", "miss", "miss"):
        walk.event(events.ItemSeen()).captured()
        walk = walk.failed(effects.Recognise) if what == "miss" else walk.recognised(PAPER)
        walk.written().moved().event(events.ItemTaken()).written()
    assert walk.at == ("open", "none", "in_service")


# ------------------------------------------------------------------ right before the motor turns


def test_what_is_not_what_was_recognised_is_given_back_and_not_paid():
    walk = Walk().item_decided().written("item-1").looked_again(OTHER)
    assert walk.did(effects.Move)[0].way is WAY_OUT
    assert (walk.view.screen, walk.view.notes) == (Screen.TAKE_BACK, (Note.ITEM_CHANGED,))
    assert walk.moved().body == bodies.ItemSettled("item-1", Outcome.RETURNED)
    assert walk.written().event(events.ItemTaken()).view.paid == 0


def test_a_few_bits_of_noise_are_no_change():
    noisy = Picture(sha256="9" * 64, perceptual_hash="00000000000000ff")
    assert Walk().item_decided().written().looked_again(noisy).did(effects.Move)[0].way is WAY_IN


def test_without_a_second_picture_nothing_is_taken_in():
    walk = Walk().item_decided().written("item-1").looked_again(None)
    assert walk.did(effects.LookAgain)
    assert walk.looked_again(None).did(effects.Move)[0].way is WAY_OUT
    assert walk.at[2] == "draining"


def test_a_hand_that_is_quicker_than_the_second_look_has_it_returned():
    walk = Walk().item_decided().written("item-1").event(events.ItemTaken())
    assert walk.did(effects.Move) == []
    assert walk.body == bodies.ItemSettled("item-1", Outcome.RETURNED)


def test_nothing_moves_while_a_hand_is_in_the_chute():
    walk = Walk().item_decided().event(events.HandSeen()).written("item-1")
    assert walk.did(effects.Move) == walk.did(effects.LookAgain) == []
    assert walk.view.screen is Screen.HAND_IN_CHUTE
    walk.event(events.HandGone())
    assert walk.did(effects.LookAgain)
    assert walk.looked_again().did(effects.Move)[0].way is WAY_IN


def test_nothing_is_given_back_onto_a_hand_either():
    walk = Walk().item_decided(PAPER).event(events.HandSeen()).written("item-1")
    assert walk.did(effects.Move) == []
    assert walk.view.screen is Screen.HAND_IN_CHUTE
    assert walk.event(events.HandGone()).did(effects.Move)[0].way is WAY_OUT


@pytest.mark.parametrize("what", [None, PAPER])
def test_a_hand_in_the_chute_stops_the_motor(what):
    walk = Walk().item_moving(what) if what else Walk().item_moving()
    walk.event(events.HandSeen())
    assert walk.did(effects.Inspect), "which halts the motor first"
    walk.inspected(present=True)
    assert walk.at[1] == "blocked"
    assert walk.did(effects.Move) == []


def test_what_was_halted_for_a_hand_is_given_back_when_the_hand_is_out():
    walk = Walk().item_moving().event(events.HandSeen()).inspected(present=True).event(events.HandGone())
    assert walk.did(effects.Move)[0].way is WAY_OUT
    assert walk.moved().body.outcome is Outcome.RETURNED


def test_what_fell_in_before_the_motor_stood_still_is_stored():
    walk = Walk().item_moving().event(events.HandSeen()).inspected(1, present=False)
    assert walk.body.outcome is Outcome.STORED


@pytest.mark.parametrize(("counts", "outcome"), [((0, 0), "returned"), ((1, 0), "stored")])
def test_when_the_hand_takes_it_the_counters_have_the_word(counts, outcome):
    walk = Walk().item_moving().event(events.HandSeen()).inspected(present=True).event(events.ItemTaken())
    assert walk.inspected(*counts).body == bodies.ItemSettled("item-1", Outcome(outcome))


def test_a_hand_that_stays_ends_the_visit_and_nothing_moves_until_it_is_out():
    walk = Walk().item_decided().event(events.HandSeen()).written("item-1").timer()
    assert walk.body == bodies.ItemSettled("item-1", Outcome.RETURNED)
    assert walk.written().body == bodies.VisitClosed("visit-1", Ending.FAULT)
    walk.written()
    assert (walk.at[2], walk.view.parts) == ("out", ("hand",))
    assert walk.event(events.HandGone()).at[2] == "in_service"


# ------------------------------------------------------------------ several bins


TWO_BINS = evolve(CONFIGURATION, bins=(Bin("glass", frozenset({Material.GLASS})), Bin("all")))


def test_an_item_goes_into_the_first_bin_that_takes_it_and_has_room():
    for label, full, into in (
        (Material.GLASS, (), "glass"),
        (Material.GLASS, ("glass",), "all"),
        (Material.METAL, (), "all"),
    ):
        walk = Walk(TWO_BINS).event(events.BinsChanged(frozenset(full))).item_moving(seen(label))
        assert walk.did(effects.Move)[0].bin == into


def test_what_no_bin_has_room_for_is_given_back():
    walk = Walk(TWO_BINS).event(events.BinsChanged(frozenset({"all"}))).item_decided(seen(Material.METAL))
    assert walk.body.decision == bodies.Decision(accepted=False, reason=Reason.BIN_FULL)
    assert walk.written("item-1").did(effects.Move)[0].way is WAY_OUT


# ------------------------------------------------------------------ where a move failed


@pytest.mark.parametrize("how", ["failed", "late"])
def test_a_failed_move_halts_the_motor_and_looks(how):
    walk = Walk().item_moving()
    walk = walk.failed(effects.Move) if how == "failed" else walk.timer(effects.Move)
    assert walk.did(effects.Inspect)


@pytest.mark.parametrize(
    ("counts", "present", "outcome"),
    [((1, 0), False, "stored"), ((1, 0), True, "stored"), ((1, 1), True, "stored"), ((0, 1), True, "returned"),
     ((0, 0), False, "unknown")],
)  # fmt: skip
def test_the_counters_say_what_became_of_it(counts, present, outcome):
    walk = Walk().item_moving().failed(effects.Move).inspected(*counts, present=present)
    assert walk.body == bodies.ItemSettled("item-1", Outcome(outcome))


def test_what_is_still_there_is_moved_loose_and_tried_again_and_then_moved_out_and_returned():
    walk = Walk().item_moving().failed(effects.Move).inspected(present=True)
    assert walk.looked_again().did(effects.Move)[0].way is effects.Way.LOOSE
    assert walk.view.screen is Screen.CLEARING
    assert walk.moved().did(effects.Move)[0].way is WAY_IN
    assert walk.view.screen is Screen.ACCEPTED
    walk.failed(effects.Move).inspected(present=True)
    assert walk.did(effects.Move)[0].way is WAY_OUT
    assert walk.view.screen is Screen.TAKE_BACK
    assert walk.moved().body.outcome is Outcome.RETURNED


def test_what_comes_loose_is_stored_after_all():
    walk = Walk().item_moving().failed(effects.Move).inspected(present=True).looked_again().moved().moved()
    assert walk.body == bodies.ItemSettled("item-1", Outcome.STORED)


@pytest.mark.parametrize("how", ["failed", "late"])
def test_what_does_not_come_loose_is_moved_out(how):
    walk = Walk().item_moving().failed(effects.Move).inspected(present=True).looked_again()
    walk = walk.failed(effects.Move) if how == "failed" else walk.timer(effects.Move)
    assert walk.inspected(present=True).did(effects.Move)[0].way is WAY_OUT


def test_what_is_stuck_elsewhere_may_be_another_thing_and_is_moved_out():
    walk = Walk().item_moving().failed(effects.Move).inspected(present=True).looked_again(OTHER)
    assert walk.did(effects.Move)[0].way is WAY_OUT
    assert walk.view.notes == ()


def test_an_item_that_a_hand_took_on_its_way_out_is_returned_not_paid():
    walk = stuck_for_good()
    walk.event(events.ItemTaken()).failed(effects.Move).inspected(present=False)
    assert walk.body.outcome is Outcome.RETURNED


def stuck_for_good():
    """It was moved loose and tried again in vain; now it is to be moved out."""
    walk = Walk().item_moving().failed(effects.Move).inspected(present=True).looked_again()
    return walk.moved().failed(effects.Move).inspected(present=True)


def test_what_nothing_moves_is_unknown_and_the_machine_goes_down():
    walk = stuck_for_good()
    walk.failed(effects.Move).inspected(present=True)
    assert walk.body.outcome is Outcome.UNKNOWN
    walk.written()
    assert walk.view.paid == 1, "unknown is paid"
    assert walk.written().at == ("idle", "none", "out")
    assert walk.view.parts == ("motor",)


def test_a_late_answer_of_the_motor_is_not_obeyed():
    walk = Walk().item_moving()
    stale = walk.ticket(effects.Move)
    walk.timer(effects.Move)
    before = walk.state
    assert walk.event(events.Moved(stale)).state == before
    assert walk.inspected(present=True).did(effects.LookAgain)


def test_a_late_timer_is_not_obeyed():
    walk = Walk().item_moving()
    guard = walk.timers[effects.Move]
    walk.moved()
    before = walk.state
    assert walk.event(events.TimerFired(guard.ticket)).state == before


def test_another_boots_answer_is_not_obeyed():
    walk = Walk().item_moving()
    other = events.Ticket("boot-0", walk.ticket(effects.Move).number)
    before = walk.state
    assert walk.event(events.Moved(other)).state == before


def test_nobody_guesses_where_an_item_is_while_the_chute_is_silent():
    walk = Walk().item_moving().failed(effects.Move)
    for _ in range(walk.state.configuration.limits.looks):
        assert walk.failed(effects.Inspect).effects == (), "the timer asks again"
        walk.timer(effects.Inspect)
    assert walk.at == ("idle", "none", "out")
    assert walk.state.health.unsettled
    assert walk.did(effects.Journal) == [], "the entry stays open for the recovery"
    walk.timer()
    assert walk.did(effects.Inspect), "first the chute has to answer"
    assert walk.did(effects.Restart) == []
    assert walk.inspected().did(effects.Restart)


# ------------------------------------------------------------------ when the journal is lost


@pytest.mark.parametrize("how", ["failed", "late"])
def test_a_decision_that_may_not_be_written_gives_the_item_back_and_appends_nothing_more(how):
    walk = Walk().item_decided()
    walk = walk.write_failed() if how == "failed" else walk.timer(effects.Journal)
    assert walk.did(effects.Move)[0].way is WAY_OUT
    assert walk.view.items == ()
    walk.moved()
    assert walk.did(effects.Journal) == []
    assert walk.at == ("idle", "none", "out")
    assert walk.timer().did(effects.Restart)


@pytest.mark.parametrize("how", ["failed", "late"])
def test_a_settlement_that_may_not_be_written_is_left_to_the_recovery(how):
    walk = Walk().item_moving().moved()
    walk = walk.write_failed() if how == "failed" else walk.timer(effects.Journal)
    assert walk.did(effects.Journal) == []
    assert walk.at == ("idle", "none", "out")
    assert walk.view.paid == 0


def test_a_close_that_may_not_be_written_is_left_to_the_recovery():
    walk = Walk().visit_open().event(events.DonePressed()).write_failed()
    assert walk.at == ("idle", "none", "out")


# ------------------------------------------------------------------ offering


def test_what_was_refused_and_does_not_move_out_is_the_persons_to_take():
    walk = Walk().item_moving(PAPER).failed(effects.Move).inspected(present=True)
    walk.failed(effects.Move).inspected(present=True)
    assert walk.body == bodies.ItemSettled("item-1", Outcome.RETURNED)
    assert walk.written().at == ("open", "offered", "in_service")


def test_what_lies_there_after_a_hand_was_at_it_is_looked_at_for_itself():
    walk = Walk().item_moving(PAPER).moved().written().event(events.HandSeen()).event(events.HandGone())
    assert walk.did(effects.Capture)
    assert walk.view.returned == 1


def test_an_item_left_behind_ends_the_visit():
    walk = Walk().item_moving(PAPER).moved().written().timer()
    assert walk.body.why is Ending.IDLE
    assert walk.view.returned == 1


def test_done_while_an_item_is_offered_closes_and_counts_it():
    walk = Walk().item_moving(PAPER).moved().written().event(events.DonePressed())
    assert walk.body.why is Ending.DONE
    assert walk.view.returned == 1
    walk.event(events.ItemTaken()).written()
    assert (walk.at[:2], walk.view.returned) == (("idle", "none"), 1)


def test_a_drain_finishes_the_item_first():
    walk = Walk().item_moving().event(events.FaultSeen("door"))
    assert walk.at == ("ending", "storing", "draining")
    walk.moved().written()
    assert walk.body == bodies.VisitClosed("visit-1", Ending.FAULT)
    assert walk.written().at == ("idle", "none", "out")


# ------------------------------------------------------------------ recovery needs no rules of its own


def left_open(what=None, counters=NO_COUNTS):
    decided = bodies.ItemDecided(
        visit="visit-1", decision=bodies.Decision(True, Reason.CONTAINER), recognition=what or seen(),
        picture=None, promise=bodies.Promise("p1", 40), counters=counters,
    )  # fmt: skip
    return OpenEnd("visit-1", bodies.Opener.SESSION, OpenItem(shown("item-1", decided), counters), (), 2, 1, 90)


@pytest.mark.parametrize(
    ("counts", "present", "outcome", "paid"),
    [((1, 0), False, "stored", 3), ((1, 1), True, "stored", 3), ((0, 1), True, "returned", 2),
     ((0, 0), False, "unknown", 3)],
)  # fmt: skip
def test_boot_settles_what_was_cut_off_and_closes(counts, present, outcome, paid):
    walk = Walk().in_service(left_open())
    assert walk.at == ("ending", "inspecting", "recovering")
    assert walk.view.screen is Screen.RECOVERING
    walk.inspected(*counts, present=present)
    assert walk.body == bodies.ItemSettled("item-1", Outcome(outcome))
    assert walk.written().body == bodies.VisitClosed("visit-1", Ending.POWER)
    assert walk.written().at == ("idle", "none", "in_service")
    assert (walk.view.screen, walk.view.paid) == (Screen.THANKS, paid)


def test_boot_moves_out_what_is_still_there():
    walk = Walk().in_service(left_open()).inspected(present=True)
    assert walk.did(effects.Move)[0].way is WAY_OUT
    assert walk.moved().body.outcome is Outcome.RETURNED
    assert walk.written().body.why is Ending.POWER


def test_boot_closes_a_visit_without_an_item_at_once():
    walk = Walk().in_service(OpenEnd("visit-1", bodies.Opener.GUEST, None, (), 0, 0, None))
    assert walk.body == bodies.VisitClosed("visit-1", Ending.POWER)


def test_nobody_is_let_in_during_recovery():
    walk = Walk().in_service(left_open())
    assert walk.event(events.GuestPressed(NOW)).effects == ()
