"""Changes: the differences between two aligned clauses, and their word-level redline."""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How much a change or a version matters to readers."""

    EDITORIAL = "editorial"
    CLARIFICATION = "clarification"
    MATERIAL = "material"

    @property
    def rank(self) -> int:
        """0, 1 or 2: the gravest of several grades is the one with the highest rank."""
        return tuple(Grade).index(self)


def gravest(*grades: Grade) -> Grade:
    """The highest of some grades; editorial when there are none."""
    return max(grades, key=lambda grade: grade.rank, default=Grade.EDITORIAL)


class ChangeKind(StrEnum):
    """What happened to a clause."""

    ADDED = "added"
    REMOVED = "removed"
    SPLIT = "split"
    MERGED = "merged"
    REWORDED = "reworded"
    RETITLED = "retitled"
    MOVED = "moved"
    RENUMBERED = "renumbered"
    FORMAT = "format"


class Op(StrEnum):
    """What a run of words is in a redline."""

    EQUAL = "equal"
    DELETE = "delete"
    INSERT = "insert"


Edit = tuple[Op, str]
"""A run of words and what became of it. Equal and deleted runs read the old text, equal and inserted ones the new."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One side of a change: a clause as it stands in that text.

    `path` names the clauses above, outermost first. `parts` holds the several clauses of the divided side of a split or
    a merge; `text` is then their words joined by a single space, and `id`, `number`, `path` are the first part's.
    """

    id: str
    number: str | None
    path: tuple[str, ...]
    text: str
    line: int = 0
    heading: bool = False
    parts: tuple["Passage", ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two aligned clauses.

    `kinds` holds all that happened, the gravest first; `old` is None for an added clause, `new` for a removed one.
    `id` is the clause's identity, which it keeps when its number or place changes.
    """

    kinds: tuple[ChangeKind, ...]
    grade: Grade
    id: str
    old: Passage | None
    new: Passage | None
    edits: tuple[Edit, ...]

    @property
    def kind(self) -> ChangeKind:
        """The first of `kinds`."""
        return self.kinds[0]


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """All changes between two texts, in the reading order of the new one (removed clauses where they stood)."""

    language: str
    changes: tuple[Change, ...]

    @property
    def grade(self) -> Grade:
        """The gravest grade among the changes, as far as words alone tell."""
        return gravest(*(change.grade for change in self.changes))
