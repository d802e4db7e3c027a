"""What a coming version means for its readers: what changes for them, what they can do, until when, whom to ask."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from publisher.domain.change import Grade, Op
from publisher.domain.citation import Citation
from publisher.domain.life import DATED
from publisher.render.banners import concerned
from publisher.render.frame import Kit, Link
from publisher.render.glance import place_of
from publisher.render.points import ABOUT_DATA, Point, in_new_words, instead, points_of, worst_first
from publisher.render.status import instant_html, readable_language
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
        until: the heading of what can be done, with the instant until when.
        choices: what can be done, and what happens otherwise.
    """

    concerned: str
    points: tuple[Point, ...]
    rest: tuple[Point, ...]
    quoted: bool
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
    told = edition.told
    found: list[Markup] = []
    if version.standing.consent_needed:
        asked = [change for change in told if version.consents.intersection(change.reasons)]
        listed = Markup(escape(words["means.join"])).join(  # noqa: S704  a label of ours, escaped here
            _link(change, _named(change), kit) for change in worst_first(asked)
        )
        found.append(words.html("means.consent", clauses=listed) if asked else escape(words["means.consent_some"]))
    kinds = {kind for change in told for kind in change.reasons}
    if kinds or version.standing.grade is Grade.MATERIAL:
        found.append(escape(words["means.object_data" if kinds & ABOUT_DATA else "means.object"]))
    nothing = "means.nothing_else" if version.standing.consent_needed else "means.nothing"
    return (*found, escape(words[nothing]))


def _link(change: "ToldChange", named: str, kit: Kit) -> Markup:
    return Markup('<a href="{}">{}</a>').format(place_of(change, kit), named)


def _named(change: "ToldChange") -> str:
    """The last part of where it stands: its number or its heading."""
    return change.where.rpartition(" › ")[2] or change.clause
