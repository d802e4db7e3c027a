"""Messages waiting: who is to be told by a notice, and how far that has come.

A notice's messages are made in the transaction that releases it, by one statement inside the database. Their states
always add up to the audience.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    String,
    Text,
    and_,
    case,
    exists,
    func,
    literal,
    null,
    select,
    true,
)

from publisher.domain.notice import (
    SETTLED,
    TOLD,
    Channel,
    MailTemplate,
    MessageState,
    Notice,
    NoticeId,
    NoticeKind,
    StateCount,
)
from publisher.domain.predicate import EVERYONE, Reach, any_of
from publisher.store import audience, notices, people
from publisher.store.schema import batch, notice, outbox, users
from publisher.store.source import source_of

BATCH_SIZE = 1000

BATCH_RESTING = "resting"
BATCH_WORKING = "working"
"""Whether a sender has taken a batch in hand: only there can messages be under way."""

REASON_NO_ADDRESS = "no-address"
REASON_MALFORMED = "address-malformed"
REASON_SUPERSEDED = "superseded"
REASON_CLOSED = "notice-closed"
"""Why a message was not sent: there is no address, the given one is none, a later notice tells
it instead, the notice was ended while the message was under way."""

_UNSENT = (MessageState.QUEUED, MessageState.DEFERRED)


@dataclass(frozen=True, slots=True)
class QueuedAfter:
    """What queueing a later notice of a version did.

    `total` messages were made, `sequels` of them for people who were told before; `cancelled` are the messages of
    earlier notices that will not be sent any more.
    """

    total: int
    sequels: int
    cancelled: int


def queue(connection: Connection, given: Notice, templates: Sequence[MailTemplate]) -> int:
    """Queues a version's first notice for every user whom it reaches: who that is stays so from here on.

    Users without an address are skipped with the reason, and left to the banner.

    Returns:
        The number of messages: all whom the notice concerns.

    Raises:
        PublisherError: the notice is there already.
    """
    notices.add(connection, given, templates)
    if Channel.EMAIL not in given.channels:
        return 0
    _need(given, templates, NoticeKind.REVISION)
    with people.gathered(connection, (given.reach,)) as readers:
        reached = audience.condition(given.reach, audience.columns_of(readers))
        return _insert(connection, given.id, readers, literal(NoticeKind.REVISION.value, String(16)), reached)


def queue_after(
    connection: Connection,
    given: Notice,
    templates: Sequence[MailTemplate],
    *,
    now: datetime,
    sequel: NoticeKind | None = NoticeKind.FOLLOW_UP,
    whole: bool = True,
    languages: Sequence[str] | None = None,
) -> QueuedAfter:
    """Queues a later notice of a version, such as after a postponement, in place of all earlier ones.

    Everybody whom an earlier notice told, or may have told, gets the sequel (that is everybody when a notice that the
    ledger names was lost with another store); everybody else gets the revision as it is now; nobody gets both. What
    earlier notices had not sent is cancelled.

    Args:
        connection: an open transaction.
        given: the notice.
        templates: its mails, of each kind that is sent.
        now: the instant by which the others are cancelled.
        sequel: what those who were told get; None: nothing.
        whole: whether those who were not told get the revision; else they get nothing.
        languages: the readers' languages that the sequel concerns; None is all of them.

    Raises:
        PublisherError: the notice is there already.
    """
    earlier = [entry for entry in notices.telling_of(connection, given.id) if entry != given.id]
    lost = notices.unknown_among(connection, earlier)
    given = replace(given, reach=EVERYONE if lost else _reach_of_all(connection, earlier))
    notices.add(connection, given, templates)
    cancelled = sum(cancel(connection, entry, now=now, reason=REASON_SUPERSEDED) for entry in earlier)
    if Channel.EMAIL not in given.channels:
        return QueuedAfter(0, 0, cancelled)
    _need(given, templates, *([sequel] if sequel else []), *([NoticeKind.REVISION] if whole else []))
    with people.gathered(connection, (given.reach,)) as readers:
        told = true() if lost else told_condition(readers.c.recipient, earlier)
        kind = case((told, (sequel or NoticeKind.REVISION).value), else_=NoticeKind.REVISION.value)
        concerned: list[ColumnElement[bool]] = []
        if given.reach != EVERYONE:
            reached = audience.condition(given.reach, audience.columns_of(readers))
            concerned.append(reached | _queued_for(readers.c.recipient, earlier))
        if not whole:
            concerned.append(told)
        if sequel is None:
            concerned.append(~told)
        if languages is not None:
            concerned.append(readers.c.language.in_(languages) | ~told)
        total = _insert(connection, given.id, readers, kind, and_(true(), *concerned))
    sequels = connection.execute(
        select(func.count()).select_from(outbox).where(outbox.c.notice == str(given.id), outbox.c.kind == sequel)
    ).scalar_one()
    return QueuedAfter(total, sequels, cancelled)


def readers_languages(connection: Connection) -> tuple[str, ...]:
    """The languages that the users read, in order."""
    source = source_of(connection)
    if source is not None:
        with source.read() as reader:
            return reader.languages()
    return tuple(connection.execute(select(users.c.language).distinct().order_by(users.c.language)).scalars())


def queue_late(connection: Connection, given: Notice) -> int:
    """Queues an open notice for users who were not in the store when it was queued; run again, it finds nobody.

    Whom any notice of the version has told is not told again; who joins later and is not reached is not told at all.

    Returns:
        How many messages were made.
    """
    if Channel.EMAIL not in given.channels or not notices.is_current(connection, given.id):
        return 0
    known = outbox.alias("known")
    first = connection.execute(
        select(func.coalesce(func.max(batch.c.number) + 1, 0)).where(batch.c.notice == str(given.id))
    ).scalar_one()
    kind = literal(NoticeKind.REVISION.value, String(16))
    with people.gathered(connection, (given.reach,)) as readers:
        late = ~exists(
            select(literal(1)).where(
                known.c.notice == str(given.id),
                known.c.recipient == readers.c.recipient,
                known.c.channel == Channel.EMAIL.value,
            )
        )
        told = told_condition(readers.c.recipient, notices.telling_of(connection, given.id))
        reached = audience.condition(given.reach, audience.columns_of(readers))
        return _insert(connection, given.id, readers, kind, late & ~told & reached, first)


def cancel(connection: Connection, notice_id: NoticeId, *, now: datetime, reason: str) -> int:
    """Ends a notice: what it has not sent is cancelled, what it has sent stays. Returns how many were cancelled."""
    changed = connection.execute(
        outbox.update()
        .where(outbox.c.notice == str(notice_id), outbox.c.state.in_(_UNSENT))
        .values(state=MessageState.CANCELLED, reason=reason, next_at=None, settled_at=now)
    )
    connection.execute(
        batch.update().where(batch.c.notice == str(notice_id)).values(waiting=0, next_at=None, doubtful=0)
    )
    notices.close(connection, notice_id, now)
    return changed.rowcount


def counts(connection: Connection, notice_id: NoticeId) -> tuple[StateCount, ...]:
    """How many messages stand in each state, every state named; the sum is the audience."""
    rows = connection.execute(
        select(outbox.c.state, func.count()).where(outbox.c.notice == str(notice_id)).group_by(outbox.c.state)
    )
    found: dict[str, int] = {state: number for state, number in rows}  # noqa: C416  rows are no pairs to a type checker
    return tuple(StateCount(notice_id, state, found.get(state.value, 0)) for state in MessageState)


def settled_share(connection: Connection, notice_id: NoticeId) -> tuple[int, int]:
    """How many of the audience are settled (reached, or left to the banner for good), and how many there are."""
    counted = counts(connection, notice_id)
    settled = sum(entry.count for entry in counted if entry.state in SETTLED)
    return settled, sum(entry.count for entry in counted)


def audience_counts(connection: Connection, reach: Reach = EVERYONE) -> tuple[tuple[str, tuple[int, int]], ...]:
    """For each language of the users reached, in order: how many have an address, and how many have none."""
    source = source_of(connection)
    if source is not None:
        with source.read() as reader:
            return reader.language_counts(reach)
    rows = connection.execute(
        select(users.c.language, func.count(users.c.email), func.count())
        .where(audience.condition(reach))
        .group_by(users.c.language)
        .order_by(users.c.language)
    )
    return tuple((language, (reachable, total - reachable)) for language, reachable, total in rows)


def deferred_next(connection: Connection) -> datetime | None:
    """When the first deferred message of any open notice is due; None when none is deferred."""
    rows = (
        select(func.min(batch.c.next_at))
        .join_from(batch, notice, batch.c.notice == notice.c.id)
        .where(notice.c.closed.is_(None))
    )
    found: datetime | None = connection.execute(rows).scalar()
    return found


def told_condition(recipient: ColumnElement[str], notice_ids: Sequence[NoticeId]) -> ColumnElement[bool]:
    """Whether any of these notices told a recipient, or may have: once in doubt, a later refusal settles nothing."""
    told = outbox.alias("told")
    return exists(
        select(literal(1)).where(
            told.c.notice.in_([str(entry) for entry in notice_ids]),
            told.c.recipient == recipient,
            told.c.state.in_(sorted(TOLD)) | (told.c.doubts > 0),
        )
    )


def last_audience(connection: Connection) -> int | None:
    """How many people the newest notice of a revision was for; None before the first."""
    rows = (
        select(notice.c.total)
        .where(notice.c.kind == NoticeKind.REVISION, notice.c.total > 0)
        .order_by(notice.c.created.desc(), notice.c.id.desc())
        .limit(1)
    )
    found: int | None = connection.execute(rows).scalar()
    return found


def _reach_of_all(connection: Connection, earlier: Sequence[NoticeId]) -> Reach:
    """Whom any earlier notice of a version was to reach."""
    return any_of(tuple(found.reach for entry in earlier if (found := notices.find(connection, entry)) is not None))


def _queued_for(recipient: ColumnElement[str], notice_ids: Sequence[NoticeId]) -> ColumnElement[bool]:
    """Whether a recipient was in the audience of any of these notices."""
    queued = outbox.alias("queued_for")
    return exists(
        select(literal(1)).where(
            queued.c.notice.in_([str(entry) for entry in notice_ids]), queued.c.recipient == recipient
        )
    )


def _need(given: Notice, templates: Sequence[MailTemplate], *kinds: NoticeKind) -> None:
    missing = set(kinds) - {entry.kind for entry in templates}
    if missing:
        raise ValueError(f"{given.id} has no template of kind {', '.join(sorted(missing))}")


def _insert(
    connection: Connection,
    notice_id: NoticeId,
    readers: FromClause,
    kind: ColumnElement[Any],
    concerned: ColumnElement[bool] | None = None,
    first: int = 0,
) -> int:
    """One row for each user concerned, in key order, then one row for each thousand of them. Returns how many users.

    `first` is the number of the first batch that is made.
    """
    reachable = readers.c.email.is_not(None)
    reason = case(
        (reachable, null()), (readers.c.aside.is_not(None), literal(REASON_MALFORMED)), else_=literal(REASON_NO_ADDRESS)
    )
    rows = select(
        literal(str(notice_id), Text).label("notice"),
        readers.c.recipient,
        literal(Channel.EMAIL.value, String(16)).label("channel"),
        ((func.row_number().over(order_by=readers.c.recipient) - 1) // BATCH_SIZE + first).label("batch"),
        kind.label("kind"),
        case((reachable, MessageState.QUEUED.value), else_=MessageState.SKIPPED.value).label("state"),
        literal(0, Integer).label("attempts"),
        literal(0, Integer).label("doubts"),
        reason.label("reason"),
    ).order_by(readers.c.recipient)
    if concerned is not None:
        rows = rows.where(concerned)
    connection.execute(outbox.insert().from_select([column.name for column in rows.selected_columns], rows))
    batches = (
        select(
            literal(str(notice_id), Text).label("notice"),
            outbox.c.batch.label("number"),
            literal(Channel.EMAIL.value, String(16)).label("channel"),
            func.min(outbox.c.recipient).label("lo"),
            func.max(outbox.c.recipient).label("hi"),
            func.count().label("count"),
            literal(BATCH_RESTING, String(16)).label("state"),
            func.count(case((outbox.c.state == MessageState.QUEUED, 1))).label("waiting"),
            literal(0, Integer).label("doubtful"),
            literal(0, Integer).label("held"),
        )
        .where(outbox.c.notice == str(notice_id), outbox.c.batch >= first)
        .group_by(outbox.c.batch)
    )
    connection.execute(batch.insert().from_select([column.name for column in batches.selected_columns], batches))
    added = connection.execute(
        select(func.coalesce(func.sum(batch.c.count), 0)).where(
            batch.c.notice == str(notice_id), batch.c.number >= first
        )
    ).scalar_one()
    connection.execute(notice.update().where(notice.c.id == str(notice_id)).values(total=notice.c.total + added))
    return int(added)
