"""A batch keeps the bound by which it was judged

Revision: 0005, after 0004

The default stands for batches from before, and for those of a release from before that still runs.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("batches", sa.Column("unknown_a_day", sa.Integer(), nullable=False, server_default="20"))


def downgrade() -> None:
    op.drop_column("batches", "unknown_a_day")
