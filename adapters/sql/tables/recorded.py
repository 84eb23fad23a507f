"""What machines reported, and what the platform makes of it.

`entries` holds the exact bytes and is partitioned by the time of receipt (PostgreSQL); `links` is narrow, never
partitioned, and holds once-only: an entry is its machine and its hash. All other columns are projections.
"""

from typing import Any

import sqlalchemy as sa

from adapters.sql.tables.metadata import METADATA, NUMBER, came, moment, number, organisation, uuid, whose


def _hash(name: str, **more: Any) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), **{"nullable": False, **more})


BATCHES = sa.Table(
    "batches",
    METADATA,
    number(),
    organisation(),
    uuid("machine_id"),
    uuid("boot"),
    moment("mono"),
    moment("wall"),
    sa.Column("trusted", sa.Boolean, nullable=False),
    moment("received_at"),
    sa.Column("unknown_a_day", sa.Integer, nullable=False, server_default="20"),
)
"""`unknown_a_day` is the setting by which the batch was judged: a changed one judges what comes, not what came."""

ENTRIES = sa.Table(
    "entries",
    METADATA,
    number(),
    organisation(),
    uuid("machine_id"),
    _hash("hash"),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Column("batch", NUMBER, sa.ForeignKey("batches.number"), nullable=False),
    sa.Column("place", sa.String(16), nullable=False),
    moment("earliest"),
    moment("latest"),
    came(),
)

LINKS = sa.Table(
    "links",
    METADATA,
    uuid("machine_id"),
    _hash("hash"),
    _hash("prev"),
    uuid("entry_id"),
    uuid("epoch"),
    sa.Column("seq", sa.BigInteger, nullable=False),
    moment("mono"),
    moment("earliest"),
    moment("latest"),
    whose(),
    came(),
    sa.PrimaryKeyConstraint("machine_id", "hash"),
    sa.Index("ix_links_prev", "machine_id", "prev"),
    sa.Index("ix_links_entry", "entry_id"),
    sqlite_with_rowid=False,
)

REJECTED = sa.Table(
    "rejected_entries",
    METADATA,
    number(),
    organisation(),
    uuid("machine_id"),
    _hash("hash"),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    uuid("epoch", nullable=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
    moment("received_at"),
    sa.UniqueConstraint("machine_id", "hash"),
)

CURSORS = sa.Table(
    "cursors",
    METADATA,
    uuid("machine_id"),
    uuid("epoch"),
    sa.Column("seq", sa.BigInteger, nullable=False),
    _hash("hash"),
    moment("begun_at"),
    sa.Column("place", sa.Integer, nullable=False),
    moment("anchor_mono", nullable=True),
    moment("anchor_earliest", nullable=True),
    moment("anchor_latest", nullable=True),
    whose(),
    sa.PrimaryKeyConstraint("machine_id", "epoch"),
)
"""`place` counts the machine's epochs in the order in which they came."""

VISITS = sa.Table(
    "visits",
    METADATA,
    uuid("id", primary_key=True),
    organisation(),
    uuid("machine_id"),
    sa.Column("opened_by", sa.String(16), nullable=False),
    sa.Column("token", sa.String(32), nullable=False),
    uuid("person_id", nullable=True),
    uuid("session_id", nullable=True, index=True),
    moment("earliest"),
    moment("latest"),
    sa.Column("price_list", sa.String(400), nullable=True),
    sa.Column("closed", sa.String(16), nullable=True),
    *(
        sa.Column(name, sa.BigInteger, nullable=False)
        for name in (
            "items", "accepted", "stored", "returned", "unknown", "credited", "held", "refused", "points"
        )
    ),
    came(),
    sa.Column("carried", sa.Boolean, nullable=False, server_default=sa.false()),
)  # fmt: skip

ITEMS = sa.Table(
    "items",
    METADATA,
    number(),
    uuid("id", unique=True),
    organisation(),
    uuid("machine_id"),
    uuid("visit_id"),
    uuid("person_id", nullable=True),
    sa.Column("accepted", sa.Boolean, nullable=False),
    sa.Column("decided", sa.Text, nullable=False),
    moment("earliest"),
    moment("latest"),
    sa.Column("outcome", sa.String(16), nullable=True),
    came(),
    sa.ForeignKeyConstraint(["visit_id"], ["visits.id"]),
    sa.Index("ix_items_person", "person_id", "number"),
)
sa.Index(
    "ix_items_unknown",
    ITEMS.c.machine_id,
    ITEMS.c.earliest,
    sqlite_where=ITEMS.c.outcome == "unknown",
    postgresql_where=ITEMS.c.outcome == "unknown",
)

VERDICTS = sa.Table(
    "verdicts",
    METADATA,
    uuid("machine_id"),
    _hash("hash"),
    organisation(),
    uuid("item_id", nullable=True, index=True),
    sa.Column("standing", sa.String(16), nullable=False),
    sa.Column("why", sa.String(32), nullable=False),
    sa.Column("points", sa.BigInteger, nullable=False),
    sa.Column("price_list", sa.String(64), nullable=True),
    moment("judged_at"),
    sa.PrimaryKeyConstraint("machine_id", "hash"),
)

ALARMS = sa.Table(
    "alarms",
    METADATA,
    number(),
    organisation(),
    uuid("machine_id", nullable=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    moment("raised_at"),
    sa.Index("ix_alarms_organisation", "organisation_id", "number"),
)
