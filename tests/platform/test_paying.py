"""Who is paid, what is paid, and when something happened: the verdicts on what machines report."""

import pytest

from domain.deposits.bodies import Outcome
from domain.deposits.recognition import Material
from domain.deposits.session import State
from domain.deposits.settlement import Standing, Why
from tests.platform.test_recording import kinds, verdicts
from tests.platform.world import DAY, GLASS, OTHER_KEY, SECOND, Platform, person

ANA, BEN = person("ana"), person("ben")


# ------------------------------------------------------------------ who is paid


def test_a_token_expired_when_scanned_is_refused(platform):
    machine, session = platform.machine(), platform.session(ANA)
    platform.clock.advance(301 * SECOND + 60 * SECOND)
    machine.visit(session.token)
    recorded = platform.send(machine)
    assert verdicts(recorded) == [(Standing.REFUSED, Why.EXPIRED_TOKEN)]
    assert platform.balance(ANA) == 0


def test_a_token_scanned_in_time_is_paid_however_late_the_journal_comes(platform):
    machine, session = platform.machine(), platform.session(ANA)
    platform.clock.advance(299 * SECOND)
    machine.visit(session.token)
    platform.clock.advance(20 * DAY)
    recorded = platform.send(machine)
    assert verdicts(recorded) == [(Standing.CREDITED, Why.PROMISED)]


def test_a_token_scanned_twice_on_one_machine_is_paid_twice_without_a_signal(platform):
    machine, session = platform.machine(), platform.session(ANA)
    machine.visit(session.token)
    machine.visit(session.token)
    recorded = platform.send(machine)
    assert (kinds(recorded), platform.balance(ANA)) == ([], 2 * GLASS)


def test_a_session_used_on_two_machines_is_paid_on_both_and_signalled(platform):
    one, two, session = platform.machine("one"), platform.machine("two"), platform.session(ANA)
    one.visit(session.token)
    two.visit(session.token)
    assert kinds(platform.send(one)) == []
    assert kinds(platform.send(two)) == ["session_on_two_machines"]
    assert platform.balance(ANA) == 2 * GLASS


def test_a_token_signed_by_another_key_credits_nobody_and_blocks_nothing(platform):
    machine = platform.machine()
    machine.visit(platform.token(ANA, key=OTHER_KEY))
    machine.visit(platform.token(ANA, key=OTHER_KEY, key_id=platform.signer.key_id))
    recorded = platform.send(machine)
    assert verdicts(recorded) == [(Standing.REFUSED, Why.FORGED_TOKEN)] * 2
    assert kinds(recorded) == ["forged_token"] * 2
    assert platform.balance(ANA) == 0
    assert platform.history(ANA) == []
    machine.visit(platform.session(ANA).token)
    platform.send(machine, machine.entries[-4:])
    assert platform.balance(ANA) == GLASS


def test_a_token_of_another_organisation_is_refused(platform):
    machine = platform.machine()
    machine.visit(platform.token(ANA, organisation="00000000-0000-7000-8000-000000000000"))
    recorded = platform.send(machine)
    assert verdicts(recorded) == [(Standing.REFUSED, Why.OTHER_ORGANISATION)]


def test_a_token_for_another_machine_is_refused(platform):
    machine = platform.machine()
    machine.visit(platform.token(ANA, machine=platform.ids.next()))
    machine.visit(platform.token(BEN, machine=machine.machine))
    assert [why for _, why in verdicts(platform.send(machine))] == [Why.OTHER_MACHINE, Why.PROMISED]


def test_a_token_that_is_none_is_refused(platform):
    machine = platform.machine()
    machine.visit("NOT A TOKEN")
    assert verdicts(platform.send(machine)) == [(Standing.REFUSED, Why.MALFORMED_TOKEN)]


def test_guests_are_thanked(platform):
    machine = platform.machine()
    machine.visit(None)
    assert verdicts(platform.send(machine)) == [(Standing.NOTHING_DUE, Why.GUEST)]


def test_a_withdrawn_session_that_was_scanned_offline_is_paid(platform):
    machine, first = platform.machine(), platform.session(ANA)
    machine.visit(first.token)
    platform.session(ANA)
    platform.send(machine)
    assert platform.balance(ANA) == GLASS
    with platform.store(read_only=True) as work:
        assert work.sessions.get(first.session.id).state is State.USED


# ------------------------------------------------------------------ what is paid


@pytest.mark.parametrize(
    ("accepted", "outcome", "expected"),
    [
        (True, Outcome.STORED, (Standing.CREDITED, Why.PROMISED)),
        (True, Outcome.UNKNOWN, (Standing.CREDITED, Why.PROMISED)),
        (True, Outcome.RETURNED, (Standing.NOTHING_DUE, Why.RETURNED)),
        (False, Outcome.RETURNED, (Standing.NOTHING_DUE, Why.RETURNED)),
        (False, Outcome.STORED, (Standing.NOTHING_DUE, Why.NOT_ACCEPTED)),
        (False, Outcome.UNKNOWN, (Standing.NOTHING_DUE, Why.NOT_ACCEPTED)),
    ],
)
def test_paid_is_what_was_accepted_and_is_stored_or_unknown(platform, accepted, outcome, expected):
    machine = platform.machine()
    opened = machine.open(platform.session(ANA).token)
    machine.deposit(opened.id, outcome, accepted=accepted)
    assert verdicts(platform.send(machine)) == [expected]


def test_unknown_outcomes_are_paid_up_to_a_daily_bound(store):
    platform = Platform(store, unknown_a_day=2)
    machine = platform.machine()
    opened = machine.open(platform.session(ANA).token)
    for _ in range(3):
        machine.deposit(opened.id, Outcome.UNKNOWN)
    platform.send(machine, machine.entries[:4])
    recorded = platform.send(machine, machine.entries[4:])
    assert verdicts(recorded) == [(Standing.CREDITED, Why.PROMISED), (Standing.HELD, Why.TOO_MANY_UNKNOWN)]
    assert platform.balance(ANA) == 2 * GLASS
    platform.clock.advance(DAY)
    machine.deposit(opened.id, Outcome.UNKNOWN)
    assert verdicts(platform.send(machine, machine.entries[-2:])) == [(Standing.CREDITED, Why.PROMISED)]


def test_the_promise_is_kept_when_its_list_was_in_force_at_the_time(platform):
    platform.publish(2, {Material.GLASS: 10}, platform.clock.wall + 3_600 * SECOND)
    machine = platform.machine()
    opened = machine.open(platform.session(ANA).token)
    machine.deposit(opened.id)
    platform.clock.advance(2 * DAY)
    platform.send(machine)
    assert platform.balance(ANA) == GLASS


@pytest.mark.parametrize(
    ("promise", "why", "points"),
    [
        ({"version": "p9"}, Why.UNKNOWN_LIST, GLASS),
        ({"version": "p2", "points": 90}, Why.LIST_NOT_IN_FORCE, GLASS),
        ({"points": 5_000}, Why.PROMISE_DIFFERS, GLASS),
    ],
)
def test_a_promise_that_was_none_is_repriced(platform, promise, why, points):
    platform.publish(2, {Material.GLASS: 90}, platform.clock.wall - 9 * DAY, platform.clock.wall - 5 * DAY)
    machine = platform.machine()
    opened = machine.open(platform.session(ANA).token)
    machine.deposit(opened.id, **promise)
    assert verdicts(platform.send(machine)) == [(Standing.REPRICED, why)]
    assert platform.balance(ANA) == points


def test_items_that_were_counted_are_paid_by_the_list_in_force(platform):
    machine = platform.machine()
    opened = machine.open(platform.session(ANA).token, price_list=None)
    machine.deposit(opened.id, points=None)
    assert verdicts(platform.send(machine)) == [(Standing.CREDITED, Why.NO_PROMISE)]
    assert platform.balance(ANA) == GLASS


def test_without_any_list_in_force_an_item_is_held(platform):
    platform.clock.advance(40 * DAY)
    machine = platform.machine()
    opened = machine.open(platform.session(ANA).token, price_list=None)
    machine.deposit(opened.id, points=None)
    assert verdicts(platform.send(machine)) == [(Standing.HELD, Why.NO_PRICE_LIST)]
    assert platform.balance(ANA) == 0


# ------------------------------------------------------------------ time


@pytest.mark.parametrize("skew", [-3 * DAY, 3 * DAY])
@pytest.mark.parametrize("trusted", [True, False])
def test_a_clock_three_days_off_is_no_error(platform, skew, trusted):
    machine = platform.machine()
    machine.skew, machine.trusted = skew, trusted
    machine.visit(platform.session(ANA).token)
    platform.clock.advance(10 * SECOND)
    recorded = platform.send(machine)
    assert (verdicts(recorded), kinds(recorded)) == ([(Standing.CREDITED, Why.PROMISED)], [])


def test_a_clock_three_days_off_is_no_way_to_use_an_old_token(platform):
    machine, session = platform.machine(), platform.session(ANA)
    platform.clock.advance(DAY)
    machine.skew = -DAY
    machine.visit(session.token)
    assert verdicts(platform.send(machine)) == [(Standing.REFUSED, Why.EXPIRED_TOKEN)]


def test_an_epoch_that_never_sent_anything_is_judged_by_its_place_and_trusted_clock(platform):
    machine, session = platform.machine(), platform.session(ANA)
    machine.visit(session.token)
    platform.clock.advance(3 * DAY)
    machine.boot()
    recorded = platform.send(machine)
    assert verdicts(recorded) == [(Standing.CREDITED, Why.PROMISED)]
    opened = next(each for each in recorded.judged if each.visit)
    assert opened.span.earliest >= opened.entry.wall - 130 * SECOND
    assert opened.span.latest <= opened.entry.wall + 130 * SECOND


def test_a_batch_of_an_earlier_epoch_ties_its_clock(platform):
    machine = platform.machine()
    machine.trusted = False
    platform.send(machine)
    platform.clock.advance(3_600 * SECOND)
    session = platform.session(ANA)
    platform.clock.advance(400 * SECOND)
    machine.visit(session.token)
    platform.clock.advance(DAY)
    machine.boot()
    assert verdicts(platform.send(machine)) == [(Standing.REFUSED, Why.EXPIRED_TOKEN)]
