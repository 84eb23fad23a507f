"""Every row names its organisation, those of the narrow tables too

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OLDEST = "SELECT id FROM organisations ORDER BY created_at, id LIMIT 1"
_WHOSE = {
    "links": "SELECT organisation_id FROM machines WHERE machines.id = links.machine_id",
    "cursors": "SELECT organisation_id FROM machines WHERE machines.id = cursors.machine_id",
    "postings": "SELECT organisation_id FROM transactions WHERE transactions.id = postings.transaction_id",
    "balances": "SELECT organisation_id FROM accounts WHERE accounts.id = balances.account_id",
    # An answer named only its caller; there was one organisation.
    "answers": _OLDEST,
}
# SQLite changes a table by copying it, and the copy must be told what reading the table back does not show.
_LIKE_BEFORE = {
    "links": {"table_kwargs": {"sqlite_with_rowid": False}},
    "postings": {"table_args": [sa.CheckConstraint("amount <> 0", name="ck_postings_amount")]},
}


def upgrade() -> None:
    for table, whose in _WHOSE.items():
        op.add_column(table, sa.Column("organisation_id", sa.String(length=36), nullable=True))
        op.execute(f"UPDATE {table} SET organisation_id = ({whose})")  # noqa: S608 - our own words
        with op.batch_alter_table(table, **_LIKE_BEFORE.get(table, {})) as changed:
            changed.alter_column("organisation_id", existing_type=sa.String(length=36), nullable=False)


def downgrade() -> None:
    for table in _WHOSE:
        with op.batch_alter_table(table, **_LIKE_BEFORE.get(table, {})) as changed:
            changed.drop_column("organisation_id")
