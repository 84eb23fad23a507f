"""What every store promises about the care of machines: run on SQLite and on the one in memory."""

import pytest
from attrs import evolve

from application.ports.care import TimedSample
from application.ports.repositories import Organisation
from application.ports.unit_of_work import AlreadyThere
from domain.fleet import claim_code, command, ticket
from domain.fleet.alert import SILENT, Alert, Cause, Standing
from domain.fleet.availability import Outage
from domain.fleet.command import OUTCOME_WITHIN, Kind, Mode, Told
from domain.fleet.machine import Machine
from domain.fleet.profile import Profile
from domain.fleet.telemetry import HOUR, SECONDS, Hour, Sample
from domain.fleet.ticket import Ticket
from tests.platform.conftest import empty_database, memory_store, sqlite_store, store  # noqa: F401 - fixtures

CONTRACT, ADAPTERS = "Care", "store"
HOUSE = "00000000-0000-7000-8000-000000000001"


@pytest.fixture
def begin(store):  # noqa: F811
    return founded(store)


def founded(store):  # noqa: F811
    """A store with an organisation and two machines in it."""

    def setting(work):
        work.organisations.add(Organisation(HOUSE, "House", 1))
        for number in (1, 2):
            work.machines.add(Machine(f"m{number}", HOUSE, f"Hall {number}", f"k{number}" * 20, 1))

    did(store, setting)
    return store


def did(begin, change):
    with begin() as work:
        change(work)
        work.commit()


def seen(begin, look):
    with begin(read_only=True) as work:
        return look(work.care)


def timed(seq, at, boot="b1", **measures):
    sample = Sample(boot, seq, at, at, True, measures, serving=True, faults=("motor",), words={"model": "m-1"})
    return TimedSample(at, sample)


def test_samples_come_back_as_they_were_and_stay_held_when_they_are_forgotten(begin):
    samples = [timed(0, 10, bin_level=3), timed(1, 20), timed(4, 20, humidity=2**53), timed(0, 15, "b2")]
    did(begin, lambda work: work.care.telemetry.add(HOUSE, "m1", samples, 30))
    assert seen(begin, lambda care: care.telemetry.held("m1", ["b1", "b2", "b3"])) == {"b1": 4, "b2": 0}
    assert seen(begin, lambda care: care.telemetry.held("m2", ["b1"])) == {}
    in_order = [samples[0], samples[3], samples[1], samples[2]]
    assert list(seen(begin, lambda care: care.telemetry.samples("m1", 0, 21, 9))) == in_order
    assert list(seen(begin, lambda care: care.telemetry.samples("m1", 11, 20, 9))) == [samples[3]]
    assert seen(begin, lambda care: care.telemetry.newest("m1")) == samples[2]
    assert seen(begin, lambda care: care.telemetry.newest("m2")) is None
    did(begin, lambda work: work.care.telemetry.add(HOUSE, "m1", [timed(5, 40)], 41))
    with begin() as work:
        assert work.care.telemetry.drop_before(41, 3) == 3
        assert work.care.telemetry.drop_before(41, 3) == 1
        assert work.care.telemetry.drop_before(41, 3) == 0
        work.commit()
    assert [each.at for each in seen(begin, lambda care: care.telemetry.samples("m1", 0, 99, 9))] == [40]
    assert seen(begin, lambda care: care.telemetry.held("m1", ["b1"])) == {"b1": 5}


def test_hours_add_up(begin):
    one = Hour("m1", HOUR, "bin_level", 2, -5, 7, 2)
    other = Hour("m1", HOUR, "humidity", 1, 3, 3, 3)
    later = Hour("m1", 2 * HOUR, "bin_level", 1, 0, 0, 0)
    did(begin, lambda work: work.care.telemetry.add_hours(HOUSE, [one, other]))
    more = Hour("m1", HOUR, "bin_level", 1, 6, 9, 9)
    did(begin, lambda work: work.care.telemetry.add_hours(HOUSE, [more, later]))
    both = Hour("m1", HOUR, "bin_level", 3, -5, 9, 11)
    assert list(seen(begin, lambda care: care.telemetry.hours("m1", 0, 3 * HOUR))) == [both, other, later]
    assert list(seen(begin, lambda care: care.telemetry.hours("m1", HOUR, 2 * HOUR, "humidity"))) == [other]
    assert list(seen(begin, lambda care: care.telemetry.hours("m2", 0, 3 * HOUR))) == []


def test_alerts_replace_each_other_and_the_raised_ones_are_found(begin):
    quiet = Alert("m1", "hot", read_at=5, value=-3)
    raised = Alert("m1", "bin_full", Standing.RAISED, 4, 4, 5, 990)
    settling = Alert("m2", "hot", Standing.SETTLING, 9, 8, 9, 70_000)
    did(begin, lambda work: work.care.alerts.keep(HOUSE, [quiet, evolve(raised, value=1), settling]))
    did(begin, lambda work: work.care.alerts.keep(HOUSE, [raised]))
    assert seen(begin, lambda care: care.alerts.of("m1")) == {"hot": quiet, "bin_full": raised}
    assert list(seen(begin, lambda care: care.alerts.raised(HOUSE))) == [settling, raised]
    assert list(seen(begin, lambda care: care.alerts.raised("elsewhere"))) == []


def test_at_most_one_ticket_of_a_rule_is_not_resolved(begin):
    first = Ticket("t1", HOUSE, "m1", "hot", 10)
    did(begin, lambda work: work.care.tickets.add(first))
    with pytest.raises(AlreadyThere):
        did(begin, lambda work: work.care.tickets.add(Ticket("t2", HOUSE, "m1", "hot", 11)))
    over = ticket.resolve(ticket.take(first, "tia", 12), "tia", "cooled", 13)
    second, third = Ticket("t2", HOUSE, "m1", "hot", 20, times=3), Ticket("t3", HOUSE, "m2", "hot", 21)
    did(begin, lambda work: [work.care.tickets.keep(over), work.care.tickets.add(second), work.care.tickets.add(third)])
    assert seen(begin, lambda care: care.tickets.get("t1")) == over
    assert seen(begin, lambda care: care.tickets.get("t9")) is None
    assert seen(begin, lambda care: care.tickets.newest("m1", "hot")) == second
    assert seen(begin, lambda care: care.tickets.newest("m1", "silent")) is None
    assert seen(begin, lambda care: care.tickets.unresolved()) == 2

    def listed(*which):
        return [one for _, one in seen(begin, lambda care: care.tickets.of(HOUSE, *which))]

    assert listed(None, None, None, 9) == [third, second, over]
    assert listed(ticket.State.OPEN, "m1", None, 9) == [second]
    newest = seen(begin, lambda care: care.tickets.of(HOUSE, None, None, None, 1))
    assert listed(None, None, newest[0][0], 9) == [second, over]
    assert seen(begin, lambda care: care.tickets.of("elsewhere", None, None, None, 9)) == []
    with pytest.raises(AlreadyThere):
        did(begin, lambda work: work.care.tickets.keep(ticket.raised_again(over)))


def test_one_outage_of_a_rule_goes_on(begin):
    down = Outage("m1", "hot", Cause.HARDWARE, 10)
    did(begin, lambda work: work.care.outages.begin(HOUSE, down))
    with pytest.raises(AlreadyThere):
        did(begin, lambda work: work.care.outages.begin(HOUSE, evolve(down, began=11)))
    did(begin, lambda work: [work.care.outages.end("m1", "hot", 5), work.care.outages.end("m2", "hot", 5)])
    did(begin, lambda work: work.care.outages.begin(HOUSE, evolve(down, began=20)))
    did(begin, lambda work: work.care.outages.end("m1", "hot", 30))
    assert list(seen(begin, lambda care: care.outages.of(HOUSE, 0, 99))) == [
        evolve(down, ended=10), evolve(down, began=20, ended=30),
    ]  # fmt: skip
    for span, found in (((0, 20), 1), ((30, 99), 0), ((29, 30), 1)):
        assert len(seen(begin, lambda care, span=span: care.outages.of(HOUSE, *span))) == found


def test_commands_wait_and_fall_due(begin):
    first = command.issue("c1", HOUSE, "m1", Kind.SET_MODE, {"mode": "local"}, "olga", 0, 60)
    second = command.issue("c2", HOUSE, "m1", Kind.REBOOT, {}, "olga", 1, 30)
    did(begin, lambda work: [work.care.commands.add(first), work.care.commands.add(second)])
    assert list(seen(begin, lambda care: care.commands.waiting("m1", 9))) == [first, second]
    assert list(seen(begin, lambda care: care.commands.waiting("m2", 9))) == []
    assert [one.id for one in seen(begin, lambda care: care.commands.due(60 * SECONDS, 9))] == ["c2", "c1"]
    assert seen(begin, lambda care: care.commands.due(30 * SECONDS, 9)) == []
    accepted = command.tell(command.deliver(first, 2), Told.ACCEPTED, "", 3)
    did(begin, lambda work: work.care.commands.keep(accepted))
    assert seen(begin, lambda care: care.commands.get("c1")) == accepted
    assert seen(begin, lambda care: care.commands.get("c9")) is None
    assert list(seen(begin, lambda care: care.commands.waiting("m1", 9))) == [second]
    assert list(seen(begin, lambda care: care.commands.due(3 + OUTCOME_WITHIN, 9))) == [second, accepted]
    numbered = seen(begin, lambda care: care.commands.of("m1", None, 9))
    assert [one for _, one in numbered] == [second, accepted]
    assert [one for _, one in seen(begin, lambda care: care.commands.of("m1", numbered[0][0], 9))] == [accepted]
    done = command.tell(accepted, Told.SUCCEEDED, "set", 5)
    did(begin, lambda work: work.care.commands.keep(done))
    assert list(seen(begin, lambda care: care.commands.due(3 + OUTCOME_WITHIN, 9))) == [second]


def test_claim_codes_are_found_by_their_hash(begin):
    code = claim_code.issue("c1", HOUSE, "h" * 64, "Hall", "Gambir", "olga", 0)
    did(begin, lambda work: work.care.claim_codes.add(code))
    with pytest.raises(AlreadyThere):
        did(begin, lambda work: work.care.claim_codes.add(evolve(code, id="c2")))
    used = claim_code.use(code, "m1", b"\x00" * 32, 5)
    with begin() as work:
        assert work.care.claim_codes.locked("h" * 64) == code
        assert work.care.claim_codes.locked("i" * 64) is None
        work.care.claim_codes.keep(used)
        work.commit()
    assert seen(begin, lambda care: care.claim_codes.get("c1")) == used
    ((number, listed),) = seen(begin, lambda care: care.claim_codes.of(HOUSE, None, 9))
    assert listed == used
    assert seen(begin, lambda care: care.claim_codes.of(HOUSE, number, 9)) == []


def test_a_profile_replaces_the_one_there(begin):
    profile = Profile("m1", HOUSE, "Gambir", Mode.LOCAL, b"\xff" * 32, 7)
    did(begin, lambda work: work.care.profiles.keep(profile))
    later = evolve(profile, mode=Mode.LOCAL_THEN_REMOTE, maintained_at=9, revoked_at=10)
    did(begin, lambda work: work.care.profiles.keep(later))
    assert seen(begin, lambda care: care.profiles.get("m1")) == later
    assert seen(begin, lambda care: care.profiles.get("m2")) is None
    assert seen(begin, lambda care: care.profiles.of(HOUSE)) == {"m1": later}


def test_silence_is_news_once(begin):
    assert seen(begin, lambda care: care.heard_before(100, 9)) == [], "who never spoke is not silent"
    did(begin, lambda work: [work.machines.contacted("m1", 50, 0), work.machines.contacted("m2", 60, 0)])
    assert [one.id for one in seen(begin, lambda care: care.heard_before(61, 9))] == ["m1", "m2"]
    assert [one.id for one in seen(begin, lambda care: care.heard_before(60, 9))] == ["m1"]
    did(begin, lambda work: work.care.alerts.keep(HOUSE, [Alert("m1", SILENT, Standing.RAISED), Alert("m2", SILENT)]))
    assert [one.id for one in seen(begin, lambda care: care.heard_before(61, 9))] == ["m2"]
    assert [one.id for one in seen(begin, lambda care: care.heard_since(50, 9))] == ["m1"]
    assert seen(begin, lambda care: care.heard_since(51, 9)) == []


def test_a_new_key_replaces_the_old_one(begin):
    did(begin, lambda work: work.care.rekey("m1", "k9" * 20))
    with begin(read_only=True) as work:
        assert work.machines.by_key_hash("k1" * 20) is None
        assert work.machines.by_key_hash("k9" * 20).id == "m1"
    with pytest.raises(AlreadyThere):
        did(begin, lambda work: work.care.rekey("m1", "k2" * 20))


def test_nothing_of_it_is_there_after_an_error(begin):
    def half(work):
        work.care.telemetry.add(HOUSE, "m1", [timed(0, 1, humidity=1)], 2)
        work.care.telemetry.add_hours(HOUSE, [Hour("m1", 0, "humidity", 1, 1, 1, 1)])
        work.care.alerts.keep(HOUSE, [Alert("m1", "hot", Standing.RAISED)])
        work.care.outages.begin(HOUSE, Outage("m1", "hot", Cause.HARDWARE, 1))
        work.care.tickets.add(Ticket("t1", HOUSE, "m1", "hot", 1))
        work.care.commands.add(command.issue("c1", HOUSE, "m1", Kind.REBOOT, {}, "olga", 0))
        work.care.profiles.keep(Profile("m1", HOUSE))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        did(begin, half)
    with begin(read_only=True) as work:
        care = work.care
        assert (care.telemetry.newest("m1"), care.telemetry.held("m1", ["b1"])) == (None, {})
        assert (list(care.telemetry.hours("m1", 0, HOUR)), care.alerts.of("m1")) == ([], {})
        assert (list(care.outages.of(HOUSE, 0, 9)), care.tickets.get("t1")) == ([], None)
        assert (care.commands.get("c1"), care.profiles.get("m1")) == (None, None)
