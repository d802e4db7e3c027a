"""Identities: the ids that the new text's clauses keep from the old one, and those that newcomers receive."""

import re
from collections.abc import Sequence
from dataclasses import replace

from publisher.diff.alignment import Alignment
from publisher.diff.outline import Outline
from publisher.diff.pairing import FREE
from publisher.domain.clause import Clause, ClauseTree, MarkKind

TITLE = "title"
_REPEATED = re.compile(r"~[0-9]+$")
"""What reading adds to an id that it gives a second time."""


def carried_ids(alignment: Alignment, used: frozenset[str] = frozenset()) -> list[str]:
    """The ids of the new text's clauses in reading order.

    A clause of both texts keeps its old id, whatever its number is now; the first part of a split keeps the id of the
    whole, and a merged clause that of its first part. A newcomer gets the id of a first appearance: its anchor, its
    number, or the lasting id of the clause above it with its ordinal. If some clause ever bore that, `~2`, `~3` and so
    on follows. A text's own title is `title` and nothing else is: it names the page. Ids that the ledger keeps already
    are left alone.
    """
    if alignment.identified:
        return [entry.clause.id for entry in alignment.new.placed]
    ids = [TITLE if entry.clause.id == TITLE else "" for entry in alignment.new.placed]
    for match in alignment.matches:
        known = alignment.old.clause(match.old[0]).id
        if TITLE not in (known, ids[match.new[0]]):
            ids[match.new[0]] = known
    taken = {entry.clause.id for entry in alignment.old.placed} | used
    counts: dict[str, int] = {}
    for position, known in enumerate(ids):
        if known:
            continue
        own = wanted = _wanted(alignment.new, position, ids)
        while own in taken:
            counts[wanted] = counts.get(wanted, 1) + 1
            own = f"{wanted}~{counts[wanted]}"
        ids[position] = own
        taken.add(own)
    return ids


def _wanted(new: Outline, position: int, ids: Sequence[str]) -> str:
    """The id that a newcomer would bear if none had ever been given; the clauses above it have theirs already."""
    clause, parent = new.clause(position), new.parents[position]
    own = _REPEATED.sub("", clause.id)
    if parent == FREE or clause.id == clause.anchor:
        return own
    above = new.clause(parent).id
    return ids[parent] + own[len(above) :] if own.startswith((f"{above}-", f"{above}(")) else own


def carry_ids(alignment: Alignment, used: frozenset[str] = frozenset()) -> ClauseTree:
    """The new tree with the ids that its clauses keep from the old one.

    Args:
        alignment: the two texts.
        used: every id that the policy ever gave to a clause, so that none is given twice.
    """
    new = alignment.new
    ids = carried_ids(alignment, used)
    renamed = {entry.clause.id: given for entry, given in zip(new.placed, ids, strict=True)}
    below: dict[int, list[Clause]] = {}
    for position in range(len(new) - 1, -1, -1):
        clause = new.clause(position)
        children = tuple(reversed(below.pop(position, [])))
        marks = tuple(
            replace(mark, target=renamed.get(mark.target, mark.target)) if mark.kind is MarkKind.NOTE else mark
            for mark in clause.marks
        )
        below.setdefault(new.parents[position], []).append(
            replace(clause, id=ids[position], marks=marks, children=children)
        )
    return replace(new.tree, clauses=tuple(reversed(below.get(FREE, []))))
