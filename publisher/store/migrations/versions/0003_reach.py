"""Whom a notice tells, frozen with it: who is bound and which audiences are affected."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; a notice of before tells everyone."""
    op.add_column("notice", sa.Column("reach", sa.JSON))
