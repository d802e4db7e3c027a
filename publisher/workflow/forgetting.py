"""Receipts that have been kept long enough become counts."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.domain.ledger import EventKind, LedgerEvent
from publisher.domain.life import APPLIED, Standing, State
from publisher.domain.notice import NoticeId
from publisher.workflow.journal import note
from publisher.workflow.statement_life import StatementState, statement_status
from publisher.workflow.workspace import Workspace

if TYPE_CHECKING:
    from publisher.store.engine import Store


def forget_receipts(workspace: Workspace, store: "Store", *, now: datetime) -> int:
    """Reduces the receipts of notices that have been over for as long as receipts are kept.

    Interrupted, it goes on from what is left. What a reader last knew stays; a campaign's notice is over when the last
    version is that it told of.

    Returns:
        How many messages were reduced; 0 where receipts are kept for good.
    """
    from publisher.store import forgetting

    kept = workspace.settings.store.keep
    if kept is None:
        return 0
    reduced = 0
    for given, later in (*_over(workspace, now - kept, now), *_statements_over(workspace, store, now - kept, now)):
        before, after = reduced, ""
        while True:
            with store.begin() as connection:
                done, after = forgetting.reduce_receipts(connection, given, later, after=after, now=now)
            reduced += done
            if not after:
                break
        if reduced > before:
            note("receipts.reduced", notice=str(given), count=reduced - before)
    return reduced


def _over(
    workspace: Workspace, until: datetime, now: datetime
) -> Iterator[tuple[NoticeId, Mapping[str, Sequence[NoticeId]]]]:
    """The notices all of whose versions were withdrawn or followed by then, with those of later versions that apply.

    A version that left its campaign has notices of its own, too: the older one is over with the newer.
    """
    told: dict[NoticeId, dict[str, Sequence[NoticeId]]] = {}
    going_on: set[NoticeId] = set()
    for policy in workspace.policies:
        standings = workspace.standings(policy, now)
        events = workspace.events(policy.name)
        for place, standing in enumerate(standings):
            ended = _ended(workspace, standing)
            later = [
                name
                for entry in standings[place + 1 :]
                if entry.state in APPLIED
                for name in _named(events, entry.version)
            ]
            for name in _named(events, standing.version):
                told.setdefault(name, {})[policy.name] = later
                if ended is None or ended > until:
                    going_on.add(name)
    yield from ((name, later) for name, later in told.items() if name not in going_on)


def _statements_over(
    workspace: Workspace, store: "Store", until: datetime, now: datetime
) -> Iterator[tuple[NoticeId, Mapping[str, Sequence[NoticeId]]]]:
    """The notices of incidents and transfers that were complete, and off the homepage, by then."""
    shown = {each.id: each.until for found in workspace.statements.values() for each in found}
    for each in statement_status(workspace, store, now=now):
        if each.state is not StatementState.SENDING and max(shown.get(each.notice, until), each.deadline) <= until:
            yield each.notice, {}


def _named(events: Sequence[LedgerEvent], version: str) -> tuple[NoticeId, ...]:
    names = (event.notice for event in events if event.version == version and event.notice is not None)
    return tuple(NoticeId.parse(name) for name in dict.fromkeys(names))


def _ended(workspace: Workspace, standing: Standing) -> datetime | None:
    """When a version was over: followed by the next, or withdrawn."""
    if standing.state is State.SUPERSEDED:
        return standing.ends
    if standing.state is State.WITHDRAWN:
        own = workspace.events(standing.policy)
        return max((e.at for e in own if e.version == standing.version and e.kind is EventKind.WITHDRAW), default=None)
    return None
