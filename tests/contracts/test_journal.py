"""The contract of the journal port, held by the one that ships and by the simulator."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.journal.apsw_journal import ApswJournal
from application.ports.journal import Cursor, JournalDamaged, JournalFailed
from domain.deposits.journal import BrokenChain, place_of
from simulators.journal import SimulatedDisk, SimulatedJournal
from tests.journal.full_disk import FullDisk
from tests.journal.story import Story

CONTRACT, ADAPTERS = "Journal", "place"


class OnDisk:
    """The real journal in a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.disk = FullDisk(folder)

    def open(self):
        return ApswJournal(self.folder / "journal.db", vfs=self.disk.name)

    def fill(self):
        self.disk.fill()


class InMemory:
    """The simulator."""

    def __init__(self, folder):
        self.disk = SimulatedDisk()

    def open(self):
        return SimulatedJournal(self.disk)

    def fill(self):
        self.disk.room = 0


@pytest.fixture(params=[OnDisk, InMemory])
def place(request, tmp_path):
    return request.param(tmp_path)


@pytest.fixture
def journal(place):
    opened = place.open()
    yield opened
    opened.close()


def test_a_new_journal_holds_nothing(journal):
    assert journal.last() is None
    assert journal.open_end() == ()
    assert list(journal.after(None, 10)) == []
    assert journal.acknowledged() is None
    assert journal.unsent() == 0


def test_what_was_appended_is_there_after_opening_again(place):
    story = Story()
    first = place.open()
    for entry in [story.booted(), *story.visit(items=3)]:
        first.append(entry)
    first.close()

    again = place.open()

    assert [entry.raw for entry in again.after(None, 100)] == [entry.raw for entry in story.entries]
    assert again.last() == story.last
    again.close()


def test_an_entry_that_does_not_follow_is_refused_and_harms_nothing(journal):
    story = Story()
    journal.append(story.booted())
    skipped = story.visit_opened()
    with pytest.raises(BrokenChain):
        journal.append(story.item_decided())

    journal.append(skipped)

    assert journal.last() == skipped


def test_a_journal_starts_with_booted(journal):
    story = Story()
    story.booted()
    with pytest.raises(BrokenChain):
        journal.append(story.visit_opened())


def test_the_open_end_is_the_visit_that_was_not_closed(place):
    story = Story()
    journal = place.open()
    for entry in [story.booted(), *story.visit()]:
        journal.append(entry)
    assert journal.open_end() == ()
    begun = [story.visit_opened(), story.item_decided()]
    for entry in begun:
        journal.append(entry)
    journal.close()

    again = place.open()
    again.append(story.booted())

    assert list(again.open_end()) == begun
    again.append(story.item_settled())
    assert len(again.open_end()) == 3
    again.append(story.visit_closed())
    assert again.open_end() == ()
    again.close()


def test_reading_on_goes_over_epochs_and_stops_at_the_limit(journal):
    story = Story()
    for entry in [story.booted(), *story.visit(), story.booted(), *story.visit()]:
        journal.append(entry)

    read = list(journal.after(None, 3))
    while more := list(journal.after(place_of(read[-1]), 3)):
        assert len(more) <= 3
        read += more

    assert read == story.entries


def test_a_cursor_of_another_journal_is_named_damage(journal):
    story = Story()
    journal.append(story.booted())
    foreign = evolve(place_of(story.last), hash="f" * 64)

    assert journal.holds(place_of(story.last))
    assert not journal.holds(foreign)
    with pytest.raises(JournalDamaged, match="no entry"):
        journal.after(foreign, 1)


def test_what_was_acknowledged_is_no_longer_unsent(place):
    story = Story()
    journal = place.open()
    for entry in [story.booted(), *story.visit(items=2)]:
        journal.append(entry)
    assert journal.unsent() == 7
    journal.acknowledge(place_of(story.entries[2]))
    journal.close()

    again = place.open()

    assert again.acknowledged() == place_of(story.entries[2])
    assert again.unsent() == 4
    again.acknowledge(Cursor(epoch=story.last.epoch, seq=99, hash="0" * 64))
    assert again.unsent() == 7, "a place that is not held here counts nothing as sent"
    again.close()


def test_a_full_disk_still_takes_the_endings(place):
    story = Story()
    journal = place.open()
    for entry in [story.booted(), story.visit_opened(), story.item_decided()]:
        journal.append(entry)

    place.fill()
    journal.append(story.item_settled())
    journal.append(story.visit_closed())
    journal.close()

    again = place.open()
    assert list(again.after(None, 10)) == story.entries
    again.append(story.booted())
    again.close()


def test_a_full_disk_begins_nothing_and_after_the_failure_nothing_is_appended(place):
    story = Story()
    journal = place.open()
    journal.append(story.booted())
    place.fill()

    with pytest.raises(JournalFailed):
        journal.append(story.visit_opened())
    with pytest.raises(JournalFailed, match="until a restart"):
        journal.append(Story().booted())

    journal.close()
    again = place.open()
    assert [entry.kind.value for entry in again.after(None, 10)] == ["booted"]
    again.close()


@settings(max_examples=30, deadline=None)
@given(visits=st.lists(st.integers(0, 3), max_size=5), limit=st.integers(1, 7), boots=st.integers(1, 3))
def test_both_hold_the_same(visits, limit, boots, tmp_path_factory):
    story = Story()
    both = [OnDisk(tmp_path_factory.mktemp("journal")).open(), InMemory(None).open()]
    for _ in range(boots):
        story.booted()
        for items in visits:
            story.visit(items)
    for journal in both:
        for entry in story.entries:
            journal.append(entry)
    real, simulated = both
    for entry in [None, *story.entries]:
        cursor = place_of(entry) if entry else None
        assert list(real.after(cursor, limit)) == list(simulated.after(cursor, limit))
        assert real.count_after(cursor) == simulated.count_after(cursor) == len(list(real.after(cursor, 1_000)))
    assert real.last() == simulated.last()
    assert real.open_end() == simulated.open_end()
    real.close()
