"""What a PostgreSQL server says it ran: its own log (`log_statement = all`), read back as statements and values.

With the settings below a line begins with the process and the database; after a statement with parameters comes a line
that holds them ("DETAIL:  Parameters: $1 = 'text', $2 = NULL"), quotes in them doubled (PostgreSQL's documentation,
"Error Reporting and Logging").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from attrs import frozen

SETTINGS = {"log_line_prefix": "[%p %d] ", "log_parameter_max_length": "-1"}
"""Of the server whose log is read."""
ON = "ALTER DATABASE {} SET log_statement = 'all'"
OFF = "ALTER DATABASE {} RESET log_statement"

_LINE = re.compile(r"\[(\d+) (\S*)\] ([A-Z]+):  (.*)", re.DOTALL)
_STATEMENT = re.compile(r"(?:statement|execute [^:]*): (.*)", re.DOTALL)
_VALUE = re.compile(r"\$\d+ = (?:'((?:[^']|'')*)'|NULL)")


@frozen
class Ran:
    """One statement that the server ran, with its values as text; None is NULL."""

    process: int
    sql: str
    values: tuple[str | None, ...] = ()


def ran(log: Path, since: int, database: str) -> list[Ran]:
    """Return the statements that a log tells of, from a place in it (bytes) on, in one database."""
    with log.open("rb") as file:
        file.seek(since)
        return list(_ran(_messages(file.read().decode("utf-8").splitlines()), database))


def transaction_with(found: Sequence[Ran], start: str) -> list[Ran]:
    """Return the transaction with the statement that starts so, and the look at the connection (`;`) before it."""
    process = next(each.process for each in found if each.sql.startswith(start))
    own = [each for each in found if each.process == process]
    at = next(place for place, each in enumerate(own) if each.sql.startswith(start))
    begin = max(place for place in range(at) if own[place].sql.startswith("BEGIN"))
    end = next(place for place in range(at, len(own)) if own[place].sql == "COMMIT")
    looked = begin > 0 and own[begin - 1].sql == ";"
    return own[begin - looked : end + 1]


def _messages(lines: Iterable[str]) -> Iterator[tuple[int, str, str, str]]:
    """Yield process, database, severity and text; further lines of a text begin with a tab."""
    whole: list[str] = []
    for line in [*lines, "[0 -] END:  "]:
        if line.startswith("["):
            if whole and (found := _LINE.fullmatch("\n".join(whole))):
                yield int(found[1]), found[2], found[3], found[4]
            whole = [line]
        else:
            whole.append(line.removeprefix("\t"))


def _ran(messages: Iterable[tuple[int, str, str, str]], database: str) -> Iterator[Ran]:
    last: Ran | None = None
    for process, of, severity, text in messages:
        if of != database:
            continue
        if severity == "DETAIL" and last is not None and text.lower().startswith("parameters: "):
            last = Ran(last.process, last.sql, tuple(_values(text)))
            continue
        if last is not None:
            yield last
        found = _STATEMENT.fullmatch(text) if severity == "LOG" else None
        last = Ran(process, found[1]) if found else None
    if last is not None:
        yield last


def _values(text: str) -> Iterator[str | None]:
    for found in _VALUE.finditer(text):
        yield None if found[1] is None else found[1].replace("''", "'")
