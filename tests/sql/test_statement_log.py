"""From a server's log to pgbench's script: what was run is read back, and what must be new in it is."""

import re

import pytest

from benchmarks.stand.pgbench import Fresh, NotAlike, Script
from benchmarks.stand.statement_log import Ran, ran, transaction_with

LOG = """[7 mine] LOG:  statement: BEGIN
[8 other] LOG:  statement: SELECT 'not ours'
[7 mine] LOG:  execute _pg3_1: SELECT a
\tFROM t WHERE b = $1 AND c = $2 AND d = $3
[7 mine] DETAIL:  Parameters: $1 = 'it''s: $2 = ''x''', $2 = NULL, $3 = ''
[7 mine] ERROR:  something else
[7 mine] LOG:  statement: COMMIT
"""


def test_statements_come_back_with_their_values(tmp_path):
    log = tmp_path / "postgres.log"
    log.write_text("[7 mine] LOG:  statement: before\n" + LOG)
    found = ran(log, len("[7 mine] LOG:  statement: before\n"), "mine")
    assert found == [
        Ran(7, "BEGIN"),
        Ran(7, "SELECT a\nFROM t WHERE b = $1 AND c = $2 AND d = $3", ("it's: $2 = 'x'", None, "")),
        Ran(7, "COMMIT"),
    ]


def test_a_transaction_is_found_among_others_with_the_look_before_it():
    wanted = [Ran(1, ";"), Ran(1, "BEGIN READ WRITE"), Ran(1, "INSERT INTO t VALUES (1)"), Ran(1, "COMMIT")]
    others = [Ran(1, "BEGIN"), Ran(1, "SELECT 1"), Ran(1, "ROLLBACK")]
    mixed = [*others, wanted[0], Ran(2, "BEGIN"), *wanted[1:], *others]
    assert transaction_with(mixed, "INSERT INTO t") == wanted


def client(hashed, id, before, version):
    """One client's transaction, as it was logged, and what must be new in the next one."""
    rows = f'[{{"version":{version},"data":"of {id}"}},{{"version":{version + 1},"data":"of {hashed}"}}]'
    statements = [
        Ran(1, "SELECT x FROM t WHERE hash IN ($1, $2) LIMIT $3", (before, hashed, "5")),
        Ran(1, "INSERT INTO t (id, n) VALUES ($1, $2)", (id, None)),
        Ran(1, "INSERT INTO t (id, n) VALUES ($1, $2)", (f"{id}-2", "7")),
        Ran(1, "INSERT INTO outbox (version, data) SELECT v FROM json_to_recordset($1::JSON) AS came", (rows,)),
        Ran(1, "COMMIT"),
    ]
    return statements, [Fresh(hashed, True), Fresh(before, True, like=hashed), Fresh(id, False)]


ONE = client("a" * 64, "id-one-000000000001", "b" * 64, 19)
TWO = client("c" * 64, "id-two-000000000002", "d" * 64, 31)


def test_what_must_be_new_gets_a_number_and_the_rest_is_each_clients_own():
    script = Script.of(*zip(ONE, TWO, strict=True))
    lines = script.text.splitlines()
    selected = next(line for line in lines if line.startswith("SELECT x"))
    assert re.fullmatch(
        r"SELECT x FROM t WHERE hash IN \(\(CAST\(:head AS text\) \|\| CAST\(:(v\d+) AS text\)\), "
        r"\(CAST\(:head_before AS text\) \|\| CAST\(:\1 AS text\)\)\) LIMIT :v\d+;",
        selected,
    )
    told = next(line for line in lines if line.startswith("INSERT INTO outbox"))
    assert told.count("1000 * CAST(:n AS bigint)") == 2
    assert "CAST(:tail AS text)" in told
    assert "CAST(:head AS text)" in told
    assert "::JSON" in told
    values = [dict(zip(script.names, row, strict=True)) for row in script.values]
    assert all("a" * 52 in each.values() or "c" * 52 in each.values() for each in values)
    assert {value for each in values for value in each.values()} >= {"19", "20", "31", "32", "7", "5"}


def test_rows_that_went_together_go_together_and_null_stays_null():
    lines = Script.of(*zip(ONE, TWO, strict=True)).text.splitlines()
    begin, end = lines.index("\\startpipeline"), lines.index("\\endpipeline")
    assert [line.split(" VALUES")[0] for line in lines[begin + 1 : end]] == ["INSERT INTO t (id, n)"] * 2
    assert lines[begin + 1].endswith(", NULL);")


def test_an_order_of_a_list_means_nothing():
    statements, fresh = TWO
    first = statements[0]
    turned = [Ran(1, first.sql, (first.values[1], first.values[0], "5")), *statements[1:]]
    assert Script.of([ONE[0], turned], [ONE[1], fresh]) == Script.of(*zip(ONE, TWO, strict=True))


def test_clients_that_ran_something_else_are_refused():
    with pytest.raises(NotAlike, match="COMMIT"):
        Script.of([ONE[0], TWO[0][:-1]], [ONE[1], TWO[1]])
