"""The stop button: a version's mails paused, and let go on."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.config import Settings
from publisher.domain.notice import Notice, NoticeId
from publisher.errors import Place, one
from publisher.workflow.careful_start import CarefulStart
from publisher.workflow.records import ledger_file

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.store.engine import Store


@dataclass(frozen=True, slots=True)
class Turned:
    """What the stop button did. `changed` says whether it was not so before; `let_go` that the first mails are over.

    `out` of `mails` were begun by then.
    """

    notice: NoticeId
    changed: bool
    let_go: bool
    out: int
    mails: int


def pause(store: "Store", policy: str, version: str, *, by: str, why: str, now: datetime) -> Turned:
    """Stops the mails of a version; every sender stops within one batch.

    Raises:
        PublisherError: nothing of the version is being sent.
    """
    from publisher.store import beginnings, handling

    with store.begin() as connection:
        found = _sent(connection, policy, version)
        changed = handling.pause(connection, found.id, handling.Handled(handling.Act.PAUSE, by, why, now))
        return Turned(found.id, changed, False, *beginnings.begun(connection, found.id))


def resume(
    settings: Settings, store: "Store", policy: str, version: str, *, by: str, why: str, now: datetime
) -> Turned:
    """Lets the mails of a version go on: one that is paused, and one whose first mails were to be looked at.

    Raises:
        PublisherError: nothing of the version is being sent.
    """
    from publisher.store import beginnings, handling

    with store.begin() as connection:
        found = _sent(connection, policy, version)
        changed = handling.resume(connection, found.id, handling.Handled(handling.Act.RESUME, by, why, now))
        wait = CarefulStart(settings.delivery).waits(connection, found, now)
        let_go = wait is not None and wait.until is None
        if let_go:
            handling.let_go(connection, found.id, handling.Handled(handling.Act.LET_GO, by, why, now))
        return Turned(found.id, changed or let_go, let_go, *beginnings.begun(connection, found.id))


def _sent(connection: "Connection", policy: str, version: str) -> Notice:
    """The newest notice that tells of a version and may still send something, be it under a campaign's name."""
    from publisher.store import ledger, notices

    named = ledger.notices_of(connection, policy, version)
    waiting = [
        entry
        for entry in notices.open_notices(connection)
        if entry.id in named or (entry.id.policy, entry.id.version) == (policy, version)
    ]
    if not waiting:
        raise one(
            "notice-none",
            f"No notice of {policy} {version} is being sent from this store.",
            "See: publisher status",
            Place(ledger_file(policy)),
        )
    return waiting[-1]
