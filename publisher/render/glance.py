"""What changed at a glance: what matters most with its changed words, then everything else by name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from publisher.domain.assessment import FindingKind
from publisher.domain.change import Change, ChangeSet, Edit
from publisher.domain.citation import at_clause
from publisher.domain.clause import ClauseTree
from publisher.domain.life import PENDING, State
from publisher.domain.notice import ToldChange
from publisher.render.excerpts import excerpt
from publisher.render.redlines import short_name, tags
from publisher.render.status import day_html
from publisher.render.wording import Strings

if TYPE_CHECKING:
    from publisher.render.views import Published

MOST_NAMED = 12
"""Changes beside the important ones that are named; the redline has them all."""

_CITED = re.compile(r"(?<=[(（])[0-9]{1,3}(?:\.[0-9]{1,3})+(?=[)）])")

LONGEST_OPEN = 900
"""Characters of changed words that stand open; longer ones are folded."""


@dataclass(frozen=True, slots=True)
class Told:
    """An important change: why, where, its words shortened to what changed."""

    reasons: tuple[FindingKind, ...]
    where: str
    href: str
    edits: tuple[Edit, ...]
    folded: bool
    public_note: str


@dataclass(frozen=True, slots=True)
class Named:
    """Another change: what the clause is called, the labels of what happened to it."""

    name: str
    href: str
    tags: tuple[str, ...]


def told_at_a_glance(told: Iterable[tuple[ToldChange, str]], words: Strings) -> tuple[Told, ...]:
    """Important changes, each with the address at which its clause stands, as a reader is shown them."""
    return tuple(_told(change, href, words) for change, href in told)


def named_changes(changes: ChangeSet | None, told: Iterable[ToldChange], old_path: str) -> tuple[Named, ...]:
    """The changes beside those told that have a name, as read; a clause that is gone stands in the old text."""
    known = {change.clause for change in told}
    others = [change for change in changes.changes if change.id not in known] if changes else []
    return tuple(_named(change, old_path) for change in others if _has_a_name(change))


def summary_html(summary: str, tree: ClauseTree) -> Markup:
    """A summary whose clause numbers in brackets, such as (4.1.3), lead to these clauses where the text has them."""
    if not _CITED.search(summary):
        return escape(summary)
    numbered = {placed.clause.number: name for name, placed in tree.by_id().items() if placed.clause.number}

    def linked(found: re.Match[str]) -> str:
        name = numbered.get(found[0])
        return f'<a href="{escape(at_clause("", name))}">{found[0]}</a>' if name is not None else found[0]

    return Markup(_CITED.sub(linked, str(escape(summary))))  # noqa: S704  escaped before links are put in


def changes_heading(version: "Published", words: Strings, language: str) -> Markup:
    """What the changes are called: those of a day to come, of a day that came, or of no day at all."""
    standing = version.standing
    day = day_html(standing.effective, language)
    if standing.state in PENDING and standing.state is not State.HELD:
        return words.html("page.changes_coming", date=day)
    if standing.state in (State.IN_FORCE, State.SUPERSEDED):
        return words.html("page.changes_came", date=day)
    return words.html("page.changes")


def _told(change: ToldChange, href: str, words: Strings) -> Told:
    edits = excerpt(change.edits, words["mail.fold"]).edits
    length = sum(len(text) for _, text in edits)
    return Told(change.reasons, change.where, href, edits, length > LONGEST_OPEN, change.public_note)


def _has_a_name(change: Change) -> bool:
    """Whether readers can be told of it apart from the clause above: not so of the rows of a table that is new."""
    place = change.new or change.old
    comes_or_goes = change.new is None or change.old is None
    return place is not None and (place.heading or place.number is not None or not comes_or_goes)


def _named(change: Change, old_path: str) -> Named:
    place = change.new or change.old
    href = at_clause("" if change.new else old_path, change.id)
    return Named(short_name(place), href, tags(change.kinds, change.edits))
