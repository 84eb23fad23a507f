"""Months of entries and postings go: what they came to stays provable, and a replay of them changes nothing."""

import pytest
import sqlalchemy as sa

from adapters.signing.ed25519 import Ed25519Verifier
from adapters.sql.sheet import read_sheet
from application.platform.drop_months import NotProved
from application.platform.prove_ledger import ProveLedger
from domain.deposits.bodies import Outcome
from domain.deposits.settlement import Why
from domain.retention.month import Month
from tests.platform.world import GLASS, OTHER_KEY, SECOND, START, person
from tests.retention.conftest import KEPT

ANA, BEN = person("ana"), person("ben")
FIRST = Month.of(START)


@pytest.fixture
def lived(house):
    """Two months with two machines: paid, returned, unknown, forged, one QR on both, a visit over the month's end."""
    platform, clock = house.platform, house.platform.clock
    one, two = house.machine("one"), house.machine("two")
    session = platform.session(ANA)
    one.visit(session.token, items=2)
    two.visit(session.token)
    two.visit(platform.token(BEN, key=OTHER_KEY))
    platform.send(one)
    platform.send(two)
    clock.wall = FIRST.end - 60 * SECOND
    one.boot()
    opened = one.open(platform.session(BEN).token)
    one.deposit(opened.id, Outcome.RETURNED)
    one.deposit(opened.id, Outcome.UNKNOWN)
    waiting = one.decide(opened.id)
    platform.send(one, one.entries[-7:])
    clock.wall = FIRST.end + 60 * SECOND
    one.settle(waiting.id)
    one.deposit(opened.id)
    one.close(opened.id)
    two.deposit(two.open(platform.session(BEN).token).id)
    platform.send(one, one.entries[-4:])
    platform.send(two, two.entries[-3:])
    return house


def later(house, months=0):
    """Let the first month be due, and more."""
    house.platform.clock.wall = FIRST.later(KEPT + 1 + months).begin


def balances(house):
    return [house.platform.balance(each) for each in (ANA, BEN)]


def counted(house, table):
    return house.run(f"SELECT COUNT(*) FROM {table}")[0][0]


def test_a_month_goes_its_entries_come_again_and_nothing_changes(lived):
    assert lived.prove().findings == ()
    before, entries, postings = balances(lived), counted(lived, "entries"), counted(lived, "postings")
    transactions = counted(lived, "transactions")
    lived.platform.clock.wall = FIRST.later(KEPT + 1).begin - 1
    assert lived.drop() == []
    later(lived)
    assert lived.drop() == [FIRST]
    assert lived.drop() == []
    kept = counted(lived, "entries")
    assert (kept, counted(lived, "postings")) == (7, 3 * 2)
    sheet = read_sheet(lived.store.engine)
    assert (sheet.balanced, sheet.points) == (True, sum(before))
    assert (kept < entries, counted(lived, "postings") < postings) == (True, True)
    proof = lived.prove()
    assert (proof.findings, proof.months, proof.points) == ((), 1, sum(before))
    for writer in lived.writers:
        came = lived.platform.send(writer)
        assert (came.stored, came.replayed, came.alarms) == (0, len(writer.entries), ())
    assert balances(lived) == before
    assert (counted(lived, "entries"), counted(lived, "postings")) == (7, 6)
    assert counted(lived, "transactions") == transactions
    proof = lived.prove()
    assert (proof.findings, proof.points) == ((), sum(before))


def test_life_goes_on_and_the_next_month_goes_too(lived):
    later(lived)
    lived.drop()
    lived.prices()
    one = lived.writers[0]
    at = len(one.entries)
    one.visit(lived.platform.session(ANA).token, items=2)
    lived.platform.send(one, one.entries[at:])
    before = balances(lived)
    assert lived.prove().findings == ()
    later(lived, 1)
    assert lived.drop() == [FIRST.later(1)]
    proof = lived.prove()
    assert (proof.findings, proof.months, proof.points) == ((), 2, sum(before))
    for writer in lived.writers:
        assert lived.platform.send(writer).stored == 0
    assert balances(lived) == before
    assert lived.prove().findings == ()


def test_nothing_is_added_to_a_visit_whose_month_went(lived):
    later(lived)
    two = lived.writers[1]
    over = two.entries[1]
    lived.drop()
    before = balances(lived)
    at = len(two.entries)
    settled = two.deposit(over.id)
    came = lived.platform.send(two, two.entries[at:])
    assert [each.verdict.why for each in came.judged] == [Why.UNKNOWN_VISIT, Why.UNKNOWN_ITEM]
    assert settled.hash == came.cursor.hash
    assert balances(lived) == before
    assert lived.prove().findings == ()


def test_a_month_that_cannot_be_proved_does_not_go(lived):
    entries = counted(lived, "entries")
    lived.run("UPDATE verdicts SET points = points + 1 WHERE points > 0")
    later(lived)
    with pytest.raises(NotProved, match=FIRST.name):
        lived.drop()
    assert (counted(lived, "entries"), counted(lived, "checkpoints")) == (entries, 0)


EDITS = [
    ("UPDATE checkpoints SET signature = raw", "checkpoint"),
    ("UPDATE checkpoints SET month = '2026_12'", "checkpoint"),
    ("DELETE FROM checkpoints", "entry"),
    ("DELETE FROM transactions WHERE number = 1", "checkpoint"),
    ("UPDATE verdicts SET points = points + 1 WHERE points > 0 AND judged_at < :until", "checkpoint"),
    ("UPDATE items SET outcome = 'returned' WHERE outcome = 'stored' AND received_at < :until", "checkpoint"),
    ("UPDATE visits SET points = points + 1 WHERE person_id IS NOT NULL AND received_at < :until", "checkpoint"),
    ("UPDATE visits SET carried = :yes WHERE received_at < :until", "visit"),
    ("UPDATE links SET seq = seq + 1 WHERE seq = 3 AND received_at < :until", "checkpoint"),
    ("DELETE FROM links WHERE received_at < :until", "checkpoint"),
    ("UPDATE outbox SET data = replace(data, 'credited', 'refused') WHERE type = 'item.settled'", "checkpoint"),
    ("UPDATE balances SET balance = balance + 1", "balance"),
    ("UPDATE postings SET at = at - 1", "time"),
]


def test_what_is_left_of_a_month_is_proved(lived):
    later(lived)
    lived.drop()
    values = {"until": FIRST.end, "yes": True}
    missed = {}
    for statement, rule in EDITS:
        with lived.store() as work:  # never committed: each edit is undone
            named = {name: value for name, value in values.items() if f":{name}" in statement}
            assert work._connection.execute(sa.text(statement), named).rowcount, statement
            found = {each.rule for each in ProveLedger(Ed25519Verifier())(work.retention.evidence, []).findings}
        if rule not in found:
            missed[statement] = found
    assert missed == {}


def test_a_forged_checkpoint_is_found(lived):
    """One that gives Ana a point more, signed well by somebody else's key, or by nobody's."""
    later(lived)
    lived.drop()
    [(raw,)] = lived.run("SELECT raw FROM checkpoints")
    account = f"person:{ANA}:points"
    forged = bytes(raw).replace(f'"{account}":{3 * GLASS}'.encode(), f'"{account}":{3 * GLASS + 1}'.encode())
    assert forged != bytes(raw)
    lived.run("UPDATE balances SET balance = balance + 1 WHERE account_id = :account", account=account)
    for signature in (b"s" * 64, OTHER_KEY.sign(forged)):
        lived.run("UPDATE checkpoints SET raw = :raw, signature = :signature", raw=forged, signature=signature)
        found = [finding for finding in lived.prove().findings if finding.rule == "checkpoint"]
        assert [(each.culprit, each.detail) for each in found] == [
            (f"checkpoint of {FIRST.name}", "its signature does not fit its bytes")
        ]


def test_the_proof_says_how_many_months_went(lived, capsys):
    from entrypoints.prove import prove

    later(lived)
    lived.drop()
    lived.prove()
    assert prove(lived.data, database_url=lived.url) == 0
    assert "1 month went: proved by checkpoints" in capsys.readouterr().out
