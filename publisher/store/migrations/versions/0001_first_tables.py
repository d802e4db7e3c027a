"""The first tables: ledger, users, notices, outbox, attempts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes every table."""
    op.create_table("identity", sa.Column("id", sa.String(32), primary_key=True))
    op.create_table(
        "ledger",
        sa.Column("policy", sa.String(64), nullable=False),
        sa.Column("chain", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("digest", sa.String(71), nullable=False),
        sa.PrimaryKeyConstraint("policy", "chain", "seq", name="ledger_key"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("joined", sa.Date, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("email_fault", sa.Text),
        sa.Column("aside", sa.Text),
        sa.Column("attributes", sa.JSON, nullable=False),
        sa.Column("secret", sa.LargeBinary(16), nullable=False),
        sa.Column("recipient", sa.String(64), nullable=False),
        sa.UniqueConstraint("recipient", name="users_recipient"),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("policy", sa.String(64), nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("channels", sa.Text, nullable=False),
        sa.Column("effective", sa.Date, nullable=False),
        sa.Column("floor", sa.Integer, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("deadline", sa.BigInteger, nullable=False),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("closed", sa.BigInteger),
        sa.UniqueConstraint("policy", "version", "revision", name="notice_address"),
    )
    op.create_table(
        "template",
        sa.Column("notice", sa.Text, sa.ForeignKey("notice.id", name="template_notice"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(71), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("cuts", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("notice", "kind", "language", "audience", name="template_key"),
    )
    op.create_table(
        "batch",
        sa.Column("notice", sa.Text, sa.ForeignKey("notice.id", name="batch_notice"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("lo", sa.String(64), nullable=False),
        sa.Column("hi", sa.String(64), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("waiting", sa.Integer, nullable=False),
        sa.Column("doubtful", sa.Integer, nullable=False),
        sa.Column("held", sa.Integer, nullable=False),
        sa.Column("next_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("notice", "number", name="batch_key"),
    )
    op.create_table(
        "outbox",
        sa.Column("notice", sa.Text, nullable=False),
        sa.Column("recipient", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("batch", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.SmallInteger, nullable=False),
        sa.Column("doubts", sa.SmallInteger, nullable=False),
        sa.Column("next_at", sa.BigInteger),
        sa.Column("settled_at", sa.BigInteger),
        sa.Column("code", sa.SmallInteger),
        sa.Column("reply", sa.Text),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("notice", "recipient", "channel", name="outbox_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "attempt",
        sa.Column("notice", sa.Text, nullable=False),
        sa.Column("recipient", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("no", sa.SmallInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("code", sa.SmallInteger, nullable=False),
        sa.Column("reply", sa.Text, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("notice", "recipient", "channel", "no", name="attempt_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "run_lock",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
    )
