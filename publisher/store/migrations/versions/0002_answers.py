"""What readers answered: banners put away, consent given or declined."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes both tables."""
    op.create_table(
        "acknowledgement",
        sa.Column("notice", sa.Text, nullable=False),
        sa.Column("recipient", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("notice", "recipient", name="acknowledgement_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "consent",
        sa.Column("policy", sa.String(64), nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("recipient", sa.String(64), nullable=False),
        sa.Column("no", sa.Integer, nullable=False),
        sa.Column("answer", sa.String(16), nullable=False),
        sa.Column("digest", sa.String(71), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("policy", "version", "recipient", "no", name="consent_key"),
        sqlite_with_rowid=False,
    )
