"""The files that a true day leaves behind: the platform's database, journals, and the hardware's own books."""

import json
import shutil

from adapters.journal.apsw_journal import ApswJournal
from adapters.sql.engine import open_engine, sqlite_url
from adapters.sql.unit_of_work import SqlUnitsOfWork
from domain.deposits.bodies import Outcome
from tests.platform.world import DAY, OTHER_KEY, SECOND, Platform, person

ANA, BEN = person("ana"), person("ben")


def keep_journal(folder, writer):
    folder.mkdir(parents=True, exist_ok=True)
    book = ApswJournal(folder / "journal.db")
    for entry in writer.entries:
        book.append(entry)
    book.close()


def keep_rig(folder, writer):
    """Write what true hardware would have counted."""
    items, became = {}, {}
    for entry in writer.entries:
        if entry.kind.value == "item_decided":
            items[entry.id] = entry.body["picture"]["sha256"]
        elif entry.kind.value == "item_settled":
            became[entry.body["item"]] = entry.body["outcome"]
    told = [
        {"tag": item, "sha256": picture, "where": "bin" if became.get(item) == "stored" else "taken"}
        for item, picture in items.items()
    ]
    stored = sum(each["where"] == "bin" for each in told)
    (folder / "rig.json").write_text(json.dumps({"counters": {"in": stored, "out": 0}, "items": told}))


def leave_behind(data, schema):
    """A day with two machines: a folder with an SQLite file in it."""
    store = SqlUnitsOfWork(open_engine(sqlite_url(shutil.copy(schema, data / "platform.db"))))
    machines = a_day(data, store)
    store.close()
    return machines


def a_day(data, store):
    """Paid, returned, unknown, forged, a boot in between, and a visit that waits."""
    platform = Platform(store)
    one, two = platform.machine("one"), platform.machine("two")
    session = platform.session(ANA)
    one.visit(session.token, items=2)
    two.visit(session.token)
    two.visit(platform.token(BEN, key=OTHER_KEY))
    platform.clock.advance(30 * SECOND)
    platform.send(one)
    platform.clock.advance(DAY)
    one.boot()
    opened = one.open(platform.session(BEN).token)
    one.deposit(opened.id, Outcome.RETURNED)
    one.deposit(opened.id, Outcome.UNKNOWN)
    one.deposit(opened.id, points=7)
    one.close(opened.id)
    platform.send(one, one.entries[-9:])
    platform.send(two)
    two.visit(None)
    for writer in (one, two):
        keep_journal(data / "machines" / writer.machine, writer)
        keep_rig(data / "machines" / writer.machine, writer)
    return one, two
