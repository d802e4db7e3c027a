"""Where each version stands, and the text that applied on a date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from publisher import library
from publisher.config import Settings
from publisher.domain.days import earliest_effective, local_date, must_hold_from
from publisher.domain.emergency import early_of
from publisher.domain.life import DATED, Standing, State, drafted
from publisher.domain.notice import PERSONAL, Channel, MessageState, NoticeId
from publisher.domain.policy import Manuscript, Policy, Version
from publisher.domain.review import Review, signatures_missing
from publisher.domain.timeline import applied_on, last_released, release_of
from publisher.errors import Place, PublisherError, errors_only, one
from publisher.workflow.careful_start import mails_begin
from publisher.workflow.check import check_workspace
from publisher.workflow.mail_state import NO_MAILS, MailState, mail_state
from publisher.workflow.release import governed, unreleased
from publisher.workflow.workspace import Workspace

if TYPE_CHECKING:
    from publisher.store.engine import Store


@dataclass(frozen=True, slots=True)
class VersionStatus:
    """One version as staff see it. `effective` is as written for drafts.

    `channels` counts the messages of each channel that tells each user alone, every state, zeros too; each channel's
    add up to the audience. `early` says why it takes effect before what the policy promises, if it does; `mails` what
    its mails wait for.
    """

    policy: str
    version: str
    state: State
    effective: str
    floor: int
    channels: Mapping[Channel, Mapping[MessageState, int]]
    due: str
    early: str = ""
    notice: NoticeId | None = None
    mails: MailState = NO_MAILS

    @property
    def messages(self) -> Mapping[MessageState, int]:
        """The counts of the channel that counts the audience, the first; every state, and zeros without any."""
        return next(iter(self.channels.values()), dict.fromkeys(MessageState, 0))


@dataclass(frozen=True, slots=True)
class Applied:
    """The version and the text that applied on a date."""

    standing: Standing
    text: Manuscript


def status(workspace: Workspace, store: "Store | None", *, now: datetime) -> tuple[VersionStatus, ...]:
    """Every version of every policy: drafts, announced, in force, superseded; `store` None counts no messages."""
    found: list[VersionStatus] = []
    for policy in workspace.policies:
        standings = workspace.standings(policy, now)
        found.extend(
            VersionStatus(
                policy=policy.name,
                version=standing.version,
                state=standing.state,
                effective=standing.effective.isoformat(),
                floor=standing.floor,
                channels=channels_of(store, NoticeId.parse(standing.notice) if standing.notice else None),
                due=_due(policy, standing, now, mails_begin(workspace.settings, policy, now)),
                early=_early(workspace, policy, standing),
                notice=NoticeId.parse(standing.notice) if standing.notice is not None else None,
                mails=_mails(workspace.settings, store, standing, now),
            )
            for standing in standings
        )
        found.extend(_drafts(workspace, policy, now))
    return tuple(found)


def applied(workspace: Workspace, policy_name: str, day: date, *, language: str | None, now: datetime) -> Applied:
    """The text that applied on a date in the policy's zone.

    Raises:
        PublisherError: no version applied then, or it has no text in the language.
    """
    policy = workspace.policy(policy_name)
    if workspace.ledger_faults(policy_name):
        raise PublisherError(workspace.ledger_faults(policy_name))
    standing = applied_on(workspace.standings(policy, now), day)
    if standing is None:
        raise one(
            "nothing-applied",
            f"No version of {policy_name} that the ledger knows applied on {day}.",
            "Earlier versions can be entered with: publisher adopt",
            Place(f"{policy.folder}/ledger.jsonl"),
        )
    version = policy.version(standing.version)
    text = version.text(language or policy.settings.language) if version else None
    if text is None:
        known = ", ".join(found.language for found in version.texts) if version else "none"
        raise one(
            "text-missing",
            f"{policy_name} {standing.version} has no text in {language or policy.settings.language}.",
            f"It has: {known}.",
            Place(policy.folder),
        )
    return Applied(standing, text)


def channels_of(store: "Store | None", notice: NoticeId | None) -> Mapping[Channel, Mapping[MessageState, int]]:
    """The counts of a version's newest notice by channel; those of each add up to its audience."""
    if store is None or notice is None:
        return {}
    from publisher.store import notices, outbox

    with store.read() as connection:
        found = notices.find(connection, notice)
        return {
            channel: {entry.state: entry.count for entry in outbox.counts(connection, notice, channel)}
            for channel in PERSONAL
            if found is not None and channel in found.channels
        }


def _mails(settings: Settings, store: "Store | None", standing: Standing, now: datetime) -> MailState:
    if store is None or standing.notice is None:
        return NO_MAILS
    with store.read() as connection:
        return mail_state(settings, connection, NoticeId.parse(standing.notice), now)


def _due(policy: Policy, standing: Standing, now: datetime, begins: datetime) -> str:
    """What comes next, in words; empty when nothing does."""
    zone = standing.timezone
    if standing.state in (State.ANNOUNCED, State.POSTPONED) and standing.notice is not None:
        last = local_date(must_hold_from(standing.effective, standing.floor, zone), zone)
        return f"notice must be complete before {last}, or the version is held"
    if standing.state in DATED and standing.starts <= now:
        return f"its date, {standing.effective}, has come; it waits for the version before it"
    if standing.state in DATED:
        return f"takes effect on {standing.effective}"
    if standing.state is State.HELD:
        proposed = earliest_effective(local_date(begins, zone), standing.floor, policy.settings.delivery_days)
        return f"publisher postpone {policy.name} {standing.version} --to {proposed} --by NAME --reason WHY"
    if standing.state is State.IN_FORCE and standing.ends is not None and standing.successor is not None:
        return f"until {standing.ends:%Y-%m-%d %H:%M} UTC, then {standing.successor}"
    return ""


def _early(workspace: Workspace, policy: Policy, standing: Standing) -> str:
    """Why a version takes, or took, effect before what the policy promises; empty when it does not."""
    events = workspace.events(policy.name)
    early, release = early_of(events, standing.version), release_of(events, standing.version)
    return f"{early.ground}: {early.reason} ({release.by})" if early and release else ""


def _next_step(policy: Policy, version: Version, review: Review | None, *, first: bool) -> str:
    """What brings a draft forward, in words."""
    again = f"publisher review {policy.name} {version.name}"
    if first:
        return "publisher publish"
    if review is None or not review.sign_offs:
        return again
    missing = signatures_missing(review, policy.settings.sign_off)
    if missing:
        return f"{missing} more {'person' if missing == 1 else 'people'} must sign: {again}"
    return "publisher publish"


def _drafts(workspace: Workspace, policy: Policy, now: datetime) -> Sequence[VersionStatus]:
    events = workspace.events(policy.name)
    first = last_released(events) is None
    found: list[VersionStatus] = []
    versions = unreleased(policy, events)
    faults = errors_only(check_workspace(workspace, now=now, only=policy.name)) if versions else ()
    for version in versions:
        review, _ = library.read_review(workspace.settings.root / version.folder)
        signed = review is not None and bool(review.sign_offs)
        text = version.text(policy.settings.language)
        written = text.front.effective if text else ""
        material = not first and (review is None or review.grade.rank == 2)
        wrong = next((fault for fault in faults if (fault.place.file or "").startswith(version.folder + "/")), None)
        due = _next_step(policy, version, review, first=first)
        if wrong is not None:
            due = f"{wrong.message} {wrong.remedy}"
        found.append(
            VersionStatus(
                policy=policy.name,
                version=version.name,
                state=drafted(signed=signed),
                effective=f"+{written} days" if isinstance(written, int) else str(written),
                floor=governed(policy, events).settings.floor if material else 0,
                channels={},
                due=due,
            )
        )
    return found
