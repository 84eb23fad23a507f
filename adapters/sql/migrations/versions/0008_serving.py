"""Since which revision the schema serves releases

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "serving",
        sa.Column("since", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("since", name=op.f("pk_serving")),
    )


def downgrade() -> None:
    op.drop_table("serving")
