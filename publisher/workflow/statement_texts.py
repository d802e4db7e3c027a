"""What staff wrote for an incident or a transfer: read, held against what the law wants in it, laid out as mails."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from publisher import library, parse
from publisher.config import Settings
from publisher.domain.citation import notice_path
from publisher.domain.clause import ClauseTree
from publisher.domain.notice import MailTemplate, NoticeId, NoticeKind
from publisher.domain.policy import Policy
from publisher.domain.statement import StatementText
from publisher.errors import Fault, Place, PublisherError, one
from publisher.notices.statements import statement_faults
from publisher.workflow.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Spoken:
    """A statement's text in one language, as clauses."""

    text: StatementText
    tree: ClauseTree


def policy_of(workspace: Workspace, name: str | None) -> Policy:
    """The policy that a statement goes by: the one named, else the only one, else `privacy`.

    Raises:
        PublisherError: there is no such policy, or several and none of them is meant by itself.
    """
    if name is not None:
        return workspace.policy(name)
    names = [policy.name for policy in workspace.policies]
    if len(names) == 1 or "privacy" in names:
        return workspace.policy("privacy" if "privacy" in names else names[0])
    raise one("policy-unnamed", "It is not said under which policy.", f"Add --policy: {', '.join(names) or 'none'}.")


def spoken(text: StatementText) -> Spoken:
    """A text with its clauses."""
    return Spoken(text, parse.parse(text.body, text.language, first_line=text.body_line))


def read_texts(policy: Policy, kind: NoticeKind, given: Path) -> tuple[tuple[Spoken, ...], tuple[Fault, ...]]:
    """The texts that a path names, the authoritative language first, and all that is wrong with any of them.

    Every language that the policy's readers have must be there: nobody gets a statement in a language that is not
    theirs because its translation was late.
    """
    settings = policy.settings
    named = library.named_files(given, settings.all_languages)
    faults: list[Fault] = []
    found: list[Spoken] = []
    for language, path in named.files:
        shown = path.as_posix()
        if language not in settings.all_languages:
            message = f"policy.toml does not name the language {language}."
            remedy = (
                f"Name the file by a language of the policy, such as {named.missing(settings.language)}, or add"
                f' "{language}" to languages in {policy.folder}/policy.toml.'
            )
            faults.append(Fault("language-undeclared", message, remedy, Place(shown)))
            continue
        text, wrong = library.read_statement(path, language, shown)
        faults.extend(wrong)
        if text is None:
            continue
        read = spoken(text)
        faults.extend(fault.at(shown) for fault in (*read.tree.faults, *statement_faults(kind, read.tree)))
        found.append(read)
    have = {language for language, _ in named.files}
    faults.extend(
        Fault(
            "statement-language",
            f"There is no text in {language}.",
            f"Write {named.missing(language)}: readers of {language} would get another language.",
            Place(given.as_posix()),
        )
        for language in settings.all_languages
        if language not in have
    )
    found.sort(key=lambda each: (each.text.language != settings.language, each.text.language))
    return tuple(found), tuple(faults)


def statement_mails(
    settings: Settings,
    policy: Policy,
    notice: NoticeId,
    kind: NoticeKind,
    texts: Sequence[Spoken],
    *,
    before: date | None,
    audience: str,
) -> tuple[MailTemplate, ...]:
    """The mails of a statement, one for each language.

    Raises:
        PublisherError: a title or the sender is unfit for a mail's headers.
    """
    from publisher.render.statements import StatementContent, statement_mail
    from publisher.render.templates import environment, strings

    overrides, base = settings.path("site"), settings.site.base_url.rstrip("/")
    templates = environment(overrides)
    rendered: list[MailTemplate] = []
    faults: list[Fault] = []
    for each in texts:
        language = each.text.language
        content = StatementContent(
            notice=notice,
            kind=kind,
            language=language,
            organisation=settings.site.name,
            tree=each.tree,
            before=before,
            base=base,
            notice_link=base + notice_path(notice.policy, str(notice), language),
            digest=each.text.digest,
            prevails=policy.settings.language if language != policy.settings.language else None,
        )
        try:
            rendered.append(
                statement_mail(
                    content,
                    strings(language, overrides),
                    templates,
                    sender=settings.email.sender,
                    audience=audience,
                )
            )
        except ValueError as unfit:
            message = f"A mail cannot be made of this text: {unfit}."
            remedy = "Correct its title (the first line that begins with #), or [site] name."
            faults.append(Fault("mail-unfit", message, remedy, Place(each.text.path)))
    if faults:
        raise PublisherError(faults)
    return tuple(rendered)
