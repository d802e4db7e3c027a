"""The store's tables.

Instants are whole microseconds since 1970 (UTC) in big integers, so that both databases compare them alike; dates are
dates. Texts that people look up (states, outcomes) are stored as words. Addresses, names and secrets stand in `users`
and nowhere else: the outbox and the attempts know a recipient by a key that only the user's own row can be matched to.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Dialect,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

RECIPIENT_LENGTH = 64
"""A recipient's key is a hexadecimal SHA-256."""


def instant_number(value: datetime | None) -> int | None:
    """An aware instant as the tables keep it; a naive one is a bug."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone")
    return (value - _EPOCH) // _MICROSECOND


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as microseconds since 1970 (UTC)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002  its signature
        """An aware datetime as a number."""
        return instant_number(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002  its signature
        """The number as an aware datetime in UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


metadata = MetaData()

identity = Table(
    "identity",
    metadata,
    Column("id", String(32), primary_key=True),
)

ledger = Table(
    "ledger",
    metadata,
    Column("policy", String(64), nullable=False),
    Column("chain", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("line", Text, nullable=False),
    Column("digest", String(71), nullable=False),
    PrimaryKeyConstraint("policy", "chain", "seq", name="ledger_key"),
)
"""Rows are never updated or deleted; the chain with the highest number is the current one."""

users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("joined", Date, nullable=False),
    Column("email", Text),
    Column("email_fault", Text),
    Column("aside", Text),
    Column("attributes", JSON, nullable=False),
    Column("secret", LargeBinary(16), nullable=False),
    Column("recipient", String(RECIPIENT_LENGTH), nullable=False),
    UniqueConstraint("recipient", name="users_recipient"),
)

person = Table(
    "person",
    metadata,
    Column("id", Text, primary_key=True),
    Column("secret", LargeBinary(16), nullable=False),
    Column("recipient", String(RECIPIENT_LENGTH), nullable=False),
    UniqueConstraint("recipient", name="person_recipient"),
)
"""Users of another database whom a notice concerned: what they are called there, and their secret; nothing else."""

notice = Table(
    "notice",
    metadata,
    Column("id", Text, primary_key=True),
    Column("policy", String(64), nullable=False),
    Column("version", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("channels", Text, nullable=False),
    Column("effective", Date, nullable=False),
    Column("floor", Integer, nullable=False),
    Column("created", Instant, nullable=False),
    Column("deadline", Instant, nullable=False),
    Column("audience", Text, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("closed", Instant),
    Column("reach", JSON(none_as_null=True)),
    UniqueConstraint("policy", "version", "revision", name="notice_address"),
)
"""`channels` are joined by spaces. `closed`: nothing more will be sent, it was cancelled or another one followed.
`reach` is whom it tells, as it was signed; nothing there means everyone."""

statement = Table(
    "statement",
    metadata,
    Column("notice", Text, ForeignKey("notice.id", name="statement_notice"), nullable=False),
    Column("language", String(35), nullable=False),
    Column("place", Integer, nullable=False),
    Column("digest", String(71), nullable=False),
    Column("source", Text, nullable=False),
    PrimaryKeyConstraint("notice", "language", name="statement_key"),
)
"""The texts of a notice that is about no version, as staff wrote them; `place` keeps their order."""

statement_event = Table(
    "statement_event",
    metadata,
    Column("notice", Text, ForeignKey("notice.id", name="statement_event_notice"), nullable=False),
    Column("no", Integer, nullable=False),
    Column("act", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", JSON, nullable=False),
    Column("listed", BigInteger, nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("unknown", BigInteger, nullable=False),
    Column("until", Instant),
    Column("reason", Text, nullable=False),
    PrimaryKeyConstraint("notice", "no", name="statement_event_key"),
)
"""Append-only: each time that two people had a statement sent, and what came of it. `by` are their names; `listed`,
`made` and `unknown` count the ids of the list, those of them who got a message now, and those who are no users;
`until` is when the banner goes."""

template = Table(
    "template",
    metadata,
    Column("notice", Text, ForeignKey("notice.id", name="template_notice"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("language", String(35), nullable=False),
    Column("variant", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("place", Integer, nullable=False),
    Column("digest", String(71), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("cuts", JSON, nullable=False),
    PrimaryKeyConstraint("notice", "kind", "language", "variant", name="template_key"),
)
"""`body` is the mail's bytes with nothing of a recipient in them; `cuts` lists where which value goes. `place` keeps
the order in which the templates were given, the authoritative language first. `variant` is for whom the template is."""

batch = Table(
    "batch",
    metadata,
    Column("notice", Text, ForeignKey("notice.id", name="batch_notice"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("lo", String(RECIPIENT_LENGTH), nullable=False),
    Column("hi", String(RECIPIENT_LENGTH), nullable=False),
    Column("count", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("waiting", Integer, nullable=False),
    Column("doubtful", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("next_at", Instant),
    Column("owner", Text),
    Column("until", Instant),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    PrimaryKeyConstraint("notice", "number", name="batch_key"),
)
"""A thousand recipients in key order. `waiting` are queued, `doubtful` will be sent once more, `held` were in doubt
twice, `next_at` is when the first deferred one is due: through these the work is found without a second index.
`owner` has it in hand `until` then, unless it is kept; `fence` grows with each who takes it."""

outbox = Table(
    "outbox",
    metadata,
    Column("notice", Text, nullable=False),
    Column("recipient", String(RECIPIENT_LENGTH), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("batch", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    Column("doubts", SmallInteger, nullable=False),
    Column("next_at", Instant),
    Column("settled_at", Instant),
    Column("code", SmallInteger),
    Column("reply", Text),
    Column("reason", Text),
    Column("variant", Text),
    Column("handoff", Integer),
    Column("provider", Text),
    PrimaryKeyConstraint("notice", "recipient", "channel", name="outbox_key"),
    sqlite_with_rowid=False,
)
"""`variant` says which of the notice's templates the recipient gets; nothing there means the plain one. `handoff` is
the batch in which a provider was handed the message last, `provider` what the provider calls it."""

handoff = Table(
    "handoff",
    metadata,
    Column("no", Integer, nullable=False, autoincrement=True),
    Column("key", String(64), nullable=False),
    Column("notice", Text, nullable=False),
    Column("messages", Integer, nullable=False),
    Column("begun", Instant, nullable=False),
    Column("taken", Instant),
    Column("provider", Text),
    PrimaryKeyConstraint("no", name="handoff_number"),
    UniqueConstraint("key", name="handoff_key"),
)
"""Batches that a provider was handed under a key of their own. `begun` is written before the call, `taken` when the
provider said that it has the batch; `provider` is what it calls it."""

attempt = Table(
    "attempt",
    metadata,
    Column("notice", Text, nullable=False),
    Column("recipient", String(RECIPIENT_LENGTH), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("no", SmallInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("code", SmallInteger, nullable=False),
    Column("reply", Text, nullable=False),
    Column("outcome", String(16), nullable=False),
    PrimaryKeyConstraint("notice", "recipient", "channel", "no", name="attempt_key"),
    sqlite_with_rowid=False,
)
"""Append-only. A message accepted at the first attempt has none: its outbox row says the same."""

receipt = Table(
    "receipt",
    metadata,
    Column("notice", Text, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("count", BigInteger, nullable=False),
    PrimaryKeyConstraint("notice", "channel", "kind", "state", "reason", name="receipt_key"),
)
"""How many messages of a notice are no longer kept for each person; with those of the outbox they are its audience.
Banners put away stand under the channel `banner`."""

acknowledgement = Table(
    "acknowledgement",
    metadata,
    Column("notice", Text, nullable=False),
    Column("recipient", String(RECIPIENT_LENGTH), nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("notice", "recipient", name="acknowledgement_key"),
    sqlite_with_rowid=False,
)
"""Banners that readers put away, by notice: a later notice of the same version is shown again."""

consent = Table(
    "consent",
    metadata,
    Column("policy", String(64), nullable=False),
    Column("version", Text, nullable=False),
    Column("recipient", String(RECIPIENT_LENGTH), nullable=False),
    Column("no", Integer, nullable=False),
    Column("answer", String(16), nullable=False),
    Column("digest", String(71), nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("policy", "version", "recipient", "no", name="consent_key"),
    sqlite_with_rowid=False,
)
"""Append-only: the answer with the highest number stands. `digest` is that of the text that was shown."""

run_lock = Table(
    "run_lock",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until", Instant, nullable=False),
    Column("fence", BigInteger, nullable=False),
)

allowance = Table(
    "allowance",
    metadata,
    Column("relay", Text, primary_key=True),
    Column("until", Instant, nullable=False),
)
"""How far into time the mails that one relay may be given have been shared out among those who send."""

handling = Table(
    "handling",
    metadata,
    Column("notice", Text, nullable=False),
    Column("no", Integer, nullable=False),
    Column("act", String(16), nullable=False),
    Column("by", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("notice", "no", name="handling_key"),
    sqlite_with_rowid=False,
)
"""Append-only: each time that a notice was paused, resumed, or let go after its first mails; by whom, and why."""

seed = Table(
    "seed",
    metadata,
    Column("notice", Text, nullable=False),
    Column("recipient", String(RECIPIENT_LENGTH), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("language", String(35), nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("next_at", Instant),
    Column("code", SmallInteger),
    Column("reply", Text),
    PrimaryKeyConstraint("notice", "recipient", "kind", "language", name="seed_key"),
    sqlite_with_rowid=False,
)
"""Copies that went to the organisation's own people ahead of a notice; they are nobody's audience."""

halt = Table(
    "halt",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("code", String(64), nullable=False),
    Column("message", Text, nullable=False),
    Column("remedy", Text, nullable=False),
)
"""Why a kind of work stopped of itself the last time; gone once it has gone on."""
