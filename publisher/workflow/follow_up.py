"""After notice: the ledger line, what those told and those not yet told now get, and the end of older mails, as one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.config import Settings
from publisher.domain.days import must_hold_from
from publisher.domain.ledger import EventKind, LedgerEvent
from publisher.domain.life import Standing, refusal
from publisher.domain.notice import Channel, MailTemplate, Notice, NoticeContent, NoticeId, NoticeKind
from publisher.domain.policy import Policy
from publisher.errors import Place, PublisherError, one
from publisher.languages import best_match
from publisher.workflow.announce import mail_templates
from publisher.workflow.check import released_text_faults
from publisher.workflow.records import append_both, complete_file, ledger_file, refuse_if_changed
from publisher.workflow.variants import Varied, apart_of
from publisher.workflow.workspace import Workspace

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from publisher.store.engine import Store

SEQUEL_DAYS = 30
"""How long a message that only closes a story may be tried, in days."""


@dataclass(frozen=True, slots=True)
class Sequel:
    """What follows a notice.

    Attributes:
        notice: the new notice, in place of all earlier ones of the version.
        told: the mails for those whom an earlier notice told, by language; empty when they get nothing.
        untold: the mails for all others; empty when they get nothing.
        languages: the languages whose readers the sequel concerns; None is every reader.
        varied: how the same mails are written for those who know an older version; None: all get the same.
    """

    notice: Notice
    told: tuple[NoticeContent, ...]
    untold: tuple[NoticeContent, ...] = ()
    languages: tuple[str, ...] | None = None
    varied: Varied | None = None


@dataclass(frozen=True, slots=True)
class Partner:
    """A version that the same notice announced: from now on it is told of alone, by its own event and notice."""

    policy: Policy
    event: LedgerEvent
    sequel: Sequel


@dataclass(frozen=True, slots=True)
class Queued:
    """How many messages were made, for how many who were told before, and how many older ones were cancelled."""

    total: int = 0
    sequels: int = 0
    cancelled: int = 0


def standing_of(workspace: Workspace, policy: Policy, version: str, now: "datetime") -> Standing:
    """Where a released version stands.

    Raises:
        PublisherError: the ledger has a fault, a released text was altered, or the version is not released.
    """
    if workspace.ledger_faults(policy.name):
        raise PublisherError(workspace.ledger_faults(policy.name))
    found = {standing.version: standing for standing in workspace.standings(policy, now)}
    if version not in found:
        known = ", ".join(found) or "none"
        place = Place(ledger_file(policy.name))
        raise one("version-unreleased", f"{policy.name} {version} is not announced.", f"Announced: {known}.", place)
    return found[version]


def refuse(kind: EventKind, standing: Standing) -> None:
    """Tells why an event cannot follow where a version stands now.

    Raises:
        PublisherError: it cannot.
    """
    why = refusal(kind, standing.state)
    if why is not None:
        message = f"{standing.policy} {standing.version} {why}."
        raise one("version-settled", message, "Draft a new version.", Place(ledger_file(standing.policy)))


def recorded_already(
    workspace: Workspace, policy: Policy, version: str, kind: EventKind, *, by: str, reason: str
) -> LedgerEvent | None:
    """The same decision, when it is the newest of the version: a command was cut off after it had been recorded.

    Whoever lost sight of the end may give the command again; nothing is decided or told twice.
    """
    newest = next((event for event in reversed(workspace.events(policy.name)) if event.version == version), None)
    if newest is None or (newest.kind, newest.by, newest.reason) != (kind, by, reason):
        return None
    return newest


def refuse_altered(workspace: Workspace, policy: Policy) -> None:
    """Nothing is told of texts that are no longer those that were released.

    Raises:
        PublisherError: with every altered text.
    """
    altered = released_text_faults(policy, workspace.events(policy.name))
    if altered:
        raise PublisherError(altered)


def mailing_ends(standing: Standing) -> "datetime":
    """Until when mails of an announced version may go out: its floor's begin, or its effect once notice is complete."""
    if standing.completed is not None:
        return standing.starts
    return must_hold_from(standing.effective, standing.floor, standing.timezone)


def next_notice(standing: Standing, channels: Sequence[str], kind: NoticeKind, *, now: "datetime") -> Notice | None:
    """The notice that takes the place of a version's newest one; None when it never had any."""
    if standing.notice is None:
        return None
    from datetime import timedelta

    earlier = NoticeId.parse(standing.notice)
    own = earlier.policy == standing.policy
    return Notice(
        id=NoticeId(standing.policy, standing.version, earlier.revision + 1 if own else 1),
        kind=kind,
        channels=tuple(Channel(name) for name in channels),
        effective=standing.effective,
        floor=standing.floor,
        created=now,
        deadline=now + timedelta(days=SEQUEL_DAYS),
    )


def record_sequel(
    settings: Settings,
    workspace: Workspace,
    store: "Store",
    policy: Policy,
    event: LedgerEvent,
    sequel: Sequel | None,
    *,
    partners: Sequence[Partner] = (),
) -> Queued:
    """The ledger line, the new notice's messages and the old ones' end, in one transaction; then the file.

    `partners` are the versions that the newest notice announced too.
    """
    done = Queued()
    held: dict[str, tuple[str, ...]] = {}
    with store.begin() as connection:
        for owner, recorded in ((policy, event), *((partner.policy, partner.event) for partner in partners)):
            in_file = workspace.lines[owner.name]
            refuse_if_changed(connection, owner.name, in_file)
            held[owner.name] = append_both(connection, store.identity, owner.name, in_file, (recorded,))
        if sequel is not None:
            done = _queue(connection, settings, policy, sequel, event.at)
        for partner in partners:
            _queue(connection, settings, partner.policy, partner.sequel, event.at)
    for name, lines in held.items():
        complete_file(settings, name, lines)
    return done


def _queue(
    connection: "Connection",
    settings: Settings,
    policy: Policy,
    sequel: Sequel,
    now: "datetime",
) -> Queued:
    from publisher.store import outbox, readership

    kind = sequel.told[0].kind if sequel.told else None
    templates = tuple(_templates(settings, policy, sequel))
    concerned = None
    if sequel.languages is not None:
        available = tuple(dict.fromkeys(policy.settings.all_languages))
        concerned = tuple(
            language
            for language in readership.languages(connection)
            if best_match(language, available, policy.settings.language) in sequel.languages
        )
    done = outbox.queue_after(
        connection,
        sequel.notice,
        templates,
        now=now,
        sequel=kind,
        whole=bool(sequel.untold),
        languages=concerned,
        apart=apart_of(settings, (sequel.varied,)) if sequel.varied is not None else None,
    )
    return Queued(done.total, done.sequels, done.cancelled)


def _templates(settings: Settings, policy: Policy, sequel: Sequel) -> Iterator[MailTemplate]:
    """The mails of both kinds, the authoritative language first in each."""
    for contents in (sequel.untold, sequel.told):
        yield from mail_templates(settings, policy, contents)
