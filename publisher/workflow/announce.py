"""What readers are told of a version, in each language: the content of its notice and the mails rendered from it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from publisher.config import Settings
from publisher.domain.citation import Citation, notice_path, redline_path
from publisher.domain.emergency import Early, early_of
from publisher.domain.ledger import LedgerEvent
from publisher.domain.life import PENDING, standings
from publisher.domain.notice import MailTemplate, Notice, NoticeContent, NoticeKind
from publisher.domain.policy import Manuscript, Policy
from publisher.domain.review import Review
from publisher.domain.timeline import release_of
from publisher.errors import Fault, Place, PublisherError
from publisher.notices.plan import Links, Reason, reasons, told_changes
from publisher.workflow.consent import consent_kinds, consent_needed
from publisher.workflow.linked import changes_path
from publisher.workflow.telling import Since
from publisher.workflow.texts import Trees, assess_version, changes_between, predecessor, trees_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def notice_contents(
    settings: Settings,
    policy: Policy,
    events: Sequence[LedgerEvent],
    notice: Notice,
    review: Review | None,
    *,
    version: str | None = None,
    kind: NoticeKind = NoticeKind.REVISION,
    former_effective: date | None = None,
    reason: str = "",
    since: Since | None = None,
) -> tuple[NoticeContent, ...]:
    """What a notice says of one version (left out, the one it is named by), once for each language that it has.

    `since` is what some of its readers are told; left out, it is everything that changed since the version before.
    """
    version = version or notice.id.version
    before = predecessor(events, version)
    released = release_of(events, version)
    judged = assess_version(policy, events, version, before) if since is None or released is None else None
    why = since.reasons if since is not None else reasons(judged.findings if judged else (), review)
    known = since.version if since is not None else before
    new = trees_of(policy, events, version)
    old: Trees = trees_of(policy, events, known) if known else {}
    early = early_of(events, version)
    if released is not None:
        asks = released.consent_needed
    else:
        asks = judged is not None and consent_needed(policy, judged, review)
    follows = _follows(policy, events, before, notice)
    contents = (
        _content(settings, policy, events, notice, text, (old, new), (known, why), kind, former_effective, reason)
        for text in _texts(policy, version)
    )
    return tuple(
        replace(
            content,
            early=in_language(early, policy, content.language),
            follows=follows,
            since=known if known != before else None,
            consent_needed=asks,
            consents=consent_kinds(policy, policy.settings) if asks else frozenset(),
        )
        for content in contents
    )


def mail_templates(settings: Settings, policy: Policy, contents: Sequence[NoticeContent]) -> tuple[MailTemplate, ...]:
    """Each content laid out as a mail, once for each language.

    Raises:
        PublisherError: a title or name is unfit for a mail's headers.
    """
    from publisher.render.mail import mail
    from publisher.render.templates import environment, strings

    overrides = settings.path("site")
    templates = environment(overrides)
    rendered: list[MailTemplate] = []
    faults: list[Fault] = []
    for content in contents:
        version = policy.version(content.version)
        text = version.text(content.language) if version else None
        try:
            rendered.append(
                mail(
                    content,
                    strings(content.language, overrides),
                    templates,
                    sender=settings.email.sender,
                    copy=settings.email.copy,
                    attachment=text.source.encode("utf-8") if text else None,
                )
            )
        except ValueError as unfit:
            message = f"A mail cannot be made of this text: {unfit}."
            remedy = "Correct the title of the text, or [site] name."
            faults.append(Fault("mail-unfit", message, remedy, Place(text.path if text else policy.folder)))
    if faults:
        raise PublisherError(faults)
    return tuple(rendered)


def _follows(
    policy: Policy, events: Sequence[LedgerEvent], before: str | None, notice: Notice
) -> tuple[str, date] | None:
    """The version before, when it is still to take effect as the notice is made."""
    found = {entry.version: entry for entry in standings(events, notice.created, policy.settings.timezone)}
    standing = found.get(before) if before else None
    return (standing.version, standing.effective) if standing is not None and standing.state in PENDING else None


def in_language(early: Early | None, policy: Policy, language: str) -> Early | None:
    """A ground has a name in every language; the words for it are in the authoritative one alone."""
    return early if early is None or language == policy.settings.language else replace(early, reason="")


def _texts(policy: Policy, version: str) -> "Iterator[Manuscript]":
    found = policy.version(version)
    for language in policy.settings.all_languages:
        text = found.text(language) if found else None
        if text is not None:
            yield text


def _content(
    settings: Settings,
    policy: Policy,
    events: Sequence[LedgerEvent],
    notice: Notice,
    text: Manuscript,
    trees: tuple[Trees, Trees],
    told: tuple[str | None, Sequence[Reason]],
    kind: NoticeKind,
    former_effective: date | None,
    reason: str,
) -> NoticeContent:
    old, new = trees
    before, why = told
    language, version = text.language, text.version
    base = settings.site.base_url.rstrip("/")
    link = base + Citation(policy.name, version, language).path
    tree = new[language]
    all_changes, compared = "", None
    if before:
        both = language in old
        path = changes_path(events, policy.name, (before, version), language, spoken=both)
        all_changes = base + path
        compared = before if path == redline_path(policy.name, before, version, language) else None
    return NoticeContent(
        notice=notice.id,
        kind=kind,
        language=language,
        organisation=settings.site.name,
        policy_title=tree.title or policy.settings.title,
        version=version,
        summary=text.front.summary,
        effective=notice.effective,
        timezone=policy.settings.timezone,
        changes=told_changes(
            why,
            changes_between(old, new, language),
            tree,
            old.get(language),
            Links(new=link, old=base + Citation(policy.name, before, language).path if before else link),
        ),
        contact=policy.settings.contact,
        link=link,
        redline_link=all_changes,
        notice_link=base + notice_path(notice.id.policy, str(notice.id), language),
        digest=text.digest,
        former_effective=former_effective,
        reason=reason if language == policy.settings.language else "",
        prevails=policy.settings.language if language != policy.settings.language else None,
        compared=compared,
    )
