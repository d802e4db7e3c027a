"""A notice's own page: what was really sent, when, by whom and how, so that readers can tell a genuine mail."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING

from publisher.domain.citation import Citation, notice_path
from publisher.domain.days import local_date, local_midnight
from publisher.domain.ledger import LedgerEvent, recorded_texts
from publisher.domain.life import APPLIED, DATED
from publisher.domain.notice import Channel, NoticeId, NoticeKind
from publisher.render.frame import Kit, Link, Relation, frame_of, laid_out, redline_of
from publisher.render.glance import Told, changes_heading, told_at_a_glance
from publisher.render.means import means_link
from publisher.render.points import Point, points_of, summary_html
from publisher.render.status import (
    announced_day,
    contact_link,
    day_html,
    instant_html,
    readable_language,
    status,
)
from publisher.render.views import NoticeView, Published, Series
from publisher.render.wording import Strings, language_named, long_date, version_name

if TYPE_CHECKING:
    from markupsafe import Markup

_SUBJECTS = {
    NoticeKind.REVISION: (),
    NoticeKind.FOLLOW_UP: ("mail.subject_later",),
    NoticeKind.CORRECTION: ("mail.subject_correction",),
    NoticeKind.WITHDRAWAL: ("mail.subject_withdrawal",),
}


@dataclass(frozen=True, slots=True)
class Announced:
    """One version that a notice told of, in the language in which a reader of the page is shown it."""

    title: str
    spoken: str
    summary: "Markup"
    points: tuple[Point, ...]
    means: Link | None
    announced: "Markup | None"
    before: str
    told: tuple[Told, ...]
    changes_heading: "Markup"
    redline: Link | None
    href: str
    digests: tuple[tuple[str, str], ...]
    former: str
    status: "Markup"


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """What a notice says to programs: `titles` by kind of message and language, the rest by language."""

    policies: tuple[str, ...]
    effective: date
    titles: Mapping[NoticeKind, Mapping[str, str]]
    text: Mapping[str, str]
    href: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sent:
    """A notice of a version: what it is called wherever a link leads there, and its page."""

    name: "Markup"
    href: str


def notice_page(view: NoticeView, kit: Kit) -> str:
    """A notice in one language."""
    words, language = kit.words(view.language), view.language
    series, version, event = view.series, view.version, view.event
    announced = tuple(_announced(each, other, view, kit) for each, other in view.told)
    dates = _dates(view)
    effective = dates[-1]
    subjects = _subjects(view.kind, announced, words, long_date(effective, language))
    frame = frame_of(
        view,
        kit,
        subjects[0],
        version.languages,
        indexed=version.standing.state in DATED,
        relations=[Relation("latest-version", kit.linked(Citation(series.name, language=language).path))],
        canonical=notice_path(series.name, str(view.notice), language),
    )
    prevails = version.authoritative.language
    channels = dict.fromkeys(name for _, other in view.told for name in other.settings.channels)
    name, address = parseaddr(kit.site.sender)
    return laid_out(
        "notice.html.j2",
        kit,
        frame,
        words,
        notice=view.notice,
        name=_name(event.at, series, words, language),
        day=long_date(effective, language),
        prevails=language_named(prevails, language) if len(version.languages) > 1 else "",
        translated=language != prevails,
        kind=view.kind.value,
        heading=subjects[0],
        sent=words.html(
            "notice.sent", site=kit.site.name, at=instant_html(event.at, series.settings.timezone, language)
        ),
        reason=event.reason if view.kind is not NoticeKind.REVISION else "",
        reason_language=version.settings.language,
        reason_named=language_named(version.settings.language, language)
        if language != version.settings.language
        else "",
        effective=instant_html(local_midnight(effective, series.settings.timezone), series.settings.timezone, language),
        holds=_holds(view, effective),
        former=day_html(dates[-2], language) if view.kind is NoticeKind.FOLLOW_UP and len(dates) > 1 else "",
        ways=ways_said(channels, words),
        mailed=Channel.EMAIL in channels,
        sender_name=name,
        sender_address=address,
        subjects=subjects,
        announced=announced,
        others=notices_of(series, version, words, language, kit, beside=view.notice),
        base=kit.site.base_url.rstrip("/") + "/",
        permalink=kit.site.base_url.rstrip("/") + notice_path(series.name, str(view.notice), language),
        contact=version.settings.contact,
        contact_link=contact_link(version.settings.contact),
    )


def notice_words(view: NoticeView, kit: Kit) -> NoticeWords:
    """A notice as its mails and its page have it, in every language of the version that it is named by."""
    effective = _dates(view)[-1]
    kinds = dict.fromkeys((view.kind, NoticeKind.REVISION))
    titles: dict[NoticeKind, dict[str, str]] = {kind: {} for kind in kinds}
    text: dict[str, str] = {}
    for language in view.version.languages:
        words = kit.words(language)
        there = replace(view, language=language)
        announced = tuple(_announced(each, other, there, kit) for each, other in view.told)
        found = _subjects(view.kind, announced, words, long_date(effective, language))
        for kind, title in zip(kinds, found, strict=False):
            titles[kind][language] = title
        text[language] = words["site.space"].join(_summary(other, language) for _, other in view.told)
    base = kit.site.base_url.rstrip("/")
    href = {name: base + notice_path(view.series.name, str(view.notice), name) for name in view.version.languages}
    return NoticeWords(tuple(each.name for each, _ in view.told), effective, titles, text, href)


def _name(at: datetime, series: Series, words: Strings, language: str) -> "Markup":
    """What a notice made at an instant is called."""
    return words.html("notice.name", date=day_html(local_date(at, series.settings.timezone), language))


def _announced(series: Series, version: Published, view: NoticeView, kit: Kit) -> Announced:
    words = kit.words(view.language)
    spoken = readable_language(version, view.language)
    edition = version.edition(spoken) or version.authoritative
    path = Citation(series.name, version.name, spoken).path
    recorded = recorded_texts(_so_far(series, view.notice), version.name)
    digests = recorded.get(spoken, ())
    digest = digests[-1] if digests else edition.text.digest
    revisions = version.revisions(spoken)
    then = next((old for old in revisions if old.text.digest == digest), None)
    address = Citation(series.name, version.name, spoken, then.text.revision if then else None).path
    shows = view.kind in (NoticeKind.REVISION, NoticeKind.FOLLOW_UP)
    return Announced(
        title=edition.title or series.settings.title,
        spoken=spoken,
        summary=summary_html(edition, kit.linked(path)),
        points=points_of(version, edition, kit.linked(path)) if shows else (),
        means=means_link(series, version, view.language, words, kit) if shows else None,
        announced=announced_day(version, view.language) if view.kind is NoticeKind.CORRECTION else None,
        before=version_name(version.before, words) if version.before else "",
        told=told_at_a_glance(edition.told if shows else (), words, kit, path),
        changes_heading=changes_heading(version, words, view.language),
        redline=redline_of(series, version, spoken, words, kit) if shows else None,
        href=kit.linked(address),
        digests=tuple((language_named(name, view.language), found[-1]) for name, found in recorded.items() if found)
        or ((language_named(spoken, view.language), digest),),
        former=_former_text(series, version, spoken, digests, kit) if view.kind is NoticeKind.CORRECTION else "",
        status=status(series, version, words, view.language, kit.linked),
    )


def _summary(version: Published, language: str) -> str:
    edition = version.edition(readable_language(version, language)) or version.authoritative
    return edition.text.front.summary


def ways_said(channels: Iterable[str], words: Strings) -> str:
    """`By banner, e-mail and message`."""
    named = [words[f"notice.{channel}"] for channel in channels]
    *others, last = named
    listed = words.say("notice.and", others=words["site.comma"].join(others), last=last) if others else last
    return words.say("notice.by", ways=listed)


def _holds(view: NoticeView, effective: date) -> bool:
    """Whether the date that it named is still the one from which the version applies, or applied."""
    standing = view.version.standing
    return standing.state in DATED | APPLIED and standing.effective == effective


def _former_text(series: Series, version: Published, spoken: str, digests: tuple[str, ...], kit: Kit) -> str:
    """The address of the text as it was before a correction; empty when it is not kept."""
    before = digests[-2] if len(digests) > 1 else ""
    old = next((each for each in version.revisions(spoken) if each.text.digest == before), None)
    return kit.linked(Citation(series.name, version.name, spoken, old.text.revision).path) if old else ""


def _subjects(kind: NoticeKind, announced: tuple[Announced, ...], words: Strings, day: str) -> tuple[str, ...]:
    """The subjects that its mails have: what it is about, then what those got who had not been told before."""
    keys = [*_SUBJECTS[kind]]
    if kind is not NoticeKind.WITHDRAWAL:
        keys.append("mail.subject_several" if len(announced) > 1 else "mail.subject")
    titles = words["mail.join"].join(each.title for each in announced)
    return tuple(words.say(key, policy=titles, date=day) for key in keys)


def _dates(view: NoticeView) -> tuple[date, ...]:
    """The dates for which the version was announced, up to the one that the notice names."""
    found = tuple(
        each.effective
        for each in _so_far(view.series, view.notice)
        if each.version == view.version.name and each.effective is not None
    )
    return found or (view.version.standing.effective,)


def _so_far(series: Series, notice: NoticeId) -> tuple[LedgerEvent, ...]:
    """What had happened when the notice was made, that event included."""
    named = (index for index, each in enumerate(series.events) if each.notice == str(notice))
    return series.events[: next(named, len(series.events)) + 1]


def notices_of(
    series: Series, version: Published, words: Strings, language: str, kit: Kit, *, beside: NoticeId | None = None
) -> tuple[Sent, ...]:
    """The notices of a version that a language has, a campaign's under another policy's name too, the oldest first."""
    found: dict[str, Sent] = {}
    for event in series.events:
        if event.version != version.name or event.notice is None or event.notice == str(beside):
            continue
        notice = NoticeId.parse(event.notice)
        lead = next((each for each in kit.site.policies if each.name == notice.policy), None)
        named = lead.version(notice.version) if lead else None
        if named is None or language not in named.languages:
            continue
        path = notice_path(notice.policy, str(notice), language)
        found.setdefault(str(notice), Sent(_name(event.at, series, words, language), kit.linked(path)))
    return tuple(found.values())
