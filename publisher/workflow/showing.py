"""A version's notice as a reader of one language gets it, before or after its release."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes
from email import policy as email_policy
from email.message import EmailMessage

from publisher import library
from publisher.domain.change import Grade
from publisher.domain.days import local_midnight
from publisher.domain.emergency import Early
from publisher.domain.ledger import LedgerEvent
from publisher.domain.notice import Channel, MailTemplate, Notice, NoticeContent, NoticeId, NoticeKind
from publisher.domain.policy import Policy
from publisher.domain.review import Review
from publisher.domain.telling import Known
from publisher.domain.timeline import release_of
from publisher.errors import Place, PublisherError, errors_only, one
from publisher.workflow.announce import in_language, mail_templates, notice_contents
from publisher.workflow.emergency import emergency_floor
from publisher.workflow.release import effective_date, floor_of, governed
from publisher.workflow.telling import Since, readers_know, telling_of
from publisher.workflow.workspace import Workspace

SHOWN_VALUES = {
    "to": "reader@example.com",
    "message-id": "<shown@example.com>",
    "date": "Thu, 01 Jan 1970 00:00:00 +0000",
}
"""What stands where a recipient's own values go."""


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """One rendered mail: its subject, its two bodies, and the whole message."""

    notice: str
    language: str
    subject: str
    text: str
    html: str
    message: str


def show_notice(
    workspace: Workspace,
    policy_name: str,
    version: str,
    *,
    language: str | None,
    now: datetime,
    since: str | None = None,
    audiences: Sequence[str] = (),
) -> ShownNotice:
    """Renders a version's mail in one language, exactly as it would be queued.

    Args:
        workspace: what the files say.
        policy_name: the policy.
        version: the version.
        language: the readers'; None is the authoritative one.
        now: the clock.
        since: the version that the readers know; None is the one before.
        audiences: those that the readers belong to; none: all that the notice tells.

    Raises:
        PublisherError: the version, the language, the version known or an audience is not there.
    """
    notice, wanted, template = shown_template(
        workspace, policy_name, version, language=language, now=now, since=since, audiences=audiences
    )
    return shown_mail(notice.id, wanted, template)


def shown_mail(notice: NoticeId, language: str, template: MailTemplate) -> ShownNotice:
    """A mail as its readers get it, with somebody's values in the places for them."""
    from publisher.delivery.envelope import join

    message = join(template, {slot: SHOWN_VALUES[slot] for slot in template.slots})
    parsed = message_from_bytes(message, policy=email_policy.default)
    return ShownNotice(
        notice=str(notice),
        language=language,
        subject=str(parsed["Subject"]),
        text=_body(parsed, "plain"),
        html=_body(parsed, "html"),
        message=message.decode("utf-8", errors="surrogateescape"),
    )


def shown_template(
    workspace: Workspace,
    policy_name: str,
    version: str,
    *,
    language: str | None,
    now: datetime,
    since: str | None = None,
    audiences: Sequence[str] = (),
) -> tuple[Notice, str, MailTemplate]:
    """The notice of a version, and its mail in one language (left out, the authoritative one) with that language.

    `since` and `audiences` say which readers it is for, as in `show_notice`.

    Raises:
        PublisherError: the version, the language, the version known or an audience is not there.
    """
    policy = workspace.policy(policy_name)
    found = policy.version(version)
    if found is None or found.text(policy.settings.language) is None:
        faults = [
            fault for fault in errors_only(workspace.faults) if (fault.place.file or "").startswith(policy.folder)
        ]
        known = ", ".join(entry.name for entry in policy.versions)
        unknown = one(
            "version-unknown", f"{policy_name} has no readable {version}.", f"It has: {known}.", Place(policy.folder)
        )
        raise PublisherError(faults) if faults else unknown
    review, _ = library.read_review(workspace.settings.root / found.folder)
    notice = _notice(workspace, policy, version, review, now)
    events = workspace.events(policy_name)
    told = _since(workspace, policy, version, review, now, since, audiences) if since or audiences else None
    contents = notice_contents(workspace.settings, policy, events, notice, review, since=told)
    contents = _hastened(contents, policy, workspace.events(policy_name), notice, review)
    wanted = language or policy.settings.language
    content = next((entry for entry in contents if entry.language == wanted), None)
    if content is None:
        has = ", ".join(entry.language for entry in contents)
        raise one(
            "text-missing", f"{policy_name} {version} has no text in {wanted}.", f"It has: {has}.", Place(found.folder)
        )
    (template,) = mail_templates(workspace.settings, policy, (content,))
    return notice, wanted, template


def _since(
    workspace: Workspace,
    policy: Policy,
    version: str,
    review: Review | None,
    now: datetime,
    since: str | None,
    audiences: Sequence[str],
) -> Since:
    """What readers are told who know one version and belong to these audiences."""
    place = Place(f"{policy.folder}/policy.toml")
    own = [entry.name for entry in policy.settings.audiences]
    unknown = [name for name in audiences if name not in own]
    if unknown:
        message = f"{policy.name} has no audience '{unknown[0]}'."
        raise one("audience-unknown", message, f"It has: {', '.join(own) or 'none'}.", place)
    events = workspace.events(policy.name)
    known = readers_know(events, version)
    if not known or (since is not None and since not in known):
        message = f"No reader of {policy.name} {version} knows {since or 'an older version'}."
        raise one("since-unknown", message, f"Its readers know: {', '.join(known) or 'none'}.", place)
    telling = telling_of(workspace.settings.root, policy, events, version, now=now, review=review)
    step = next(step for step in telling.ladder.steps if since in (None, step.version))
    groups = (
        group for group in step.groups if not audiences or {member.name for member in group.members} & {*audiences}
    )
    return telling.since(Known(policy.name, step.version, tuple(group.name for group in groups)))


def _hastened(
    contents: tuple[NoticeContent, ...],
    policy: Policy,
    events: Sequence[LedgerEvent],
    notice: Notice,
    review: Review | None,
) -> tuple[NoticeContent, ...]:
    """What a version that is not released yet would say of its emergency, which only its review knows so far."""
    emergency = review.emergency if review is not None else None
    promised = floor_of(governed(policy, events), Grade.MATERIAL)
    if emergency is None or release_of(events, notice.id.version) or notice.floor >= promised:
        return contents
    early = Early(emergency.ground, emergency.reason)
    return tuple(replace(entry, early=in_language(early, policy, entry.language)) for entry in contents)


def _notice(workspace: Workspace, policy: Policy, version: str, review: Review | None, now: datetime) -> Notice:
    """The notice as released, or as it would be released now."""
    events = workspace.events(policy.name)
    standing = next((entry for entry in workspace.standings(policy, now) if entry.version == version), None)
    found = policy.version(version)
    if found is None:
        raise LookupError(version)
    released = release_of(events, version)
    effective = standing.effective if standing else effective_date(policy, found, now)
    return Notice(
        id=NoticeId.parse(standing.notice) if standing and standing.notice else NoticeId(policy.name, version, 1),
        kind=NoticeKind.REVISION,
        channels=tuple(Channel(name) for name in policy.settings.channels),
        effective=effective,
        floor=standing.floor
        if standing
        else emergency_floor(governed(policy, events), review, Grade.MATERIAL, effective, now),
        created=released.at if released else now,
        deadline=local_midnight(effective, policy.settings.timezone),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
