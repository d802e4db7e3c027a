"""Markup: whether two clauses of the same words look or link differently."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping

from publisher.domain.clause import Clause, ClauseKind, Mark, MarkKind
from publisher.languages.words import words

_SILENT = frozenset({MarkKind.BREAK})
"""A line break inside a clause is white space, however it is written."""


def formatted_differently(old: Clause, new: Clause, ids: Mapping[str, str], *, in_place: bool) -> bool:
    """Whether two clauses of the same words have other markup, other link targets or another look of their number.

    Args:
        old: the clause as it was.
        new: the clause as it is.
        ids: what the ids of the old text became, so that links within the text follow the clauses they point to.
        in_place: the clause did not move; a moved heading's level follows from its new place.
    """
    if (old.kind, old.block) != (new.kind, new.block):
        return True
    if in_place and old.kind is ClauseKind.HEADING and old.level != new.level:
        return True
    if old.number != new.number and (old.value == new.value or None in (old.number, new.number)):
        return True
    if not old.marks and not new.marks:
        return False
    if old.text == new.text and _marked(old, ids) == _marked(new, {}):
        return False
    return _layer(old, ids) != _layer(new, {})


def _marked(clause: Clause, ids: Mapping[str, str]) -> list[tuple[int, int, str, str]]:
    return [(mark.start, mark.end, mark.kind, _target(mark, ids)) for mark in clause.marks]


def linked_differently(old: Clause, new: Clause, ids: Mapping[str, str]) -> bool:
    """Whether some words that link in both texts link elsewhere now, whatever else was reworded."""
    before, after = _links(old, ids), _links(new, {})
    return any(before[text] != after[text] for text in before.keys() & after.keys())


def _links(clause: Clause, ids: Mapping[str, str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for mark in clause.marks:
        if mark.kind is MarkKind.LINK:
            found.setdefault(clause.text[mark.start : mark.end].strip(), set()).add(_target(mark, ids))
    return {text: frozenset(targets) for text, targets in found.items()}


def _layer(clause: Clause, ids: Mapping[str, str]) -> frozenset[tuple[int, str, str]]:
    """Which markup lies over which word; markup over nothing is noted at the place where it stands."""
    spans = words(clause.text).spans
    starts = [start for start, _ in spans]
    ends = [end for _, end in spans]
    layer: set[tuple[int, str, str]] = set()
    cell = 0
    for mark in clause.marks:
        if mark.kind in _SILENT:
            continue
        target = _target(mark, ids)
        if mark.kind is MarkKind.CELL:
            target, cell = str(cell), cell + 1
        first, last = bisect_right(ends, mark.start), bisect_left(starts, mark.end)
        if first >= last:
            layer.add((-1 - first, mark.kind, target))
        layer.update((at, str(mark.kind), target) for at in range(first, last))
    return frozenset(layer)


def _target(mark: Mark, ids: Mapping[str, str]) -> str:
    if mark.kind is MarkKind.NOTE:
        return ""  # a note is named by its place, which its own clause tells
    if mark.target.startswith("#"):
        return "#" + ids.get(mark.target[1:], mark.target[1:])
    return mark.target
