"""What every store of the platform promises: run on SQLite and on the one in memory."""

import threading

import pytest

from application.ports.outbox import Announcement
from application.ports.repositories import Answer, Organisation
from application.ports.unit_of_work import AlreadyThere, StoreError
from domain.deposits.recognition import Material
from domain.deposits.record import Alarm
from domain.deposits.session import issue, organisation_tag, withdraw
from domain.fleet.machine import Machine
from domain.points.price_list import PriceList, SignedPriceList, write
from tests.platform.conftest import empty_database, memory_store, sqlite_store, store  # noqa: F401 - fixtures

CONTRACT, ADAPTERS = "UnitOfWork", "store"
HOUSE = "00000000-0000-7000-8000-000000000001"
ELSEWHERE = "00000000-0000-7000-8000-000000000002"


@pytest.fixture
def begin(store):  # noqa: F811
    return founded(store)


def founded(store):  # noqa: F811
    """A store with an organisation in it."""
    with store() as work:
        work.organisations.add(Organisation(HOUSE, "House", 1))
        work.commit()
    return store


def told(text="hello", aggregate="machine:1", organisation=HOUSE):
    return Announcement(organisation, aggregate, "test.told", {"text": text}, 7)


def machine(id="m1", key="k1", name="Hall"):
    return Machine(id, HOUSE, name, key * 20, 1)


def added(begin, change):
    with begin() as work:
        change(work)
        work.commit()


def test_nothing_is_there_without_a_commit(begin):
    with begin() as work:
        work.machines.add(machine())
        assert work.machines.get("m1") == machine()
    with begin(read_only=True) as work:
        assert work.machines.get("m1") is None


def test_nothing_is_there_after_an_error(begin):
    def half() -> None:
        with begin() as work:
            work.machines.add(machine())
            work.outbox.add([told()])
            work.sessions.add(issue("s1", HOUSE, "ana", 1))
            work.record.raise_alarm(HOUSE, None, Alarm("test", "x"), 1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    with begin(read_only=True) as work:
        assert work.machines.get("m1") is None
        assert work.outbox.waiting() == 0
        assert work.sessions.get("s1") is None
        assert work.record.alarms(HOUSE, None, 9) == []


def test_what_was_changed_after_a_commit_needs_another(begin):
    with begin() as work:
        work.machines.add(machine())
        work.commit()
    with begin() as work:
        work.machines.contacted("m1", 99, 3)
        work.commit()
    with begin(read_only=True) as work:
        assert (work.machines.get("m1").contacted_at, work.machines.get("m1").waiting) == (99, 3)


def test_a_read_only_unit_of_work_cannot_commit(begin):
    with begin(read_only=True) as work, pytest.raises(StoreError):
        work.commit()


def test_one_writes_at_a_time_and_all_are_written(begin):
    def tell(number):
        with begin() as work:
            work.outbox.add([told(str(number))])
            work.commit()

    threads = [threading.Thread(target=tell, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    with begin(read_only=True) as work:
        events = work.outbox.since("machine:1", 0, 99)
    assert [event.version for event in events] == list(range(1, 13))
    assert {event.data["text"] for event in events} == {str(number) for number in range(12)}


def test_an_id_and_a_key_once(begin):
    with begin() as work:
        work.machines.add(machine())
        work.commit()
    for again in (machine(key="k2"), machine("m2")):
        with pytest.raises(AlreadyThere):
            added(begin, lambda work, again=again: work.machines.add(again))
    with begin(read_only=True) as work:
        assert work.machines.of(HOUSE) == [machine()]
        assert work.machines.by_key_hash("k1" * 20) == machine()
        assert work.machines.by_key_hash("k2" * 20) is None
        assert work.machines.of("elsewhere") == []


def test_one_open_session_per_person(begin):
    first, second = issue("s1", HOUSE, "ana", 10), issue("s2", HOUSE, "ana", 20_000_000)
    with begin() as work:
        work.sessions.add(first)
        work.commit()
    with pytest.raises(AlreadyThere):
        added(begin, lambda work: work.sessions.add(second))
    with begin() as work:
        work.sessions.keep(withdraw(first, 5))
        work.sessions.add(second)
        work.commit()
    with begin() as work:
        assert work.sessions.open_of("ana") == second
        assert work.sessions.get("s1") == withdraw(first, 5)
        assert work.sessions.locked(["s2", "s1", "s9"]) == {"s1": withdraw(first, 5), "s2": second}
        assert work.sessions.due(second.expires_at - 1, 9) == []
        assert work.sessions.due(second.expires_at, 9) == [second]


def prices(version, points, valid_from=0):
    raw = write(PriceList(version, organisation_tag(HOUSE), valid_from, 100, {Material.GLASS: points}))
    return SignedPriceList(raw, "0" * 8, b"s" * 64)


def test_the_bytes_of_a_price_list_never_change(begin):
    with begin() as work:
        for one in (prices("b", 1, 2), prices("a", 1, 1), prices("a", 1, 1)):
            work.price_lists.add(HOUSE, one, 1)
        work.commit()
    with pytest.raises(AlreadyThere), begin() as work:
        work.price_lists.add(HOUSE, prices("a", 2, 1), 1)
    with begin(read_only=True) as work:
        assert work.price_lists.of(HOUSE) == [prices("a", 1, 1), prices("b", 1, 2)]


def test_keys_stay(begin):
    with begin() as work:
        work.signers.add(HOUSE, "a" * 8, b"k" * 32, 1)
        work.signers.add(HOUSE, "a" * 8, b"k" * 32, 2)
        work.signers.add(HOUSE, "b" * 8, b"l" * 32, 2)
        work.commit()
    with begin(read_only=True) as work:
        assert work.signers.of(HOUSE) == {"a" * 8: b"k" * 32, "b" * 8: b"l" * 32}
        assert work.signers.of("elsewhere") == {}


# ------------------------------------------------------------------ the outbox


def test_events_count_up_by_aggregate_and_are_published_in_order(begin):
    with begin() as work:
        work.outbox.add([told("1"), told("2", "session:1"), told("3")])
        work.outbox.add([told("4", "session:1")])
        work.commit()
    with begin() as work:
        waiting = work.outbox.number(3)
        assert [(event.data["text"], event.version) for event in waiting] == [("1", 1), ("2", 1), ("3", 2)]
        assert [event.publication for event in waiting] == [1, 2, 3]
        work.commit()
    with begin() as work:
        work.outbox.mark_published([event.id for event in waiting], 9)
        work.commit()
    with begin(read_only=True) as work:
        last = work.outbox.unpublished(9)
        assert [(event.data["text"], event.publication) for event in last] == [("4", None)]
        assert work.outbox.waiting() == 1
        assert work.outbox.feed(HOUSE, 1, 2) == waiting[1:]
        assert work.outbox.recent(HOUSE, 2) == waiting[1:]
        assert work.outbox.feed("elsewhere", 0, 9) == []
        assert (work.outbox.latest_publication(HOUSE), work.outbox.latest_publication("elsewhere")) == (3, 0)
        assert [event.data["text"] for event in work.outbox.since("session:1", 1, 9)] == ["4"]
        assert (work.outbox.latest_version("session:1"), work.outbox.latest_version("session:2")) == (2, 0)


def test_a_publication_number_stays_and_each_organisation_counts_its_own(begin):
    with begin() as work:
        work.organisations.add(Organisation(ELSEWHERE, "Elsewhere", 1))
        work.outbox.add([told("1"), told("2", "machine:2", ELSEWHERE), told("3")])
        work.commit()
    with begin() as work:
        work.outbox.number(2)
        work.commit()
    with begin() as work:
        again = work.outbox.number(9)
        work.commit()
    assert sorted((event.organisation, event.publication, event.data["text"]) for event in again) == [
        (HOUSE, 1, "1"), (HOUSE, 2, "3"), (ELSEWHERE, 1, "2"),
    ]  # fmt: skip
    with begin() as work:
        work.outbox.number(9)
    with begin(read_only=True) as work:
        assert [event.data["text"] for event in work.outbox.feed(HOUSE, 0, 9)] == ["1", "3"]


def test_events_are_plain_json(begin):
    with pytest.raises(TypeError), begin() as work:
        work.outbox.add([Announcement(HOUSE, "machine:1", "test", {"odd": object()}, 1)])


# ------------------------------------------------------------------ answers


def test_an_answer_replaces_the_one_in_flight_and_is_forgotten_in_time(begin):
    flying = Answer("ana POST /x", "key", "h" * 64, 0, b"", 5, HOUSE)
    answered = Answer("ana POST /x", "key", "h" * 64, 201, b"\x00body", 6, HOUSE)
    for one in (flying, answered):
        with begin() as work:
            work.answers.keep(one)
            work.commit()
    with begin() as work:
        assert work.answers.get("ana POST /x", "key") == answered
        assert work.answers.get("ben POST /x", "key") is None
        work.answers.drop_before(6)
        assert work.answers.get("ana POST /x", "key") == answered
        work.answers.drop_before(7)
        work.answers.keep(flying)
        work.answers.drop("ana POST /x", "key")
        work.commit()
    with begin(read_only=True) as work:
        assert work.answers.get("ana POST /x", "key") is None


def test_alarms_are_read_newest_first(begin):
    with begin() as work:
        for number in range(4):
            work.record.raise_alarm(HOUSE, None, Alarm("test", str(number)), number)
        work.commit()
    with begin(read_only=True) as work:
        newest = work.record.alarms(HOUSE, None, 2)
        assert [one.alarm.detail for one in newest] == ["3", "2"]
        assert [one.alarm.detail for one in work.record.alarms(HOUSE, newest[-1].number, 9)] == ["1", "0"]
        assert work.record.alarms("elsewhere", None, 9) == []
