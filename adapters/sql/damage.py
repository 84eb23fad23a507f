"""What a database finds wrong with itself, and rows that do not agree with what they belong to."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

_POSTGRES_DAMAGE = {
    "constraint that is not checked": "SELECT conname FROM pg_constraint WHERE NOT convalidated",
    "index that is not valid": "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid",
    "pages with a wrong checksum": """
        SELECT checksum_failures::text FROM pg_stat_database
        WHERE datname = current_database() AND checksum_failures > 0""",
}
_OF_LINK = "FROM {0} WHERE NOT EXISTS (SELECT 1 FROM links WHERE entry_id = {0}.id AND received_at = {0}.received_at)"
_MISDATED = {
    "postings": "FROM postings JOIN transactions ON transactions.id = transaction_id"
    " WHERE postings.at <> transactions.at",
    "visits": _OF_LINK.format("visits"),
    "items": _OF_LINK.format("items"),
}
_OWNERS = {
    "links": ("machine_id", "machines"),
    "cursors": ("machine_id", "machines"),
    "postings": ("transaction_id", "transactions"),
    "balances": ("account_id", "accounts"),
}
"""By which column a row of a narrow table belongs to what, and so to an organisation."""


class SqlDamage:
    """The part of the evidence port that the database answers by itself."""

    _connection: sa.Connection

    def damage(self) -> Sequence[str]:
        """Return what the database finds wrong with itself."""
        if self._connection.dialect.name != "sqlite":
            return [
                f"{what}: {row}"
                for what, question in _POSTGRES_DAMAGE.items()
                for row in self._connection.exec_driver_sql(question).scalars()
            ]
        found: list[str] = []
        for pragma in ("integrity_check(20)", "foreign_key_check"):
            try:
                rows = self._connection.exec_driver_sql(f"PRAGMA {pragma}").all()
            except sa.exc.DatabaseError as broken:
                found.append(str(broken.orig))
                continue
            found += [" ".join(str(part) for part in row) for row in rows if row[0] != "ok"]
        return found

    def misdated(self) -> Sequence[str]:
        """Return where rows say that they came at another moment than what they belong to."""
        found = []
        for table, question in _MISDATED.items():
            rows = self._connection.execute(sa.text(f"SELECT COUNT(*) {question}")).scalar_one()
            if rows:
                found.append(f"{table}: {rows} rows say that they came at another time than what they belong to")
        return found

    def strays(self) -> Sequence[str]:
        """Return the tables in which rows name another organisation than what they belong to."""
        return [
            f"{table}: {rows} rows name another organisation than what they belong to"
            for table, rows in ((table, self._strays(table)) for table in _OWNERS)
            if rows
        ]

    def _strays(self, table: str) -> int:
        key, owner = _OWNERS[table]
        question = f"""
            SELECT COUNT(*) FROM {table} JOIN {owner} ON {owner}.id = {table}.{key}
            WHERE {owner}.organisation_id <> {table}.organisation_id
        """  # noqa: S608 - our own words
        return int(self._connection.execute(sa.text(question)).scalar_one())
