"""A comparison: two texts as they were compared, and what is said of them."""

from dataclasses import dataclass

from publisher.domain.assessment import Assessment
from publisher.domain.clause import ClauseTree


@dataclass(frozen=True, slots=True)
class ComparedText:
    """One of the two texts.

    Attributes:
        name: what people call it: `privacy v2`, or a file's name.
        file: the file that it lies in, as the repository knows it; empty when it lies in none.
        tree: its clauses, those of the new text under the ids that they keep from the old one.
    """

    name: str
    file: str
    tree: ClauseTree


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts and their assessment."""

    old: ComparedText
    new: ComparedText
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class LooseText:
    """A file that belongs to no version: its name as typed, and its text."""

    name: str
    source: str
