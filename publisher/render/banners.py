"""Banners: which announcements are shown, and their words."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from publisher.domain.change import Grade
from publisher.domain.citation import Citation, notice_path, redline_path
from publisher.domain.digest import digest_of
from publisher.domain.emergency import early_of
from publisher.domain.ledger import EventKind
from publisher.domain.life import DATED
from publisher.domain.notice import Channel, NoticeId
from publisher.render.views import Banner, Edition, Published, Series, Site
from publisher.render.wording import Strings, early_words, long_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def banners(site: Site, words: "Callable[[str], Strings]") -> tuple[Banner, ...]:
    """One for each material version that is announced, has a date, and does not apply yet."""
    shown: dict[str, list[Banner]] = {}
    for banner in _banners(site, words):
        shown.setdefault(banner.id, []).append(banner)
    return tuple(_joined(together, words) for together in shown.values())


def banners_json(found: Sequence[Banner]) -> str:
    """`/banners.json`, for homepages that show banners themselves."""
    plain = [
        {
            "id": banner.id,
            "policies": list(banner.policies),
            "version": banner.version,
            "revision": banner.revision,
            "from": banner.starts,
            "until": banner.ends,
            "title": dict(banner.title),
            "text": dict(banner.text),
            "href": banner.href,
            "audience": banner.audience,
        }
        for banner in found
    ]
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"


def words_digest(title: str, text: str) -> str:
    """What a banner carries about its own words, so that a later look at a homepage can tell that they are whole."""
    return digest_of("\n".join(" ".join(words.split()) for words in (title, text)))


def instant_text(instant: datetime) -> str:
    """`2027-02-28T16:00:00Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _banners(site: Site, words: "Callable[[str], Strings]") -> "Iterator[Banner]":
    for series in site.policies:
        for version in series.coming:
            standing = version.standing
            shown = standing.state in DATED and standing.grade is Grade.MATERIAL
            if shown and Channel.BANNER in version.settings.channels:
                yield _banner(series, version, words)


def _joined(together: Sequence[Banner], words: "Callable[[str], Strings]") -> Banner:
    """One banner for all versions that one notice announces; languages are those of the first."""
    lead, *others = together
    if not others:
        return lead
    title: dict[str, str] = {}
    text: dict[str, str] = {}
    for language in lead.title:
        say = words(language)
        names = say["banner.join"].join(
            entry.names.get(language) or next(iter(entry.names.values())) for entry in together
        )
        title[language] = say.say("banner.title_several", policy=names, date=lead.day[language])
        texts = (entry.text.get(language) or next(iter(entry.text.values())) for entry in together)
        text[language] = say["site.space"].join(texts)
    partial = all(entry.audiences for entry in together)
    return replace(
        lead,
        policies=tuple(entry.policy for entry in together),
        title=title,
        text=text,
        digest={language: words_digest(title[language], text[language]) for language in title},
        audiences=tuple(dict.fromkeys(name for entry in together for name in entry.audiences)) if partial else (),
    )


def _banner(series: Series, version: Published, words: "Callable[[str], Strings]") -> Banner:
    standing = version.standing
    notice = NoticeId.parse(standing.notice) if standing.notice else NoticeId(series.name, version.name, 1)
    moved = [event for event in series.events if event.version == version.name and event.kind is EventKind.POSTPONE]
    title: dict[str, str] = {}
    text: dict[str, str] = {}
    for edition in version.editions:
        language = edition.language
        say = words(language)
        day = long_date(standing.effective, language)
        title[language] = say.say("banner.title", policy=edition.title or series.settings.title, date=day)
        text[language] = edition.text.front.summary
        early = early_of(series.events, version.name)
        if early is not None:
            told = replace(early, reason=early.reason if edition is version.authoritative else "")
            text[language] = say["site.space"].join([text[language], early_words(told, say)])
        if moved:
            text[language] = say["site.space"].join([say.say("banner.postponed", date=day), text[language]])
        if concerned := _concerned(version, edition, say):
            text[language] = say["site.space"].join([text[language], concerned])
    return Banner(
        id=str(notice),
        policy=series.name,
        policies=(series.name,),
        names={edition.language: edition.title or series.settings.title for edition in version.editions},
        day={edition.language: long_date(standing.effective, edition.language) for edition in version.editions},
        version=version.name,
        revision=notice.revision,
        starts=instant_text(moved[-1].at if moved else standing.announced),
        ends=instant_text(standing.starts),
        title=title,
        text=text,
        href=Citation(series.name, version.name).path,
        redline={
            edition.language: redline_path(series.name, version.before, version.name, edition.language)
            for edition in version.editions
            if version.before and edition.comparison is not None
        },
        digest={language: words_digest(title[language], text[language]) for language in title},
        notice=notice_path(notice.policy, str(notice)),
        audiences=tuple(audience.name for audience in version.audiences),
    )


def _concerned(version: Published, edition: Edition, say: Strings) -> str:
    """To whom the change matters, by the parts of the text that speak of them; empty when that is everyone.

    Nobody is known on a homepage, so that everybody is shown the banner, and told whether it is theirs.
    """
    if not version.audiences:
        return ""
    by_id = (edition.comparison.old().by_id() if edition.comparison else {}) | edition.tree.by_id()
    wanted = dict.fromkeys(name for audience in version.audiences for name in audience.clauses)
    parts = [by_id[name].clause.path_name for name in wanted if name in by_id]
    named = say["banner.concerns_join"].join(dict.fromkeys(part for part in parts if part))
    return say.say("banner.concerns", clauses=named) if named else say["banner.concerns_some"]
