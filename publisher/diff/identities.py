"""Identities: the ids that the new text's clauses keep from the old one, and those that newcomers receive."""

from dataclasses import replace

from publisher.diff.alignment import Alignment
from publisher.diff.pairing import FREE
from publisher.domain.clause import Clause, ClauseTree, MarkKind


def carried_ids(alignment: Alignment, used: frozenset[str] = frozenset()) -> list[str]:
    """The ids of the new text's clauses in reading order.

    A clause of both texts keeps its old id, whatever its number is now; the first part of a split keeps the id of the
    whole, and a merged clause that of its first part. A newcomer keeps the id it was given while reading, unless some
    clause ever bore it: then `~2`, `~3` and so on follows. Ids that the ledger keeps already are left alone.
    """
    if alignment.identified:
        return [entry.clause.id for entry in alignment.new.placed]
    ids = [""] * len(alignment.new)
    for match in alignment.matches:
        ids[match.new[0]] = alignment.old.clause(match.old[0]).id
    taken = {entry.clause.id for entry in alignment.old.placed} | used
    for position, known in enumerate(ids):
        if not known:
            ids[position] = _untaken(alignment.new.clause(position).id, taken)
            taken.add(ids[position])
    return ids


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


def _untaken(wanted: str, taken: set[str]) -> str:
    if wanted not in taken:
        return wanted
    stem = wanted.rpartition("~")[0] if wanted.rpartition("~")[2].isdigit() and "~" in wanted else wanted
    count = 2
    while f"{stem}~{count}" in taken:
        count += 1
    return f"{stem}~{count}"
