"""One clause made several, and several made one."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from rapidfuzz.distance import LCSseq

from publisher.diff.alike import likeness
from publisher.diff.outline import Outline
from publisher.diff.pairing import FREE, Pairing

_WHOLE = 0.75
"""How alike the parts together must be to the whole."""
_FROM_THE_WHOLE = 0.55
"""The share of a part's words that must come from words of the whole which no other part has."""
_LEAST_WORDS = 2
_MOST_PARTS = 64
_LEAST_WORDS_OF_A_WHOLE = 6


@dataclass(frozen=True, slots=True)
class _Sides:
    """A pairing as seen from the whole clauses to the parts: splits look from old to new, merges from new to old."""

    whole: Outline
    parts: Outline
    to_part: list[int]
    to_whole: list[int]
    essence: Callable[[str], str]
    unclaimed: dict[int, Counter[str]] = field(default_factory=dict)

    def words_of_whole(self, at: int) -> str:
        return self.essence(self.whole.codes[at])

    def words_of_parts(self, places: list[int]) -> str:
        return self.essence("".join(self.parts.codes[place] for place in places))

    def may_hold(self, whole: int, group: list[int], part: int) -> bool:
        """Whether enough of a part's words are left over in the whole, in whatever order: a quick first look."""
        if whole not in self.unclaimed:
            self.unclaimed[whole] = Counter(self.words_of_whole(whole))
            self.unclaimed[whole].subtract(Counter(self.words_of_parts(group)))
        own = Counter(self.essence(self.parts.codes[part]))
        left = self.unclaimed[whole]
        held = sum(min(count, max(0, left[word])) for word, count in own.items())
        return held >= _FROM_THE_WHOLE * own.total()


def find_splits(pairing: Pairing) -> dict[int, tuple[int, ...]]:
    """Old clauses that were divided, each with its parts in the new text."""
    return _find(
        _Sides(pairing.old, pairing.new, pairing.to_new, pairing.to_old, pairing.vocabulary.essence), taken=frozenset()
    )


def find_merges(pairing: Pairing, splits: dict[int, tuple[int, ...]]) -> dict[int, tuple[int, ...]]:
    """New clauses that were made of several, each with its parts in the old text."""
    taken = frozenset(part for parts in splits.values() for part in parts)
    return _find(
        _Sides(pairing.new, pairing.old, pairing.to_old, pairing.to_new, pairing.vocabulary.essence), taken=taken
    )


def _find(sides: _Sides, taken: frozenset[int]) -> dict[int, tuple[int, ...]]:
    """Joins free clauses to the neighbour from whose whole their words come; each new part is then paired with it.

    `taken` holds clauses on the side of the wholes that are themselves parts of something.
    """
    free = [part for part, whole in enumerate(sides.to_whole) if whole == FREE and not sides.parts.heading(part)]
    if not free:
        return {}
    seeds = _sow(sides, free, taken)
    groups = _gather(sides, free, taken)
    divided: dict[int, tuple[int, ...]] = {}
    for whole in {*groups, *seeds}:
        group = groups.get(whole, [sides.to_part[whole]])
        if len(group) > 1 and likeness(sides.words_of_whole(whole), sides.words_of_parts(group)) >= _WHOLE:
            divided[whole] = tuple(group)
            sides.to_part[whole] = group[0]
            continue
        for part in group:
            if whole in seeds or part != sides.to_part[whole]:
                sides.to_whole[part] = FREE
        if whole in seeds:
            sides.to_part[whole] = FREE
    return divided


def _gather(sides: _Sides, free: list[int], taken: frozenset[int]) -> dict[int, list[int]]:
    """For each whole, its parts in reading order: those found before, and the free neighbours that continue them."""
    before = _siblings_before(sides.parts)
    groups: dict[int, list[int]] = {}
    for order, forward in ((free, True), (free[::-1], False)):
        for part in order:
            if sides.to_whole[part] != FREE:
                continue
            for neighbour in _neighbours(sides.parts, before, part, forward=forward):
                whole = sides.to_whole[neighbour]
                if whole == FREE or whole in taken or sides.parts.heading(neighbour):
                    continue
                group = groups.get(whole, [sides.to_part[whole]])
                if _belongs(sides, whole, group, part):
                    groups[whole] = sorted([*group, part])
                    sides.unclaimed.pop(whole, None)
                    sides.to_whole[part] = whole
                    break
    return groups


def _siblings_before(side: Outline) -> list[int]:
    before: list[int] = []
    last: dict[int, int] = {}
    for at, parent in enumerate(side.parents):
        before.append(last.get(parent, parent))
        last[parent] = at
    return before


def _neighbours(side: Outline, before: list[int], part: int, *, forward: bool) -> list[int]:
    """The clauses that a part may continue (its sibling or parent before it), or that may continue it."""
    if forward:
        return [place for place in dict.fromkeys((before[part], part - 1)) if place >= 0]
    return [place for place in dict.fromkeys((side.ends[part], part + 1)) if place < len(side)]


def _belongs(sides: _Sides, whole: int, group: list[int], part: int) -> bool:
    if len(group) >= _MOST_PARTS or not sides.may_hold(whole, group, part):
        return False
    words = sides.words_of_whole(whole)
    own = sides.essence(sides.parts.codes[part])
    without = sides.words_of_parts(group)
    if len(own) < _LEAST_WORDS or words == without or len(words) < _LEAST_WORDS_OF_A_WHOLE:
        return False
    gain = LCSseq.similarity(words, sides.words_of_parts(sorted([*group, part]))) - LCSseq.similarity(words, without)
    return gain >= _FROM_THE_WHOLE * len(own)


def _sow(sides: _Sides, free: list[int], taken: frozenset[int]) -> frozenset[int]:
    """Pairs a whole that has no partner with a part that stands where the whole stood and holds only words of it."""
    seeds: set[int] = set()
    available = set(free)
    for whole, partner in enumerate(sides.to_part):
        if partner != FREE or whole in taken or sides.whole.heading(whole):
            continue
        words = sides.words_of_whole(whole)
        if len(words) < _LEAST_WORDS_OF_A_WHOLE:
            continue
        expected = sides.to_part[whole - 1] + 1 if whole and sides.to_part[whole - 1] != FREE else FREE
        if whole == 0:
            expected = 0
        if expected not in available or sides.to_whole[expected] != FREE:
            continue
        own = sides.essence(sides.parts.codes[expected])
        if len(own) >= _LEAST_WORDS and LCSseq.similarity(words, own) >= _FROM_THE_WHOLE * len(own):
            sides.to_part[whole] = expected
            sides.to_whole[expected] = whole
            seeds.add(whole)
    return frozenset(seeds)
