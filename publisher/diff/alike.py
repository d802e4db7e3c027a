"""Clauses that were reworded: pairs of what is left by likeness of words, then by place."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz import process
from rapidfuzz.distance import Indel

from publisher.diff.pairing import FREE, Pairing

ALIKE = 0.4
"""Below this likeness two clauses are never the same on account of their words."""
ALIKE_ENOUGH = 0.5
"""What likeness and place together must reach."""
_SAME_PARENT, _NEXT_TO_A_PAIR, _SAME_NUMBER = 0.05, 0.03, 0.05
_SHORT_ELSEWHERE = 0.3
_ALL_PAIRS = 1_000_000
_CANDIDATES = 8
_RAREST = 12

_Candidates = Iterator[tuple[float, int, int]]


def pair_alike(pairing: Pairing) -> None:
    """Pairs reworded clauses, then headings by what stands under them, then headings by their own words."""
    _pair_by_likeness(pairing, headings=False)
    _pair_by_children(pairing)
    _pair_by_likeness(pairing, headings=True)
    _pair_lone_neighbours(pairing)


def likeness(old: str, new: str, cutoff: float = 0.0) -> float:
    """How alike two encoded clauses are, from 0 to 1: twice the words in common over all words."""
    return Indel.normalized_similarity(old, new, score_cutoff=cutoff) if old and new else 0.0


def _pair_by_likeness(pairing: Pairing, *, headings: bool) -> None:
    olds = [i for i in pairing.free_old() if pairing.old.heading(i) == headings and pairing.old.codes[i]]
    news = [j for j in pairing.free_new() if pairing.new.heading(j) == headings and pairing.new.codes[j]]
    if not olds or not news:
        return
    old_words = {i: pairing.essence_of_old(i) for i in olds}
    new_words = {j: pairing.essence_of_new(j) for j in news}
    found: dict[tuple[int, int], float] = {}
    search = _every_pair if len(olds) * len(news) <= _ALL_PAIRS else _likely_pairs
    for score, i, j in search(old_words, new_words):
        found[i, j] = score
    for score, i, j in _expected_pairs(pairing, old_words, new_words):
        found[i, j] = score
    ranked = sorted(
        ((score + _bonus(pairing, i, j), i, j) for (i, j), score in found.items()),
        key=lambda entry: (-entry[0], abs(entry[1] - entry[2]), entry[2]),
    )
    for score, i, j in ranked:
        if score < ALIKE_ENOUGH:
            break
        if pairing.fits(i, j):
            pairing.pair(i, j)


def _bonus(pairing: Pairing, i: int, j: int) -> float:
    bonus = 0.0
    if pairing.place_of_old(i) == pairing.place_of_new(j):
        bonus += _SAME_PARENT
    elif pairing.short_old(i) and pairing.short_new(j):
        bonus -= _SHORT_ELSEWHERE
    for step in (-1, 1):
        before, after = i + step, j + step
        if 0 <= before < len(pairing.old) and 0 <= after < len(pairing.new) and pairing.to_new[before] == after:
            bonus += _NEXT_TO_A_PAIR
    number = pairing.old.clause(i).value
    if number and number == pairing.new.clause(j).value:
        bonus += _SAME_NUMBER
    return bonus


def _every_pair(old_words: dict[int, str], new_words: dict[int, str]) -> _Candidates:
    for j, words in new_words.items():
        for _, score, i in process.extract(
            words, old_words, scorer=Indel.normalized_similarity, score_cutoff=ALIKE, limit=_CANDIDATES
        ):
            yield score, i, j


def _likely_pairs(old_words: dict[int, str], new_words: dict[int, str]) -> _Candidates:
    """Pairs that share rare pairs of words, for texts too long to try every pair."""
    postings: dict[str, list[int]] = defaultdict(list)
    for i, words in old_words.items():
        for pair in _word_pairs(words):
            postings[pair].append(i)
    too_common = max(8, int(len(old_words) ** 0.5))
    for j, words in new_words.items():
        known = (postings[pair] for pair in _word_pairs(words) if pair in postings)
        rare = sorted((entry for entry in known if len(entry) <= too_common), key=len)[:_RAREST]
        shared: Counter[int] = Counter()
        for entry in rare:
            shared.update(entry)
        for i, _ in shared.most_common(_CANDIDATES):
            score = likeness(old_words[i], words, ALIKE)
            if score:
                yield score, i, j


def _word_pairs(words: str) -> Iterable[str]:
    return {words[at : at + 2] for at in range(len(words) - 1)} or {words}


def _expected_pairs(pairing: Pairing, old_words: dict[int, str], new_words: dict[int, str]) -> _Candidates:
    """Each clause with the one that stands where it would stand if nothing around it had moved."""
    for order, step in ((sorted(old_words), -1), (sorted(old_words, reverse=True), 1)):
        for i, (known, partner) in zip(order, _nearest_pairs(pairing, order, step), strict=True):
            j = partner + i - known
            if j in new_words:
                score = likeness(old_words[i], new_words[j], ALIKE)
                if score:
                    yield score, i, j


def _nearest_pairs(pairing: Pairing, order: Sequence[int], step: int) -> Iterator[tuple[int, int]]:
    """For each old position, the nearest paired one in a direction and its partner; the text's end counts as paired."""
    known, partner = (-1, -1) if step < 0 else (len(pairing.old), len(pairing.new))
    reached = known
    for i in order:
        for between in range(reached - step, i, -step):
            if pairing.to_new[between] != FREE:
                known, partner = between, pairing.to_new[between]
        reached = i
        yield known, partner


def _pair_by_children(pairing: Pairing) -> None:
    """Pairs headings whose words all changed but which stand above the same clauses, the innermost first."""
    old, new = pairing.old, pairing.new
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    for j in range(len(new) - 1, -1, -1):
        for i, weight in votes[j].most_common(1) if pairing.to_old[j] == FREE else ():
            below = max(old.weights[i] - len(old.codes[i]) - 1, new.weights[j] - len(new.codes[j]) - 1)
            if 2 * weight > below and pairing.fits(i, j) and old.heading(i):
                pairing.pair(i, j)
        i, parent = pairing.to_old[j], new.parents[j]
        if i != FREE and parent >= 0 and old.parents[i] >= 0 and pairing.to_new[old.parents[i]] == FREE:
            votes[parent][old.parents[i]] += min(old.weights[i], new.weights[j])


def _pair_lone_neighbours(pairing: Pairing) -> None:
    """Pairs two free clauses, each alone between the same neighbours, when number or a rest of likeness supports it."""
    old, new = pairing.old, pairing.new
    for j in list(pairing.free_new()):
        before = pairing.to_old[j - 1] if j else -1
        i = before + 1
        if (j and before == FREE) or i >= len(old) or not pairing.fits(i, j) or not pairing.same_parent(i, j):
            continue
        following = pairing.to_new[i + 1] if i + 1 < len(old) else len(new)
        if following != j + 1:
            continue
        number = old.clause(i).value
        least = 0.2 if number and number == new.clause(j).value else 0.3
        if likeness(pairing.essence_of_old(i), pairing.essence_of_new(j)) >= least:
            pairing.pair(i, j)
