"""A notice as a mail: rendered once for a language and an audience."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from publisher.domain.change import Op
from publisher.domain.days import local_midnight
from publisher.domain.notice import MailTemplate, NoticeContent, NoticeKind
from publisher.domain.policy import version_number
from publisher.render.excerpts import Excerpt, excerpt
from publisher.render.message import ADDRESS, Head, written

if TYPE_CHECKING:
    import jinja2

_TEMPLATES: Mapping[NoticeKind, str] = {
    NoticeKind.REVISION: "notice",
    NoticeKind.FOLLOW_UP: "follow-up",
    NoticeKind.CORRECTION: "correction",
    NoticeKind.WITHDRAWAL: "withdrawal",
}


@dataclass(frozen=True, slots=True)
class Section:
    """What a mail says of one policy; `title` stands above it when there are several.

    `summary` is one text, or several that each stand by themselves; `choices` are what its reader can do until it takes
    effect; `since` says against which version the changes are shown, when that is not the version before. The changes
    and where all of them are seen are called as on the website.
    """

    title: str
    content: NoticeContent
    summary: tuple[str, ...]
    choices: tuple[str, ...]
    changes: tuple["Told", ...]
    since: str
    changes_heading: str
    comparison: str


@dataclass(frozen=True, slots=True)
class Told:
    """One change as the templates lay it out; `reasons` are in the reader's words, `clause` is its link's anchor."""

    where: str
    reasons: tuple[str, ...]
    excerpt: Excerpt
    link: str
    public_note: str


def mail(
    content: NoticeContent,
    strings: Mapping[str, str],
    environment: "jinja2.Environment",
    *,
    sender: str,
    copy: str = "inline",
    attachment: bytes | None = None,
    audience: str = "everyone",
) -> MailTemplate:
    """Renders a notice as a mail in text and HTML.

    The same values always give the same bytes.

    Args:
        content: what the notice says in one language.
        strings: the labels of that language.
        environment: where the templates are.
        sender: `Name <address>` for the From line.
        copy: `inline` quotes the changed clauses, `link` only names them, `attachment` also attaches the whole text.
        attachment: the very bytes of the text, for `copy="attachment"`.
        audience: whom the template is for.

    Raises:
        ValueError: a value does not belong into a header, or an attachment is wanted and missing.
    """
    if copy == "attachment" and attachment is None:
        raise ValueError("a mail with an attachment needs the text's bytes")
    file_name = f"{content.notice.policy}-{content.version}-{content.language}.md"
    values = _values(content, strings, copy=copy, file_name=file_name if copy == "attachment" else "")
    stem = _TEMPLATES[content.kind]
    return written(
        Head(content.notice, content.kind, content.language, subject(content, strings), sender, audience),
        text=environment.get_template(f"mail/{stem}.txt.j2").render(values),
        html=environment.get_template(f"mail/{stem}.html.j2").render(values),
        attachment=(file_name, attachment) if copy == "attachment" and attachment is not None else None,
    )


def subject(content: NoticeContent, strings: Mapping[str, str]) -> str:
    """The subject line: what changes, and when."""
    return strings[f"mail.subject{_suffix(content, content.former_effective is not None)}"].format(
        policy=_titles(content, strings), date=_day(content.effective, content.language)
    )


def _titles(content: NoticeContent, strings: Mapping[str, str]) -> str:
    """The names of the policies that a mail is about."""
    return strings["mail.join"].join(entry.policy_title for entry in (content, *content.also))


def _heading(content: NoticeContent) -> str:
    later = content.former_effective is not None and content.former_effective < content.effective
    return f"mail.heading{_suffix(content, later)}"


def _suffix(content: NoticeContent, later: bool) -> str:
    """Which wording of subject and heading a mail has."""
    if content.kind is NoticeKind.FOLLOW_UP:
        return "_later" if later else "_update"
    several = "_several" if content.also else ""
    return {NoticeKind.CORRECTION: "_correction", NoticeKind.WITHDRAWAL: "_withdrawal"}.get(content.kind, several)


def _values(content: NoticeContent, strings: Mapping[str, str], *, copy: str, file_name: str) -> dict[str, object]:
    from publisher.render.wording import early_words, text_direction

    language = content.language
    sections = tuple(_section(entry, strings) for entry in (content, *content.also))
    return {
        "content": content,
        "strings": strings,
        "language": language,
        "direction": text_direction(language),
        "subject": subject(content, strings),
        "heading": strings[_heading(content)].format(policy=_titles(content, strings)),
        "effective": _day(content.effective, language),
        "applies": content.applies,
        "until_then": _until_then(content, strings),
        "early": early_words(content.early, strings),
        "effective_from": _hour(content, strings),
        "former": _day(content.former_effective, language) if content.former_effective else "",
        "prevails": language_in(content.prevails, language) if content.prevails else "",
        "until": strings["means.until"].format(instant=_day(content.effective, language)),
        "changes": sections[0].changes,
        "since": sections[0].since,
        "sections": sections,
        "inline": copy != "link",
        "file_name": file_name,
        "contact_link": contact_link(content.contact),
        "Op": Op,
    }


def _section(content: NoticeContent, strings: Mapping[str, str]) -> Section:
    from publisher.render.points import each_by_itself

    return Section(
        title=content.policy_title,
        content=content,
        summary=each_by_itself(content.summary),
        choices=() if content.applies else _choices(content, strings),
        changes=_told(content, strings),
        since=_since(content, strings),
        changes_heading=_changes_heading(content, strings),
        comparison=_comparison(content, strings),
    )


def _changes_heading(content: NoticeContent, strings: Mapping[str, str]) -> str:
    """Changes since an older version may apply already, so that they have no one day."""
    key = "page.changes" if content.since else "page.changes_came" if content.applies else "page.changes_coming"
    return strings[key].format(date=_day(content.effective, content.language))


def _comparison(content: NoticeContent, strings: Mapping[str, str]) -> str:
    if content.compared is None:
        return strings["page.history"]
    names = (
        strings["page.version_inline"].format(number=version_number(name))
        for name in (content.compared, content.version)
    )
    old, new = names
    return strings["redline.heading"].format(old=old, new=new)


def _choices(content: NoticeContent, strings: Mapping[str, str]) -> tuple[str, ...]:
    from publisher.render.choices import choices, short_name

    found = choices(content.changes, consent_needed=content.consent_needed, consents=content.consents, material=True)
    return tuple(
        strings[choice.label].format(clauses=strings["means.join"].join(map(short_name, choice.names)))
        for choice in found
    )


def _until_then(content: NoticeContent, strings: Mapping[str, str]) -> str:
    """What applies before the date, or which version comes first and is the one that changes are shown against."""
    if content.follows is None:
        return strings["mail.until_then"]
    version, day = content.follows
    words = strings["mail.until_then_after" if content.since is None else "mail.until_then_follows"]
    return words.format(number=version_number(version), date=_day(day, content.language))


def _since(content: NoticeContent, strings: Mapping[str, str]) -> str:
    """Since which version a reader is told of the changes who was not told of those between, or joined before them."""
    return strings["mail.since"].format(number=version_number(content.since)) if content.since else ""


def _told(content: NoticeContent, strings: Mapping[str, str]) -> tuple[Told, ...]:
    from publisher.render.points import worst_first

    return tuple(
        Told(
            where=change.where,
            reasons=tuple(dict.fromkeys(strings[f"kinds.{reason}"] for reason in change.reasons)),
            excerpt=excerpt(change.edits, strings["mail.fold"]),
            link=change.link,
            public_note=change.public_note,
        )
        for change in worst_first(content.changes)
    )


def _day(day: date, language: str) -> str:
    from publisher.render.wording import long_date

    return long_date(day, language)


def _hour(content: NoticeContent, strings: Mapping[str, str]) -> str:
    """From which hour, in which zone."""
    from zoneinfo import ZoneInfo

    from babel.dates import format_time

    from publisher.render.wording import locale_of, zone_told

    local = local_midnight(content.effective, content.timezone).astimezone(ZoneInfo(content.timezone))
    time = format_time(local, "HH:mm", locale=locale_of(content.language))
    return strings["mail.effective_from"].format(time=time, zone=zone_told(local, content.timezone, content.language))


def language_in(tag: str, language: str) -> str:
    """A language's name as readers of another say it: English is 英语 to readers of Chinese."""
    from babel import Locale

    from publisher.render.wording import locale_of

    name = Locale.parse(locale_of(language)).languages.get(tag.partition("-")[0])
    return str(name) if name else tag


def contact_link(contact: str) -> str:
    """Where a click on the contact leads; nowhere when it is neither an address nor a page."""
    if ADDRESS.fullmatch(contact):
        return f"mailto:{contact}"
    return contact if re.fullmatch(r"https?://[^\s\"<>]+", contact) else ""
