"""The care of machines: telemetry and its hours, alerts, tickets, outages, commands, claim codes, profiles.

`telemetry` is partitioned (PostgreSQL) by the time of receipt; `telemetry_boots` is narrow, stays, and holds once-only:
of a boot, what is not newer than the newest sample that was ever held is a repetition.
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from adapters.sql.tables.metadata import METADATA, moment, number, organisation, uuid

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

TELEMETRY = sa.Table(
    "telemetry",
    METADATA,
    number(),
    organisation(),
    uuid("machine_id"),
    uuid("boot"),
    sa.Column("seq", sa.BigInteger, nullable=False),
    moment("at"),
    moment("received_at"),
    sa.Column("sample", JSON, nullable=False),
    sa.Index("ix_telemetry_machine", "machine_id", "at"),
    sa.Index("ix_telemetry_received", "received_at"),
)

TELEMETRY_BOOTS = sa.Table(
    "telemetry_boots",
    METADATA,
    organisation(),
    uuid("machine_id"),
    uuid("boot"),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("machine_id", "boot"),
)

TELEMETRY_HOURS = sa.Table(
    "telemetry_hours",
    METADATA,
    uuid("machine_id"),
    moment("hour"),
    sa.Column("measure", sa.String(40), nullable=False),
    organisation(),
    *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("count", "least", "most", "total")),
    sa.PrimaryKeyConstraint("machine_id", "hour", "measure"),
)

ALERTS = sa.Table(
    "alerts",
    METADATA,
    uuid("machine_id"),
    sa.Column("rule", sa.String(40), nullable=False),
    organisation(),
    sa.Column("standing", sa.String(16), nullable=False),
    moment("since"),
    moment("began"),
    moment("read_at"),
    sa.Column("value", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("machine_id", "rule"),
    sa.Index("ix_alerts_standing", "organisation_id", "standing"),
)

TICKETS = sa.Table(
    "tickets",
    METADATA,
    number(),
    uuid("id", unique=True),
    organisation(),
    uuid("machine_id"),
    sa.Column("rule", sa.String(40), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    moment("opened_at"),
    sa.Column("times", sa.Integer, nullable=False),
    moment("cleared_at", nullable=True),
    uuid("taken_by", nullable=True),
    moment("taken_at", nullable=True),
    uuid("resolved_by", nullable=True),
    moment("resolved_at", nullable=True),
    sa.Column("note", sa.Text, nullable=False),
    sa.Index("ix_tickets_organisation", "organisation_id", "number"),
    sa.Index("ix_tickets_machine", "machine_id", "rule", "number"),
)
sa.Index(
    "uq_tickets_unresolved",
    TICKETS.c.machine_id,
    TICKETS.c.rule,
    unique=True,
    sqlite_where=TICKETS.c.state != "resolved",
    postgresql_where=TICKETS.c.state != "resolved",
)

OUTAGES = sa.Table(
    "outages",
    METADATA,
    number(),
    organisation(),
    uuid("machine_id"),
    sa.Column("rule", sa.String(40), nullable=False),
    sa.Column("cause", sa.String(16), nullable=False),
    moment("began"),
    moment("ended", nullable=True),
    sa.Index("ix_outages_organisation", "organisation_id", "began"),
)
sa.Index(
    "uq_outages_going_on",
    OUTAGES.c.machine_id,
    OUTAGES.c.rule,
    unique=True,
    sqlite_where=OUTAGES.c.ended.is_(None),
    postgresql_where=OUTAGES.c.ended.is_(None),
)

COMMANDS = sa.Table(
    "commands",
    METADATA,
    number(),
    uuid("id", unique=True),
    organisation(),
    uuid("machine_id"),
    sa.Column("kind", sa.String(24), nullable=False),
    sa.Column("parameters", JSON, nullable=False),
    uuid("issued_by"),
    moment("issued_at"),
    moment("expires_at"),
    sa.Column("state", sa.String(16), nullable=False),
    moment("delivered_at", nullable=True),
    moment("accepted_at", nullable=True),
    moment("ended_at", nullable=True),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Index("ix_commands_machine", "machine_id", "number"),
)
sa.Index(
    "ix_commands_going_on",
    COMMANDS.c.expires_at,
    sqlite_where=COMMANDS.c.ended_at.is_(None),
    postgresql_where=COMMANDS.c.ended_at.is_(None),
)

CLAIM_CODES = sa.Table(
    "claim_codes",
    METADATA,
    number(),
    uuid("id", unique=True),
    organisation(),
    sa.Column("code_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("site", sa.Text, nullable=False),
    uuid("issued_by"),
    moment("issued_at"),
    moment("expires_at"),
    sa.Column("state", sa.String(16), nullable=False),
    uuid("machine_id", nullable=True),
    sa.Column("public_key", sa.LargeBinary, nullable=True),
    moment("ended_at", nullable=True),
    sa.Index("ix_claim_codes_organisation", "organisation_id", "number"),
)

PROFILES = sa.Table(
    "profiles",
    METADATA,
    uuid("machine_id", primary_key=True),
    organisation(),
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("mode", sa.String(24), nullable=False),
    sa.Column("public_key", sa.LargeBinary, nullable=True),
    moment("proven_at"),
    moment("maintained_at", nullable=True),
    moment("revoked_at", nullable=True),
    sa.ForeignKeyConstraint(["machine_id"], ["machines.id"]),
)
