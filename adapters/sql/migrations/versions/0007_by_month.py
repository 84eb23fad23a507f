"""Entries, postings and telemetry by the month in which they came; checkpoints of months that went

Revision: 0007, after 0006

On PostgreSQL the three tables become partitioned ones: their rows are copied, which takes a while and a lock.
"""

import datetime

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

AHEAD = 3
_BY_MONTH = {"entries": "received_at", "postings": "at", "telemetry": "received_at"}
_INDEXES = {
    "entries": {},
    "postings": {"ix_postings_account": ["account_id", "number"], "ix_postings_transaction": ["transaction_id"]},
    "telemetry": {"ix_telemetry_machine": ["machine_id", "at"], "ix_telemetry_received": ["received_at"]},
}
_REFERS = {
    "entries": {"organisation_id": "organisations.id", "batch": "batches.number"},
    "postings": {"account_id": "accounts.id"},
    "telemetry": {"organisation_id": "organisations.id"},
}
_NEW = {"entries": "received_at", "links": "received_at", "visits": "received_at", "items": "received_at",
        "postings": "at"}  # fmt: skip
_OF_LINK = "SELECT MIN(received_at) FROM links WHERE links.machine_id = {0}.machine_id AND links.entry_id = {0}.id"
_WHEN = {
    "entries": "SELECT received_at FROM batches WHERE batches.number = entries.batch",
    "links": "SELECT received_at FROM entries WHERE entries.machine_id = links.machine_id"
    " AND entries.hash = links.hash",
    "visits": _OF_LINK.format("visits"),
    "items": _OF_LINK.format("items"),
    "postings": "SELECT at FROM transactions WHERE transactions.id = postings.transaction_id",
}


def upgrade() -> None:
    connection = op.get_bind()
    op.create_table(
        "checkpoints",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_checkpoints_organisation_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_checkpoints")),
        sa.UniqueConstraint("month", name=op.f("uq_checkpoints_month")),
    )
    for table, column in _NEW.items():
        op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("visits", sa.Column("carried", sa.Boolean(), nullable=False, server_default=sa.false()))
    # The links have no index by which an entry is found, only the other way round.
    op.create_index("ix_by_month", "entries", ["machine_id", "hash"])
    for table, when in _WHEN.items():
        op.execute(f"UPDATE {table} SET {_NEW[table]} = COALESCE(({when}), 0)")  # noqa: S608 - our own words
    op.drop_index("ix_by_month", "entries")
    if connection.dialect.name == "postgresql":
        for table in _BY_MONTH:
            _part(connection, table)


def downgrade() -> None:
    connection = op.get_bind()
    gone = connection.execute(sa.text("SELECT COUNT(*) FROM checkpoints")).scalar_one()
    if gone:
        raise RuntimeError(f"{gone} months went by their checkpoints: without these nothing could be proved any more")
    if connection.dialect.name == "postgresql":
        for table in _BY_MONTH:
            _join(connection, table)
    op.drop_column("visits", "carried")
    for table, column in _NEW.items():
        op.drop_column(table, column)
    op.drop_table("checkpoints")


def _part(connection: sa.Connection, table: str) -> None:
    column = _BY_MONTH[table]
    like = f"(LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)"
    op.execute(f"CREATE TABLE {table}_new {like} PARTITION BY RANGE ({column})")
    for name, begin, end in _months(connection, table):
        op.execute(f"CREATE TABLE {table}_{name} PARTITION OF {table}_new FOR VALUES FROM ({begin}) TO ({end})")
    op.execute(f"CREATE TABLE {table}_default PARTITION OF {table}_new DEFAULT")
    _replace(table, ["number", column])


def _join(_: sa.Connection, table: str) -> None:
    op.execute(f"CREATE TABLE {table}_new (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
    _replace(table, ["number"])


def _replace(table: str, key: list[str]) -> None:
    """Put the new table, which has neither rows nor keys yet, in the old one's place."""
    op.execute(f"INSERT INTO {table}_new SELECT * FROM {table}")  # noqa: S608 - our own words
    op.execute(f"ALTER SEQUENCE {table}_number_seq OWNED BY NONE")
    op.drop_table(table)
    op.rename_table(f"{table}_new", table)
    op.execute(f"ALTER SEQUENCE {table}_number_seq OWNED BY {table}.number")
    op.create_primary_key(f"pk_{table}", table, key)
    for name, columns in _INDEXES[table].items():
        op.create_index(name, table, columns)
    for name, referred in _REFERS[table].items():
        to, at = referred.split(".")
        op.create_foreign_key(f"fk_{table}_{name}", table, to, [name], [at])


def _months(connection: sa.Connection, table: str) -> list[tuple[str, int, int]]:
    """Return the months of a table's rows and those from now on: name, first moment, first moment after."""
    question = f"SELECT DISTINCT {_BY_MONTH[table]} / 86400000000 FROM {table}"  # noqa: S608 - our own words
    epoch = datetime.date(1970, 1, 1).toordinal()
    days = [datetime.date.fromordinal(day + epoch) for day in connection.execute(sa.text(question)).scalars()]
    now = connection.execute(sa.text("SELECT current_date")).scalar_one()
    ordinals = {(day.year, day.month - 1) for day in days}
    ordinals |= {divmod(now.year * 12 + now.month - 1 + ahead, 12) for ahead in range(AHEAD + 1)}
    found = []
    for year, month in sorted(ordinals):
        after = divmod(year * 12 + month + 1, 12)
        begin, end = datetime.date(year, month + 1, 1), datetime.date(after[0], after[1] + 1, 1)
        moments = [(day.toordinal() - epoch) * 86_400_000_000 for day in (begin, end)]
        found.append((f"{year:04}_{month + 1:02}", *moments))
    return found
