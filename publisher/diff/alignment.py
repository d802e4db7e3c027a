"""Alignment: which clauses of two texts are the same, whatever became of their words, numbers and places."""

from dataclasses import dataclass

from publisher.diff.alike import pair_alike
from publisher.diff.dividing import find_merges, find_splits
from publisher.diff.identical import (
    pair_across_kinds,
    pair_by_anchor,
    pair_by_identity,
    pair_by_words,
    pair_what_is_left,
)
from publisher.diff.outline import Outline, Vocabulary, outline
from publisher.diff.pairing import FREE, Pairing
from publisher.domain.clause import ClauseTree


@dataclass(frozen=True, slots=True)
class Match:
    """A clause in both texts, by reading position: several new ones when it was split, several old when merged."""

    old: tuple[int, ...]
    new: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two texts and the clauses that they have in common, in the reading order of the new one.

    Each clause is in one match at most; those in none were removed or added. `identified` says that the new tree's ids
    are those which the ledger keeps.
    """

    old: Outline
    new: Outline
    matches: tuple[Match, ...]
    identified: bool = False

    def partners_of_old(self) -> list[int]:
        """For each old clause, the position of the (first) new clause that it became, or -1."""
        partners = [FREE] * len(self.old)
        for match in self.matches:
            for position in match.old:
                partners[position] = match.new[0]
        return partners

    def partners_of_new(self) -> list[int]:
        """For each new clause, the position of the (first) old clause that it was, or -1."""
        partners = [FREE] * len(self.new)
        for match in self.matches:
            for position in match.new:
                partners[position] = match.old[0]
        return partners


def align(old: ClauseTree, new: ClauseTree, *, identified: bool = False) -> Alignment:
    """Finds the clauses that two texts have in common.

    Args:
        old: the earlier text.
        new: the later text.
        identified: both trees carry ids that the ledger keeps, so that equal ids are the same clause.
    """
    vocabulary = Vocabulary()
    pairing = Pairing(outline(old, vocabulary), outline(new, vocabulary), vocabulary)
    if identified:
        pair_by_identity(pairing)
    pair_by_anchor(pairing)
    pair_by_words(pairing)
    splits: dict[int, tuple[int, ...]] = {}
    merges: dict[int, tuple[int, ...]] = {}
    if FREE in pairing.to_new or FREE in pairing.to_old:
        pair_alike(pairing)
        pair_what_is_left(pairing)
        splits = find_splits(pairing)
        merges = find_merges(pairing, splits)
        pair_across_kinds(pairing)
    return Alignment(pairing.old, pairing.new, tuple(_matches(pairing, splits, merges)), identified)


def _matches(pairing: Pairing, splits: dict[int, tuple[int, ...]], merges: dict[int, tuple[int, ...]]) -> list[Match]:
    matches: list[Match] = []
    for j, i in enumerate(pairing.to_old):
        if i == FREE:
            continue
        if j in merges:
            matches.append(Match(merges[j], (j,)))
        elif i not in splits:
            matches.append(Match((i,), (j,)))
        elif splits[i][0] == j:
            matches.append(Match((i,), splits[i]))
    return matches
