"""Conditions on users, as values: what a `where` means, apart from how it is written and from who evaluates it.

Their logic has three values. A condition that is null or unknown for a user counts as met: in doubt they are told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

OWN_COLUMNS = ("id", "name", "language", "joined", "email")
"""What every user has (an address usually); all else is what an import or a query adds."""


class Sort(StrEnum):
    """As what the two sides of a comparison are taken; a value that is nothing of the sort is unknown."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"


class Comparison(StrEnum):
    """How a column stands to a value."""

    EQUAL = "="
    UNEQUAL = "<>"
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Compared:
    """A column against a value: as written for texts, digits for numbers, `2026-03-01` for dates."""

    column: str
    comparison: Comparison
    value: str
    sort: Sort = Sort.TEXT


@dataclass(frozen=True, slots=True)
class Like:
    """A column that begins, goes on and ends with these words; capital and small letters differ."""

    column: str
    begins: str = ""
    contains: str = ""
    ends: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """A column without a value: the one condition that is never unknown."""

    column: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A column that says yes: true, yes, 1; neither yes nor no is unknown."""

    column: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part is met."""

    parts: tuple["Predicate", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part is met."""

    parts: tuple["Predicate", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part is not met; of an unknown one that is unknown too."""

    part: "Predicate"


Predicate: TypeAlias = Compared | Like | Missing | Flag | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Member:
    """An audience by its name, with what decides who belongs to it."""

    name: str
    where: Predicate


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a notice tells: those bound who belong to any of the audiences.

    `bound` is None when the policy binds everyone, `audiences` is None when everyone bound is affected. `where` is both
    as written, for people to read; empty for everyone.
    """

    bound: Predicate | None = None
    audiences: tuple[Member, ...] | None = None
    where: str = ""

    @property
    def name(self) -> str:
        """`everyone`, the audiences' names, or `listed` where no condition tells who they are."""
        if self.audiences is None:
            return "everyone"
        return ", ".join(member.name for member in self.audiences) or "listed"

    def columns(self) -> tuple[str, ...]:
        """Every column that decides who is told, each once."""
        parts = [] if self.bound is None else [self.bound]
        parts.extend(member.where for member in self.audiences or ())
        return tuple(dict.fromkeys(column for part in parts for column in columns(part)))


EVERYONE = Reach()

LISTED = Reach(audiences=(), where="the people on the list")
"""Those whom staff named one by one, and nobody who comes after."""


def any_of(reaches: "tuple[Reach, ...]") -> Reach:
    """Everybody whom any of these reaches; one notice may tell of versions of several policies."""
    if not reaches or EVERYONE in reaches:
        return EVERYONE
    if len(set(reaches)) == 1:
        return reaches[0]
    members = tuple(Member(reach.name, condition) for reach in reaches if (condition := _whole(reach)) is not None)
    if len(members) < len(reaches):
        return EVERYONE
    return Reach(None, members, " OR ".join(f"({reach.where})" for reach in reaches))


def columns(predicate: Predicate) -> Iterator[str]:
    """The columns that a condition looks at."""
    match predicate:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from columns(part)
        case Not(part):
            yield from columns(part)
        case _:
            yield predicate.column


def record(reach: Reach) -> dict[str, Any]:
    """A reach as plain JSON values, as the store freezes it with a notice."""
    return {
        "bound": None if reach.bound is None else _plain(reach.bound),
        "audiences": None
        if reach.audiences is None
        else [{"name": member.name, "where": _plain(member.where)} for member in reach.audiences],
        "where": reach.where,
    }


def reach_of(recorded: Mapping[str, Any]) -> Reach:
    """Reads `record` back."""
    audiences = recorded["audiences"]
    return Reach(
        bound=None if recorded["bound"] is None else _predicate(recorded["bound"]),
        audiences=None
        if audiences is None
        else tuple(Member(entry["name"], _predicate(entry["where"])) for entry in audiences),
        where=recorded["where"],
    )


def _whole(reach: Reach) -> Predicate | None:
    affected = None if reach.audiences is None else AnyOf(tuple(member.where for member in reach.audiences))
    found = [part for part in (reach.bound, affected) if part is not None]
    return found[0] if len(found) == 1 else AllOf(tuple(found)) if found else None


def _plain(predicate: Predicate) -> list[Any]:
    match predicate:
        case Compared(column, comparison, value, sort):
            return ["compared", column, comparison.value, value, sort.value]
        case Like(column, begins, contains, ends):
            return ["like", column, begins, contains, ends]
        case Missing(column):
            return ["missing", column]
        case Flag(column):
            return ["flag", column]
        case AllOf(parts):
            return ["all", *map(_plain, parts)]
        case AnyOf(parts):
            return ["any", *map(_plain, parts)]
        case Not(part):
            return ["not", _plain(part)]


def _predicate(plain: list[Any]) -> Predicate:
    match plain:
        case ["compared", column, comparison, value, sort]:
            return Compared(column, Comparison(comparison), value, Sort(sort))
        case ["like", column, begins, contains, ends]:
            return Like(column, begins, contains, ends)
        case ["missing", column]:
            return Missing(column)
        case ["flag", column]:
            return Flag(column)
        case ["all", *parts]:
            return AllOf(tuple(map(_predicate, parts)))
        case ["any", *parts]:
            return AnyOf(tuple(map(_predicate, parts)))
        case ["not", part]:
            return Not(_predicate(part))
        case _:
            raise ValueError(f"no condition: {plain!r}")
