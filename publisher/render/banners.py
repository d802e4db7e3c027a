"""Banners: which announcements are shown, and their words."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from publisher.domain.change import Grade
from publisher.domain.citation import Citation, notice_path, redline_path
from publisher.domain.days import local_date
from publisher.domain.digest import digest_of
from publisher.domain.emergency import early_of
from publisher.domain.ledger import EventKind
from publisher.domain.life import DATED
from publisher.domain.notice import STATEMENTS, URGENCY, Channel, NoticeId
from publisher.render.brief import in_parts
from publisher.render.points import worst_told
from publisher.render.views import Banner, Edition, Published, Series, Site
from publisher.render.wording import Strings, comparison_name, early_words, long_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def banners(site: Site, words: "Callable[[str], Strings]") -> tuple[Banner, ...]:
    """One for each material version that is announced, has a date, and does not apply yet.

    Before them one for each incident and transfer that was announced there, as long as its time is not over.
    """
    shown: dict[str, list[Banner]] = {}
    for banner in (*_statement_banners(site), *_banners(site, words)):
        shown.setdefault(banner.id, []).append(banner)
    return in_order(_joined(together, words) for together in shown.values())


def in_order(found: "Iterable[Banner]") -> tuple[Banner, ...]:
    """Incidents come first, then transfers, of each the newest first; then versions, as they come."""
    given = tuple(found)
    statements = sorted(
        (banner for banner in given if banner.kind in STATEMENTS), key=lambda each: each.starts, reverse=True
    )
    statements.sort(key=lambda banner: -URGENCY[banner.kind])
    return (*statements, *(banner for banner in given if banner.kind not in STATEMENTS))


def banner_label(banner: Banner, say: Strings) -> str:
    """What kind of announcement it is, in words."""
    return say[f"statement.{banner.kind}" if banner.kind in STATEMENTS else "banner.label"]


def banner_links(banner: Banner, language: str, say: Strings) -> list[tuple[str, str]]:
    """What a banner leads to, each with its words and its path below the site's address; the first is the main one."""
    if banner.kind in STATEMENTS:
        return [(say["statement.read"], f"{banner.href}{language}/")]
    page = f"{banner.href}{language}/"
    links = [(say["page.means"], f"{page}#_means") if banner.before else (say["banner.read"], page)]
    if language in banner.redline:
        links.append((comparison_name(banner.before, banner.version, say), banner.redline[language]))
    return [*links, (say.say("notice.name", date=banner.sent[language]), f"{banner.notice}{language}/")]


def banners_json(found: Sequence[Banner], words: "Callable[[str], Strings]") -> str:
    """`/banners.json`, for homepages that show banners themselves; `words` are what stands around title and text."""
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
            "words": {language: _around(banner, language, words(language)) for language in banner.title},
        }
        for banner in found
    ]
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"


def banner_css(rules: bytes, found: Sequence[Banner]) -> bytes:
    """`/banner.css`: the rules of a banner, and room for as many as there are now where they come by script."""
    if found:
        return rules + b"policy-notice { --policy-banners: %d; }\n" % len(found)
    return rules + b"@media (scripting: enabled) { policy-notice > a { display: none; } }\n"


def words_digest(title: str, text: str) -> str:
    """What a banner carries about its own words, so that a later look at a homepage can tell that they are whole."""
    return digest_of("\n".join(" ".join(words.split()) for words in (title, text)))


def instant_text(instant: datetime) -> str:
    """`2027-02-28T16:00:00Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _around(banner: Banner, language: str, say: Strings) -> dict[str, object]:
    buttons = {key: say[f"banner.{key}"] for key in ("close", "confirm", "failed")}
    parts, links = in_parts(banner.text[language]), banner_links(banner, language, say)
    return {"label": banner_label(banner, say), **buttons, "text": parts, "links": links}


def _banners(site: Site, words: "Callable[[str], Strings]") -> "Iterator[Banner]":
    for series in site.policies:
        for version in series.coming:
            standing = version.standing
            shown = standing.state in DATED and standing.grade is Grade.MATERIAL
            if shown and Channel.BANNER in version.settings.channels:
                yield _banner(series, version, words)


def _statement_banners(site: Site) -> "Iterator[Banner]":
    shown = [
        (series, told)
        for series in site.policies
        for told in series.statements
        if Channel.BANNER in told.statement.channels and (site.now is None or site.now < told.statement.until)
    ]
    for series, told in shown:
        statement = told.statement
        title = {text.language: told.title(text.language) for text in statement.texts}
        text = {text.language: text.summary for text in statement.texts}
        path = notice_path(series.name, str(statement.id))
        yield Banner(
            id=str(statement.id),
            policy=series.name,
            policies=(series.name,),
            version=statement.id.version,
            revision=statement.id.revision,
            names=title,
            day={language: long_date(statement.before, language) if statement.before else "" for language in title},
            starts=instant_text(statement.sent),
            ends=instant_text(statement.until),
            title=title,
            text=text,
            href=path,
            redline={},
            digest={language: words_digest(title[language], text[language]) for language in title},
            notice=path,
            audiences=() if statement.everyone else ("listed",),
            kind=statement.kind,
        )


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
    made = next((event.at for event in series.events if event.notice == str(notice)), standing.announced)
    sent = local_date(made, series.settings.timezone)
    moved = [event for event in series.events if event.version == version.name and event.kind is EventKind.POSTPONE]
    title: dict[str, str] = {}
    text: dict[str, str] = {}
    for edition in version.editions:
        language = edition.language
        say = words(language)
        day = long_date(standing.effective, language)
        title[language] = say.say("banner.title", policy=edition.title or series.settings.title, date=day)
        text[language] = edition.text.front.summary
        worst = worst_told(edition)
        if worst is not None:
            # Where a banner shows the beginning alone, that has to be what matters most.
            text[language] = say["site.space"].join(
                [say.say("banner.worst", kind=say[f"kinds.{worst}"]), text[language]]
            )
        early = early_of(series.events, version.name)
        if early is not None:
            told = replace(early, reason=early.reason if edition is version.authoritative else "")
            text[language] = say["site.space"].join([text[language], early_words(told, say)])
        if moved:
            text[language] = say["site.space"].join([say.say("banner.postponed", date=day), text[language]])
        if whom := concerned(version, edition, say):
            # What says whose it is comes first: where a banner shows the beginning alone, that has to be in it.
            text[language] = say["site.space"].join([whom, text[language]])
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
        before=version.before or "",
        sent={edition.language: long_date(sent, edition.language) for edition in version.editions},
    )


def concerned(version: Published, edition: Edition, say: Strings) -> str:
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
