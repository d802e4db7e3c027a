"""Scripts without spaces: words cut by the vocabulary, edits between words, and words that only moved."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from publisher.languages.duties import Lexicon
from publisher.languages.words import protected
from publisher.materiality.sentences import Sentence

Part = tuple[str, int, int]
"""A word as it is compared, and the first and the last of the tokens it is made of."""
_Run = tuple[int, int]
_Swap = tuple[_Run | None, _Run | None]
Edits = Callable[[list[str], list[str]], Iterable[tuple[int, int, int, int]]]

_TRANSFERRED = 3
"""Words that a run has at least when it is taken to have moved between sentences."""
_COVERED = 0.88
_DENYING = frozenset("不未无非勿莫没否绝")
"""A word with one of these decides by its place what is denied."""
_PERMITTING = frozenset("可会")


class Cutter:
    """Cuts a line of ideographs into words, the longest that the vocabulary knows first."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.aside = lexicon.duties.aside
        self._empty = lexicon.duties.function_words
        self._words = lexicon.words
        self._longest = max(map(len, self._words), default=1)
        self._known: dict[tuple[str, ...], tuple[Part, ...]] = {}

    def parts(self, tokens: tuple[str, ...]) -> tuple[Part, ...]:
        """The words of a sentence as they are compared, without those that make no difference, and where they stand."""
        known = self._known.get(tokens)
        if known is None:
            known = self._known[tokens] = tuple(part for part in self._cut(tokens) if part[0])
        return known

    def plain(self, tokens: tuple[str, ...]) -> bool:
        """Whether some words say nothing but who acts, or that it is done."""
        return {word for word, _, _ in self.parts(tokens)} <= self.aside

    def features(self, tokens: tuple[str, ...]) -> list[tuple[str, int]]:
        """The words with matter and where they stand: known words, and pairs of ideographs between them."""
        found = []
        parts = self.parts(tokens)
        for place, (word, first, last) in enumerate(parts):
            if len(word) > 1:
                if not word[0].isdigit():
                    found.append((word, first))
            elif place + 1 < len(parts) and not word.isdigit():
                follower, start, _ = parts[place + 1]
                if start == last + 1 and len(follower) == 1 and not follower.isdigit():
                    found.append((word + follower, first))
        return found

    def _cut(self, tokens: tuple[str, ...]) -> Iterator[Part]:
        at = 0
        while at < len(tokens):
            for length in range(min(self._longest, len(tokens) - at), 1, -1):
                word = "".join(tokens[at : at + length])
                if len(word) == length and word in self._words:
                    yield self._words[word], at, at + length - 1
                    at += length
                    break
            else:
                token = tokens[at]
                empty = token in self._empty and not protected(token, "zh")
                yield self._words.get(token, "" if empty else token), at, at
                at += 1


def swaps(a: Sentence, b: Sentence, cutter: Cutter, edits: Edits) -> list[_Swap]:
    """The edits between two sentences that make a difference, as runs of their tokens."""
    old, new = cutter.parts(a.tokens), cutter.parts(b.tokens)
    left, right = [word for word, _, _ in old], [word for word, _, _ in new]
    found: list[_Swap] = [
        ((i, j - 1) if j > i else None, (k, m - 1) if m > k else None) for i, j, k, m in edits(left, right)
    ]
    return [
        (_tokens(old, went), _tokens(new, came))
        for went, came in _without_moved_words(found, left, right)
        if (went and came) or not _said(went, left) | _said(came, right) <= cutter.aside
    ]


def _said(run: _Run | None, side: list[str]) -> set[str]:
    return set() if run is None else set(side[run[0] : run[1] + 1])


def _tokens(parts: tuple[Part, ...], run: _Run | None) -> _Run | None:
    return None if run is None else (parts[run[0]][1], parts[run[1]][2])


def _without_moved_words(found: list[_Swap], left: list[str], right: list[str]) -> list[_Swap]:
    """Drops single words that only moved within their sentence, where word order is loose: nouns and verbs, no more."""

    def loose(run: _Run | None, side: list[str]) -> list[str]:
        words = [] if run is None else side[run[0] : run[1] + 1]
        return [word for word in words if (len(word) > 1 or word in _PERMITTING) and not _DENYING & {*word}]

    gone = Counter(word for went, _ in found for word in loose(went, left))
    moved = gone & Counter(word for _, came in found for word in loose(came, right))
    if not moved:
        return found

    def rest(run: _Run | None, side: list[str], spare: Counter[str]) -> _Run | None:
        kept = []
        for index in range(run[0], run[1] + 1) if run is not None else ():
            if spare[side[index]] > 0:
                spare[side[index]] -= 1
            else:
                kept.append(index)
        return (kept[0], kept[-1]) if kept else None

    spare_old, spare_new = moved.copy(), moved.copy()
    left_over = [(rest(went, left, spare_old), rest(came, right, spare_new)) for went, came in found]
    return [swap for swap in left_over if swap != (None, None)]


def transferred(
    sentence: Sentence, run: _Run | None, others: Iterable[Sentence], own: Sentence, cutter: Cutter
) -> bool:
    """Whether a long run of words came from, or went to, another changed sentence: sentences merged or cut in two."""
    if run is None:
        return False
    words = Counter(word for word, first, last in cutter.parts(sentence.tokens) if run[0] <= first <= last <= run[1])
    if words.total() < _TRANSFERRED:
        return False
    return any(
        (words & Counter(word for word, _, _ in cutter.parts(other.tokens))).total() >= _COVERED * words.total()
        for other in others
        if other is not own
    )
