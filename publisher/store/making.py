"""How a notice's messages come to be: by one statement inside the database, in key order, a thousand to a batch."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    String,
    Text,
    case,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
)

from publisher.domain.notice import Channel, MessageState, Notice, NoticeId
from publisher.domain.telling import PLAIN
from publisher.store import jobs, notices, telling
from publisher.store.addressing import needs_address
from publisher.store.schema import batch, notice, outbox
from publisher.store.telling import Apart

BATCH_SIZE = 1000

BATCH_RESTING = "resting"
BATCH_WORKING = "working"
"""Whether a sender has taken a batch in hand: only there can messages be under way."""

REASON_NO_ADDRESS = "no-address"
REASON_MALFORMED = "address-malformed"
"""Why a message was not even queued: the user has no address, or what was given is none."""


def make_messages(
    connection: Connection,
    given: Notice,
    readers: FromClause,
    kind: ColumnElement[Any],
    among: ColumnElement[bool] | None = None,
    first: int = 0,
    *,
    apart: Apart | None = None,
    always: ColumnElement[bool] | None = None,
) -> int:
    """One row for each user concerned, in key order, then one row for each thousand of them.

    The mails of the variants that occur are rendered once the rows are there, before anybody else can see them.

    Args:
        connection: an open transaction.
        given: the notice; it is written already, with its plain mails.
        readers: the users, as a table like the store's own.
        kind: what each user gets.
        among: which users come into question; None is all.
        first: the number of the first batch that is made.
        apart: how they are told apart, and whom of them the notice concerns; None: all of them, all the same.
        always: whom of them it concerns all the same.

    Returns:
        How many users.
    """
    chosen = _alike(readers, kind, among) if apart is None else _told_apart(readers, kind, among, apart, always)
    channel = given.personal or Channel.EMAIL
    rows = _rows(given.id, channel, chosen, first, by_address=needs_address(connection, channel))
    connection.execute(outbox.insert().from_select([column.name for column in rows.selected_columns], rows))
    if apart is not None:
        _render(connection, given.id, apart)
    added = _make_batches(connection, given.id, channel, first)
    jobs.defer_new(connection, given.id, first)
    return added


def _alike(readers: FromClause, kind: ColumnElement[Any], among: ColumnElement[bool] | None) -> Select[Any]:
    return select(
        readers.c.recipient, readers.c.email, readers.c.aside, kind.label("kind"), literal(PLAIN, Text).label("variant")
    ).where(true() if among is None else among)


def _told_apart(
    readers: FromClause,
    kind: ColumnElement[Any],
    among: ColumnElement[bool] | None,
    apart: Apart,
    always: ColumnElement[bool] | None,
) -> Select[Any]:
    """The users with their variants. The OFFSET has each worked out once, where it is looked at twice."""
    ladders = apart.ladders
    same = telling.same_for_all(ladders, readers) if always is None else None
    if same is not None:
        reached, variant = same
        chosen = select(
            readers.c.recipient, readers.c.email, readers.c.aside, kind.label("kind"), variant.label("variant")
        )
        return chosen.where(reached, true() if among is None else among)
    parts = [part.label(f"part_{place}") for place, part in enumerate(telling.parts(ladders, readers))]
    extra = [] if always is None else [case((always, 1), else_=0).label("always")]
    looked_at = (
        select(readers.c.recipient, readers.c.email, readers.c.aside, kind.label("kind"), *parts, *extra)
        .where(true() if among is None else among)
        .order_by(readers.c.recipient)
        .offset(0)
        .subquery("looked_at")
    )
    found = looked_at.c
    variant = telling.whole(ladders, [found[part.name] for part in parts])
    concerned = or_(*(found[part.name].is_not(None) for part in parts), *(found.always == 1 for _ in extra))
    return select(
        found.recipient, found.email, found.aside, found.kind, func.coalesce(variant, PLAIN).label("variant")
    ).where(concerned)


def _rows(notice_id: NoticeId, channel: Channel, chosen: Select[Any], first: int, *, by_address: bool) -> Select[Any]:
    found: FromClause = chosen.subquery("chosen")
    reachable = found.c.email.is_not(None) if by_address else true()
    reason = case(
        (reachable, null()), (found.c.aside.is_not(None), literal(REASON_MALFORMED)), else_=literal(REASON_NO_ADDRESS)
    )
    # as an expression, so that who was chosen is sorted: fetching each user in the index's order takes twice as long
    in_order = found.c.recipient.concat(literal_column("''"))
    return select(
        literal(str(notice_id), Text).label("notice"),
        found.c.recipient,
        literal(channel.value, String(16)).label("channel"),
        ((func.row_number().over(order_by=in_order) - 1) // BATCH_SIZE + first).label("batch"),
        found.c.kind,
        case((reachable, MessageState.QUEUED.value), else_=MessageState.SKIPPED.value).label("state"),
        literal(0, Integer).label("attempts"),
        literal(0, Integer).label("doubts"),
        reason.label("reason"),
        found.c.variant,
    ).order_by(in_order)


def _make_batches(connection: Connection, notice_id: NoticeId, channel: Channel, first: int) -> int:
    batches = (
        select(
            literal(str(notice_id), Text).label("notice"),
            outbox.c.batch.label("number"),
            literal(channel.value, String(16)).label("channel"),
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


def _render(connection: Connection, notice_id: NoticeId, apart: Apart) -> None:
    """The mails of every variant that some queued message is of, and that there are none of yet."""
    occurring = connection.execute(
        select(outbox.c.variant)
        .where(outbox.c.notice == str(notice_id), outbox.c.state == MessageState.QUEUED)
        .distinct()
    ).scalars()
    held = notices.templates(connection, notice_id)
    missing = sorted(set(occurring) - {mail.variant for mail in held} - {PLAIN})
    rendered = apart.rendered(missing) if missing else ()
    lacking = set(missing) - {mail.variant for mail in rendered}
    if lacking:
        raise ValueError(f"{notice_id} has no mails for {', '.join(sorted(lacking))}")
    notices.add_templates(connection, rendered, first=len(held))
