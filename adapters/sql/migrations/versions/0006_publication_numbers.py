"""Publication numbers: an organisation's events in the order in which they are published

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("publication", sa.BigInteger(), nullable=True))
    # Followers have the ids of rows as their versions: so these stay, and what comes counts on from them.
    op.execute("UPDATE outbox SET publication = number")
    op.create_index("uq_outbox_publication", "outbox", ["organisation_id", "publication"], unique=True)
    op.drop_index("ix_outbox_organisation", "outbox")


def downgrade() -> None:
    op.create_index("ix_outbox_organisation", "outbox", ["organisation_id", "number"], unique=False)
    op.drop_index("uq_outbox_publication", "outbox")
    with op.batch_alter_table("outbox") as changed:
        changed.drop_column("publication")
