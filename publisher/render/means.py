"""What a coming version means for its readers: what changes for them, what they can do, until when, whom to ask."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from publisher.domain.change import Grade, Op
from publisher.domain.citation import Citation
from publisher.domain.life import DATED
from publisher.render.banners import concerned
from publisher.render.choices import Choice, choices, short_name
from publisher.render.frame import Kit, Link
from publisher.render.glance import place_of
from publisher.render.points import Point, in_new_words, instead, points_of, worst_first
from publisher.render.status import day_html, instant_html, readable_language
from publisher.render.views import Edition, Published, Series
from publisher.render.wording import Strings, crumbs

if TYPE_CHECKING:
    from publisher.domain.notice import ToldChange

MOST = 5
"""Points that are read at once; what goes beyond stands in the summary or among the changes."""


@dataclass(frozen=True, slots=True)
class Means:
    """The box on the page of a coming version.

    Attributes:
        concerned: to whom it matters; empty when that is everyone.
        points: what changes, the worst first, `MOST` of them at most.
        rest: further points of the summary.
        quoted: whether points and rest are the whole summary, which then is not said again.
        offer: what leads to the choices, with the day until when; it stands above all else.
        until: the heading of what can be done, with the instant until when.
        choices: what can be done, and what happens otherwise.
    """

    concerned: str
    points: tuple[Point, ...]
    rest: tuple[Point, ...]
    quoted: bool
    offer: Markup
    until: Markup
    choices: tuple[Markup, ...]


def means(
    series: Series, version: Published, edition: Edition, words: Strings, language: str, kit: Kit
) -> Means | None:
    """What a version with a date still to come means, to a reader of a language; None for all others."""
    if not _has_meaning(version):
        return None
    quoted = points_of(version, edition)
    found = quoted or _from_findings(version, edition, words, kit)
    if not found and version.standing.grade in (Grade.EDITORIAL, Grade.CLARIFICATION):
        found = (Point((), escape(words["page.changes_none"])),)
    until = instant_html(version.standing.starts, series.settings.timezone, language)
    return Means(
        concerned=concerned(version, edition, words),
        points=found[:MOST],
        rest=found[MOST:] if quoted else (),
        quoted=bool(quoted),
        offer=words.html("means.until", instant=day_html(version.standing.effective, language)),
        until=words.html("means.until", instant=until),
        choices=_choices(version, edition, words, kit),
    )


def means_link(series: Series, version: Published, language: str, words: Strings, kit: Kit) -> Link | None:
    """Where that is read, under the one name that it has everywhere."""
    if not _has_meaning(version):
        return None
    path = Citation(series.name, version.name, readable_language(version, language)).path
    return Link(words["page.means"], f"{kit.linked(path)}#_means")


def _has_meaning(version: Published) -> bool:
    return version.standing.state in DATED and version.before is not None


def _from_findings(version: Published, edition: Edition, words: Strings, kit: Kit) -> tuple[Point, ...]:
    """What is known without the summary: the old and the new quantity, else what staff say, else the changed words.

    What staff say they say in the authoritative language; a translation leaves it out.
    """
    told = worst_first(edition.told)
    return tuple(Point(each.reasons, _said(each, version, edition, words, kit), (each.clause,)) for each in told)


def _said(change: "ToldChange", version: Published, edition: Edition, words: Strings, kit: Kit) -> Markup:
    link = _link(change, crumbs(change.where) or words["page.see_clause"], kit)
    pair = instead(change)
    if pair is not None:
        return words.html("means.instead", old=pair[0], new=pair[1], clause=link)
    if change.public_note and edition is version.authoritative:
        return words.html("means.noted", note=change.public_note, clause=link)
    quoted = in_new_words(change)
    if quoted is None:
        return link
    return words.html("means.gone" if quoted[0] is Op.DELETE else "means.new", words=quoted[1], clause=link)


def _choices(version: Published, edition: Edition, words: Strings, kit: Kit) -> tuple[Markup, ...]:
    found = choices(
        edition.told,
        consent_needed=version.standing.consent_needed,
        consents=version.consents,
        material=version.standing.grade is Grade.MATERIAL,
    )
    return tuple(_chosen(choice, words, kit) for choice in found)


def _chosen(choice: Choice, words: Strings, kit: Kit) -> Markup:
    links = Markup(escape(words["means.join"])).join(  # noqa: S704  a label of ours, escaped here
        _link(change, short_name(change), kit) for change in choice.names
    )
    return words.html(choice.label, clauses=links) if choice.names else escape(words[choice.label])


def _link(change: "ToldChange", named: str, kit: Kit) -> Markup:
    return Markup('<a href="{}">{}</a>').format(place_of(change, kit), named)
