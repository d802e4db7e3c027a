"""What changed at a glance: what matters most with its changed words, then everything else by name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from markupsafe import Markup

from publisher.domain.assessment import FindingKind
from publisher.domain.change import Change, ChangeSet, Edit
from publisher.domain.citation import at_clause
from publisher.domain.life import PENDING, State
from publisher.domain.notice import ToldChange
from publisher.render.excerpts import excerpt
from publisher.render.points import worst_first
from publisher.render.redlines import short_name, tags
from publisher.render.status import day_html
from publisher.render.wording import Strings

if TYPE_CHECKING:
    from publisher.render.frame import Kit
    from publisher.render.views import Published

MOST_NAMED = 12
"""Changes beside the important ones that are named; the redline has them all."""

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
    """Another change: what the clause is called, the labels of what happened to it.

    Unnumbered clauses go by their heading; `count` are how many of one heading the same happened to.
    """

    name: str
    href: str
    tags: tuple[str, ...]
    count: int = 1


def told_at_a_glance(told: Iterable[ToldChange], words: Strings, kit: "Kit", base: str = "") -> tuple[Told, ...]:
    """Important changes as a reader is shown them, the worst first; `base` is the address of the version's page."""
    return tuple(_told(change, place_of(change, kit, base), words) for change in worst_first(told))


def place_of(change: ToldChange, kit: "Kit", base: str = "") -> str:
    """Where a changed clause stands: in its version at `base` (empty: on that very page), or in the one before."""
    if change.link.startswith("/"):
        return kit.linked(change.link)
    return at_clause(kit.linked(base), change.clause) if base else change.link


def named_changes(
    changes: ChangeSet | None, told: Iterable[ToldChange], old_path: str, judged: Mapping[str, tuple[str, ...]]
) -> tuple[Named, ...]:
    """The changes beside those told that have a name, as read; a clause that is gone stands in the old text.

    `judged` are the labels of what happened to each clause in the authoritative language.
    """
    known = {change.clause for change in told}
    others = [change for change in changes.changes if change.id not in known] if changes else []
    found: dict[tuple[str, tuple[str, ...]], Named] = {}
    for change in others:
        if _has_a_name(change):
            named = _named(change, old_path, judged)
            before = found.get((named.name, named.tags))
            found[named.name, named.tags] = replace(before, count=before.count + 1) if before else named
    return tuple(found.values())


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


def _named(change: Change, old_path: str, judged: Mapping[str, tuple[str, ...]]) -> Named:
    place = change.new or change.old
    href = at_clause("" if change.new else old_path, change.id)
    above = place.path[-1] if place is not None and not place.heading and not place.number and place.path else ""
    return Named(above or short_name(place), href, judged.get(change.id) or tags(change.kinds, change.edits))
