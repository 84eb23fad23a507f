"""Whatever the network, the platform and the power do: every entry arrives at last, in order, and it never stops."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from application.machine.synchronise import Synchronise
from application.ports.uplink import Unreachable
from domain.deposits.journal import place_of
from domain.deposits.synchronisation.rules import TABLE, Ignored, fitting, longest_backoff, react
from domain.deposits.synchronisation.words import (
    ALPHABET,
    LONGEST_ANSWER,
    LONGEST_BACKOFF,
    MOST_BYTES,
    MOST_ENTRIES,
    REST,
    Ask,
    Failed,
    GapFound,
    Held,
    Locate,
    SetTimer,
    Started,
    State,
    Synchronisation,
    TimerFired,
)
from simulators.clock import SeededRandom, VirtualClock
from simulators.journal import SimulatedDisk, SimulatedJournal
from simulators.uplink import SimulatedPlatform, SimulatedUplink
from tests.journal.story import MACHINE, Story
from tests.machine.steps import Steps

ORGANISATION = "00000000-0000-4000-8000-000000000001"


class NoSigner:
    """Synchronisation signs nothing."""

    key_id = "00000000"
    public_key = bytes(32)

    def sign(self, message):
        return bytes(64)


class World:
    """One machine and one platform."""

    def __init__(self):
        self.steps = Steps()
        self.story = Story()
        self.disk = SimulatedDisk()
        self.platform = SimulatedPlatform(NoSigner(), ORGANISATION, lambda: self.steps.time)
        self.backup = self.platform.backup()
        self.uplink = SimulatedUplink(self.platform, MACHINE)
        self.restart()

    def restart(self):
        """The power comes back: what was under way is gone, also the answers and timers."""
        self.steps.timers.clear()
        self.steps.answers.clear()
        self.journal = SimulatedJournal(self.disk)
        self.runner = Synchronise(
            journal=self.journal,
            uplink=self.uplink,
            scheduler=self.steps,
            clock=VirtualClock(lambda: self.steps.time, wall_at_zero=0),
            chance=SeededRandom(1),
            boot=MACHINE,
        )
        self.append(self.story.booted())
        self.runner.start()

    def append(self, entry):
        self.journal.append(entry)
        self.runner.appended() if hasattr(self, "runner") else None

    def deposit(self, items):
        for entry in self.story.visit(items):
            self.append(entry)

    def held(self):
        return [entry.raw for entry in self.platform.record(MACHINE).entries]

    def told(self):
        return [entry.raw for entry in self.story.entries]

    def settle(self, most=2_000):
        """Let everything work again; return how long it took until all is held, microseconds."""
        self.uplink.reachable = True
        self.uplink.lost_answers = 0
        self.platform.revoked.clear()
        start = self.steps.time
        for _ in range(most):
            if self.held() == self.told() and self.runner.now.state is State.RESTING:
                return self.steps.time - start
            if self.steps.answers:
                self.steps.answer(0)
            else:
                assert self.steps.timers, f"nothing would ever happen again in {self.runner.now}"
                self.steps.fire()
        raise AssertionError(f"{len(self.held())} of {len(self.told())} held after {most} steps: {self.runner.now}")


whole = st.integers(0, 7)
happenings = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), whole),
        st.tuples(st.just("answer twice"), whole),
        st.tuples(st.just("lose"), whole),
        st.tuples(st.just("fire")),
        st.tuples(st.just("deposit"), st.integers(0, 2)),
        st.tuples(st.just("restart")),
        st.tuples(st.just("network"), st.booleans()),
        st.tuples(st.just("lose answers"), st.integers(0, 3)),
        st.tuples(st.just("revoke"), st.booleans()),
        st.tuples(st.just("backup")),
        st.tuples(st.just("restore")),
        st.tuples(st.just("stop")),
        st.tuples(st.just("start")),
    ),
    max_size=60,
)


HAPPENS = {
    "answer": lambda world, at: world.steps.answer(at),
    "answer twice": lambda world, at: world.steps.answer(at, twice=True),
    "lose": lambda world, at: world.steps.lose(at),
    "fire": lambda world: world.steps.fire(),
    "deposit": lambda world, items: world.deposit(items),
    "restart": lambda world: world.restart(),
    "network": lambda world, up: setattr(world.uplink, "reachable", up),
    "lose answers": lambda world, count: setattr(world.uplink, "lost_answers", count),
    "revoke": lambda world, revoked: setattr(world.platform, "revoked", {MACHINE} if revoked else set()),
    "backup": lambda world: setattr(world, "backup", world.platform.backup()),
    "restore": lambda world: world.platform.restore(world.backup),
    "stop": lambda world: world.runner.stop(),
    "start": lambda world: world.runner.start(),
}


@pytest.mark.property
@settings(max_examples=250, deadline=None)
@given(happenings)
def test_everything_arrives_once_and_in_order_whatever_happens(what_happens):
    world = World()
    for what in what_happens:
        name, *rest = what
        HAPPENS[name](world, *rest)
        held = world.held()
        assert held == world.told()[: len(held)], "held in order, each once"
    world.runner.start()

    took = world.settle()

    assert took <= REST + LONGEST_ANSWER * 3 + LONGEST_BACKOFF * 3
    assert world.platform.record(MACHINE).forks == 0
    assert world.journal.unsent() == 0


def test_the_table_is_total():
    missing = [(s, e) for s in State for e in ALPHABET if (s, e) not in TABLE]
    assert not missing
    assert len(TABLE) == len(State) * len(ALPHABET)


def test_every_state_but_off_has_a_way_on_by_the_timer():
    for state in set(State) - {State.OFF}:
        assert not isinstance(TABLE[state, TimerFired], Ignored)


def test_a_new_entry_wakes_it_at_rest():
    world = World()
    world.settle()
    before = world.steps.time
    world.deposit(2)
    world.settle()
    assert world.steps.time == before, "no timer was needed"


def test_a_long_queue_goes_in_batches():
    world = World()
    world.uplink.reachable = False
    for _ in range(60):
        world.deposit(2)
    sizes = []
    send = world.uplink.send
    world.uplink.send = lambda boot, now, entries, waiting: (
        sizes.append((len(entries), waiting)),
        send(boot, now, entries, waiting),
    )[1]
    world.settle()
    assert [size for size, _ in sizes] == [100, 100, 100, 61]
    assert [waiting for _, waiting in sizes] == [261, 161, 61, 0]


def test_a_platform_that_was_restored_gets_the_old_entries_again_although_nothing_new_happens():
    world = World()
    world.settle()
    world.platform.restore(world.backup)
    assert world.settle() <= REST


def test_a_machine_whose_disk_came_from_an_older_copy_sends_all_it_has():
    world = World()
    world.deposit(1)
    copy = SimulatedDisk(entries=list(world.disk.entries))
    world.deposit(3)
    world.settle()

    other = World()
    other.platform, other.uplink = world.platform, world.uplink
    other.disk = copy
    other.story = Story(first=5_000)
    other.story.entries = list(world.story.entries[: len(copy.entries)])
    other.restart()
    for _ in range(300):
        if other.runner.now.state is State.RESTING:
            break
        other.steps.answer(0) if other.steps.answers else other.steps.fire()

    assert world.platform.record(MACHINE).forks == 1
    assert [entry.raw for entry in world.platform.record(MACHINE).entries[-1:]] == [other.story.last.raw]


def test_an_unreachable_platform_is_asked_less_and_less_often():
    world = World()
    world.uplink.reachable = False
    asked = []
    world.uplink.held = lambda: (asked.append(world.steps.time), _raise())[1]

    def _raise():
        raise Unreachable("no")

    while world.steps.time < 3_600_000_000:
        world.steps.answer(0) if world.steps.answers else world.steps.fire()
    assert 60 <= len(asked) <= 400, "about every 30 s on average in the long run"
    assert asked[4] < 30_000_000


def test_the_bounds_of_the_backoff():
    assert [longest_backoff(n) // 1_000_000 for n in (1, 2, 3, 4, 5, 6, 7, 60)] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_gaps_without_progress_are_waited_out():
    """A platform that contradicts itself is not asked in a tight loop."""
    sync, effects = react(Synchronisation(), Started())
    assert isinstance(effects[0], Ask)
    story = Story()
    cursor = place_of(story.booted())
    sync, effects = react(sync, Held(sync.ticket, cursor))
    assert effects[0] == Locate(sync.ticket, cursor)
    sending = Synchronisation(State.SENDING, ticket=9, aim=cursor, failures=1)
    waiting, effects = react(sending, GapFound(9, None))
    assert waiting.state is State.WAITING
    assert effects == (SetTimer(10, 0, longest_backoff(2)),)


def test_stale_answers_change_nothing():
    sync, _ = react(Synchronisation(), Started())
    assert react(sync, Failed(sync.ticket - 1, "late")) == (sync, ())
    assert react(sync, Held(sync.ticket + 1, None)) == (sync, ())


def test_a_batch_is_bounded_in_entries_and_bytes():
    story = Story()
    story.booted()
    for _ in range(60):
        story.visit(2)
    assert len(fitting(tuple(story.entries))) == MOST_ENTRIES
    large = tuple(evolve(entry, raw=bytes(16_000)) for entry in story.entries)
    batch = fitting(large)
    assert sum(len(entry.raw) for entry in batch) <= MOST_BYTES
    assert len(batch) == MOST_BYTES // 16_000
