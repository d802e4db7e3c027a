"""Readers who come after a version was announced: until it applies, they get its notice too."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from publisher import library
from publisher.domain.life import DATED, Standing
from publisher.domain.notice import Notice, NoticeContent, NoticeId
from publisher.domain.policy import Policy
from publisher.domain.predicate import Reach
from publisher.domain.timeline import announced_under
from publisher.workflow.announce import notice_contents
from publisher.workflow.telling import Since, telling_of
from publisher.workflow.variants import Varied, apart_of
from publisher.workflow.workspace import Workspace

if TYPE_CHECKING:
    from publisher.store.engine import Store


def late_joiners(workspace: Workspace, store: "Store", found: Sequence[Standing], *, now: datetime) -> int:
    """Queues what is announced and does not apply yet for users who came since. Returns how many messages that are."""
    from publisher.store import notices, outbox

    announced = [
        NoticeId.parse(standing.notice) for standing in found if standing.notice is not None and standing.state in DATED
    ]
    if not announced:
        return 0
    queued = 0
    with store.begin() as connection:
        for name in announced:
            given = notices.find(connection, name)
            if given is not None and outbox.is_late(connection, given):
                apart = apart_of(workspace.settings, tuple(_varied(workspace, given, now)))
                queued += outbox.queue_late(connection, given, apart)
    return queued


def _varied(workspace: Workspace, given: Notice, now: datetime) -> Iterator[Varied]:
    """The versions that a notice tells of, the one that it is named by first."""
    found = [
        (policy, standing)
        for policy in sorted(workspace.policies, key=lambda policy: policy.name != given.id.policy)
        for standing in workspace.standings(policy, now)
        if standing.notice == str(given.id)
    ]
    signed = given.reach if len(found) == 1 else None  # a campaign's is that of all its versions
    for policy, standing in found:
        yield _of(workspace, policy, standing.version, given, signed, now)


def _of(
    workspace: Workspace, policy: Policy, version: str, given: Notice, signed: Reach | None, now: datetime
) -> Varied:
    events = workspace.events(policy.name)
    policy = replace(policy, settings=announced_under(events, version, policy.settings))
    folder = policy.version(version)
    review, _ = library.read_review(workspace.settings.root / folder.folder) if folder else (None, ())

    def contents(since: Since) -> tuple[tuple[NoticeContent, ...]]:
        return (notice_contents(workspace.settings, policy, events, given, review, version=version, since=since),)

    root = workspace.settings.root
    return Varied(policy, telling_of(root, policy, events, version, now=now, told=signed, review=review), contents)
