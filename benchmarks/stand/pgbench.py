"""pgbench with a script made from what a server ran: the same statements, values and order, new ids each time.

Every value that the server was given becomes a variable, each client's own: a table holds them, read once by a client.
Values that must be new in each transaction (`Fresh`) get a number in them; what counts up goes on counting. Rows that
were sent together are sent together here too (\\startpipeline), and statements are prepared, as psycopg does. pgbench
comes with the wheel that the server comes from.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from attrs import frozen
from psycopg import sql

from benchmarks.stand.statement_log import Ran
from entrypoints.parts.postgres import PostgresServer

TABLE = "bench_values"
_DIGITS = 12
_PLACE = re.compile(r"\$(\d+)")
_TPS = re.compile(r"tps = ([\d.]+) \(without initial connection time\)")
_FAILED = re.compile(r"number of failed transactions: (\d+)")


class NotAlike(RuntimeError):
    """The clients' transactions are not of the same statements."""


class PgbenchFailed(RuntimeError):
    """pgbench did not run the script; the message holds what it said."""


@frozen
class Fresh:
    """What must be new in a value: the text it is in one client's transaction, and whether it may lie anywhere."""

    text: str
    scattered: bool
    """True for a hash (its beginning changes), False for an id that counts up (its end does)."""
    like: str | None = None
    """For what the transaction before made new: the text that stands for it in this one."""


@frozen
class Script:
    """A script for any number of clients, and what they take their values from."""

    text: str
    names: tuple[str, ...]
    values: tuple[tuple[str | None, ...], ...]
    """One row for each client."""

    @classmethod
    def of(cls, clients: Sequence[Sequence[Ran]], fresh: Sequence[Sequence[Fresh]]) -> Script:
        """Make it from one transaction of each client. Raises NotAlike."""
        if len({tuple(ran.sql for ran in one) for one in clients}) != 1:
            raise NotAlike("the clients' transactions differ in their statements")
        return _Writing(clients, fresh).script()

    def keep(self, database: str) -> None:
        """Write the values into a table of the database that pgbench is to run on."""
        columns = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(name)) for name in self.names)
        places = sql.SQL(", ").join([sql.Placeholder()] * (1 + len(self.names)))
        table = sql.Identifier(TABLE)
        with psycopg.connect(database) as connection:
            connection.execute(sql.SQL("CREATE TABLE {} (client int PRIMARY KEY, {})").format(table, columns))
            for client, row in enumerate(self.values):
                connection.execute(sql.SQL("INSERT INTO {} VALUES ({})").format(table, places), [client, *row])


class _Writing:
    """The work of writing one script."""

    def __init__(self, clients: Sequence[Sequence[Ran]], fresh: Sequence[Sequence[Fresh]]) -> None:
        self._clients = clients
        self._fresh = [{each.text: each for each in one} for one in fresh]
        self._names: dict[tuple[str | None, ...], str] = {}

    def script(self) -> Script:
        lines, statements = [], self._clients[0]
        together = False
        for at, ran in enumerate(statements):
            again = at + 1 < len(statements) and bool(ran.values) and statements[at + 1].sql == ran.sql
            if again and not together:
                lines.append("\\startpipeline")
            lines.append(self._statement(at, ran))
            if together and not again:
                lines.append("\\endpipeline")
            together = again
        columns = ", ".join(self._names.values())
        first = [
            "\\if :ready = 0",
            f"SELECT {columns} FROM {TABLE} WHERE client = :client_id \\gset",
            "\\set ready 1",
            "\\endif",
            "\\set n :n + 1",
            "\\set before :n - 1",
            f"\\set tail :n + {10 ** (_DIGITS - 1)}",
            f"\\set head permute(:n, {8 * 10 ** (_DIGITS - 1)}, 29) + {10 ** (_DIGITS - 1)}",
            f"\\set head_before permute(:before, {8 * 10 ** (_DIGITS - 1)}, 29) + {10 ** (_DIGITS - 1)}",
        ]
        rows = tuple(zip(*self._names, strict=True))
        return Script("\n".join([*first, *lines, ""]), tuple(self._names.values()), rows)

    def _statement(self, at: int, ran: Ran) -> str:
        counts = _counted(ran.sql)

        def value(found: re.Match[str]) -> str:
            place = int(found[1]) - 1
            return self._value([one[at].values[place] for one in self._clients], counting=counts == place)

        text = " ".join(_PLACE.sub(value, ran.sql).split())
        return f"{text.removesuffix(';')};"

    def _value(self, texts: list[str | None], *, counting: bool) -> str:
        if all(text is None for text in texts):
            return "NULL"
        new = self._fresh[0].get(texts[0] or "")
        if new is not None:
            alike = [self._fresh[client][text or ""] for client, text in enumerate(texts)]
            whole = [each.like or each.text for each in alike]
            if new.scattered:
                name = self._name([text[_DIGITS:] for text in whole])
                return f"(CAST(:{'head' if new.like is None else 'head_before'} AS text) || CAST(:{name} AS text))"
            name = self._name([text[:-_DIGITS] for text in whole])
            return f"(CAST(:{name} AS text) || CAST(:tail AS text))"
        name = self._name(texts)
        # Far above what was counted, and as many apart as one transaction can count.
        return f"(CAST(:{name} AS bigint) + 1000 * CAST(:n AS bigint))" if counting else f":{name}"

    def _name(self, texts: Sequence[str | None]) -> str:
        return self._names.setdefault(tuple(texts), f"v{len(self._names)}")


def _counted(text: str) -> int | None:
    """Return the place of the value that counts up: an aggregate's version."""
    inserted = re.match(r"\s*INSERT INTO outbox \(([^)]*)\)", text)
    return [name.strip() for name in inserted[1].split(",")].index("version") if inserted else None


def run(server: PostgresServer, url: str, script: Path, *, clients: int, each: int, first: int) -> float:
    """Run a script so many times in each client. Returns transactions a second, connecting not counted.

    `first` is the number before the first transaction's: no number may be used twice on one database.
    Raises PgbenchFailed.
    """
    program, parts = server.program("pgbench"), urlsplit(url)
    command = [
        str(program), "-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-t", str(each), "-f", str(script),
        "-D", "ready=0", "-D", f"n={first}", "-h", parts.hostname or "", "-p", str(parts.port), "-U",
        parts.username or "", parts.path.removeprefix("/"),
    ]  # fmt: skip
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={"PGPASSWORD": parts.password or ""}
    )
    found, failed = _TPS.search(done.stdout), _FAILED.search(done.stdout)
    if done.returncode != 0 or found is None or failed is None or failed[1] != "0":
        raise PgbenchFailed(f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return float(found[1])
