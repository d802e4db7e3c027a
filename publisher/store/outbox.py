"""Messages waiting: who is to be told by a notice, and how far that has come.

A notice's messages are made in the transaction that releases it, by one statement inside the database. Their states
always add up to the audience.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    String,
    and_,
    case,
    exists,
    func,
    literal,
    select,
    true,
)

from publisher.domain.notice import (
    SETTLED,
    Channel,
    MailTemplate,
    MessageState,
    Notice,
    NoticeId,
    NoticeKind,
    StateCount,
)
from publisher.domain.predicate import EVERYONE, Reach, any_of
from publisher.store import audience, forgetting, notices, people, telling
from publisher.store.making import make_messages
from publisher.store.mirroring import mirror
from publisher.store.schema import batch, notice, outbox
from publisher.store.telling import Apart, speaks_of, told_condition

REASON_SUPERSEDED = "superseded"
REASON_CLOSED = "notice-closed"
"""Why a message was not sent: a later notice tells it instead, or the notice was ended while it was under way."""

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


def queue(connection: Connection, given: Notice, templates: Sequence[MailTemplate], apart: Apart | None = None) -> int:
    """Queues a version's first notice for every user whom it concerns: who that is stays so from here on.

    Users without an address are skipped with the reason, and left to the banner.

    Args:
        connection: an open transaction.
        given: the notice; without `apart`, it concerns those whom it reaches.
        templates: its mails of the plain variant.
        apart: how its readers are told apart by what they know already.

    Returns:
        The number of messages: all whom the notice concerns.

    Raises:
        PublisherError: the notice is there already.
    """
    notices.add(connection, given, templates)
    if given.personal is None:
        return 0
    _need(given, templates, NoticeKind.REVISION)
    kind = literal(NoticeKind.REVISION.value, String(16))
    apart = _parting(apart)
    with people.gathered(connection, _asked(given, apart)) as readers:
        reached = None if apart else _reached(given, readers)
        total = make_messages(connection, given, readers, kind, reached, apart=apart)
    mirror(connection, given)
    return total


def queue_after(
    connection: Connection,
    given: Notice,
    templates: Sequence[MailTemplate],
    *,
    now: datetime,
    sequel: NoticeKind | None = NoticeKind.FOLLOW_UP,
    whole: bool = True,
    languages: Sequence[str] | None = None,
    apart: Apart | None = None,
) -> QueuedAfter:
    """Queues a later notice of a version, such as after a postponement, in place of all earlier ones.

    Everybody whom an earlier notice told, or may have told, gets the sequel (that is everybody when a notice that the
    ledger names was lost with another store); everybody else gets the revision as it is now; nobody gets both. What
    earlier notices had not sent is cancelled.

    Args:
        connection: an open transaction.
        given: the notice.
        templates: its mails of the plain variant, of each kind that is sent.
        now: the instant by which the others are cancelled.
        sequel: what those who were told get; None: nothing.
        whole: whether those who were not told get the revision; else they get nothing.
        languages: the readers' languages that the sequel concerns; None is all of them.
        apart: how its readers are told apart; those who are in the audience already stay there.

    Raises:
        PublisherError: the notice is there already.
    """
    earlier = [entry for entry in notices.telling_of(connection, given.id) if entry != given.id]
    lost = notices.unknown_among(connection, earlier)
    given = replace(given, reach=EVERYONE if lost else _reach_of_all(connection, earlier))
    notices.add(connection, given, templates)
    cancelled = sum(cancel(connection, entry, now=now, reason=REASON_SUPERSEDED) for entry in earlier)
    if given.personal is None:
        return QueuedAfter(0, 0, cancelled)
    _need(given, templates, *([sequel] if sequel else []), *([NoticeKind.REVISION] if whole else []))
    apart = _parting(apart)
    with people.gathered(connection, _asked(given, apart)) as readers:
        told = true() if lost else told_condition(readers.c.recipient, earlier, given.id.policy)
        before = _queued_for(readers.c.recipient, earlier, given.id.policy)
        kind = case((told, (sequel or NoticeKind.REVISION).value), else_=NoticeKind.REVISION.value)
        concerned: list[ColumnElement[bool]] = []
        if apart is None and given.reach != EVERYONE:
            concerned.append(_reached(given, readers) | before)
        if not whole:
            concerned.append(told)
        if sequel is None:
            concerned.append(~told)
        if languages is not None:
            concerned.append(readers.c.language.in_(languages) | ~told)
        always = true() if lost else before
        among = and_(true(), *concerned)
        total = make_messages(connection, given, readers, kind, among, apart=apart, always=always)
    sequels = connection.execute(
        select(func.count()).select_from(outbox).where(outbox.c.notice == str(given.id), outbox.c.kind == sequel)
    ).scalar_one()
    mirror(connection, given)
    return QueuedAfter(total, sequels, cancelled)


def is_late(connection: Connection, given: Notice, among: Reach = EVERYONE) -> bool:
    """Whether anybody of those reached was not in the store when an open notice was queued; it may not concern them."""
    if given.personal is None or not notices.is_current(connection, given.id):
        return False
    with people.glimpsed(connection, [among]) as (glimpse, readers):
        reached = audience.condition(among, audience.columns_of(readers))
        late = (reached, *_late(connection, given, given.personal, readers))
        return glimpse.execute(select(readers.c.id).where(*late).limit(1)).first() is not None


def queue_late(connection: Connection, given: Notice, apart: Apart | None = None) -> int:
    """Queues an open notice for users who were not in the store when it was queued; run again, it finds nobody.

    Whom any notice of the version has told is not told again; whom it does not concern is not told at all.

    Returns:
        How many messages were made.
    """
    if given.personal is None or not notices.is_current(connection, given.id):
        return 0
    first = connection.execute(
        select(func.coalesce(func.max(batch.c.number) + 1, 0)).where(batch.c.notice == str(given.id))
    ).scalar_one()
    kind = literal(NoticeKind.REVISION.value, String(16))
    apart = _parting(apart)
    with people.gathered(connection, _asked(given, apart)) as readers:
        late = _late(connection, given, given.personal, readers)
        among = and_(*late) if apart else and_(*late, _reached(given, readers))
        total = make_messages(connection, given, readers, kind, among, first, apart=apart)
    mirror(connection, given)
    return total


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


def counts(connection: Connection, notice_id: NoticeId, channel: Channel = Channel.EMAIL) -> tuple[StateCount, ...]:
    """How many messages of one channel stand in each state, every state named; the sum is the audience."""
    of_channel = (outbox.c.notice == str(notice_id), outbox.c.channel == channel.value)
    rows = connection.execute(select(outbox.c.state, func.count()).where(*of_channel).group_by(outbox.c.state))
    found: dict[str, int] = {state: number for state, number in rows}  # noqa: C416  rows are no pairs to a type checker
    reduced = forgetting.counts(connection, notice_id, channel)
    number = {state.value: found.get(state.value, 0) + reduced.get(state.value, 0) for state in MessageState}
    return tuple(StateCount(notice_id, state, number[state.value]) for state in MessageState)


def settled_share(connection: Connection, notice_id: NoticeId) -> tuple[int, int]:
    """How many of the audience are settled, and how many there are.

    Somebody is settled whom one channel has reached, or whom every channel leaves to the banner for good.
    """
    reached = func.max(case((outbox.c.state == MessageState.ACCEPTED, 1), else_=0))
    left = func.min(case((outbox.c.state.in_(sorted(SETTLED)), 1), else_=0))
    people = (
        select(case((reached == 1, 1), else_=left).label("settled"))
        .where(outbox.c.notice == str(notice_id))
        .group_by(outbox.c.recipient)
        .subquery()
    )
    row = connection.execute(select(func.coalesce(func.sum(people.c.settled), 0), func.count()).select_from(people))
    settled, total = row.one()
    return int(settled), int(total)


def deferred_next(connection: Connection) -> datetime | None:
    """When the first deferred message of any open notice is due; None when none is deferred."""
    rows = (
        select(func.min(batch.c.next_at))
        .join_from(batch, notice, batch.c.notice == notice.c.id)
        .where(notice.c.closed.is_(None))
    )
    found: datetime | None = connection.execute(rows).scalar()
    return found


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


def _parting(apart: Apart | None) -> Apart | None:
    """How readers are told apart, if they are."""
    return None if apart is None or apart.is_plain else apart


def _asked(given: Notice, apart: Apart | None) -> tuple[Reach, ...]:
    """The conditions that queueing a notice asks of its readers."""
    return given.reach, *(telling.reaches(apart.ladders) if apart else ())


def _reached(given: Notice, readers: FromClause) -> ColumnElement[bool]:
    return audience.condition(given.reach, audience.columns_of(readers))


def _late(
    connection: Connection, given: Notice, channel: Channel, readers: FromClause
) -> tuple[ColumnElement[bool], ...]:
    """Users without a message of a notice whom no notice of its version told."""
    known = outbox.alias("known")
    queued = exists(
        select(literal(1)).where(
            known.c.notice == str(given.id),
            known.c.recipient == readers.c.recipient,
            known.c.channel == channel.value,
        )
    )
    told = told_condition(readers.c.recipient, notices.telling_of(connection, given.id), given.id.policy)
    return ~queued, ~told


def _reach_of_all(connection: Connection, earlier: Sequence[NoticeId]) -> Reach:
    """Whom any earlier notice of a version was to reach."""
    return any_of(tuple(found.reach for entry in earlier if (found := notices.find(connection, entry)) is not None))


def _queued_for(recipient: ColumnElement[str], notice_ids: Sequence[NoticeId], policy: str) -> ColumnElement[bool]:
    """Whether a recipient was in the audience of any of these notices, for what they say of a policy."""
    queued = outbox.alias("queued_for")
    return exists(
        select(literal(1)).where(
            queued.c.notice.in_([str(entry) for entry in notice_ids]),
            queued.c.recipient == recipient,
            speaks_of(queued.c.variant, policy),
        )
    )


def _need(given: Notice, templates: Sequence[MailTemplate], *kinds: NoticeKind) -> None:
    missing = set(kinds) - {entry.kind for entry in templates}
    if missing:
        raise ValueError(f"{given.id} has no template of kind {', '.join(sorted(missing))}")
