"""What a version means for its readers, point by point: its summary's own sentences, the worst first."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from publisher.domain.assessment import FindingKind
from publisher.domain.change import Edit, Op
from publisher.domain.citation import at_clause
from publisher.languages.citing import cited_numbers
from publisher.languages.sentences import sentences

if TYPE_CHECKING:
    from publisher.domain.clause import ClauseTree, Placed
    from publisher.domain.notice import ToldChange
    from publisher.render.views import Edition, Published

WORST_FIRST = (
    FindingKind.NEW_RECIPIENT,
    FindingKind.TRANSFER_LOCATION,
    FindingKind.CONSENT_WEAKENED,
    FindingKind.CHILDREN_AGE,
    FindingKind.NEW_PURPOSE,
    FindingKind.NEW_DATA_TYPE,
    FindingKind.RIGHT_REMOVED,
    FindingKind.RETENTION_LONGER,
    FindingKind.RIGHT_WEAKENED,
    FindingKind.FEE_OR_REFUND,
    FindingKind.DISPUTE_FORUM,
    FindingKind.LIABILITY_REDUCED,
    FindingKind.USER_DUTY_ADDED,
    FindingKind.OBLIGATION_WEAKENED,
    FindingKind.NOTICE_WEAKENED,
    FindingKind.OTHER,
)
"""The order in which readers are told: what leaves our hands cannot be called back, a lost right can be given again."""

ABOUT_DATA = frozenset(WORST_FIRST[:6]) | {FindingKind.RETENTION_LONGER}
"""Kinds of change to what happens with somebody's data."""

_CITED = re.compile(r"(?<=[(（])[0-9]{1,3}(?:\.[0-9]{1,3})+(?=[)）])")

_UNIT = (
    r"(?:calendar |working |business )?(?:hours?|days?|weeks?|months?|years?)\b|years? of age|%|per cent|percent"
    r"|个?小时|个?工作日|日|天|周岁|周|个?星期|个?月|年|岁"
)
_QUANTITY = re.compile(rf"(?<![\w.,])[0-9]+(?:[.,][0-9]+)?[\s\u00a0-]?(?:{_UNIT})", re.IGNORECASE)
MOST_QUOTED = 180
"""Characters of changed words that a point quotes."""

_EDGES = " \u00a0,.;:，。；：、"
_WIDE_FROM = 0x2E80

_COUNTED = frozenset(
    {
        FindingKind.RETENTION_LONGER,
        FindingKind.NOTICE_WEAKENED,
        FindingKind.RIGHT_WEAKENED,
        FindingKind.CHILDREN_AGE,
        FindingKind.FEE_OR_REFUND,
    }
)
"""Kinds of change that two quantities alone can tell."""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that changes for a reader.

    `reasons` are why it is important, the worst first, none of them: it is not; `said` is the summary's own sentence,
    its clause numbers leading to the clauses; `clauses` are the ids of the important ones that it speaks of.
    """

    reasons: tuple[FindingKind, ...]
    said: Markup
    clauses: tuple[str, ...] = ()


def gravest(reasons: Iterable[FindingKind]) -> tuple[FindingKind, ...]:
    """Each once, the worst first."""
    return tuple(sorted(dict.fromkeys(reasons), key=WORST_FIRST.index))


def gravity(reasons: Iterable[FindingKind]) -> int:
    """The place of the worst of some reasons, to sort by; the last for none."""
    return min(map(WORST_FIRST.index, reasons), default=len(WORST_FIRST))


def worst_first(told: "Iterable[ToldChange]") -> "tuple[ToldChange, ...]":
    """Material changes by the worst of their reasons, those alike in reading order; so are the reasons of each."""
    ranked = [replace(change, reasons=gravest(change.reasons)) for change in told]
    return tuple(sorted(ranked, key=lambda change: gravity(change.reasons)))


def points_of(version: "Published", edition: "Edition", base: str = "") -> tuple[Point, ...]:
    """A summary of changes as points: the important ones first and the worst of them before the others.

    A summary is one of points when each of its sentences names a clause, and each important clause is named: then no
    sentence leans on the one before, and none is about something else. Any other summary has no points.

    Args:
        version: what the text belongs to.
        edition: the text in one language.
        base: the address of the version's page, where clause numbers are to lead there from another page.
    """
    said = each_by_itself(edition.text.front.summary)
    if version.before is None or len(said) < 2:
        return ()
    cited = [cited_numbers(sentence) for sentence in said]
    told = _told_by(edition)
    named = frozenset().union(*cited)
    if not all(values & named for _, values in told):
        return ()
    linked = clauses_linked(edition, base)
    found = []
    for sentence, numbers in zip(said, cited, strict=True):
        about = [change for change, values in told if values & numbers]
        reasons = gravest(reason for change in about for reason in change.reasons)
        found.append(Point(reasons, linked(sentence), tuple(change.clause for change in about)))
    return tuple(sorted(found, key=lambda point: gravity(point.reasons)))


def each_by_itself(summary: str) -> tuple[str, ...]:
    """The sentences of a summary each of which names a clause, so that none leans on another; else all of it as one."""
    said = sentences(summary)
    return said if len(said) > 1 and all(map(cited_numbers, said)) else (summary,)


def summary_html(edition: "Edition", base: str = "") -> Markup:
    """A summary whose clause numbers in brackets, such as (4.1.3), lead to these clauses where the text has them."""
    return clauses_linked(edition, base)(edition.text.front.summary)


def clauses_linked(edition: "Edition", base: str = "") -> Callable[[str], Markup]:
    """Makes words HTML, in which the numbers of this text's clauses lead there; the text is read once there are any."""
    numbered: dict[str, str] | None = None

    def address(found: re.Match[str]) -> str:
        nonlocal numbered
        if numbered is None:
            numbered = _numbered(edition.tree)
        name = numbered.get(found[0])
        return f'<a href="{escape(at_clause(base, name))}">{found[0]}</a>' if name is not None else found[0]

    return partial(_linked, address)


def worst_told(edition: "Edition") -> FindingKind | None:
    """What a summary ought to begin with and does not: the worst of the kinds that its first sentence passes over."""
    told = worst_first(edition.told)
    if not told:
        return None
    worst = told[0].reasons[0]
    opening = cited_numbers(next(iter(sentences(edition.text.front.summary)), ""))
    leads = any(values & opening for change, values in _told_by(edition) if worst in change.reasons)
    return None if leads else worst


def instead(change: "ToldChange") -> tuple[str, str] | None:
    """The old and the new quantity, such as 12 and 24 months, where that is what changed and all that changed so."""
    if not change.reasons or not _COUNTED.issuperset(change.reasons):
        return None
    found = [pair for place in range(len(change.edits)) if (pair := _replaced(change.edits, place)) is not None]
    return found[0] if len(found) == 1 else None


def in_new_words(change: "ToldChange") -> tuple[Op, str] | None:
    """What a change is in its own words: the longest that came, else the longest that went; None where none did."""
    for op in (Op.INSERT, Op.DELETE):
        runs = [words.strip(_EDGES) for kind, words in change.edits if kind is op]
        longest = max(runs, key=len, default="")
        if longest:
            return op, shortened(longest)
    return None


def shortened(words: str) -> str:
    """Its beginning, cut after a word; a sign of full width counts for three."""
    room = MOST_QUOTED
    for place, sign in enumerate(words):
        room -= 3 if ord(sign) >= _WIDE_FROM else 1
        if room < 0:
            cut = words[:place]
            whole = cut.rpartition(" ")[0] if " " in cut[place // 2 :] else cut
            return f"{whole.rstrip(_EDGES)}…"
    return words


def _linked(address: Callable[[re.Match[str]], str], text: str) -> Markup:
    return Markup(_CITED.sub(address, str(escape(text))))  # noqa: S704  escaped before links are put in


def _numbered(tree: "ClauseTree") -> dict[str, str]:
    return {placed.clause.number: name for name, placed in tree.by_id().items() if placed.clause.number}


def _told_by(edition: "Edition") -> "list[tuple[ToldChange, frozenset[tuple[int, ...]]]]":
    """The important changes, each with the numbers by which a summary may name it: its own or the next above."""
    if not edition.told:
        return []
    old = edition.comparison.old().by_id() if edition.comparison else {}
    new = edition.tree.by_id()
    return [(change, _values(change.clause, new) or _values(change.clause, old)) for change in edition.told]


def _values(clause: str, placed: "dict[str, Placed]") -> frozenset[tuple[int, ...]]:
    found = placed.get(clause)
    while found is not None and not found.clause.value:
        found = placed.get(found.parent)
    return frozenset({found.clause.value}) if found is not None else frozenset()


def _replaced(edits: Sequence[Edit], place: int) -> tuple[str, str] | None:
    """The quantities of a deletion and the insertion beside it; a unit that both have may follow them."""
    pair = edits[place : place + 2]
    if {op for op, _ in pair} != {Op.DELETE, Op.INSERT}:
        return None
    after = edits[place + 2][1] if place + 2 < len(edits) and edits[place + 2][0] is Op.EQUAL else ""
    by_op = {op: [m[0] for m in _QUANTITY.finditer(text + after) if m.start() < len(text)] for op, text in pair}
    old, new = by_op[Op.DELETE], by_op[Op.INSERT]
    return (old[0], new[0]) if len(old) == 1 == len(new) and old != new else None
