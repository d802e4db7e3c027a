"""One commit of a sender: the answers that came and the marks of the messages that go next, under the lease of a batch.

Nearly every one records first attempts that were accepted and nothing else. Over a connection those are one statement,
the lease's part of it, so that a sender waits for the database once and not once for each statement of a transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    SmallInteger,
    Text,
    bindparam,
    exists,
    func,
    literal,
    null,
    select,
    true,
)

from publisher.domain.notice import Channel, Message, MessageState, Outcome
from publisher.store import leases, sending
from publisher.store.prepared import Look, json_rows, table_of
from publisher.store.schema import batch, instant_number, outbox

if TYPE_CHECKING:
    from publisher.store.engine import Store

_ANSWERED = {**sending.MESSAGE_VALUES, "new_code": SmallInteger(), "new_reply": Text()}
_NEXT = {**sending.MESSAGE_VALUES, "of_kind": Text()}


@dataclass(frozen=True, slots=True)
class Turn:
    """What a sender has to tell the store of a batch in hand.

    Attributes:
        lease: the batch in hand.
        answers: what came back for messages that were marked.
        following: the messages that are marked now.
        before: the state they are in.
        channel: their channel.
    """

    lease: leases.Lease
    answers: Sequence[sending.Answer]
    following: Sequence[Message]
    before: MessageState
    channel: Channel = Channel.EMAIL

    @property
    def is_plain(self) -> bool:
        """Whether it records first attempts that were accepted, and nothing else."""
        return all(
            answer.receipt.outcome is Outcome.ACCEPTED and not answer.message.attempts and not answer.message.doubts
            for answer in self.answers
        )


def _plain() -> Look:
    """The statement of a plain turn: how often its lease was found, and the recipients of what was marked."""
    lease = {name: bindparam(name, type_=kind) for name, kind in leases.LEASE_VALUES.items()}
    kept = (
        leases.keeping({**lease, "new_until": bindparam("new_until", type_=BigInteger())})
        .returning(batch.c.number)
        .cte("kept")
    )
    in_hand = exists(select(kept.c.number))
    accepted: dict[str, ColumnElement[Any]] = {
        "new_state": literal(MessageState.ACCEPTED.value, Text()),
        "new_attempts": literal(1, SmallInteger()),
        "new_doubts": literal(0, SmallInteger()),
        "new_next_at": null(),
        "new_settled_at": bindparam("at", type_=BigInteger()),
        "new_reason": null(),
    }
    answered = sending.recording({**accepted, **table_of("answered", _ANSWERED)}).where(in_hand)
    before = bindparam("before", type_=Text())
    marked = (
        sending.marking({"before": before, **table_of("following", _NEXT)})
        .where(in_hand)
        .returning(outbox.c.recipient)
        .cte("marked")
    )
    return Look(
        select(func.count(kept.c.number), func.string_agg(marked.c.recipient, literal(" ", Text())))
        .select_from(kept.outerjoin(marked, true()))
        .add_cte(answered.returning(outbox.c.recipient).cte("answered"))
    )


_PLAIN = _plain()


def take_turn(store: "Store", turn: Turn, holder: leases.Holder) -> frozenset[str]:
    """Records a plain turn's answers and marks what goes next; committed.

    Returns:
        The recipients of what was marked.

    Raises:
        BusyError: somebody else has taken the batch since; nothing was recorded.
        PublisherError: the store could not be written, or was cut off; what became of it then nobody knows.
    """
    if not store.is_shared:
        with store.begin(beside=True) as connection:
            until = leases.keep(connection, turn.lease, holder)
            sending.record(connection, turn.answers, turn.channel)
            marked = sending.mark(connection, turn.following, turn.before, turn.channel)
        holder.traces.kept(turn.lease, until)
        return frozenset(message.recipient.key for message in marked)
    values = leases.kept_values(turn.lease, holder)
    kept = dict(zip((*leases.LEASE_VALUES, "new_until"), values, strict=True))
    notice, channel = turn.lease.notice, turn.channel.value
    answered = (
        (notice, answer.message.recipient.key, channel, answer.receipt.code or None, sending.kept_reply(answer.receipt))
        for answer in turn.answers
    )
    following = ((notice, message.recipient.key, channel, message.kind.value) for message in turn.following)
    given = {
        **kept,
        "before": turn.before.value,
        "at": instant_number(turn.answers[0].at) if turn.answers else None,
        "answered": json_rows(_ANSWERED, answered),
        "following": json_rows(_NEXT, following),
    }
    ((held, recipients),) = store.at_once(_PLAIN, given)
    if not held:
        with store.read() as connection:
            raise leases.lost(connection, turn.lease, holder)
    holder.traces.kept(turn.lease, values[-1])
    return frozenset((recipients or "").split())
