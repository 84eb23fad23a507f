"""Agent and rig as real processes, against a real platform over HTTP."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time

import pytest

from domain.deposits.bodies import Ending, Opener, Outcome
from domain.deposits.journal import place_of
from tests.machine.kit import code_png, picture, until
from tests.machine.visitor import Visitor, agreement

pytestmark = pytest.mark.slow  # each test starts processes

NOBODY = "http://127.0.0.1:9"
THREE_DAYS_S = 3 * 86_400


def test_a_bottle_becomes_points(platform, machine):
    """The QR as pixels, the photograph's own bytes, one stored item, fifty points."""
    bottle = machine.know(picture(1))
    machine.boot()
    machine.shows("welcome")
    code = platform.code()
    machine.scan(code)

    tag = machine.insert(bottle)
    until(lambda: machine.where()[tag] == "bin")
    until(lambda: machine.person.state()["view"]["points"] == 50)
    machine.person.press("done")
    machine.shows("thanks", "welcome")

    told = machine.told()
    (opened,) = told.opened.values()
    assert (opened.by, opened.token, opened.claimed, opened.price_list) == (Opener.SESSION, code, True, "test-1")
    (decided,) = told.decided.values()
    assert decided.picture.sha256 == hashlib.sha256(bottle).hexdigest()
    assert decided.promise.points == 50
    assert list(told.settled.values()) == [Outcome.STORED]
    assert [closed.why for closed in told.closed.values()] == [Ending.DONE]
    until(lambda: platform.held(machine.id) == place_of(told.entries[-1]))
    assert machine.agent.stop() == 0


def test_litter_comes_back_and_is_worth_nothing(platform, machine):
    visitor = Visitor(machine, platform)
    machine.boot()
    visitor.visit()
    told = agreement(visitor)
    assert sorted(outcome.value for outcome in told.settled.values()) == ["returned", "stored"]


@pytest.mark.parametrize("remote", ["simulated", ""])
def test_a_machine_that_is_unsure_asks_elsewhere_or_goes_by_its_own_answer(machine, remote):
    """Weakly named: the entry tells who named it in the end, and it is taken in either way."""
    bottle = machine.know(picture(1), confidence=700_000)
    machine.settings |= {"RVM_MACHINE_AI_MODE": "local_then_remote", "RVM_MACHINE_REMOTE": remote}
    machine.boot()
    machine.shows("welcome")
    machine.person.press("guest")
    machine.shows("insert")
    tag = machine.insert(bottle)
    until(lambda: machine.where()[tag] == "bin")
    (decided,) = machine.told().decided.values()
    assert decided.recognition.model == ("remote:simulated" if remote else "recorded-1+00000000")


def test_a_guest_needs_no_code(machine):
    bottle = machine.know(picture(1))
    machine.boot()
    machine.shows("welcome")
    machine.person.press("guest")
    machine.shows("insert")
    tag = machine.insert(bottle)
    until(lambda: machine.where()[tag] == "bin")
    machine.shows("insert", "accepted")
    machine.person.press("done")
    machine.shows("thanks", "welcome")
    (opened,) = machine.told().opened.values()
    assert (opened.by, opened.token) == (Opener.GUEST, None)


def test_a_whole_life_off_line_from_what_was_kept(platform, machine):
    """After one life on line: boot, code, prices and a visit with nobody to ask; then everything is brought."""
    visitor = Visitor(machine, platform)
    machine.boot()
    visitor.recover()
    until((machine.folder / "configuration.json").exists)
    machine.agent.kill()

    machine.boot(RVM_MACHINE_PLATFORM_URL=NOBODY)
    visitor.visit()
    machine.agent.kill()
    told = machine.told()
    opened = next(reversed(told.opened.values()))
    assert opened.claimed is False
    assert not any(entry.trusted for entry in told.entries[-4:]), "nobody told the time in this life"
    assert len(told.closed) == 1

    machine.boot()
    visitor.recover()
    agreement(visitor)


def test_a_machine_that_was_never_told_keys_refuses_codes_by_name(platform, machine):
    machine.boot(RVM_MACHINE_PLATFORM_URL=NOBODY)
    machine.shows("welcome")
    machine.person.show_code(code_png(platform.code()))
    machine.shows("code_refused")
    assert machine.person.state()["view"]["code"] == "not_checked"


def test_a_foreign_code_is_refused_by_name_and_counted(platform, machine):
    machine.boot(RVM_MACHINE_TELEMETRY_SECONDS="0.2")
    machine.shows("welcome")
    machine.person.show_code(code_png("https://example.org/"))
    machine.shows("code_refused")
    assert machine.person.state()["view"]["code"] == "malformed"
    until(lambda: platform.told(machine.id).get("codes_refused_malformed") == 1, "the platform is told of it")


@pytest.mark.parametrize("off_by", [THREE_DAYS_S, -THREE_DAYS_S])
def test_a_clock_three_days_off_is_no_error(platform, machine, off_by):
    """The entry says what was known, and the platform's answer sets the clock."""
    visitor = Visitor(machine, platform)
    machine.boot(RVM_MACHINE_CLOCK_SKEW_SECONDS=str(off_by), RVM_MACHINE_PLATFORM_URL=NOBODY)
    visitor.recover()
    machine.agent.kill()
    machine.boot(RVM_MACHINE_CLOCK_SKEW_SECONDS=str(off_by))
    visitor.visit()
    told = agreement(visitor)
    first, last = told.entries[0], told.entries[-1]
    assert not first.trusted
    assert off_by_s(first) == pytest.approx(off_by, abs=60)
    assert last.trusted
    assert off_by_s(last) == pytest.approx(0, abs=60)


def off_by_s(entry):
    return entry.wall / 1_000_000 - time.time()


def test_asked_to_stop_it_finishes_what_was_begun(platform, machine):
    visitor = Visitor(machine, platform)
    machine.boot()
    visitor.recover()
    machine.scan(platform.code(visitor.person))
    machine.insert(next(visitor._bottles))
    until(lambda: machine.agent.state.get("item") not in (None, "none"))

    assert machine.agent.stop() == 0

    told = machine.told()
    assert [closed.why for closed in told.closed.values()] == [Ending.STOPPED]
    assert set(told.decided) == set(told.settled)
    assert machine.person.state()["view"]["screen"] == "out_of_service"


def test_a_damaged_journal_is_said_and_nothing_is_taken_in(platform, machine):
    visitor = Visitor(machine, platform)
    machine.boot()
    visitor.visit()
    machine.agent.stop()
    with sqlite3.connect(machine.folder / "journal.db") as connection:
        connection.execute(
            "UPDATE entries SET raw = CAST(replace(CAST(raw AS TEXT), 'stored', 'return') AS BLOB) WHERE seq = 3"
        )
    connection.close()

    machine.boot()
    machine.agent.gone()

    assert machine.agent.process.returncode == 74
    assert "item_settled 3" in (machine.folder / "agent.log").read_text()
    view = machine.person.state()["view"]
    assert (view["screen"], view["parts"]) == ("out_of_service", ["journal"])


def test_two_agents_do_not_share_a_machine(machine):
    machine.boot()
    machine.shows("welcome")
    first = machine.agent
    second = machine.boot()
    second.gone()
    assert second.process.returncode == 74
    assert first.alive
    first.kill()


@pytest.mark.parametrize(
    "settings",
    [{"RVM_MACHINE_ID": "seven"}, {"RVM_MACHINE_RIG": "nowhere"}, {"RVM_MACHINE_FAIL_POINT": "sometimes"}],
)
def test_settings_that_make_no_sense_are_said(machine, settings):
    machine.boot(**settings)
    machine.agent.gone()
    assert machine.agent.process.returncode == 2
    assert next(iter(settings.values())) in (machine.folder / "agent.log").read_text()


def test_a_revoked_key_stops_nothing_at_the_machine(platform, machine):
    visitor = Visitor(machine, platform)
    machine.boot()
    visitor.recover()
    until((machine.folder / "configuration.json").exists)
    machine.agent.kill()
    machine.boot(RVM_MACHINE_API_KEY="rvm_" + "A" * 43)
    visitor.visit()
    machine.agent.kill()
    assert len(machine.told().closed) == 1
    machine.boot()
    visitor.recover()
    agreement(visitor)


def test_what_is_kept_is_whole_or_not_there(platform, machine):
    """A kept configuration that was damaged is of no use, and no obstacle."""
    (machine.folder / "configuration.json").write_bytes(b'{"v": 1, "keys"')
    visitor = Visitor(machine, platform)
    machine.boot()
    visitor.visit()
    agreement(visitor)
    assert json.loads((machine.folder / "configuration.json").read_text())["v"] == 1
