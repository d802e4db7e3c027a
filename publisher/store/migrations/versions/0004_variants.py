"""Which variant of a notice each recipient gets: since which version changes are shown, and to which audiences."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_KEPT = "notice, kind, language, audience, place, digest, body, cuts"


def upgrade() -> None:
    """A message of before is of the plain variant; the templates' key grows by it, so that their table is made anew."""
    op.add_column("outbox", sa.Column("variant", sa.Text))
    op.execute(f"CREATE TABLE template_before AS SELECT {_KEPT} FROM template")  # noqa: S608  names of ours
    op.drop_table("template")
    op.create_table(
        "template",
        sa.Column("notice", sa.Text, sa.ForeignKey("notice.id", name="template_notice"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("variant", sa.Text, nullable=False),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(71), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("cuts", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("notice", "kind", "language", "variant", name="template_key"),
    )
    op.execute(f"INSERT INTO template ({_KEPT}, variant) SELECT {_KEPT}, '' FROM template_before")  # noqa: S608  the same
    op.drop_table("template_before")
