"""Copies that went ahead of a notice to the organisation's own people, so that each goes once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from publisher.domain.notice import MessageState, NoticeId, NoticeKind, Outcome, Receipt
from publisher.store.schema import seed
from publisher.store.sending import without_addresses

_STATES = {
    Outcome.ACCEPTED: MessageState.ACCEPTED,
    Outcome.DEFERRED: MessageState.DEFERRED,
    Outcome.REFUSED: MessageState.REFUSED,
    Outcome.IN_DOUBT: MessageState.IN_DOUBT,
}


@dataclass(frozen=True, slots=True)
class SeedKey:
    """One copy: of which notice and kind, in which language, to whom. `recipient` is a key that names nobody."""

    notice: NoticeId
    recipient: str
    kind: NoticeKind
    language: str


@dataclass(frozen=True, slots=True)
class SeedCopy:
    """What became of a copy."""

    key: SeedKey
    state: MessageState
    attempts: int
    next_at: datetime | None
    code: int
    reply: str

    def due(self, now: datetime) -> bool:
        """Whether it is to be tried again."""
        return self.state is MessageState.DEFERRED and self.next_at is not None and self.next_at <= now


def of_notice(connection: Connection, notice: NoticeId) -> tuple[SeedCopy, ...]:
    """All copies of a notice that were begun, in order."""
    rows = select(seed).where(seed.c.notice == str(notice)).order_by(seed.c.recipient, seed.c.kind, seed.c.language)
    return tuple(_copy(notice, row) for row in connection.execute(rows))


def mark(connection: Connection, key: SeedKey, now: datetime) -> None:
    """Marks a copy as under way; committed, this is the record of the attempt."""
    known = connection.execute(select(seed.c.notice).where(*_row(key))).first()
    if known is None:
        connection.execute(
            seed.insert().values(
                notice=str(key.notice),
                recipient=key.recipient,
                kind=key.kind,
                language=key.language,
                state=MessageState.SENDING,
                attempts=0,
                at=now,
            )
        )
        return
    connection.execute(seed.update().where(*_row(key)).values(state=MessageState.SENDING, at=now, next_at=None))


def record(connection: Connection, key: SeedKey, receipt: Receipt, now: datetime, next_at: datetime | None) -> None:
    """Records what came back; of a host that took nothing, nothing stays."""
    state = _STATES.get(receipt.outcome)
    if state is None:
        connection.execute(seed.delete().where(*_row(key)))
        return
    connection.execute(
        seed.update()
        .where(*_row(key))
        .values(
            state=state,
            attempts=seed.c.attempts + 1,
            at=now,
            next_at=next_at if state is MessageState.DEFERRED else None,
            code=receipt.code or None,
            reply=without_addresses(receipt.reply) or None,
        )
    )


def doubt_interrupted(connection: Connection, now: datetime) -> None:
    """After taking the run lock: a copy that a sender left under way may have arrived, and is not sent again."""
    connection.execute(
        seed.update()
        .where(seed.c.state == MessageState.SENDING)
        .values(state=MessageState.IN_DOUBT, at=now, reply="the sender stopped before the answer was recorded")
    )


def _row(key: SeedKey) -> tuple[Any, ...]:
    return (
        seed.c.notice == str(key.notice),
        seed.c.recipient == key.recipient,
        seed.c.kind == key.kind,
        seed.c.language == key.language,
    )


def _copy(notice: NoticeId, row: Any) -> SeedCopy:
    key = SeedKey(notice, row.recipient, NoticeKind(row.kind), row.language)
    return SeedCopy(key, MessageState(row.state), row.attempts, row.next_at, row.code or 0, row.reply or "")
