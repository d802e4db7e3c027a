"""The next version of a policy: a copy of the newest to write in, and its open findings once it differs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from publisher import library
from publisher.domain.days import local_date
from publisher.domain.ledger import LedgerEvent
from publisher.domain.life import PENDING, State
from publisher.domain.policy import Policy, Version, version_number
from publisher.domain.timeline import last_released, release_of
from publisher.errors import Place, PublisherError, one
from publisher.workflow.release import governed
from publisher.workflow.review import open_sheet, prefill
from publisher.workflow.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Drafted:
    """A policy's draft: made now or there before.

    Attributes:
        policy: whose it is.
        version: its name.
        before: the version that it is compared with.
        source: the version that its texts were copied from; None: it was there before.
        withdrawn: whether that one was withdrawn.
        files: what was written now, relative to the workspace.
        findings: how many findings wait for a decision in the review that was written now; None: none was written.
        reviewed: whether a review was there before.
    """

    policy: str
    version: str
    before: str
    source: str | None = None
    withdrawn: bool = False
    files: tuple[str, ...] = ()
    findings: int | None = None
    reviewed: bool = False


def draft(workspace: Workspace, policy_name: str, *, now: datetime) -> Drafted:
    """Makes the next version's folder from the newest version's texts; for a draft that differs, its open review.

    The copy takes effect as many days after its release as its notice needs at the least, or with the last version that
    is announced; it belongs to no campaign.

    Raises:
        PublisherError: the policy's files have errors, or it has no released version yet.
    """
    policy = workspace.policy(policy_name)
    broken = workspace.errors_below(policy.folder)
    if broken:
        raise PublisherError(broken)
    events = workspace.events(policy_name)
    before = last_released(events)
    if before is None:
        raise one(
            "draft-early",
            f"{policy_name} has no released version yet: there is nothing to go on from.",
            f"Write v1, then: publisher publish, or publisher adopt {policy_name} --through v1 --by NAME",
            Place(policy.folder),
        )
    newest = policy.versions[-1]
    if release_of(events, newest.name) is None:
        return _again(workspace, policy, newest, before, now)
    return _copied(workspace, policy, events, newest, before, now)


def _copied(
    workspace: Workspace, policy: Policy, events: Sequence[LedgerEvent], newest: Version, before: str, now: datetime
) -> Drafted:
    name = f"v{version_number(newest.name) + 1}"
    settings = governed(policy, events).settings
    days = settings.floor + settings.delivery_days
    standings = workspace.standings(policy, now)
    pending = max((found.effective for found in standings if found.state in PENDING), default=date.min)
    soonest = local_date(now, settings.timezone) + timedelta(days=days)
    texts = {
        text.language: library.redated(text.source, pending if pending > soonest else days) for text in newest.texts
    }
    library.write_draft(workspace.settings.root / policy.folder, name, texts)
    states = {found.version: found.state for found in standings}
    return Drafted(
        policy.name,
        name,
        before,
        newest.name,
        states.get(newest.name) is State.WITHDRAWN,
        tuple(f"{policy.folder}/{name}/{language}.md" for language in sorted(texts)),
    )


def _again(workspace: Workspace, policy: Policy, version: Version, before: str, now: datetime) -> Drafted:
    review, _ = library.read_review(workspace.settings.root / version.folder)
    if review is not None:
        return Drafted(policy.name, version.name, before, reviewed=True)
    sheet = open_sheet(workspace, policy.name, version.name, now=now)
    if not sheet.assessment.changes and not sheet.assessment.findings:
        return Drafted(policy.name, version.name, before)
    prefill(workspace, sheet)
    return Drafted(policy.name, version.name, before, files=(sheet.path,), findings=len(sheet.undecided))
