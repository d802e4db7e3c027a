"""Whom a banner concerns: those whom its notice was for when it was released, and those who have come to be since."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, literal, select

from publisher.domain.notice import TOLD, MessageState, NoticeId
from publisher.domain.predicate import any_of
from publisher.store import audience, notices
from publisher.store.schema import outbox, users

_TELLING = frozenset({*TOLD, MessageState.QUEUED, MessageState.DEFERRED})
"""States in which a message has told its recipient, may have, or still will."""


@dataclass(frozen=True, slots=True)
class Concern:
    """A banner that concerns a reader; `mandatory` when nothing else tells them, such as after a refused mail."""

    notice: NoticeId
    mandatory: bool


def concerns(connection: Connection, recipient: str, banners: Sequence[NoticeId]) -> tuple[Concern, ...]:
    """Those of the banners that concern a reader.

    Whoever was in a notice's audience stays in it, whatever their columns say later; whoever comes to belong to those
    it was for is concerned from then on. A notice that this store does not know may concern anybody.
    """
    return tuple(found for banner in banners if (found := _concern(connection, recipient, banner)) is not None)


def _concern(connection: Connection, recipient: str, banner: NoticeId) -> Concern | None:
    telling = dict.fromkeys((*notices.telling_of(connection, banner), banner))
    rows = connection.execute(
        select(outbox.c.state).where(outbox.c.notice.in_(list(map(str, telling))), outbox.c.recipient == recipient)
    )
    states = [MessageState(state) for state in rows.scalars()]
    known = tuple(found for each in telling if (found := notices.find(connection, each)) is not None)
    if not states and known:
        reach = any_of(tuple(each.reach for each in known))
        now = select(literal(1)).where(users.c.recipient == recipient, audience.condition(reach))
        if connection.execute(now).first() is None:
            return None
    return Concern(banner, not any(state in _TELLING for state in states))
