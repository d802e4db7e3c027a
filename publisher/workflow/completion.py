"""When a notice is complete: the banner seen with its own words, and the audience settled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from publisher.domain.days import local_date, must_hold_from
from publisher.domain.ledger import EventKind, LedgerEvent
from publisher.domain.life import DATED, Standing, State
from publisher.domain.notice import Channel, NoticeId
from publisher.domain.policy import Policy
from publisher.domain.timeline import announced_under
from publisher.errors import Fault, Place, PublisherError, Severity
from publisher.workflow.build import site_of
from publisher.workflow.homepage import look_for
from publisher.workflow.mail_state import mail_state
from publisher.workflow.records import ledger_file
from publisher.workflow.release import PUBLISHER
from publisher.workflow.workspace import Workspace

if TYPE_CHECKING:
    from publisher.config import Settings
    from publisher.render.views import Banner
    from publisher.store.engine import Store

WARNED_DAYS = 7
"""Staff are told of a notice that is not complete from this many days before it would be held."""


@dataclass(frozen=True, slots=True)
class Completions:
    """The notices that are complete now, what the others wait for in words, and what a person should see to."""

    due: tuple[LedgerEvent, ...]
    waiting: tuple[str, ...]
    troubles: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class _Look:
    """What one notice has and lacks."""

    evidence: tuple[str, ...]
    lacks: tuple[str, ...]
    unseen: tuple[str, ...]
    wait: Fault | None = None


class Completing:
    """Looks at every notice under way; the site's banners are worked out once, when one is asked for."""

    def __init__(self, workspace: Workspace, store: "Store", *, now: datetime) -> None:
        self._workspace = workspace
        self._settings: Settings = workspace.settings
        self._store = store
        self._now = now

    def of(self, policy: Policy, standings: Sequence[Standing]) -> Completions:
        """The completions of one policy."""
        due: list[LedgerEvent] = []
        waiting: list[str] = []
        troubles: list[Fault] = []
        for standing in standings:
            if standing.state not in DATED or standing.state is State.COMPLETE or not standing.needs_notice:
                continue
            look = self._looked(policy, standing)
            if look.lacks:
                waiting.append(f"{policy.name} {standing.version}: {'; '.join(look.lacks)}")
                troubles.extend(self._troubles(policy, standing, look))
            else:
                due.append(_complete(standing, self._now, look.evidence))
        return Completions(tuple(due), tuple(waiting), tuple(troubles))

    def _looked(self, policy: Policy, standing: Standing) -> _Look:
        from publisher.store import notices, outbox

        if standing.notice is None:
            return _Look((), (), ())
        name = NoticeId.parse(standing.notice)
        with self._store.read() as connection:
            queued = notices.find(connection, name)
            if queued is None:
                return _Look((), (f"this store does not hold the messages of {name}",), ())
            settled, total = outbox.settled_share(connection, name)
            mails = mail_state(self._settings, connection, name, self._now)
        evidence: list[str] = []
        unseen: tuple[str, ...] = ()
        if Channel.BANNER in queued.channels:
            banner = self._banners.get(standing.notice)
            if banner is None:
                unseen = (f"the website shows no banner {name}",)
            else:
                look = look_for(self._settings, banner)
                unseen = look.missing
                evidence.extend(f"banner seen on {s.page} in {s.language} with words {s.digest}" for s in look.seen)
        lacks = list(unseen)
        if queued.personal is not None:
            events = self._workspace.events(policy.name)
            share = announced_under(events, standing.version, policy.settings).notice_share
            told = f"{settled} of {total} users are settled"
            if total and settled < share * total:
                lacks.extend((told, *mails.lines))
            if not total and Channel.BANNER not in queued.channels:
                lacks.append("the store knows no users, and no banner tells anybody either")
            evidence.append(told)
        waits = mails.wait.fault(self._now) if mails.wait is not None and mails.paused is None else None
        return _Look(tuple(evidence), tuple(lacks), unseen, waits)

    def _troubles(self, policy: Policy, standing: Standing, look: _Look) -> list[Fault]:
        zone = standing.timezone
        place = Place(ledger_file(policy.name))
        name = f"{policy.name} {standing.version}"
        found = [
            Fault(
                "banner-unseen",
                f"{name}: {what}; its floor is not running.",
                "Show the banner there, as banner.html or banners.json have it.",
                place,
                Severity.WARNING,
            )
            for what in look.unseen
        ]
        if look.wait is not None:
            found.append(look.wait)
        last = must_hold_from(standing.effective, standing.floor, zone)
        if self._now >= last - timedelta(days=WARNED_DAYS):
            found.append(
                Fault(
                    "notice-late",
                    f"{name} is held unless its notice is complete before {local_date(last, zone)}:"
                    f" {'; '.join(look.lacks)}.",
                    f"Run: publisher deliver; if it cannot be done in time:"
                    f" publisher postpone {policy.name} {standing.version} --to DATE --by NAME --reason WHY",
                    place,
                    Severity.WARNING,
                )
            )
        return found

    @cached_property
    def _banners(self) -> Mapping[str, "Banner"]:
        from publisher.website.build import shown_banners

        try:
            site = site_of(self._workspace, now=self._now)
        except PublisherError:  # a site that cannot be built shows nothing
            return {}
        return {banner.id: banner for banner in shown_banners(site, self._settings.path("site"))}


def _complete(standing: Standing, now: datetime, evidence: Sequence[str]) -> LedgerEvent:
    return LedgerEvent(
        kind=EventKind.COMPLETE,
        policy=standing.policy,
        version=standing.version,
        at=now,
        by=PUBLISHER,
        reason="; ".join(evidence) or "nobody has to be told",
        notice=standing.notice,
    )
