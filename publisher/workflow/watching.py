"""Where versions and their mails stand, looked at again and again: how fast mails leave, and when they will be out."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from publisher.domain.notice import MessageState, NoticeId
from publisher.errors import Fault
from publisher.workflow.mail_state import last_halt, mail_state
from publisher.workflow.statement_life import StatementStatus, statement_status
from publisher.workflow.status import VersionStatus, channels_of, status
from publisher.workflow.workspace import Workspace

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from publisher.store.engine import Store

_WINDOW = 30.0
"""Seconds over which a rate is taken."""

_WHOLE = 10.0
"""Seconds between two looks at everything; between them only what is being sent is counted anew."""

_UNSENT = (MessageState.QUEUED, MessageState.SENDING, MessageState.DEFERRED, MessageState.IN_DOUBT)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the mails of a notice leave, in mails a second, and when the last one will have; None: unknown."""

    rate: float | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Watched:
    """A version, how far its mails are, and how fast they leave."""

    status: VersionStatus
    begun: int
    mails: int
    pace: Pace


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything at one moment; `wait` is how many seconds to leave the store alone before the next look."""

    at: datetime
    workspace: Workspace
    versions: tuple[Watched, ...]
    halt: tuple[datetime, Fault] | None
    wait: float
    statements: tuple[StatementStatus, ...] = ()


class Watch:
    """Looks at a workspace. A big store is asked less often, so that watching never takes much of it."""

    def __init__(
        self,
        workspaces: Callable[[], Workspace],
        stores: "Callable[[Workspace], AbstractContextManager[Store | None]]",
        *,
        now: Callable[[], datetime],
        clock: Callable[[], float],
    ) -> None:
        self._workspaces = workspaces
        self._stores = stores
        self._now = now
        self._clock = clock
        self._workspace: Workspace | None = None
        self._found: tuple[VersionStatus, ...] = ()
        self._whole_at = -_WHOLE
        self._counted: dict[NoticeId, deque[tuple[float, int]]] = {}

    def look(self) -> Frame:
        """One look.

        Raises:
            PublisherError: the settings or the store cannot be used.
        """
        began, now = self._clock(), self._now()
        workspace = self._workspace
        whole = workspace is None or began - self._whole_at >= _WHOLE
        if workspace is None or whole:
            workspace = self._workspace = self._workspaces()
        with self._stores(workspace) as store:
            if whole:
                self._found, self._whole_at = status(workspace, store, now=now), began
            elif store is not None:
                self._found = tuple(_counted_anew(workspace, store, entry, now) for entry in self._found)
            halt = last_halt(store)
            statements = statement_status(workspace, store, now=now)
        versions = tuple(self._watched(entry, began, now) for entry in self._found)
        return Frame(now, workspace, versions, halt, max(1.0, 4 * (self._clock() - began)), statements)

    def _watched(self, entry: VersionStatus, at: float, now: datetime) -> Watched:
        never = entry.messages[MessageState.SKIPPED] + entry.messages[MessageState.CANCELLED]
        queued = entry.messages[MessageState.QUEUED]
        mails = sum(entry.messages.values()) - never
        begun = mails - queued
        if entry.notice is None:
            return Watched(entry, begun, mails, Pace(None, None))
        seen = self._counted.setdefault(entry.notice, deque())
        seen.append((at, begun))
        while len(seen) > 2 and at - seen[1][0] >= _WINDOW:
            seen.popleft()
        since, before = seen[0]
        rate = (begun - before) / (at - since) if at > since else 0.0
        ends = now + timedelta(seconds=queued / rate) if rate > 0 and queued else None
        return Watched(entry, begun, mails, Pace(rate if rate > 0 else None, ends))


def _counted_anew(workspace: Workspace, store: "Store", entry: VersionStatus, now: datetime) -> VersionStatus:
    if entry.notice is None or not any(found[state] for found in entry.channels.values() for state in _UNSENT):
        return entry
    with store.read() as connection:
        mails = mail_state(workspace.settings, connection, entry.notice, now)
    return replace(entry, channels=channels_of(store, entry.notice), mails=mails)
