"""The bare side of a benchmark: writes taken down from a store, and replayed by the standard library's sqlite3."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from adapters.sql.engine import open_engine, sqlite_url
from adapters.sql.migrate import migrate

Statement = tuple[str, list[Any]]
Transaction = list[Statement]


class Listening:
    """Opens the driver's connections so that every write on them is taken down."""

    def __init__(self) -> None:
        """Nothing was written yet."""
        self.transactions: list[Transaction] = []

    def connect(self, _: Any, __: Any, arguments: Any, named: Any) -> sqlite3.Connection:
        """Open a connection, in the engine's stead."""
        writes: Transaction = []
        transactions = self.transactions

        class Cursor(sqlite3.Cursor):
            def execute(self, statement: str, parameters: Any = ()) -> Any:
                if statement.startswith(("INSERT", "UPDATE", "DELETE")):
                    writes.append((statement, [parameters]))
                return super().execute(statement, parameters)

            def executemany(self, statement: str, rows: Any) -> Any:
                writes.append((statement, list(rows)))
                return super().executemany(statement, rows)

        class Connection(sqlite3.Connection):
            def cursor(self, *_: Any) -> Any:
                return super().cursor(Cursor)

            def commit(self) -> None:
                super().commit()
                if writes:
                    transactions.append(list(writes))
                writes.clear()

        return sqlite3.connect(*arguments, **{**named, "factory": Connection})


class Replay:
    """Replays writes by bare sqlite3, as many transactions a round as ours made in the same round."""

    def __init__(self, file: Path, writes: list[Transaction], rounds: int) -> None:
        """Make an empty database of the same schema. The writes are those of so many rounds."""
        engine = open_engine(sqlite_url(file))
        migrate(engine)
        engine.dispose()
        self._connection = sqlite3.connect(file, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._seed(file)
        self._connection.execute("PRAGMA foreign_keys=ON")
        self._writes = writes
        self._done = 0
        self._each = -(-len(writes) // rounds)
        self._statements = self._rows = 0

    def _seed(self, file: Path) -> None:
        """Put what was there before recording into the database: the organisation, the machine, the sessions."""
        self._connection.execute("ATTACH ? AS ours", (str(file.with_name("platform.db")),))
        for table in ("organisations", "machines", "sessions", "outbox"):
            self._connection.execute(f"INSERT INTO {table} SELECT * FROM ours.{table}")
        self._connection.execute("DETACH ours")

    def round(self) -> None:
        """Write what ours wrote in its latest round."""
        end = min(len(self._writes), self._done + self._each)
        for transaction in self._writes[self._done : end]:
            self._connection.execute("BEGIN IMMEDIATE")
            for statement, parameters in transaction:
                if "RETURNING" in statement:
                    for one in parameters:
                        self._connection.execute(statement, one).fetchall()
                elif len(parameters) == 1:
                    self._connection.execute(statement, parameters[0])
                else:
                    self._connection.executemany(statement, parameters)
                self._statements += 1
                self._rows += len(parameters)
            self._connection.execute("COMMIT")
        self._done = end

    def counts(self) -> dict[str, int]:
        """Tell how much was written, and close."""
        self._connection.close()
        return {"statements": self._statements, "rows": self._rows, "transactions": self._done}
