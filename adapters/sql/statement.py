"""Core statements for the busy path: compiled once per dialect, run on the driver's own cursor.

`Connection.execute` spends more time on each statement than SQLite does; where one batch of a machine runs
two dozen of them, that is most of the batch. Here the tables and expressions are still Core's, so the text
fits every dialect; only the running is the driver's. Values must be what the driver takes as it is: text
(for JSON too), integers, bytes, None.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from operator import itemgetter
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from adapters.sql.errors import raise_as_ours

Values = Mapping[str, Any]
Core = sa.Executable | Callable[[str], sa.Executable]
"""A statement; or, where each dialect has its own word for it, what makes it for a dialect's name."""
Finish = Callable[[Any, str], Any]
"""Completes an INSERT, for a dialect's name: says what happens where such a row is there."""
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Statement:
    """One statement. Each method raises the port's errors, as the engine does."""

    def __init__(self, core: Core, columns: Sequence[str] | None = None) -> None:
        """Take the statement; for an INSERT, the columns that are given (all of the table's when None)."""
        self._core = core
        self._columns = columns
        self.list_names: list[str] = []
        """Names of the parameters that stand for a list."""
        self._compiled: dict[str, tuple[str, Callable[[Values], Any]]] = {}

    def rows(self, connection: sa.Connection, values: Values) -> list[Any]:
        """Run it and return all rows, as plain tuples."""
        found: list[Any] = self._run(connection, values).fetchall()
        return found

    def change(self, connection: sa.Connection, values: Values) -> int:
        """Run it and return how many rows it changed."""
        return int(self._run(connection, values).rowcount)

    def many(self, connection: sa.Connection, rows: Sequence[Values]) -> None:
        """Run it for each of the rows."""
        if len(rows) == 1:
            self._run(connection, rows[0])
        elif rows:
            text, fit = self._for(connection)
            cursor = _driver(connection).cursor()
            try:
                cursor.executemany(text, [fit(row) for row in rows])
            except connection.dialect.loaded_dbapi.Error as error:
                raise_as_ours(error, connection)

    def _run(self, connection: sa.Connection, values: Values) -> Any:
        text, fit = self._for(connection)
        cursor = _driver(connection).cursor()
        try:
            cursor.execute(text, fit(values))
        except connection.dialect.loaded_dbapi.Error as error:
            raise_as_ours(error, connection)
        return cursor

    def _for(self, connection: sa.Connection) -> tuple[str, Callable[[Values], Any]]:
        dialect = connection.dialect
        known = self._compiled.get(dialect.name)
        if known is None:
            core: Any = self._core(dialect.name) if callable(self._core) else self._core
            compiled = core.compile(dialect=dialect, column_keys=self._columns)
            known = self._compiled[dialect.name] = (str(compiled), _fit(compiled))
        return known


class Among:
    """A statement with lists of any length in it: one is compiled for each power of two, and the list padded."""

    def __init__(self, core: Callable[[list[sa.BindParameter[Any]]], sa.Executable]) -> None:
        """Take what makes the statement, given the parameters that stand for the list."""
        self._core = core
        self._sizes: dict[int, Statement] = {}

    def rows(self, connection: sa.Connection, among: Collection[Any], values: Values | None = None) -> list[Any]:
        """Run it for a list and return all rows, as plain tuples; nothing is among an empty list."""
        if not among:
            return []
        size = 1 << (len(among) - 1).bit_length()
        statement = self._sizes.get(size)
        if statement is None:
            names = [f"among_{at}" for at in range(size)]
            statement = self._sizes[size] = Statement(self._core([sa.bindparam(name) for name in names]))
            statement.list_names = names
        padded = [*among, *[next(iter(among))] * (size - len(among))]
        named = dict(zip(statement.list_names, padded, strict=True))
        return statement.rows(connection, {**values, **named} if values else named)


class Insert(Statement):
    """An INSERT. Many rows are one statement for PostgreSQL too: they go there as one JSON text.

    As a statement for each row, most of the time went into sending them: by JSON a row takes a fifth of that of us, and
    of the server no more. For SQLite, in our own process, a row at a time is the quickest.
    """

    def __init__(self, table: sa.Table, columns: Sequence[str], finish: Finish = lambda core, _: core) -> None:
        """Take the table, the columns that are given, and what a dialect's insert is told about rows that are there."""
        super().__init__(lambda dialect: finish(_INSERT[dialect](table).inline(), dialect), columns)
        self._unlike = [(name, fit) for name in columns if (fit := _fit_for_json(table.columns[name].type))]
        self._at_once = Statement(lambda dialect: finish(_from_json(table, columns).inline(), dialect))

    def many(self, connection: sa.Connection, rows: Sequence[Values]) -> None:
        """Add rows, in their order."""
        if len(rows) < 2 or connection.dialect.name == "sqlite":
            super().many(connection, rows)
            return
        for name, fit in self._unlike:
            rows = [{**row, name: fit(row[name])} for row in rows]
        self._at_once.change(connection, {"rows": orjson.dumps(rows).decode()})


def insert(table: sa.Table, *left_out: str) -> Insert:
    """Return an INSERT of all columns but those left out (a key that counts up is, by itself)."""
    return Insert(table, [column.name for column in table.columns if column.name not in {"number", *left_out}])


def insert_unless_there(table: sa.Table) -> Insert:
    """Return an INSERT that changes nothing where such a row is there already, or is just being committed."""
    return Insert(
        table, [column.name for column in table.columns], lambda core, _: core.on_conflict_do_nothing()
    )  # fmt: skip


def _from_json(table: sa.Table, columns: Sequence[str]) -> Any:
    """Return an INSERT of the objects of a JSON list, by their names."""
    text: sa.BindParameter[str] = sa.bindparam("rows", type_=sa.Text)
    typed = [sa.column(name, table.columns[name].type) for name in columns]
    came = sa.func.json_to_recordset(sa.cast(text, postgresql.JSON)).table_valued(*typed, name="came")
    named = came.render_derived(with_types=True)
    return postgresql.insert(table).from_select(columns, sa.select(*(named.c[name] for name in columns)))


def _fit_for_json(type_: sa.types.TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """Return what makes a value of this type one that PostgreSQL reads from JSON; None where it is one already."""
    if isinstance(type_, sa.LargeBinary):
        return lambda value: None if value is None else f"\\x{value.hex()}"
    if isinstance(type_, sa.JSON):
        return lambda text: None if text is None else orjson.Fragment(text)
    return None


def _fit(compiled: Any) -> Callable[[Values], Any]:
    """Return what turns named values into what the driver takes: a tuple in order, or the mapping itself."""
    fixed = {name: value for name, value in compiled.params.items() if not compiled.binds[name].required}
    order = compiled.positiontup
    if order is None:
        return lambda values: {**fixed, **values}
    if not order:
        return lambda _: ()
    if not fixed:
        pick = itemgetter(*order)
        return pick if len(order) > 1 else lambda values: (pick(values),)
    return lambda values: tuple(values[name] if name in values else fixed[name] for name in order)


def _driver(connection: sa.Connection) -> Any:
    return connection.connection.dbapi_connection
