"""How a person is let in, served and seen off."""

import pytest

from domain.deposits import bodies
from domain.deposits.acceptance import Reason
from domain.deposits.bodies import Ending, Opener
from domain.deposits.intake import effects, events
from domain.deposits.intake.view import Note, Screen
from domain.deposits.scanning import CodeVerdict
from tests.intake.samples import ALICE, BOB, NOW, PRICES
from tests.intake.walk import Walk


def test_a_good_code_opens_a_visit_that_names_token_claim_and_prices():
    walk = Walk().in_service().event(events.QrRead(ALICE)).judged().claimed()
    assert walk.body == bodies.VisitOpened(by=Opener.SESSION, token=ALICE, claimed=True, price_list="p1")
    assert walk.view.screen is Screen.OPENING, "nobody is let in before it is durable"
    assert walk.written("v").view.screen is Screen.INSERT
    assert walk.view.points == 0
    assert walk.view.notes == ()


@pytest.mark.parametrize("verdict", [verdict for verdict in CodeVerdict if verdict is not CodeVerdict.OK])
def test_a_bad_code_is_refused_by_name(verdict):
    walk = Walk().in_service().event(events.QrRead(ALICE)).judged(verdict)
    assert (walk.view.screen, walk.view.code) == (Screen.CODE_REFUSED, verdict)
    assert walk.did(effects.Journal) == []
    assert walk.timer().view.screen is Screen.WELCOME


@pytest.mark.parametrize(
    ("why", "verdict"),
    [
        ("expired", CodeVerdict.EXPIRED),
        ("withdrawn", CodeVerdict.WITHDRAWN),
        ("claimed_elsewhere", CodeVerdict.CLAIMED_ELSEWHERE),
        ("used", CodeVerdict.ALREADY_USED),
        ("forged", CodeVerdict.BAD_SIGNATURE),
        ("unknown", CodeVerdict.UNKNOWN_SESSION),
        ("a word of next year", CodeVerdict.UNKNOWN_SESSION),
    ],
)
def test_what_the_platform_refuses_is_refused_by_name(why, verdict):
    walk = Walk().in_service().event(events.QrRead(ALICE)).judged().claimed(confirmed=False, why=why)
    assert (walk.at[0], walk.view.code) == ("idle", verdict)


@pytest.mark.parametrize("silence", ["failed", "late"])
def test_off_line_the_visit_opens_and_says_so(silence):
    walk = Walk().in_service().event(events.QrRead(ALICE)).judged()
    walk = walk.failed(effects.Claim) if silence == "failed" else walk.timer(effects.Claim)
    assert walk.body.claimed is False
    assert walk.written().view.notes == (Note.OFFLINE,)


def test_a_late_claim_changes_nothing():
    walk = Walk().in_service().event(events.QrRead(ALICE)).judged().timer(effects.Claim)
    before = walk.state
    assert walk.claimed(confirmed=False, why="withdrawn").state == before


def test_without_trusted_time_the_signature_opens_and_items_are_counted():
    walk = Walk().in_service().event(events.QrRead(ALICE)).judged(now=None).claimed()
    assert walk.body.price_list is None
    assert walk.written().view.notes == (Note.NO_PRICES, Note.TIME_NOT_TRUSTED)
    assert walk.view.points is None


@pytest.mark.parametrize("now", [PRICES.valid_from - 1, PRICES.valid_until])
def test_a_list_that_is_not_in_force_is_not_promised(now):
    walk = Walk().in_service().event(events.QrRead(ALICE)).judged(now=now).claimed()
    assert walk.body.price_list is None


def test_a_guest_is_let_in_and_gets_no_points():
    walk = Walk().in_service().event(events.GuestPressed(NOW))
    assert walk.body == bodies.VisitOpened(by=Opener.GUEST, token=None, claimed=False, price_list=None)
    walk.written("v").event(events.ItemSeen()).captured().recognised()
    assert walk.body.promise is None


def test_nobody_is_let_in_by_a_machine_out_of_service():
    walk = Walk().in_service().event(events.FaultSeen("door"))
    assert walk.view.screen is Screen.OUT_OF_SERVICE
    assert walk.view.parts == ("door",)
    assert walk.event(events.QrRead(ALICE)).effects == ()
    assert walk.event(events.GuestPressed(NOW)).effects == ()


def test_what_lies_there_when_the_visit_opens_is_admitted_once_the_phone_is_gone():
    walk = Walk().in_service().event(events.QrRead(ALICE)).judged().event(events.ItemSeen()).claimed().written()
    assert walk.did(effects.Capture) == [], "the camera would see the phone"
    assert walk.view.screen is Screen.RECOGNISING, "nobody is asked for another item meanwhile"
    assert walk.timers[effects.SetTimer].delay == walk.state.configuration.limits.phone
    assert walk.timer().did(effects.Capture)


def test_what_lay_there_when_the_visit_opened_may_be_taken_back_and_the_visit_goes_on():
    walk = Walk().in_service().event(events.ItemSeen()).event(events.QrRead(ALICE)).judged().claimed().written()
    walk.event(events.ItemTaken()).timer()
    assert walk.at[0] == "open"
    assert walk.timers[effects.SetTimer].delay == walk.state.configuration.limits.idle
    assert walk.event(events.ItemSeen()).did(effects.Capture)


def test_an_item_nobody_is_served_for_waits_and_is_spoken_of():
    walk = Walk().in_service().event(events.ItemSeen())
    assert walk.view.notes == (Note.ITEM_WAITING,)
    assert walk.did(effects.Capture) == []


def test_done_closes_and_thanks():
    walk = Walk().visit_open().event(events.DonePressed())
    assert walk.body == bodies.VisitClosed(visit="visit-1", why=Ending.DONE)
    assert walk.view.screen is Screen.FINISHING
    assert walk.written().view.screen is Screen.THANKS
    assert walk.timer().view.screen is Screen.WELCOME


def test_done_while_the_visit_opens_ends_it_as_soon_as_it_is_open():
    walk = Walk().in_service().event(events.QrRead(ALICE)).judged().claimed().event(events.DonePressed())
    assert walk.written("v").body == bodies.VisitClosed(visit="v", why=Ending.DONE)


def test_an_idle_visit_ends():
    walk = Walk().visit_open().timer()
    assert walk.body.why is Ending.IDLE


def test_the_idle_timer_does_not_run_while_an_item_is_in_work():
    walk = Walk().visit_open()
    idle = walk.timers[effects.SetTimer]
    walk.event(events.ItemSeen())
    before = walk.state
    assert walk.event(events.TimerFired(idle.ticket)).state == before


def test_the_same_code_again_is_ignored_during_the_visit():
    walk = Walk().visit_open()
    before = walk.state
    assert walk.event(events.QrRead(ALICE)).state == before


@pytest.mark.parametrize("text", ["https://example.org/bottle", "", "A" * 4000, ALICE[:-3]])
def test_another_qr_code_that_is_no_token_ends_no_visit(text):
    walk = Walk().visit_open()
    before = walk.state
    assert walk.event(events.QrRead(text)).state == before


def test_another_persons_code_ends_the_visit_and_is_served():
    walk = Walk().visit_open().event(events.QrRead(BOB))
    assert walk.body.why is Ending.ANOTHER_PERSON
    walk.written()
    assert walk.did(effects.VerifyToken)[0].text == BOB
    walk.judged().claimed().written("visit-2")
    assert (walk.view.visit, walk.view.paid) == ("visit-2", 0)


def test_another_persons_code_waits_for_the_item_in_work():
    walk = Walk().item_moving().event(events.QrRead(BOB))
    assert walk.at[:2] == ("ending", "storing")
    walk.moved().written()
    assert walk.body == bodies.VisitClosed(visit="visit-1", why=Ending.ANOTHER_PERSON)


def test_a_code_is_used_up_when_its_visit_was_closed_in_the_ordinary_way():
    walk = Walk().visit_open().event(events.DonePressed()).written()
    walk.event(events.QrRead(ALICE))
    assert (walk.view.screen, walk.view.code) == (Screen.CODE_REFUSED, CodeVerdict.ALREADY_USED)
    assert walk.did(effects.VerifyToken) == []


def test_a_refused_code_that_is_still_held_up_is_not_judged_again_and_again():
    walk = Walk().in_service().event(events.QrRead(ALICE)).judged(CodeVerdict.EXPIRED)
    assert walk.event(events.QrRead(ALICE)).effects == ()
    assert walk.event(events.QrRead(BOB)).did(effects.VerifyToken)


def test_after_a_fault_the_same_person_may_scan_again():
    walk = Walk().visit_open().event(events.FaultSeen("door"))
    assert walk.body.why is Ending.FAULT
    walk.written().event(events.FaultCleared("door")).event(events.QrRead(ALICE))
    assert walk.did(effects.VerifyToken)


def test_a_code_that_is_being_judged_when_the_machine_goes_down_is_let_go():
    walk = Walk().in_service().event(events.QrRead(ALICE)).event(events.FaultSeen("door"))
    assert walk.at == ("idle", "none", "out")


def test_a_visit_that_opens_while_the_machine_goes_down_is_closed_at_once():
    walk = Walk().in_service().event(events.GuestPressed(NOW)).event(events.FaultSeen("door")).written("v")
    assert walk.body == bodies.VisitClosed(visit="v", why=Ending.FAULT)
    assert walk.written().at == ("idle", "none", "out")


@pytest.mark.parametrize("how", ["failed", "late"])
def test_a_visit_whose_entry_may_not_be_there_is_not_opened(how):
    walk = Walk().in_service().event(events.GuestPressed(NOW))
    walk = walk.write_failed() if how == "failed" else walk.timer(effects.Journal)
    assert walk.at == ("idle", "none", "out")
    assert walk.timer().did(effects.Restart)


# ------------------------------------------------------------------ an item that is pulled out again


def stored():
    """One item was taken in, and the visit goes on."""
    return Walk().item_moving().event(events.ItemTaken()).moved().written()


def test_a_pull_ends_the_visit_is_told_of_and_then_the_visit_is_closed():
    walk = stored().event(events.PulledBack())
    assert walk.body == bodies.SuspicionRaised("item-1", bodies.Sign.PULLED_BACK)
    assert walk.written().body == bodies.VisitClosed("visit-1", Ending.TAMPERING)
    walk.written()
    assert walk.view.screen is Screen.PULLED_BACK
    assert walk.event(events.QrRead(ALICE)).view.code is CodeVerdict.ALREADY_USED


def test_what_looks_like_an_item_that_was_pulled_out_is_not_taken_again():
    walk = stored().event(events.PulledBack()).written().written()
    walk.event(events.QrRead(BOB)).judged().claimed().written("visit-2").event(events.ItemSeen()).captured()
    assert walk.recognised().body.decision == bodies.Decision(accepted=False, reason=Reason.PULLED_BACK)


def test_a_pull_after_the_visit_is_told_of_at_once():
    walk = stored().event(events.DonePressed()).written().event(events.PulledBack())
    assert walk.body == bodies.SuspicionRaised("item-1", bodies.Sign.PULLED_BACK)
    assert walk.written().at == ("idle", "none", "in_service")
    assert walk.view.screen is Screen.PULLED_BACK


def test_a_pull_while_the_visit_is_closed_is_told_of_afterwards():
    walk = stored().event(events.DonePressed()).event(events.PulledBack()).written()
    assert walk.body == bodies.SuspicionRaised("item-1", bodies.Sign.PULLED_BACK)


def test_somebody_elses_visit_goes_on_and_tells_of_it_in_the_end():
    walk = stored().event(events.DonePressed()).written()
    walk.event(events.QrRead(BOB)).judged().claimed().written("visit-2").event(events.PulledBack())
    assert walk.at[0] == "open"
    assert walk.event(events.DonePressed()).body == bodies.SuspicionRaised("item-1", bodies.Sign.PULLED_BACK)
    assert walk.written().body == bodies.VisitClosed("visit-2", Ending.DONE)


def test_a_pull_that_nobody_can_place_is_told_of_without_an_item():
    assert Walk().in_service().event(events.PulledBack()).body == bodies.SuspicionRaised(None, bodies.Sign.PULLED_BACK)


def test_several_pulls_are_told_of_one_by_one():
    walk = Walk().in_service()
    for _ in range(3):
        walk.event(events.PulledBack())
    walk.written()
    assert walk.body.sign is bodies.Sign.PULLED_BACK
    walk.written()
    assert walk.body.sign is bodies.Sign.PULLED_BACK
    assert walk.written().at[0] == "idle"


def test_a_pull_that_cannot_be_written_down_stops_the_machine():
    assert stored().event(events.PulledBack()).write_failed().at == ("idle", "none", "out")
