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
_VERSION = r'(?<="version":)\d+'
_UP = "1000 * CAST(:n AS bigint)"
"""Far above what was counted, and as many apart as one transaction can count."""
_LIST = re.compile(r"IN \((\$\d+(?:, \$\d+)*)\)")
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
        shapes = [tuple(ran.sql for ran in one) for one in clients]
        odd = next((shape for shape in shapes if shape != shapes[0]), None)
        if odd is not None:
            differ = sorted({*odd} ^ {*shapes[0]}) or ["their order"]
            raise NotAlike(f"the clients' transactions differ in their statements: {differ}")
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
        self._clients = [[_in_order(ran, own) for ran in one] for one, own in zip(clients, fresh, strict=True)]
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
        counts, into_outbox = _counted(ran.sql), ran.sql.lstrip().startswith("INSERT INTO outbox")

        def value(found: re.Match[str]) -> str:
            place = int(found[1]) - 1
            texts = [one[at].values[place] for one in self._clients]
            return self._value(texts, counts=counts == place, within=into_outbox and counts is None)

        text = " ".join(_PLACE.sub(value, ran.sql).split())
        return f"{text.removesuffix(';')};"

    def _value(self, texts: list[str | None], *, counts: bool, within: bool) -> str:
        """Write a value; `counts`: it counts up; `within`: what counts up stands in it, as JSON."""
        if all(text is None for text in texts):
            return "NULL"
        cut = [self._cut(client, text or "", within=within) for client, text in enumerate(texts)]
        if len({tuple(marks) for _, marks in cut}) != 1:
            raise NotAlike(f"the clients' values differ in what is new in them: {texts[0]}")
        marks = cut[0][1]
        if not marks:
            name = self._name(texts)
            return f"(CAST(:{name} AS bigint) + {_UP})" if counts else f":{name}"
        words = []
        for place, mark in enumerate([*marks, ""]):
            between = [literals[place] for literals, _ in cut]
            if mark == "counted":
                words.append(f"CAST(CAST(:{self._name(between)} AS bigint) + {_UP} AS text)")
                continue
            if any(between):
                words.append(f"CAST(:{self._name(between)} AS text)")
            if mark not in {"", "nothing"}:
                words.append(f"CAST(:{mark} AS text)")
        return f"({' || '.join(words)})"

    def _cut(self, client: int, text: str, *, within: bool) -> tuple[list[str], list[str]]:
        """Cut a text where it must be new: returns what stands before each mark and after the last, and the marks.

        Before the mark `counted` stands the number that was counted, by itself.
        """
        fresh = self._fresh[client]
        pattern = "|".join([*map(re.escape, fresh), *([_VERSION] if within else [])])
        literals, marks, rest, end = [], [], "", 0
        for found in re.finditer(pattern, text):
            rest += text[end : found.start()]
            end = found.end()
            new = fresh.get(found[0])
            if new is None:
                literals += [rest, found[0]]
                marks += ["nothing", "counted"]
                rest = ""
                continue
            whole = new.like or new.text
            literals.append(rest if new.scattered else rest + whole[:-_DIGITS])
            marks.append("tail" if not new.scattered else "head" if new.like is None else "head_before")
            rest = whole[_DIGITS:] if new.scattered else ""
        return [*literals, rest + text[end:]], marks

    def _name(self, texts: Sequence[str | None]) -> str:
        return self._names.setdefault(tuple(texts), f"v{len(self._names)}")


def _in_order(ran: Ran, fresh: Sequence[Fresh]) -> Ran:
    """Put the values of each list (IN) into one order for all clients: it means nothing, nor what fills the list up."""
    known, values = [each.text for each in fresh], list(ran.values)
    for found in _LIST.finditer(ran.sql):
        places = [int(place) - 1 for place in _PLACE.findall(found[1])]
        among = sorted(
            {values[place] or "" for place in places}, key=lambda text: (text not in known, _at(known, text))
        )
        for place, text in zip(places, [*among, *[among[0]] * len(places)], strict=False):
            values[place] = text
    return Ran(ran.process, ran.sql, tuple(values))


def _at(known: Sequence[str], text: str) -> int:
    return known.index(text) if text in known else len(known)


def _counted(text: str) -> int | None:
    """Return the place of the value that counts up: an aggregate's version, in a row that is sent by itself."""
    inserted = re.match(r"\s*INSERT INTO outbox \(([^)]*)\) VALUES", text)
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
