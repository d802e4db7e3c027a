"""Whom a notice tells, as a condition on the store's own users.

The logic has three values, as SQL's has; where the whole is unknown for a user, they are told. Capital and small
letters differ, and texts are only ever compared for being equal, so that both databases answer alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    FromClause,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    not_,
    or_,
    true,
)

from publisher.domain.predicate import (
    OWN_COLUMNS,
    AllOf,
    AnyOf,
    Compared,
    Comparison,
    Flag,
    Like,
    Missing,
    Not,
    Predicate,
    Reach,
    Sort,
)
from publisher.domain.users import UNDETERMINED
from publisher.store.schema import users

YES = ("true", "yes", "1", "t", "y", "on")
NO = ("false", "no", "0", "f", "n", "off")
"""What a column says that is asked yes or no, in any case."""

_NUMBER = r"^[+-]?[0-9]{1,15}([.][0-9]{1,15})?$"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"


@dataclass(frozen=True, slots=True)
class Columns:
    """How users' columns are read as texts, null where there is none; `joined` is that column when it is a date."""

    text: Callable[[str], ColumnElement[str]]
    joined: ColumnElement[date] | None = None


def columns_of(people: FromClause) -> Columns:
    """The columns of a table like the store's own, with all further ones in `attributes`."""

    def text(column: str) -> ColumnElement[str]:
        if column == "language":
            return func.nullif(people.c.language, UNDETERMINED)
        if column == "joined":
            return cast(people.c.joined, Text)
        if column in OWN_COLUMNS:
            return people.c[column]
        value: ColumnElement[str] = people.c.attributes[column].as_string()
        return value

    return Columns(text, people.c.joined)


_OWN = columns_of(users)


def condition(reach: Reach, of: Columns = _OWN) -> ColumnElement[bool]:
    """Whether a user is told: bound, and in one of the audiences; whoever may be either is."""
    parts: list[ColumnElement[bool]] = []
    if reach.bound is not None:
        parts.append(_unless_ruled_out(_met(reach.bound, of)))
    if reach.audiences is not None:
        parts.append(_unless_ruled_out(or_(false(), *(_met(member.where, of) for member in reach.audiences))))
    return and_(true(), *parts)


def _unless_ruled_out(met: ColumnElement[bool]) -> ColumnElement[bool]:
    return func.coalesce(met, true())


def _met(predicate: Predicate, of: Columns) -> ColumnElement[bool]:
    """True, false or null."""
    match predicate:
        case AllOf(parts):
            return and_(true(), *(_met(part, of) for part in parts))
        case AnyOf(parts):
            return or_(false(), *(_met(part, of) for part in parts))
        case Not(part):
            return not_(_met(part, of))
        case Missing(column):
            return of.text(column).is_(None)
        case Flag(column):
            said = func.lower(of.text(column))
            return case((said.in_(YES), true()), (said.in_(NO), false()))
        case Like():
            return _like(of.text(predicate.column), predicate)
        case Compared():
            return _compared(predicate, of)


def _compared(given: Compared, of: Columns) -> ColumnElement[bool]:
    text = of.text(given.column)
    if given.sort is Sort.NUMBER:
        number = case((text.regexp_match(_NUMBER), cast(text, Double)))
        return _stands(number, given.comparison, literal(float(given.value), Double))
    if given.sort is Sort.DATE:
        if given.column == "joined" and of.joined is not None:
            return _stands(of.joined, given.comparison, literal(date.fromisoformat(given.value)))
        day = case((text.regexp_match(_DATE), func.substr(text, 1, 10)))
        return _stands(day, given.comparison, literal(given.value, Text))
    return _stands(text, given.comparison, literal(given.value, Text))


def _stands(left: ColumnElement[Any], comparison: Comparison, right: ColumnElement[Any]) -> ColumnElement[bool]:
    match comparison:
        case Comparison.EQUAL:
            return left == right
        case Comparison.UNEQUAL:
            return left != right
        case Comparison.LESS:
            return left < right
        case Comparison.AT_MOST:
            return left <= right
        case Comparison.MORE:
            return left > right
        case Comparison.AT_LEAST:
            return left >= right


def _like(text: ColumnElement[str], given: Like) -> ColumnElement[bool]:
    begins, ends = len(given.begins), len(given.ends)
    parts: list[ColumnElement[bool]] = [func.length(text) >= begins + ends]
    if begins:
        parts.append(func.substr(text, 1, begins) == given.begins)
    if ends:
        parts.append(func.substr(text, func.length(text) - (ends - 1)) == given.ends)
    if given.contains:
        parts.append(func.replace(text, given.contains, "") != text)
    return and_(*parts)
