"""The mails of one notice for readers who know different things: rendered for the variants that somebody gets."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from publisher.config import Settings
from publisher.domain.notice import MailTemplate, NoticeContent
from publisher.domain.policy import Policy
from publisher.domain.telling import Known, known_of
from publisher.languages import best_match
from publisher.workflow.announce import mail_templates
from publisher.workflow.telling import Since, Telling

if TYPE_CHECKING:
    from publisher.store.telling import Apart


@dataclass(frozen=True, slots=True)
class Varied:
    """One policy's part of a notice. `contents` says what those are told who know the same, a tuple for each kind."""

    policy: Policy
    telling: Telling
    contents: Callable[[Since], Sequence[tuple[NoticeContent, ...]]]


def apart_of(settings: Settings, varied: Sequence[Varied]) -> "Apart":
    """How the readers of a notice are told apart; the first policy is the one that the notice is named by."""
    from publisher.store.telling import Apart

    ladders = tuple(entry.telling.ladder for entry in varied)

    def rendered(variants: Sequence[str]) -> tuple[MailTemplate, ...]:
        return tuple(
            mail for variant in variants for mail in _mails(settings, varied, variant, known_of(variant, ladders))
        )

    return Apart(ladders, rendered)


def together(contents: Sequence[NoticeContent], others: Sequence[Sequence[NoticeContent]]) -> tuple[NoticeContent, ...]:
    """What the lead's notice says in each language, and beside it what the others say in the same or the next best."""
    found = []
    for content in contents:
        also = tuple(_for_readers_of(content.language, other) for other in others if other)
        found.append(replace(content, also=also))
    return tuple(found)


def _mails(
    settings: Settings, varied: Sequence[Varied], variant: str, known: Sequence[Known]
) -> Iterator[MailTemplate]:
    by_policy = {entry.policy.name: entry for entry in varied}
    concerned = [by_policy[entry.policy] for entry in known]
    audience = ", ".join(dict.fromkeys(name for entry in known for name in ",".join(entry.groups).split(",") if name))
    said = [entry.contents(entry.telling.since(part)) for entry, part in zip(concerned, known, strict=True)]
    for first, *others in zip(*said, strict=True):
        for mail in mail_templates(settings, concerned[0].policy, together(first, others)):
            yield replace(mail, variant=variant, audience=audience or mail.audience)


def _for_readers_of(language: str, contents: Sequence[NoticeContent]) -> NoticeContent:
    best = best_match(language, tuple(entry.language for entry in contents), contents[0].language)
    return next(entry for entry in contents if entry.language == best)
