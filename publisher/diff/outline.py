"""A clause tree laid out flat: every clause by its place in reading order, its words as one string."""

from collections.abc import Iterable
from dataclasses import dataclass

from publisher.domain.clause import Clause, ClauseKind, ClauseTree, Placed
from publisher.languages.words import word_keys

_LAST = 0x10FFFF


class Vocabulary:
    """Gives each distinct word a character of its own, so that a clause becomes a string that compares quickly.

    Both sides of a comparison share one vocabulary. Beyond a million distinct words the last character stands for all
    others.
    """

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._next = 1
        self._essence: dict[int, int | None] = {}

    def encode(self, keys: Iterable[str]) -> str:
        """The words as a string, a character for each."""
        codes = self._codes
        return "".join([codes.get(key) or self._enter(key) for key in keys])

    def encode_text(self, text: str) -> str:
        """A text's words as a string; of a text met before, at once."""
        found = self._texts.get(text)
        if found is None:
            found = self._texts[text] = self.encode(word_keys(text))
        return found

    def essence(self, encoded: str) -> str:
        """The same words without case and punctuation; all of them when there is nothing but punctuation."""
        return encoded.translate(self._essence) or encoded

    def _enter(self, key: str) -> str:
        code = chr(self._next)
        self._codes[key] = code
        number = self._next
        if self._next < _LAST:
            self._next = 0xE000 if self._next == 0xD7FF else self._next + 1  # surrogates are no characters
        if not any(map(str.isalnum, key)):
            self._essence[number] = None
        elif (lowered := key.lower()) != key:
            self._essence[number] = ord(self._codes.get(lowered) or self._enter(lowered))
        return code


@dataclass(frozen=True, slots=True)
class Outline:
    """One side of a comparison.

    `parents` holds the position of each clause's parent (-1 at the top), `ends` the position after its last
    descendant, `codes` its words, `weights` how many words stand in it and below it.
    """

    tree: ClauseTree
    placed: tuple[Placed, ...]
    parents: tuple[int, ...]
    ends: tuple[int, ...]
    codes: tuple[str, ...]
    weights: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.placed)

    def clause(self, position: int) -> Clause:
        """The clause at a position."""
        return self.placed[position].clause

    def heading(self, position: int) -> bool:
        """Whether the clause there is a heading."""
        return self.placed[position].clause.kind is ClauseKind.HEADING


def outline(tree: ClauseTree, vocabulary: Vocabulary) -> Outline:
    """Lays a tree out."""
    placed = tuple(tree.walk())
    parents: list[int] = []
    above: list[int] = []
    for position, entry in enumerate(placed):
        del above[entry.depth :]
        parents.append(above[-1] if above else -1)
        above.append(position)
    codes = tuple(vocabulary.encode_text(entry.clause.text) for entry in placed)
    ends = list(range(1, len(placed) + 1))
    weights = [len(code) + 1 for code in codes]
    for position in range(len(placed) - 1, -1, -1):
        parent = parents[position]
        if parent >= 0:
            ends[parent] = max(ends[parent], ends[position])
            weights[parent] += weights[position]
    return Outline(tree, placed, tuple(parents), tuple(ends), codes, tuple(weights))
