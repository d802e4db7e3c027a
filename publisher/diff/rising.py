"""The heaviest rising subsequence: what stayed in order when something moved."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise


def rises(values: Sequence[int]) -> bool:
    """Whether each value is above the one before."""
    return all(before < after for before, after in pairwise(values))


def heaviest_rising(values: Sequence[int], weights: Sequence[int]) -> set[int]:
    """The indexes of a rising subsequence of distinct values with the greatest sum of weights.

    Every weight is above zero. Of several such subsequences the one that ends first is taken.
    """
    if rises(values):
        return set(range(len(values)))
    ranked = sorted(values)
    best: list[tuple[int, int]] = [(0, 0)] * (len(values) + 1)  # a Fenwick tree of (sum, -index - 1), by rank
    previous: list[int] = []
    top = (0, 0)
    for index, value in enumerate(values):
        rank = bisect_left(ranked, value)
        below = (0, 0)
        node = rank
        while node:
            below = max(below, best[node])
            node &= node - 1
        previous.append(-below[1] - 1)
        reached = (below[0] + weights[index], -index - 1)
        top = max(top, reached)
        node = rank + 1
        while node < len(best):
            best[node] = max(best[node], reached)
            node += node & -node
    kept: set[int] = set()
    index = -top[1] - 1
    while index >= 0:
        kept.add(index)
        index = previous[index]
    return kept
