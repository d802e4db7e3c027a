"""Readers who come after a version was announced: until it applies, they get its notice too."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from publisher import library
from publisher.domain.life import DATED, Standing
from publisher.domain.notice import Notice, NoticeContent, NoticeId
from publisher.domain.policy import Policy
from publisher.domain.predicate import EVERYONE, Reach
from publisher.domain.timeline import announced_under
from publisher.workflow.announce import notice_contents
from publisher.workflow.telling import Since, readers_know, telling_of
from publisher.workflow.variants import Varied, apart_of
from publisher.workflow.workspace import Workspace

if TYPE_CHECKING:
    from publisher.store.engine import Store


def late_joiners(workspace: Workspace, store: "Store", found: Sequence[Standing], *, now: datetime) -> int:
    """Queues what is announced and does not apply yet for users who came since. Returns how many messages that are.

    Args:
        workspace: what the files say.
        store: its store.
        found: where the versions of all policies stand.
        now: the clock.
    """
    from publisher.store import notices, outbox, people

    names = dict.fromkeys(
        NoticeId.parse(standing.notice) for standing in found if standing.notice is not None and standing.state in DATED
    )
    if not names:
        return 0
    queued = 0
    with store.begin() as connection:
        announced = [given for name in names if (given := notices.find(connection, name)) is not None]
        with people.kept(connection, [given.reach for given in announced]):
            for given in announced:
                told = _told_by(workspace, given, now)
                if outbox.is_late(connection, given, _at_most(workspace, given, told)):
                    apart = apart_of(workspace.settings, tuple(_varied(workspace, given, told, now)))
                    queued += outbox.queue_late(connection, given, apart)
    return queued


def _told_by(workspace: Workspace, given: Notice, now: datetime) -> tuple[tuple[Policy, str], ...]:
    """The versions that a notice tells of, with their policies, the one that it is named by first."""
    return tuple(
        (policy, standing.version)
        for policy in sorted(workspace.policies, key=lambda policy: policy.name != given.id.policy)
        for standing in workspace.standings(policy, now)
        if standing.notice == str(given.id)
    )


def _at_most(workspace: Workspace, given: Notice, told: Sequence[tuple[Policy, str]]) -> Reach:
    """Who might be concerned by a notice, as far as the ledger alone says: the texts are not read for that.

    Where readers may know older versions than the one before, what changed since those may concern others, too.
    """
    if all(len(readers_know(workspace.events(policy.name), version)) < 2 for policy, version in told):
        return given.reach
    return Reach(given.reach.bound) if len(told) == 1 else EVERYONE


def _varied(workspace: Workspace, given: Notice, told: Sequence[tuple[Policy, str]], now: datetime) -> Iterator[Varied]:
    signed = given.reach if len(told) == 1 else None  # a campaign's is that of all its versions
    for policy, version in told:
        yield _of(workspace, policy, version, given, signed, now)


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
