"""Statements: notices that are about no version, what staff wrote for them and who had them sent."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the two tables."""
    op.create_table(
        "statement",
        sa.Column("notice", sa.Text, sa.ForeignKey("notice.id", name="statement_notice"), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(71), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("notice", "language", name="statement_key"),
    )
    op.create_table(
        "statement_event",
        sa.Column("notice", sa.Text, sa.ForeignKey("notice.id", name="statement_event_notice"), nullable=False),
        sa.Column("no", sa.Integer, nullable=False),
        sa.Column("act", sa.String(16), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.JSON, nullable=False),
        sa.Column("listed", sa.BigInteger, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("unknown", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("notice", "no", name="statement_event_key"),
    )
