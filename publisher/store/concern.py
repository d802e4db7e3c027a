"""Whom a banner concerns: those whom its notice was for when it was released, and those who have come to be since."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, literal, select

from publisher.domain.notice import TOLD, MessageState, NoticeId
from publisher.domain.predicate import Reach, any_of
from publisher.store import audience, notices
from publisher.store.schema import outbox, users
from publisher.store.source import source_of
from publisher.store.users import ids_of

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
        if not _is_reached(connection, recipient, reach):
            return None
    return Concern(banner, not any(state in _TELLING for state in states))


def _is_reached(connection: Connection, recipient: str, reach: Reach) -> bool:
    """Whether a user's columns as they are now put them among those reached."""
    source = source_of(connection)
    if source is None:
        now = select(literal(1)).where(users.c.recipient == recipient, audience.condition(reach))
        return connection.execute(now).first() is not None
    user_id = ids_of(connection, [recipient]).get(recipient)
    if user_id is None:
        return False
    with source.read() as reader:
        return reader.of_id(user_id, reach) is not None
