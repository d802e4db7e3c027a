"""The same delivery with a lesser record, to see what the exact one costs. Nothing here is the product's.

`exact` is the product as it is. `batch` writes the answers of a batch in one commit at its end, and no attempt before
it: what nearest senders do, who repeat a batch when they are killed. `none` writes no answer and no attempt at all.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from publisher.domain.notice import Message, MessageState
from publisher.store import batches, jobs, leases, run_lock, sending, turns
from publisher.store.engine import Store
from publisher.store.schema import outbox

LEDGERS = ("exact", "batch", "none")


@dataclass(frozen=True, slots=True)
class Unhurried(Store):
    """A store whose writing transactions are one, until `settle`."""

    held: list[Connection] = field(default_factory=list)

    @contextmanager
    def begin(self, *, beside: bool = False) -> Iterator[Connection]:  # noqa: ARG002  its signature
        """The transaction that is open, or a new one."""
        if not self.held:
            self.held.append(self.engine.connect())
            self.held[0].begin()
        yield self.held[0]

    def settle(self) -> None:
        """Commits what was written."""
        while self.held:
            connection = self.held.pop()
            connection.commit()
            connection.close()

    def close(self) -> None:
        """Commits and lets go of the database."""
        self.settle()
        self.engine.dispose()


def opened(store: Store, ledger: str) -> Store:
    """The store as a delivery with such a ledger uses it; changes the product for the rest of this process."""
    if ledger == "exact":
        return store
    answers: list[sending.Answer] = []
    unhurried = Unhurried(store.engine, store.identity)
    record, put_back = sending.record, batches.put_back

    def marked(connection: Connection, given: Iterable[Message], *_: Any) -> tuple[Message, ...]:  # noqa: ARG001  as what it replaces
        return tuple(given)

    def remembered(connection: Connection, given: Sequence[sending.Answer], **_: Any) -> None:  # noqa: ARG001  as what it replaces
        if ledger == "batch":
            answers.extend(given)

    def taken(_: object, turn: turns.Turn, *__: Any) -> frozenset[str]:
        if ledger == "batch":
            answers.extend(turn.answers)
        return frozenset(message.recipient.key for message in turn.following)

    def settled(connection: Connection, given: batches.Batch) -> None:
        if answers:
            rows = (*batches.rows_of(given), outbox.c.state == MessageState.QUEUED)
            connection.execute(outbox.update().where(*rows).values(state=MessageState.SENDING))
            record(connection, answers)
        answers.clear()
        put_back(connection, given)
        unhurried.settle()

    def kept(*_: Any, **__: Any) -> None:
        pass

    def held(*_: Any, **__: Any) -> int:
        return 0

    sending.mark, sending.record = marked, remembered  # type: ignore[assignment]
    batches.put_back, run_lock.keep = settled, kept
    leases.keep, jobs.defer_left, turns.take_turn = held, kept, taken  # type: ignore[assignment]
    return unhurried
