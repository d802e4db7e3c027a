"""What a reader tells the organisation: a banner put away, consent given or declined; and what staff get of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.domain.consent import Answer, ConsentRecord, binds, may_answer
from publisher.domain.ledger import recorded_texts
from publisher.domain.life import State
from publisher.domain.notice import NoticeId
from publisher.errors import Place, one
from publisher.workflow.records import ledger_file
from publisher.workflow.workspace import Workspace

if TYPE_CHECKING:
    from publisher.domain.life import Standing
    from publisher.store.engine import Store


@dataclass(frozen=True, slots=True)
class Exported:
    """One line of a consent export; `bound` says whether the version binds this reader now."""

    record: ConsentRecord
    bound: bool


def put_away(store: "Store", user: str | None, banner: str, *, now: datetime) -> bool:
    """Records that a user acknowledged a banner; False when there is no such user, or it does not concern them."""
    from publisher.store import answers, concern, meeting

    with store.begin() as connection:
        recipient = meeting.meet(connection, user or "")
        if recipient is None or not concern.concerns(connection, recipient, (NoticeId.parse(banner),)):
            return False
        answers.acknowledge(connection, banner, recipient, now)
    return True


def still_to_show(store: "Store", user: str | None, banners: tuple[str, ...]) -> Mapping[str, bool] | None:
    """Those of the banners that concern a user and that they have not acknowledged; None when there is no such user.

    Each with whether it is mandatory: nothing else tells them, as when their mail was refused.
    """
    from publisher.store import answers, concern, meeting, users

    with store.read() as connection:
        recipient = users.key_of(connection, user or "")
    if recipient is None and store.source is not None:
        with store.begin() as connection:
            recipient = meeting.meet(connection, user or "")
    if recipient is None:
        return None
    with store.read() as connection:
        gone = answers.acknowledged(connection, recipient, banners)
        left = tuple(NoticeId.parse(banner) for banner in banners if banner not in gone)
        return {str(found.notice): found.mandatory for found in concern.concerns(connection, recipient, left)}


def consent(
    workspace: Workspace,
    store: "Store",
    user: str,
    policy_name: str,
    version: str,
    *,
    answer: Answer,
    digest: str,
    now: datetime,
) -> bool:
    """Records a user's answer to a version that needs consent, with the digest of the text they were shown.

    Returns:
        False when there is no such user.

    Raises:
        PublisherError: the version asks nobody, or the digest is not that of one of its texts.
    """
    from publisher.store import answers, meeting

    standing = _asking(workspace, policy_name, version, now)
    shown = {each for digests in recorded_texts(workspace.events(policy_name), version).values() for each in digests}
    if not may_answer(standing) or digest not in shown:
        raise one(
            "consent-unasked",
            f"{policy_name} {version} asks nobody for consent, or has no text of this digest.",
            "Show the text that is announced, and send its own digest.",
            Place(ledger_file(policy_name)),
        )
    with store.begin() as connection:
        recipient = meeting.meet(connection, user)
        if recipient is None:
            return False
        answers.answer(connection, policy_name, version, recipient, given=answer, digest=digest, at=now)
    return True


def export(
    workspace: Workspace, store: "Store", policy_name: str, version: str, *, now: datetime, only: Answer | None = None
) -> Iterator[Exported]:
    """Every user with their answer to a version, and whether it binds them; `only` those with one answer.

    Raises:
        PublisherError: the version is not released.
    """
    from publisher.store import answers

    standing = _asking(workspace, policy_name, version, now)
    with store.read() as connection:
        for record in answers.records(connection, policy_name, version):
            if only is None or record.answer is only:
                yield Exported(record, binds(standing, record.answer))


def _asking(workspace: Workspace, policy_name: str, version: str, now: datetime) -> "Standing":
    policy = workspace.policy(policy_name)
    found = {standing.version: standing for standing in workspace.standings(policy, now)}
    if version not in found or found[version].state is State.WITHDRAWN:
        known = ", ".join(found) or "none"
        raise one(
            "version-unreleased",
            f"{policy_name} {version} is not announced.",
            f"Announced: {known}.",
            Place(ledger_file(policy_name)),
        )
    return found[version]
