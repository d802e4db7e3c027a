"""Retold: a sentence in other words that commits to nothing which the other text did not commit to.

A sentence is retold when one or two sentences of the other text hold its words with matter, and what it commits to is
among what they commit to: no further data, recipient, purpose, place or time, no exception, choice or measure where
none was, and nothing lost that bound the organisation or helped users.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from publisher.languages.duties import Lexicon
from publisher.materiality.matching import Stemmer, Unit
from publisher.materiality.periods import spans
from publisher.materiality.sentences import Sentence

_NAMED = ("data_item", "sensitive", "recipient", "purpose", "country", "minor", "consent", "open_ended", "forever")
"""Of these each word counts: another kind of data is another commitment."""
_DONE = ("collect", "use", "share", "retain", "sanction", "fee", "licence")
"""Of these each word counts in the new text: another thing that is done."""
_WIDENS = (
    *("exception", "discretion", "deemed", "no_notice", "sanction", "licence", "disclaimer", "dispute", "fee"),
    *("collect", "use", "share", "retain", "transfer", "soft", "duty", "forbid", "scope", "may"),
)
"""What must not come: more that may be done, or must be borne."""
_BINDS = (
    *("negation", "absolute", "limiting", "consent", "strong_consent", "notice", "refund", "protect", "delete"),
    *("right", "entitlement", "forum", "firm", "request", "favour"),
)
"""What must not go: what bound the organisation, or helped users."""
_HELD = 0.8
"""Share of the words with matter that the other text must hold."""
_FEWEST = 3
"""Words with matter below which nothing can be said."""
_COMMON = 60
"""A word in more sentences than this does not say which of them retells which."""
_ARTICLES = frozenset({"a", "an", "one"})
"""Numerals that mostly count nothing."""
_NUMBER = re.compile(r"\d[\d.,]*%?")


class Retold:
    """The sentences of both texts by their words, to find those that say the same."""

    def __init__(self, old: Sequence[Sentence], new: Sequence[Sentence], lexicon: Lexicon, stemmer: Stemmer) -> None:
        self._lexicon = lexicon
        self._stemmer = stemmer
        self._sides = (old, new)
        self._numerals = {word: f"{value:g}" for word, value in lexicon.duties.numerals if word not in _ARTICLES}
        self._light = {stemmer.stem(word) for word in (*self._numerals, *lexicon.duties.aside)}
        self._indexes: list[dict[str, list[Sentence]] | None] = [None, None]

    def __call__(self, unit: Unit) -> bool:
        """Whether a difference is one of words only."""
        if self._lexicon.duties.doubts or any(s is not None and s.cells for s in (unit.old, unit.new)):
            return False
        if unit.new is not None and not self._held(unit.new, 0, unit.old):
            return False
        return unit.old is None or self._held(unit.old, 1, unit.new)

    def _held(self, sentence: Sentence, side: int, partner: Sentence | None) -> bool:
        """Whether the other text commits to what a sentence of the new text commits to, or binds as the old one did."""
        words = self._words(sentence)
        if sentence.heading:
            return False
        others = self._near(sentence, words, side, partner)
        if not others:
            return False
        held = set().union(*(self._words(other) for other in others))
        left = words - held
        if (len(words) < _FEWEST and left) or len(left) > (0 if partner is not None else (1 - _HELD) * len(words)):
            return False
        mine, theirs = sentence.folded, " / ".join(other.folded for other in others)
        mine_led, theirs_led = f"{sentence.lead} {mine}", " / ".join([theirs, *(other.lead for other in others)])
        there = self._light | {self._stemmer.stem(word) for word in theirs_led.split()}
        if any(self._terms(field, mine) - there for field in (*_NAMED, *(_DONE if side == 0 else ()))):
            return False
        fields = _WIDENS if side == 0 else _BINDS
        if any(self._lexicon.has(field, mine_led) and not self._lexicon.has(field, theirs_led) for field in fields):
            return False
        decisive = ("negation", "exception", "limiting", "absolute", "consent", "may", "soft")
        if partner is not None and any(
            len(self._lexicon[field].findall(mine)) > len(self._lexicon[field].findall(theirs_led))
            for field in decisive
            if field in fields
        ):
            return False
        if self._numbers(mine) - self._numbers(theirs_led):
            return False
        days = {round(span.days, 1) for span in spans(mine, self._lexicon)}
        known = {round(span.days, 1) for span in spans(theirs_led, self._lexicon)}
        return not known or days <= known  # `18 years old` and `18 or older` are told by their numbers

    def _near(self, sentence: Sentence, words: set[str], side: int, partner: Sentence | None) -> list[Sentence]:
        """The partner, and the one or two sentences of the other text that hold most of what it leaves."""
        index = self._index(side)
        chosen = [partner] if partner is not None else []
        left = words - (self._words(partner) if partner is not None else set())
        while left and len(chosen) < 2:
            counts: Counter[int] = Counter()
            holders: dict[int, Sentence] = {}
            for word in left:
                found = index.get(word, ())
                if len(found) <= _COMMON:
                    for other in found:
                        counts[other.order] += 1
                        holders[other.order] = other
            if not counts:
                break
            best = max(counts, key=lambda order: (counts[order], -abs(order - sentence.order)))
            if counts[best] < min(2, len(left)):
                break
            chosen.append(holders[best])
            left -= self._words(holders[best])
        return chosen

    def _index(self, side: int) -> dict[str, list[Sentence]]:
        known = self._indexes[side]
        if known is None:
            known = defaultdict(list)
            for sentence in self._sides[side]:
                for word in self._words(sentence):
                    known[word].append(sentence)
            self._indexes[side] = known
        return known

    def _words(self, sentence: Sentence) -> set[str]:
        return {word for word, _ in self._stemmer.features(sentence.tokens)} - self._light

    def _numbers(self, text: str) -> Counter[str]:
        """The numbers of a folded text, in digits."""
        return Counter(_NUMBER.findall(" ".join(self._numerals.get(word, word) for word in text.split())))

    def _terms(self, field: str, text: str) -> set[str]:
        return {
            self._stemmer.stem(word)
            for found in self._lexicon[field].finditer(text)
            for word in found[0].split()
            if not word.isdigit()
        }
