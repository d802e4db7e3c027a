"""Matching: which sentences are new, gone or edited, wherever in the two texts they stand.

A sentence that stands in both texts is neither new nor gone, however far it moved. What is left is paired within its
clause, then across the text; what cannot be paired is new or gone, unless the other text says the same words in pieces.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nsmallest
from itertools import pairwise

from publisher.domain.change import ChangeSet, Passage
from publisher.languages.duties import Lexicon
from publisher.languages.words import protected
from publisher.materiality.sentences import Sentence, join
from publisher.materiality.stems import stem
from publisher.materiality.unspaced import Cutter, transferred
from publisher.materiality.unspaced import swaps as swaps_of

Run = tuple[int, int]
"""The first and the last index of a run of words."""
Swap = tuple[Run | None, Run | None]
"""An edit: what went and what came in its place."""

_SAME_CLAUSE = 0.34
_ELSEWHERE = 0.5
_COVERED = 0.88
_MOST_MEETINGS = 20_000
"""Pairs of equal words up to which two sentences are compared word by word: one word repeated makes too many."""
_CONJUNCTIONS = frozenset({"and", "or", "和", "或", "及", "与"})
_MOST_PAIRS = 4000
"""Pairs of sentences up to which those of one clause are compared with each other."""
_COMMON = 12
"""A word in more sentences than this says nothing about which belong together."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One difference of one sentence: edited (both sides), new (no old) or gone (no new)."""

    old: Sentence | None
    new: Sentence | None
    deleted: tuple[Run, ...]
    inserted: tuple[Run, ...]
    swaps: tuple[Swap, ...] = ()

    @property
    def edited(self) -> bool:
        """Whether the sentence stands in both texts, reworded."""
        return self.old is not None and self.new is not None


@dataclass(frozen=True, slots=True)
class Side:
    """One text as a whole: its sentences, and what words and neighbours occur anywhere in it."""

    sentences: tuple[Sentence, ...]
    keys: frozenset[tuple[object, ...]]
    stems: frozenset[str]
    neighbours: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Match:
    """The units of a revision and the two texts around them; `whole` has the edits that only rename, too."""

    units: tuple[Unit, ...]
    old: Side
    new: Side
    whole: tuple[Unit, ...] = ()


def match(
    changes: ChangeSet, old: tuple[Sentence, ...], new: tuple[Sentence, ...], lexicon: Lexicon, language: str
) -> Match:
    """Pairs the sentences of the changed clauses.

    Args:
        changes: which clauses changed, and which belong together.
        old: all sentences of the text before.
        new: all sentences of the text after.
        lexicon: the vocabulary of the language.
        language: the language tag, for the words that are never overlooked.
    """
    stemmer = Stemmer(lexicon)
    before, after = _side(old, lexicon, stemmer), _side(new, lexicon, stemmer)
    changed_old = {id_ for change in changes.changes for id_ in ids_of(change.old)}
    changed_new = {id_ for change in changes.changes for id_ in ids_of(change.new)}
    gone = [s for s in old if s.clause.id in changed_old and _key(s, lexicon) not in after.keys]
    come = [s for s in new if s.clause.id in changed_new and _key(s, lexicon) not in before.keys]
    if not stemmer.spaced:
        gone, come = ([s for s in side if not stemmer.cutter.plain(s.tokens)] for side in (gone, come))
    turned = _turned(gone, come, lexicon)
    pairs = _pair(
        changes, [s for s in gone if s.order not in turned[0]], [s for s in come if s.order not in turned[1]], stemmer
    )
    paired_old, paired_new = {a.order for a, _ in pairs}, {b.order for _, b in pairs}
    edited = tuple(_edited(a, b, stemmer, language) for a, b in pairs)
    if not stemmer.spaced:
        edited = tuple(_settled(unit, gone, come, stemmer.cutter) for unit in edited)
    units = _without_renames(list(edited), before, after, lexicon, language)
    units += [
        Unit(None, s, (), ((0, len(s.tokens) - 1),), ((None, (0, len(s.tokens) - 1)),))
        for s in come
        if s.order not in paired_new and (s.order in turned[1] or not _covered(s, before, language))
    ]
    units += [
        Unit(s, None, ((0, len(s.tokens) - 1),), (), (((0, len(s.tokens) - 1), None),))
        for s in gone
        if s.order not in paired_old and (s.order in turned[0] or not _covered(s, after, language))
    ]
    kept = tuple(unit for unit in units if unit.swaps)
    return Match(kept, before, after, tuple(unit for unit in (*edited, *units[len(edited) :]) if unit.swaps))


def ids_of(passage: Passage | None) -> Iterator[str]:
    """The ids of the clauses that one side of a change consists of."""
    if passage is None:
        return
    yield passage.id
    for part in passage.parts:
        yield part.id


class Stemmer:
    """Cuts words down to what they have in common, and tells words with matter from words without."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.spaced = lexicon.duties.spaced
        self.cutter = Cutter(lexicon)
        self._empty = lexicon.duties.function_words
        self._known: dict[str, str] = {}
        self._equal = {stem(word): stem(other) for word, other in lexicon.duties.equals} if self.spaced else {}

    def empty(self, token: str) -> bool:
        """Whether a word has no matter of its own."""
        return token in self._empty

    def stem(self, token: str) -> str:
        """`processed`, `processes` and `processing` are one."""
        known = self._known.get(token)
        if known is None:
            known = stem(token) if self.spaced else token
            known = self._known[token] = self._equal.get(known, known)
        return known

    def features(self, tokens: tuple[str, ...]) -> list[tuple[str, int]]:
        """The words with matter and where they stand: stems, or words of a script without spaces."""
        if self.spaced:
            return [
                (self.stem(token), index)
                for index, token in enumerate(tokens)
                if len(token) > 2 and token not in self._empty and not token[0].isdigit()
            ]
        return self.cutter.features(tokens)


def _key(sentence: Sentence, lexicon: Lexicon) -> tuple[object, ...]:
    """Its words, and whether what introduces it denies it: an item moved from `we never` to `we` is another."""
    if not sentence.lead:
        return sentence.tokens
    return (*sentence.tokens, lexicon.has("negation", sentence.lead))


def _turned(gone: list[Sentence], come: list[Sentence], lexicon: Lexicon) -> tuple[frozenset[int], frozenset[int]]:
    """The items that went from a list of what is denied to a list of what is done, or back: gone here and new there."""
    leads = {s.tokens: lexicon.has("negation", s.lead) for s in gone}
    back = {s.tokens for s in come if s.tokens in leads and leads[s.tokens] is not lexicon.has("negation", s.lead)}
    return (
        frozenset(s.order for s in gone if s.tokens in back),
        frozenset(s.order for s in come if s.tokens in back),
    )


def _side(sentences: tuple[Sentence, ...], lexicon: Lexicon, stemmer: Stemmer) -> Side:
    stems: set[str] = set()
    neighbours: set[tuple[str, str]] = set()
    for sentence in sentences:
        stems.update(feature for feature, _ in stemmer.features(sentence.tokens))
        neighbours.update(pairwise(sentence.tokens))
    return Side(sentences, frozenset(_key(s, lexicon) for s in sentences), frozenset(stems), frozenset(neighbours))


def _pair(
    changes: ChangeSet, gone: list[Sentence], come: list[Sentence], stemmer: Stemmer
) -> list[tuple[Sentence, Sentence]]:
    bags = {id(s): Counter(_weighted(s, stemmer)) for s in (*gone, *come)}
    by_clause_old: dict[str, list[Sentence]] = defaultdict(list)
    by_clause_new: dict[str, list[Sentence]] = defaultdict(list)
    for s in gone:
        by_clause_old[s.clause.id].append(s)
    for s in come:
        by_clause_new[s.clause.id].append(s)
    used_old: set[int] = set()
    used_new: set[int] = set()
    pairs: list[tuple[Sentence, Sentence]] = []

    def settle(candidates: Iterable[tuple[Sentence, Sentence]], least: float) -> None:
        scored = sorted(
            ((_alike(bags[id(a)], bags[id(b)]), a, b) for a, b in candidates),
            key=lambda item: (-item[0], item[1].order, item[2].order),
        )
        for score, a, b in scored:
            if score < least:
                break
            if a.order in used_old or b.order in used_new:
                continue
            used_old.add(a.order)
            used_new.add(b.order)
            pairs.append((a, b))

    for change in changes.changes:
        olds = [s for id_ in dict.fromkeys(ids_of(change.old)) for s in by_clause_old.get(id_, ())]
        news = [s for id_ in dict.fromkeys(ids_of(change.new)) for s in by_clause_new.get(id_, ())]
        if olds and news and len(olds) * len(news) <= _MOST_PAIRS:
            settle(((a, b) for a in olds for b in news), 0.15 if len(olds) == len(news) == 1 else _SAME_CLAUSE)
    left_old = [s for s in gone if s.order not in used_old]
    left_new = [s for s in come if s.order not in used_new]
    settle(_neighbourly(left_old, left_new, stemmer), _ELSEWHERE)
    return pairs


def _neighbourly(gone: list[Sentence], come: list[Sentence], stemmer: Stemmer) -> Iterator[tuple[Sentence, Sentence]]:
    """Pairs that share uncommon words, so that not every sentence is compared with every other."""
    index: dict[str, list[Sentence]] = defaultdict(list)
    for s in gone:
        for feature in {feature for feature, _ in stemmer.features(s.tokens)}:
            index[feature].append(s)
    for b in come:
        shared: Counter[int] = Counter()
        holders: dict[int, Sentence] = {}
        for feature in {feature for feature, _ in stemmer.features(b.tokens)}:
            found = index.get(feature, ())
            if len(found) <= _COMMON:
                for a in found:
                    shared[a.order] += 1
                    holders[a.order] = a
        for order, _ in nsmallest(6, shared.items(), key=lambda item: (-item[1], item[0])):
            yield holders[order], b


def _weighted(sentence: Sentence, stemmer: Stemmer) -> Iterator[str]:
    for token in sentence.tokens:
        yield stemmer.stem(token)
    for feature, _ in stemmer.features(sentence.tokens):
        yield f"*{feature}"


def _alike(a: Counter[str], b: Counter[str]) -> float:
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 0.0


def _edited(a: Sentence, b: Sentence, stemmer: Stemmer, language: str) -> Unit:
    if not stemmer.spaced:
        return _unit(a, b, swaps_of(a, b, stemmer.cutter, _edits))
    left = [stemmer.stem(token) for token in a.tokens]
    right = [stemmer.stem(token) for token in b.tokens]
    swaps: list[Swap] = []
    for i, j, k, m in _edits(left, right):
        went = (i, j - 1) if j > i else None
        came = (k, m - 1) if m > k else None
        if not _trifling(a.tokens[i:j], b.tokens[k:m], stemmer, language):
            swaps.append((went, came))
    return _unit(a, b, _without_moves(swaps, left, right))


def _without_moves(swaps: list[Swap], left: list[str], right: list[str]) -> list[Swap]:
    """Drops the words that only moved within their sentence."""

    def stems(run: Run, side: list[str]) -> tuple[str, ...]:
        words = side[run[0] : run[1] + 1]
        return tuple(word for word in words if word not in _CONJUNCTIONS)

    gone = Counter(stems(went, left) for went, _ in swaps if went is not None)
    come = Counter(stems(came, right) for _, came in swaps if came is not None)
    moved = {run for run in gone & come if len(run) > 1}
    kept: list[Swap] = []
    for went, came in swaps:
        out = None if went is None or stems(went, left) in moved else went
        into = None if came is None or stems(came, right) in moved else came
        if out is not None or into is not None:
            kept.append((out, into))
    return kept


def _settled(unit: Unit, gone: list[Sentence], come: list[Sentence], cutter: Cutter) -> Unit:
    """A unit without the words that only moved to or from another changed sentence."""
    old, new = unit.old, unit.new
    if old is None or new is None:
        return unit
    kept = [
        (
            None if transferred(old, went, come, new, cutter) else went,
            None if transferred(new, came, gone, old, cutter) else came,
        )
        for went, came in unit.swaps
    ]
    return _unit(old, new, [swap for swap in kept if swap != (None, None)])


def _unit(a: Sentence | None, b: Sentence | None, swaps: list[Swap]) -> Unit:
    return Unit(
        a,
        b,
        tuple(went for went, _ in swaps if went is not None),
        tuple(came for _, came in swaps if came is not None),
        tuple(swaps),
    )


def _edits(left: list[str], right: list[str]) -> Iterator[tuple[int, int, int, int]]:
    start = 0
    while start < len(left) and start < len(right) and left[start] == right[start]:
        start += 1
    end = 0
    while end < len(left) - start and end < len(right) - start and left[-1 - end] == right[-1 - end]:
        end += 1
    inner_left, inner_right = left[start : len(left) - end], right[start : len(right) - end]
    in_right = Counter(inner_right)
    if sum(in_right[word] for word in inner_left) > _MOST_MEETINGS:
        yield start, start + len(inner_left), start, start + len(inner_right)
        return
    for op, i, j, k, m in SequenceMatcher(None, inner_left, inner_right, autojunk=False).get_opcodes():
        if op != "equal":
            yield start + i, start + j, start + k, start + m


def _trifling(went: tuple[str, ...], came: tuple[str, ...], stemmer: Stemmer, language: str) -> bool:
    """Whether an edit touches only words without matter, none of which decides what a sentence means."""
    if any(protected(token, language) for token in (*went, *came)):
        return sorted(went) == sorted(came)
    if stemmer.spaced:
        if "".join(went) == "".join(came):
            return True
        return not stemmer.features(went) and not stemmer.features(came)
    return not stemmer.cutter.parts(went) and not stemmer.cutter.parts(came)


def _without_renames(units: list[Unit], before: Side, after: Side, lexicon: Lexicon, language: str) -> list[Unit]:
    """Drops the edits that only carry out a renaming: the same words went for the same words again and again."""
    counts: Counter[tuple[str, str]] = Counter()
    for unit in units:
        counts.update({pair for pair in (_swap(unit, swap) for swap in unit.swaps) if pair is not None})
    renames = {
        pair
        for pair, count in counts.items()
        if count >= 2
        and not any(protected(word, language) for word in f"{pair[0]} {pair[1]}".split())
        and not lexicon.any(pair[0], "negation", "consent", "limiting", "absolute")
        and not lexicon.any(pair[1], "negation", "exception", "soft", "sensitive")
        and (count >= 4 or _rarer(pair[0], before, after))
    }
    if not renames:
        return units
    return [
        _unit(unit.old, unit.new, [swap for swap in unit.swaps if _swap(unit, swap) not in renames]) for unit in units
    ]


def _rarer(phrase: str, before: Side, after: Side) -> bool:
    """Whether a phrase has all but vanished from the new text."""
    tokens = tuple(phrase.split())

    def count(side: Side) -> int:
        return sum(
            sentence.tokens[at : at + len(tokens)] == tokens
            for sentence in side.sentences
            if tokens[0] in sentence.tokens
            for at in range(len(sentence.tokens) - len(tokens) + 1)
        )

    return count(after) * 4 <= count(before)


def _swap(unit: Unit, swap: Swap) -> tuple[str, str] | None:
    went, came = swap
    if unit.old is None or unit.new is None or went is None or came is None:
        return None
    if went[1] - went[0] > 3 or came[1] - came[0] > 3:
        return None
    return (
        join(unit.old.tokens[went[0] : went[1] + 1], True),
        join(unit.new.tokens[came[0] : came[1] + 1], True),
    )


def _covered(sentence: Sentence, other: Side, language: str) -> bool:
    """Whether the other text says this in pieces: nearly all neighbouring words stand there, and all that decide."""
    tokens = sentence.tokens
    couples = list(pairwise(tokens))
    if len(couples) < 4:
        return False
    missing = [couple for couple in couples if couple not in other.neighbours]
    if any(protected(word, language) for couple in missing for word in couple):
        return False
    return len(missing) <= (1 - _COVERED) * len(couples)
