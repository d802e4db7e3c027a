"""The working state of an alignment: which clause of the old text is which of the new one, so far."""

from collections.abc import Iterator

from publisher.diff.outline import Outline, Vocabulary

FREE = -1
_SHORT = 50
"""In bytes: about eight English words, or sixteen Chinese characters."""


class Pairing:
    """Pairs found so far. `to_new` and `to_old` hold a position on the other side, or FREE."""

    def __init__(self, old: Outline, new: Outline, vocabulary: Vocabulary) -> None:
        self.old = old
        self.new = new
        self.vocabulary = vocabulary
        self.to_new = [FREE] * len(old)
        self.to_old = [FREE] * len(new)

    def fits(self, i: int, j: int) -> bool:
        """Whether both clauses are free, and both or neither are headings."""
        return self.to_new[i] == FREE and self.to_old[j] == FREE and self.old.heading(i) == self.new.heading(j)

    def pair(self, i: int, j: int) -> None:
        """Declares two clauses the same."""
        self.to_new[i] = j
        self.to_old[j] = i

    def free_old(self) -> Iterator[int]:
        """The positions of old clauses that have no partner yet."""
        return (i for i, j in enumerate(self.to_new) if j == FREE)

    def free_new(self) -> Iterator[int]:
        """The positions of new clauses that have no partner yet."""
        return (j for j, i in enumerate(self.to_old) if i == FREE)

    def same_parent(self, i: int, j: int) -> bool:
        """Whether the clauses right above are known to be the same, the top of the text included."""
        above_old, above_new = self.old.parents[i], self.new.parents[j]
        if above_old < 0 or above_new < 0:
            return above_old == above_new
        return self.to_new[above_old] == above_new

    def place_of_old(self, i: int) -> object:
        """Something equal to `place_of_new` for clauses under the same parent, or under parents of one name."""
        parent = self.old.parents[i]
        if parent < 0 or self.to_new[parent] == FREE:
            return self.old.placed[i].path
        return self.to_new[parent]

    def place_of_new(self, j: int) -> object:
        """See `place_of_old`."""
        parent = self.new.parents[j]
        return self.new.placed[j].path if parent < 0 or self.to_old[parent] == FREE else parent

    def short_old(self, i: int) -> bool:
        """Whether an old clause is too short to be known by its words alone."""
        return not self.old.heading(i) and short(self.old.clause(i).text)

    def short_new(self, j: int) -> bool:
        """Whether a new clause is too short to be known by its words alone."""
        return not self.new.heading(j) and short(self.new.clause(j).text)

    def essence_of_old(self, i: int) -> str:
        """The words of an old clause without case and punctuation."""
        return self.vocabulary.essence(self.old.codes[i])

    def essence_of_new(self, j: int) -> str:
        """The words of a new clause without case and punctuation."""
        return self.vocabulary.essence(self.new.codes[j])


def short(text: str) -> bool:
    """Whether words are too few to be known by them alone."""
    return len(text) < _SHORT and len(text.encode("utf-8", "replace")) < _SHORT
