"""What the disk holds is not what was written: each kind of damage is named, with the entry."""

from __future__ import annotations

import sqlite3

import pytest

from adapters.journal.apsw_journal import ApswJournal
from adapters.journal.reading import check, entries
from application.ports.journal import JournalDamaged, JournalError
from tests.journal.story import Story


@pytest.fixture
def story():
    told = Story()
    told.booted()
    told.visit(items=2)
    return told


@pytest.fixture
def path(tmp_path, story):
    journal = ApswJournal(tmp_path / "journal.db")
    for entry in story.entries:
        journal.append(entry)
    journal.close()
    return tmp_path / "journal.db"


def tamper(path, statement, *values):
    connection = sqlite3.connect(path)
    with connection:
        assert connection.execute(statement, values).rowcount == 1
    connection.close()


def test_a_whole_journal_checks(path, story):
    assert check(path) == len(story.entries)
    assert list(entries(path)) == story.entries


def test_it_can_be_read_while_the_machine_works(tmp_path, story):
    journal = ApswJournal(tmp_path / "journal.db")
    for entry in story.entries:
        journal.append(entry)

    assert check(tmp_path / "journal.db") == len(story.entries)

    journal.append(story.visit_opened())
    journal.close()


@pytest.mark.parametrize("place", range(1, 8))
def test_a_flipped_byte_is_found_and_named(path, story, place):
    raw = bytearray(story.entries[place - 1].raw)
    at = raw.index(b'"wall":') + 10
    raw[at] ^= 1
    tamper(path, "UPDATE entries SET raw = ? WHERE place = ?", bytes(raw), place)

    with pytest.raises(JournalDamaged, match=f"place {place} "):
        check(path)
    with pytest.raises(JournalDamaged, match=f"place {place} "):
        ApswJournal(path)


def test_an_entry_edited_with_its_columns_breaks_the_chain(path, story):
    other = Story()
    other.booted()
    other.visit_opened()
    forged = other.item_decided(accepted=False)
    tamper(path, "UPDATE entries SET raw = ?, hash = ? WHERE place = 3", forged.raw, forged.hash)

    with pytest.raises(JournalDamaged, match="place 4"):
        check(path)


def test_a_missing_entry_is_named(path, story):
    tamper(path, "DELETE FROM entries WHERE place = 3")

    with pytest.raises(JournalDamaged, match="place 3 is missing"):
        check(path)


def test_a_file_that_is_no_database_is_damage(tmp_path):
    (tmp_path / "journal.db").write_bytes(b"this was never a journal" * 100)

    with pytest.raises(JournalDamaged):
        ApswJournal(tmp_path / "journal.db")


def test_damage_far_from_the_end_is_met_when_it_is_read(tmp_path):
    story = Story()
    story.booted()
    story.visit(items=60)
    journal = ApswJournal(tmp_path / "journal.db")
    for entry in story.entries:
        journal.append(entry)
    journal.close()
    raw = story.entries[4].raw.replace(b"stored", b"return")
    tamper(tmp_path / "journal.db", "UPDATE entries SET raw = ? WHERE place = 4", raw)

    journal = ApswJournal(tmp_path / "journal.db")

    with pytest.raises(JournalDamaged, match="place 4 "):
        journal.after(None, 10)
    journal.close()


def test_two_processes_do_not_share_a_journal(path):
    journal = ApswJournal(path)
    with pytest.raises(JournalError, match="another process"):
        ApswJournal(path)
    journal.close()
    ApswJournal(path).close()
