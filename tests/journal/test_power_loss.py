"""The power goes: whatever states the disk may have been in, every acknowledged entry is there.

A recording VFS under the journal that ships notes each write, truncation, deletion and sync. From the
record the possible disks at any moment are rebuilt: what was synced is there; of what was written
since, any part may be, in any order, torn at sectors. The journal must open on every one of them.
"""

from __future__ import annotations

import random

import pytest

from adapters.journal import apsw_journal
from adapters.journal.apsw_journal import ApswJournal
from tests.journal.recording_disk import Acknowledged, RecordingDisk, SyncFolder, Write, possible_disks
from tests.journal.story import Story

SEED = 20_261_123
DISKS_PER_MOMENT = 3


@pytest.fixture
def record(tmp_path, monkeypatch):
    """Run a life with closings in between; return the record and the story."""
    folder = tmp_path / "lived"
    folder.mkdir()
    disk = RecordingDisk(folder)

    def sync_folder(path):
        real_sync(path)
        disk.log.append(SyncFolder())

    real_sync = apsw_journal._sync_directory
    monkeypatch.setattr(apsw_journal, "_sync_directory", sync_folder)

    def live(visits, weakened_to=None):
        story = Story()
        appended = 0
        for items in visits:
            journal = ApswJournal(folder / "journal.db", vfs=disk.name)
            if weakened_to is not None:
                journal._connection.pragma("synchronous", weakened_to)
            # So that the log is folded into the database while it works, and started anew, in a short life too.
            journal._connection.wal_autocheckpoint(24)
            for entry in [story.booted(), *story.visit(items)]:
                journal.append(entry)
                appended += 1
                disk.mark(appended)
            journal.close()
        return disk.log, story

    return live


@pytest.fixture
def rebuilt(tmp_path):
    folder = tmp_path / "rebuilt"
    folder.mkdir()
    return folder


def losses(log, story, folder, seed):
    """Return how many of the possible disks were tried, and what is missing on which."""
    chance = random.Random(seed)
    tried, missing = 0, []
    for disk in possible_disks(log, chance, per_moment=DISKS_PER_MOMENT):
        tried += 1
        for old in folder.glob("journal.db*"):
            if old.suffix != ".ballast":  # making it anew each time would take most of the time
                old.unlink()
        disk.write_to(folder)
        journal = ApswJournal(folder / "journal.db")
        held = [entry.raw for entry in journal.after(None, 10_000)]
        journal.close()
        told = [entry.raw for entry in story.entries[: len(held)]]
        if held != told or len(held) < disk.acknowledged:
            missing.append((disk.moment, disk.acknowledged, len(held)))
    return tried, missing


def folded_while_working(log, last_of_life):
    acknowledged = 0
    for what in log:
        if isinstance(what, Acknowledged):
            acknowledged = what.entries
        elif isinstance(what, Write) and what.file == "journal.db" and 10 < acknowledged < last_of_life:
            return True
    return False


def test_every_acknowledged_entry_is_on_every_possible_disk(record, rebuilt):
    print(f"seed {SEED}")
    log, story = record(visits=[1, 10, 2])

    tried, missing = losses(log, story, rebuilt, SEED)

    print(f"{len(log)} recorded operations, {len(story.entries)} entries, {tried} disks")
    assert folded_while_working(log, last_of_life=4 + 22), "the log was never folded into the database"
    assert tried > 500
    assert not missing, f"(moment, acknowledged, held): {missing[:5]}"


def test_this_test_can_fail(record, rebuilt):
    """With synchronous=NORMAL, which many use with a write-ahead log, acknowledged entries are lost."""
    log, story = record(visits=[3], weakened_to="normal")

    _, missing = losses(log, story, rebuilt, SEED)

    assert missing
