"""Whether the machine serves, and how it comes back."""

import pytest

from domain.deposits import bodies
from domain.deposits.bodies import Counters
from domain.deposits.intake import effects, events
from domain.deposits.intake.view import Screen
from tests.intake.samples import MODEL, NOW, picture
from tests.intake.walk import Walk


def test_a_life_begins_with_an_entry_and_nobody_is_served_before_it_is_durable():
    walk = Walk().event(events.Booted("b", None))
    assert walk.body == bodies.Booted(software="test", model=MODEL)
    assert walk.view.screen is Screen.STARTING
    assert walk.event(events.GuestPressed(NOW)).effects == ()
    assert walk.written().view.screen is Screen.WELCOME


@pytest.mark.parametrize("how", ["failed", "late"])
def test_without_its_first_entry_a_machine_stays_out_and_restarts(how):
    walk = Walk().event(events.Booted("b", None))
    walk = walk.write_failed() if how == "failed" else walk.timer(effects.Journal)
    assert walk.view.screen is Screen.OUT_OF_SERVICE
    assert walk.timer().did(effects.Restart)
    assert walk.timer().did(effects.Restart), "and asks again if that did not help"


def test_a_journal_that_cannot_be_read_is_not_written_to():
    walk = Walk().event(events.Booted("b", None, frozenset({"journal"})))
    assert walk.did(effects.Journal) == []
    assert walk.view.parts == ("journal",)


def test_a_silent_chute_is_asked_again_until_it_answers():
    walk = Walk().event(events.Booted("b", None, frozenset({"chute"}))).written()
    assert walk.at[2] == "out"
    assert walk.timer().did(effects.Inspect)
    assert walk.failed(effects.Inspect).effects == ()
    assert walk.timer(effects.Inspect).did(effects.Inspect)
    assert (
        walk.event(events.Inspected(walk.ticket(effects.Inspect), Counters(0, 0), present=False)).at[2] == "in_service"
    )


def test_a_broken_camera_is_tried_again_until_it_gives_a_picture():
    walk = Walk().in_service().event(events.FaultSeen("camera"))
    assert walk.timer().did(effects.Capture)
    assert walk.captured(None).at[2] == "out"
    assert walk.timer().captured(picture()).at[2] == "in_service"


def test_what_hardware_reports_waits_for_hardware_to_take_it_back():
    walk = Walk().in_service().event(events.FaultSeen("door"))
    for _ in range(3):
        walk.timer()
        assert {type(effect) for effect in walk.effects} == {effects.SetTimer}
    assert walk.event(events.FaultCleared("door")).at[2] == "in_service"


def test_it_takes_all_faults_to_be_mended():
    walk = Walk().in_service().event(events.FaultSeen("door")).event(events.FaultSeen("bin"))
    assert walk.event(events.FaultCleared("door")).view.parts == ("bin",)
    assert walk.event(events.FaultCleared("bin")).view.screen is Screen.WELCOME


def test_a_fault_that_is_over_before_the_visit_is_leaves_the_machine_in_service():
    walk = Walk().visit_open().event(events.FaultSeen("door")).event(events.FaultCleared("door")).written()
    assert walk.at == ("idle", "none", "in_service")


def test_hardware_cannot_clear_a_lost_journal():
    walk = Walk().visit_open().event(events.DonePressed()).write_failed().event(events.FaultCleared("journal"))
    assert walk.did(effects.Restart)
    assert walk.at[2] == "out"


def test_a_second_boot_in_one_life_is_none():
    walk = Walk().in_service()
    before = walk.state
    assert walk.event(events.Booted("other", None)).state == before
