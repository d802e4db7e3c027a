"""Who has a batch in hand, what each relay may still be given, and where there are many machines the job engine."""

import sqlalchemy as sa
from alembic import op

from publisher.store import job_engine

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns, makes the table and sets up the engine."""
    op.add_column("batch", sa.Column("owner", sa.Text))
    op.add_column("batch", sa.Column("until", sa.BigInteger))
    op.add_column("batch", sa.Column("fence", sa.BigInteger, nullable=False, server_default="0"))
    op.create_table(
        "allowance",
        sa.Column("relay", sa.Text, primary_key=True),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    job_engine.prepare(op.get_bind())
