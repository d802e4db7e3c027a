"""What moved and what was renumbered, each told once at the topmost clause that took its subtree along."""

from collections import defaultdict
from collections.abc import Sequence

from publisher.diff.alignment import Alignment
from publisher.diff.outline import Outline
from publisher.diff.pairing import FREE
from publisher.diff.rising import heaviest_rising


def moved(alignment: Alignment) -> frozenset[int]:
    """The new positions of clauses that moved with all below them: the fewest that explain the new order.

    Of several such sets the shortest in characters moved, so that of two that swapped it is the shorter one.
    """
    to_new, to_old = alignment.partners_of_old(), alignment.partners_of_new()
    old, new = alignment.old, alignment.new
    for match in alignment.matches:
        if old.heading(match.old[0]) != new.heading(match.new[0]):  # what stood under a heading is not gone from it
            to_new[match.old[0]] = to_old[match.new[0]] = FREE  # when the heading became a paragraph
    above_old, above_new = _paired_ancestors(old, to_new), _paired_ancestors(new, to_old)
    pairs = [(match.old[0], match.new[0]) for match in alignment.matches]
    siblings: dict[int, list[tuple[int, int]]] = defaultdict(list)
    unsure: list[tuple[int, int]] = []
    found: set[int] = set()
    for i, j in pairs:
        if _same(above_old[i], above_new[j], to_new, to_old):
            siblings[above_new[j]].append((i, j))
        elif _paired(old.parents[i], to_new) and _paired(new.parents[j], to_old):
            found.add(j)
        else:
            unsure.append((i, j))
    for group in siblings.values():
        lengths = [min(old.lengths[i], new.lengths[j]) for i, j in group]
        each = sum(lengths)
        found.update(_out_of_order(group, [each + length for length in lengths]))
    if unsure:
        strays = _out_of_order(pairs, [len(new.codes[j]) + 1 for _, j in pairs])
        found.update(j for _, j in unsure if j in strays)
    return frozenset(found)


def renumbered(alignment: Alignment) -> frozenset[int]:
    """The new positions of numbered clauses whose number changed, unless the number above explains it."""
    old, new = alignment.old, alignment.new
    to_old = alignment.partners_of_new()
    found: set[int] = set()
    for match in alignment.matches:
        i, j = match.old[0], match.new[0]
        before, after = old.clause(i), new.clause(j)
        if before.number is None or after.number is None:
            continue
        if before.value == after.value if before.value or after.value else before.number == after.number:
            continue
        over_i, over_j = _numbered_ancestor(old, i), _numbered_ancestor(new, j)
        if over_i >= 0 and over_j >= 0 and to_old[over_j] == over_i:
            rest = _below(old.clause(over_i).value, before.value)
            if rest is not None and rest == _below(new.clause(over_j).value, after.value):
                continue
        found.add(j)
    return frozenset(found)


def _paired_ancestors(side: Outline, partners: Sequence[int]) -> list[int]:
    """For each clause the nearest clause above it that is in both texts, or -1."""
    above: list[int] = []
    for parent in side.parents:
        above.append(parent if _paired(parent, partners) else above[parent])
    return above


def _paired(position: int, partners: Sequence[int]) -> bool:
    return position < 0 or partners[position] != FREE


def _same(i: int, j: int, to_new: Sequence[int], to_old: Sequence[int]) -> bool:
    """Whether two positions are sides of one match, the top of the texts included."""
    if i < 0 or j < 0:
        return i == j
    return to_new[i] == j or to_old[j] == i


def _out_of_order(pairs: Sequence[tuple[int, int]], weights: Sequence[int]) -> set[int]:
    stayed = heaviest_rising([i for i, _ in pairs], weights)
    return {j for index, (_, j) in enumerate(pairs) if index not in stayed}


def _numbered_ancestor(side: Outline, position: int) -> int:
    above = side.parents[position]
    while above >= 0 and side.clause(above).number is None:
        above = side.parents[above]
    return above


def _below(over: tuple[int, ...], value: tuple[int, ...]) -> tuple[int, ...] | None:
    """The part of a number that comes after the number above it: (3,) of 4.1.3 below 4.1; None when it does not."""
    return value[len(over) :] if over and len(value) > len(over) and value[: len(over)] == over else None
