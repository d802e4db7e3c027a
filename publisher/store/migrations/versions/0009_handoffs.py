"""Batches that a provider was handed; of each message in which batch it went, and what the provider calls it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table and the columns."""
    op.create_table(
        "handoff",
        sa.Column("no", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("notice", sa.Text, nullable=False),
        sa.Column("messages", sa.Integer, nullable=False),
        sa.Column("begun", sa.BigInteger, nullable=False),
        sa.Column("taken", sa.BigInteger),
        sa.Column("provider", sa.Text),
        sa.PrimaryKeyConstraint("no", name="handoff_number"),
        sa.UniqueConstraint("key", name="handoff_key"),
    )
    op.add_column("outbox", sa.Column("handoff", sa.Integer))
    op.add_column("outbox", sa.Column("provider", sa.Text))
