"""The notices, their templates, and whether they may be sent."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, select

from publisher.domain.notice import URGENCY, Channel, MailTemplate, Notice, NoticeId, NoticeKind
from publisher.domain.predicate import EVERYONE, reach_of, record
from publisher.errors import one
from publisher.store import ledger
from publisher.store.schema import notice, template

urgency_of = case({kind.value: urgency for kind, urgency in URGENCY.items()}, value=notice.c.kind, else_=0)
"""How urgent a notice is, for whoever orders by it."""

_CLOSED = select(notice.c.id).where(notice.c.id.in_(bindparam("wanted", expanding=True)), notice.c.closed.is_not(None))


def find(connection: Connection, notice_id: NoticeId) -> Notice | None:
    """The notice of that id, or None."""
    row = connection.execute(select(notice).where(notice.c.id == str(notice_id))).first()
    return _notice(row) if row else None


def of_version(connection: Connection, policy: str, version: str) -> tuple[Notice, ...]:
    """All notices of a version, the first one first."""
    rows = select(notice).where(notice.c.policy == policy, notice.c.version == version).order_by(notice.c.revision)
    return tuple(_notice(row) for row in connection.execute(rows))


def telling_of(connection: Connection, given: NoticeId) -> tuple[NoticeId, ...]:
    """All notices that told of the version of a notice, in order: first a campaign's under another version's name."""
    own = tuple(entry.id for entry in of_version(connection, given.policy, given.version))
    named = ledger.notices_of(connection, given.policy, given.version)
    foreign = (entry for entry in named if entry.policy != given.policy)
    return tuple(dict.fromkeys((*foreign, *sorted({*own, *named} - {*foreign}, key=lambda entry: entry.revision))))


def unknown_among(connection: Connection, notice_ids: Iterable[NoticeId]) -> frozenset[NoticeId]:
    """Those of the notices that this store does not hold: it does not know whom they told."""
    wanted = {str(entry): entry for entry in notice_ids}
    held = connection.execute(select(notice.c.id).where(notice.c.id.in_(wanted))).scalars()
    return frozenset(wanted[name] for name in wanted.keys() - set(held))


def open_notices(connection: Connection) -> tuple[Notice, ...]:
    """The notices that may still send something (paused ones too), the most urgent first, of those the oldest."""
    rows = select(notice).where(notice.c.closed.is_(None)).order_by(urgency_of.desc(), notice.c.created, notice.c.id)
    return tuple(_notice(row) for row in connection.execute(rows))


def urgent_ahead(connection: Connection, given: Notice) -> tuple[Notice, ...]:
    """The open notices, neither closed nor paused, that a notice must not keep waiting."""
    if given.urgency >= max(URGENCY.values()):
        return ()
    running = (notice.c.closed.is_(None), notice.c.paused.is_(False), urgency_of > given.urgency)
    rows = select(notice).where(*running).order_by(urgency_of.desc(), notice.c.created, notice.c.id)
    return tuple(_notice(row) for row in connection.execute(rows))


def is_paused(connection: Connection, notice_id: NoticeId) -> bool:
    """Whether a person or too many refusals stopped the notice."""
    return bool(connection.execute(select(notice.c.paused).where(notice.c.id == str(notice_id))).scalar())


def is_open(connection: Connection, notice_id: NoticeId) -> bool:
    """Whether the notice may be sent now: neither closed nor paused."""
    rows = select(notice.c.id).where(
        notice.c.id == str(notice_id), notice.c.closed.is_(None), notice.c.paused.is_(False)
    )
    return connection.execute(rows).first() is not None


def is_current(connection: Connection, notice_id: NoticeId) -> bool:
    """Whether the notice still speaks, paused or not: it was neither cancelled nor followed by another."""
    rows = select(notice.c.id).where(notice.c.id == str(notice_id), notice.c.closed.is_(None))
    return connection.execute(rows).first() is not None


def closed_among(connection: Connection, notice_ids: Iterable[NoticeId]) -> frozenset[NoticeId]:
    """Those of the notices from which nothing more will be sent."""
    wanted = {str(entry): entry for entry in notice_ids}
    return frozenset(wanted[name] for name in connection.execute(_CLOSED, {"wanted": list(wanted)}).scalars())


def templates(connection: Connection, notice_id: NoticeId) -> tuple[MailTemplate, ...]:
    """What a notice sends, in the order in which it was given."""
    rows = select(template).where(template.c.notice == str(notice_id)).order_by(template.c.place)
    return tuple(_template(notice_id, row) for row in connection.execute(rows))


def add(connection: Connection, added: Notice, mails: Sequence[MailTemplate]) -> None:
    """Writes a notice and what it sends.

    Raises:
        PublisherError: the notice is there already.
    """
    if find(connection, added.id) is not None:
        raise one(
            "notice-exists",
            f"The notice {added.id} was queued before.",
            "Run publish again: it goes on from what is recorded.",
        )
    connection.execute(notice.insert().values(_values(added)))
    add_templates(connection, mails)


def add_templates(connection: Connection, mails: Sequence[MailTemplate], first: int = 0) -> None:
    """Writes more of what a notice sends, at places from `first` on."""
    if mails:
        rows = [_template_values(place, mail) for place, mail in enumerate(mails, start=first)]
        connection.execute(template.insert(), rows)


def extend(connection: Connection, notice_id: NoticeId, deadline: datetime) -> None:
    """Lets what is left of a notice be sent until a later instant."""
    connection.execute(notice.update().where(notice.c.id == str(notice_id)).values(deadline=deadline))


def close(connection: Connection, notice_id: NoticeId, now: datetime) -> None:
    """Ends a notice: nothing more is sent from it."""
    connection.execute(
        notice.update().where(notice.c.id == str(notice_id), notice.c.closed.is_(None)).values(closed=now)
    )


def _values(given: Notice) -> dict[str, Any]:
    return {
        "id": str(given.id),
        "policy": given.id.policy,
        "version": given.id.version,
        "revision": given.id.revision,
        "kind": given.kind,
        "channels": " ".join(given.channels),
        "effective": given.effective,
        "floor": given.floor,
        "created": given.created,
        "deadline": given.deadline,
        "audience": given.audience,
        "paused": False,
        "total": 0,
        "closed": None,
        "reach": None if given.reach == EVERYONE else record(given.reach),
    }


def _notice(row: Any) -> Notice:
    return Notice(
        id=NoticeId(row.policy, row.version, row.revision),
        kind=NoticeKind(row.kind),
        channels=tuple(Channel(name) for name in row.channels.split()),
        effective=row.effective,
        floor=row.floor,
        created=row.created,
        deadline=row.deadline,
        reach=reach_of(row.reach) if row.reach is not None else EVERYONE,
    )


def _template_values(place: int, mail: MailTemplate) -> dict[str, Any]:
    cuts: list[tuple[int, str]] = []
    offset = 0
    for part, slot in zip(mail.parts, mail.slots, strict=False):
        offset += len(part)
        cuts.append((offset, slot))
    return {
        "notice": str(mail.notice),
        "kind": mail.kind,
        "language": mail.language,
        "variant": mail.variant,
        "audience": mail.audience,
        "place": place,
        "digest": mail.digest,
        "body": b"".join(mail.parts),
        "cuts": cuts,
    }


def _template(notice_id: NoticeId, row: Any) -> MailTemplate:
    ends = [offset for offset, _ in row.cuts]
    return MailTemplate(
        notice=notice_id,
        kind=NoticeKind(row.kind),
        language=row.language,
        audience=row.audience,
        parts=tuple(row.body[lo:hi] for lo, hi in zip([0, *ends], [*ends, len(row.body)], strict=True)),
        slots=tuple(slot for _, slot in row.cuts),
        digest=row.digest,
        variant=row.variant,
    )
