"""`rvm prove`: holds for what is true, and names the culprit after any tampering, on either side."""

import json
import shutil
import sqlite3

import pytest
from attrs import evolve

from adapters.sql.engine import open_engine, sqlite_url
from adapters.sql.unit_of_work import SqlUnitsOfWork
from domain.deposits.bodies import Outcome
from entrypoints.prove import proof_of, prove
from tests.platform.files import ANA, keep_journal, leave_behind
from tests.platform.world import GLASS, Platform

COLUMNS = "organisation_id, machine_id, hash, raw, batch, place, earliest, latest, received_at"


@pytest.fixture(scope="module")
def true_files(tmp_path_factory, empty_database):
    data = tmp_path_factory.mktemp("true")
    return data, *leave_behind(data, empty_database)


@pytest.fixture
def files(true_files, tmp_path):
    data, one, two = true_files
    copy = shutil.copytree(data, tmp_path / "data")
    return copy, one, two


def edit(file, *statements):
    with sqlite3.connect(file) as connection:
        for statement in statements:
            changed = connection.execute(statement)
            assert changed.rowcount != 0, statement
    connection.close()


def findings(data, **more):
    return proof_of(data, **more).findings


def rules(data, **more):
    return {finding.rule for finding in findings(data, **more)}


def named(data, *words):
    """Tell whether one finding names all these words."""
    texts = [f"{each.culprit}: {each.detail}" for each in findings(data)]
    assert any(all(str(word) in text for word in words) for text in texts), texts
    return True


def test_what_is_true_is_proved(files):
    data, one, two = files
    proof = proof_of(data)
    assert proof.findings == ()
    assert proof.points == (2 + 1) * GLASS + 2 * GLASS
    assert proof.waiting == {one.machine: 0, two.machine: 4}
    assert prove(data) == 0


def test_what_waits_at_the_end_is_an_error_only_where_all_should_be_there(files):
    data, _, two = files
    assert prove(data, complete=True) == 1
    assert [finding.culprit for finding in findings(data, complete=True)] == [f"journal of machine {two.machine}"]


def test_each_batch_is_proved_by_the_bound_that_it_was_judged_by(tmp_path, empty_database):
    """A setting that was changed, either way, never makes an honest platform look forged."""
    store = SqlUnitsOfWork(open_engine(sqlite_url(shutil.copy(empty_database, tmp_path / "platform.db"))))
    platform = Platform(store)
    machine = platform.machine()
    opened = machine.open(platform.session(ANA).token)
    platform.send(machine)
    verdicts = []
    for bound in (1, 30, 0):
        platform.record_deposits = evolve(platform.record_deposits, unknown_a_day=bound)
        sent = len(machine.entries)
        for _ in range(2):
            machine.deposit(opened.id, Outcome.UNKNOWN)
        judged = platform.send(machine, machine.entries[sent:]).judged
        verdicts.append([each.verdict.standing.value for each in judged if each.verdict])
    store.close()
    assert verdicts == [["credited", "held"], ["credited", "credited"], ["held", "held"]]
    keep_journal(tmp_path / "machines" / machine.machine, machine)
    assert findings(tmp_path) == ()
    edit(tmp_path / "platform.db", "UPDATE batches SET unknown_a_day = 30 WHERE unknown_a_day = 1")
    assert named(tmp_path, "its row says held")


def test_proving_changes_nothing(files):
    data, _one, _ = files
    before = {path: path.read_bytes() for path in data.rglob("*.db")}
    prove(data)
    assert {path: path.read_bytes() for path in data.rglob("*.db")} == before


# ------------------------------------------------------------------ the platform's side


@pytest.mark.parametrize("number", [1, 7, 19])
def test_a_flipped_byte_of_an_entry(files, number):
    data, _, _ = files
    with sqlite3.connect(data / "platform.db") as connection:
        raw = bytearray(connection.execute("SELECT raw FROM entries WHERE number = ?", (number,)).fetchone()[0])
        raw[len(raw) // 2] ^= 1
        connection.execute("UPDATE entries SET raw = ? WHERE number = ?", (bytes(raw), number))
    connection.close()
    assert named(data, f"entry number {number} ") or prove(data) == 1
    assert "hash" in rules(data)


def test_a_flipped_byte_in_the_file_itself(files):
    data, one, _ = files
    blob = one.entries[3].raw
    content = bytearray((data / "platform.db").read_bytes())
    at = content.index(blob) + len(blob) // 2
    content[at] ^= 4
    (data / "platform.db").write_bytes(bytes(content))
    assert named(data, one.entries[3].hash[:12])
    assert prove(data) == 1


def test_a_file_that_is_no_database_any_more(files):
    data, _, _ = files
    content = bytearray((data / "platform.db").read_bytes())
    content[0:200] = bytes(200)
    (data / "platform.db").write_bytes(bytes(content))
    assert rules(data) == {"file"}


def test_a_deleted_entry(files):
    data, one, _ = files
    edit(data / "platform.db", "DELETE FROM entries WHERE number = 5")
    assert named(data, one.entries[4].id, "its bytes are gone")


def test_a_deleted_entry_and_its_link(files):
    data, one, _ = files
    gone = one.entries[4]
    edit(
        data / "platform.db",
        "DELETE FROM entries WHERE number = 5",
        f"DELETE FROM links WHERE hash = '{gone.hash}'",
    )
    assert named(data, gone.id, "the platform holds what comes after it, but not this")
    assert named(data, one.entries[5].id, f"it follows {gone.hash}, which is gone")


def test_the_newest_entry_deleted_with_all_that_came_of_it(files):
    data, _, two = files
    last = two.entries[-5]
    edit(
        data / "platform.db",
        f"DELETE FROM entries WHERE hash = '{last.hash}'",
        f"DELETE FROM links WHERE hash = '{last.hash}'",
    )
    assert named(data, f"epoch {last.epoch}", "which is not held")


def test_a_doubled_posting(files):
    data, one, _ = files
    credited = next(entry for entry in one.entries if entry.kind.value == "item_settled")
    edit(
        data / "platform.db",
        f"""INSERT INTO postings (transaction_id, account_id, amount, organisation_id, at)
            SELECT transaction_id, account_id, amount, organisation_id, at FROM postings
            WHERE transaction_id = '{credited.id}' AND amount > 0""",
    )
    assert named(data, f"transaction {credited.id}", "2 postings to person:")
    assert named(data, f"transaction {credited.id}", f"sum to {GLASS}, not to zero")
    assert named(data, f"account person:{ANA}:points", "it says")


def test_a_doubled_transaction(files):
    data, _, _ = files
    edit(
        data / "platform.db",
        """INSERT INTO transactions (id, organisation_id, at)
           SELECT 'twin', organisation_id, at FROM transactions LIMIT 1""",
        """INSERT INTO postings (transaction_id, account_id, amount, organisation_id, at)
           SELECT 'twin', account_id, amount, organisation_id, at FROM postings
           WHERE transaction_id = (SELECT id FROM transactions LIMIT 1)""",
        f"UPDATE balances SET balance = balance + {GLASS} WHERE account_id LIKE 'person:{ANA}%'",
    )
    assert named(data, "transaction twin", "no verdict asks for")


def test_a_deleted_credit(files):
    data, one, _ = files
    credited = next(entry for entry in one.entries if entry.kind.value == "item_settled")
    edit(
        data / "platform.db",
        f"DELETE FROM postings WHERE transaction_id = '{credited.id}'",
        f"DELETE FROM transactions WHERE id = '{credited.id}'",
        f"UPDATE balances SET balance = balance - {GLASS} WHERE account_id LIKE 'person:{ANA}%'",
    )
    assert named(data, f"transaction {credited.id}", "it is not there")


def test_an_edited_balance(files):
    data, _, _ = files
    edit(data / "platform.db", f"UPDATE balances SET balance = 9999 WHERE account_id LIKE 'person:{ANA}%'")
    assert [(each.rule, each.culprit) for each in findings(data)] == [("balance", f"account person:{ANA}:points")]
    assert named(data, "it says 9999, its postings sum to 150")


@pytest.mark.parametrize(
    "change",
    ["points = 5000", "standing = 'held'", "why = 'no_promise'", "standing = 'nonsense'", "price_list = 'p7'"],
)
def test_an_edited_verdict(files, change):
    data, one, _ = files
    settled = next(entry for entry in one.entries if entry.kind.value == "item_settled")
    edit(data / "platform.db", f"UPDATE verdicts SET {change} WHERE hash = '{settled.hash}'")
    assert [each.rule for each in findings(data)] == ["verdict"]
    assert named(data, settled.id)


def test_a_refusal_edited_into_a_credit(files):
    data, _, _two = files
    edit(data / "platform.db", "UPDATE verdicts SET standing = 'credited', why = 'promised' WHERE why = 'forged_token'")
    assert rules(data) == {"verdict"}


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("DELETE FROM verdicts WHERE standing = 'repriced'", "verdict"),
        ("UPDATE visits SET points = points + 1 WHERE person_id IS NOT NULL", "visit"),
        ("DELETE FROM items WHERE outcome = 'returned'", "item"),
        ("UPDATE items SET outcome = 'stored' WHERE outcome = 'unknown'", "item"),
        ("UPDATE items SET accepted = 0 WHERE outcome = 'unknown'", "item"),
        ("UPDATE entries SET earliest = earliest - 5 WHERE number = 3", "time"),
        ("UPDATE batches SET received_at = received_at + 99", "time"),
        ("UPDATE links SET seq = seq + 1 WHERE entry_id = (SELECT MIN(entry_id) FROM links)", "once"),
        ("UPDATE price_lists SET raw = replace(CAST(raw AS TEXT), '50', '60')", "price list"),
        ("UPDATE signers SET public_key = zeroblob(32)", "key"),
        ("UPDATE postings SET amount = amount + 1 WHERE number = 2", "sum"),
        ("UPDATE accounts SET owner = 'somebody' WHERE kind = 'person'", "account"),
        ("DELETE FROM batches WHERE number = 1", "entry"),
        ("UPDATE cursors SET seq = seq - 1, hash = 'gone'", "cursor"),
        ("DELETE FROM outbox WHERE number = 4", "events"),
        ("UPDATE outbox SET data = replace(data, 'credited', 'refused') WHERE type = 'item.settled'", "event"),
        ("UPDATE outbox SET type = 'item.decided' WHERE type = 'visit.opened'", "event"),
        ("UPDATE outbox SET data = '{' WHERE type = 'visit.closed'", "event"),
        (f"INSERT INTO entries ({COLUMNS}) SELECT {COLUMNS} FROM entries WHERE number = 4", "once"),
        ("UPDATE balances SET balance = 'much'", "file"),
        ("UPDATE links SET organisation_id = 'elsewhere' WHERE seq = 2", "organisation"),
        ("UPDATE postings SET organisation_id = 'elsewhere' WHERE number = 2", "organisation"),
        ("UPDATE balances SET organisation_id = 'elsewhere'", "organisation"),
        ("UPDATE cursors SET organisation_id = 'elsewhere'", "organisation"),
    ],
)  # fmt: skip
def test_any_other_edit(files, statement, rule):
    data, _, _ = files
    edit(data / "platform.db", statement)
    assert rule in rules(data)
    assert prove(data) == 1


# ------------------------------------------------------------------ the machine's side


def test_a_flipped_byte_of_a_journal(files):
    data, one, _ = files
    file = data / "machines" / one.machine / "journal.db"
    with sqlite3.connect(file) as connection:
        connection.execute(
            "UPDATE entries SET raw = CAST(replace(CAST(raw AS TEXT), '0', '1') AS BLOB) WHERE place = 4"
        )
    connection.close()
    assert named(data, f"journal of machine {one.machine}", "place 4")


def test_a_deleted_entry_of_a_journal(files):
    data, one, _ = files
    edit(data / "machines" / one.machine / "journal.db", "DELETE FROM entries WHERE place = 6")
    assert named(data, f"journal of machine {one.machine}", "place 6 is missing")


def test_a_journal_cut_short(files):
    data, one, _ = files
    edit(data / "machines" / one.machine / "journal.db", f"DELETE FROM entries WHERE place = {len(one.entries)}")
    assert named(data, one.entries[-1].id, "the journal does not")


def test_a_journal_that_is_gone(files):
    data, one, _ = files
    shutil.rmtree(data / "machines" / one.machine)
    assert named(data, f"machine {one.machine}", "there is no journal")


def test_a_journal_that_is_no_database(files):
    data, one, _ = files
    (data / "machines" / one.machine / "journal.db").write_bytes(b"not a database" * 100)
    assert named(data, f"journal of machine {one.machine}")


# ------------------------------------------------------------------ the hardware's side


def rig(data, writer, change):
    file = data / "machines" / writer.machine / "rig.json"
    told = json.loads(file.read_text())
    change(told)
    file.write_text(json.dumps(told))


def test_an_item_in_the_bin_that_nobody_recorded(files):
    data, one, _ = files
    rig(data, one, lambda told: told["items"].append({"tag": "new", "sha256": "f" * 64, "where": "bin"}))
    assert named(data, f"machine {one.machine}", "f" * 12)


def test_a_stored_item_that_is_not_in_the_bin(files):
    data, one, _ = files
    rig(data, one, lambda told: told["items"][0].update(where="taken"))
    assert named(data, f"machine {one.machine}", "the bin holds 0", "the journal says 1")


def test_an_item_is_known_by_the_picture_that_showed_another_too(files):
    data, one, _ = files

    def both_in_one_picture(told):
        item = next(item for item in told["items"] if item["where"] == "bin")
        item.update(sha256="a" * 64, pictured=item["sha256"])

    rig(data, one, both_in_one_picture)
    assert prove(data) == 0


def test_more_passed_in_than_anybody_recorded(files):
    data, one, _ = files
    rig(data, one, lambda told: told["counters"].update({"in": 99}))
    assert named(data, f"machine {one.machine}", "99 items passed in")


def test_a_broken_file_of_the_hardware(files):
    data, one, _ = files
    (data / "machines" / one.machine / "rig.json").write_text("{")
    assert named(data, f"machine {one.machine}", "rig.json")


def test_a_folder_without_a_platform(tmp_path):
    assert prove(tmp_path) == 1
