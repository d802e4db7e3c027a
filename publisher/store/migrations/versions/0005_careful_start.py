"""Who paused a notice and why, the copies that went ahead of it, and why delivery last stopped of itself."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables; of a notice that is paused already, nobody knows by whom."""
    op.create_table(
        "handling",
        sa.Column("notice", sa.Text, nullable=False),
        sa.Column("no", sa.Integer, nullable=False),
        sa.Column("act", sa.String(16), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("notice", "no", name="handling_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "seed",
        sa.Column("notice", sa.Text, nullable=False),
        sa.Column("recipient", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.SmallInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("next_at", sa.BigInteger),
        sa.Column("code", sa.SmallInteger),
        sa.Column("reply", sa.Text),
        sa.PrimaryKeyConstraint("notice", "recipient", "kind", "language", name="seed_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "halt",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("remedy", sa.Text, nullable=False),
    )
