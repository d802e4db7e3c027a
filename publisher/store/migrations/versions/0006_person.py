"""Users of another database: their id and secret, and nothing else of them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the table."""
    op.create_table(
        "person",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("secret", sa.LargeBinary(16), nullable=False),
        sa.Column("recipient", sa.String(64), nullable=False),
        sa.UniqueConstraint("recipient", name="person_recipient"),
    )
