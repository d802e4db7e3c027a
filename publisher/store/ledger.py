"""The ledger's rows: written before the file, never updated, never deleted."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from publisher.domain.ledger import LedgerEvent, chained, event_of, line_digest
from publisher.domain.notice import NoticeId
from publisher.store.schema import ledger


def policies(connection: Connection) -> tuple[str, ...]:
    """The policies that have rows, by name."""
    return tuple(connection.execute(select(ledger.c.policy).distinct().order_by(ledger.c.policy)).scalars())


def lines(connection: Connection, policy: str) -> tuple[str, ...]:
    """The lines of a policy's current chain, in order; empty when there are none."""
    current = select(func.max(ledger.c.chain)).where(ledger.c.policy == policy).scalar_subquery()
    rows = select(ledger.c.line).where(ledger.c.policy == policy, ledger.c.chain == current).order_by(ledger.c.seq)
    return tuple(connection.execute(rows).scalars())


def notices_of(connection: Connection, policy: str, version: str) -> tuple[NoticeId, ...]:
    """The notices that the current chain names for a version, in order; those of a campaign bear another's name."""
    named = f'"version":"{version}"'
    events = (event_of(line) for line in lines(connection, policy) if named in line)
    return tuple(
        dict.fromkeys(NoticeId.parse(event.notice) for event in events if event.version == version and event.notice)
    )


def told_with(connection: Connection, notice: NoticeId) -> tuple[NoticeId, ...]:
    """The notice, and for each other policy's version that it told of, that version's first notice of its own."""
    named = f'"notice":"{notice}"'
    found = [notice]
    for policy in policies(connection):
        events = (event_of(line) for line in lines(connection, policy) if named in line)
        found.extend(
            NoticeId(policy, event.version, 1) for event in events if event.version and policy != notice.policy
        )
    return tuple(dict.fromkeys(found))


def append(connection: Connection, policy: str, events: Sequence[LedgerEvent]) -> tuple[LedgerEvent, ...]:
    """Appends events to the current chain, or begins the first one.

    Returns:
        The events as they were written, each pointing to the line before it.
    """
    if any(event.policy != policy for event in events):
        raise ValueError(f"an event of another policy cannot be appended to the ledger of {policy}")
    chain = _chain(connection, policy)
    last = connection.execute(
        select(ledger.c.seq, ledger.c.line)
        .where(ledger.c.policy == policy, ledger.c.chain == chain)
        .order_by(ledger.c.seq.desc())
        .limit(1)
    ).first()
    linked = chained(events, last.line if last else None)
    _insert(connection, policy, chain or 1, [event.line() for event in linked], last.seq + 1 if last else 1)
    return linked


def take_over(connection: Connection, policy: str, lines: Sequence[str]) -> None:
    """Takes a ledger file's lines over, verbatim, as the current chain; an earlier chain stays as it is."""
    _insert(connection, policy, _chain(connection, policy) + 1, lines, 1)


def _chain(connection: Connection, policy: str) -> int:
    """The number of the current chain; 0 when there is none."""
    return connection.execute(select(func.max(ledger.c.chain)).where(ledger.c.policy == policy)).scalar() or 0


def _insert(connection: Connection, policy: str, chain: int, lines: Sequence[str], first: int) -> None:
    rows = [
        {"policy": policy, "chain": chain, "seq": seq, "line": line, "digest": line_digest(line)}
        for seq, line in enumerate(lines, start=first)
    ]
    if rows:
        connection.execute(ledger.insert(), rows)
