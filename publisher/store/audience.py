"""Whom a notice tells, as a condition on the store's own users.

The logic has three values, as SQL's has; where the whole is unknown for a user, they are told. Capital and small
letters differ, and texts are only ever compared for being equal, so that both databases answer alike.
"""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    not_,
    or_,
    select,
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
_LOOKED_AT = 1000


def condition(reach: Reach) -> ColumnElement[bool]:
    """Whether a user is told: bound, and in one of the audiences; whoever may be either is."""
    parts: list[ColumnElement[bool]] = []
    if reach.bound is not None:
        parts.append(_unless_ruled_out(_met(reach.bound)))
    if reach.audiences is not None:
        parts.append(_unless_ruled_out(or_(false(), *(_met(member.where) for member in reach.audiences))))
    return and_(true(), *parts)


def known_columns(connection: Connection, wanted: Iterable[str]) -> tuple[str, ...]:
    """The columns that users have: their own, those of the first users found, and of the wanted ones every other."""
    first = connection.execute(select(users.c.attributes).order_by(users.c.recipient).limit(_LOOKED_AT)).scalars()
    known = dict.fromkeys((*OWN_COLUMNS, *sorted({name for row in first for name in row})))
    for column in wanted:
        if column not in known and _is_somewhere(connection, column):
            known[column] = None
    return tuple(known)


def _is_somewhere(connection: Connection, column: str) -> bool:
    """A quote inside a value is escaped, so that a name in quotes before a colon is a name."""
    written = cast(users.c.attributes, Text)
    named = func.replace(written, f"{json.dumps(column)}:", "") != written
    return connection.execute(select(literal(1)).select_from(users).where(named).limit(1)).first() is not None


def _unless_ruled_out(met: ColumnElement[bool]) -> ColumnElement[bool]:
    return func.coalesce(met, true())


def _met(predicate: Predicate) -> ColumnElement[bool]:
    """True, false or null."""
    match predicate:
        case AllOf(parts):
            return and_(true(), *map(_met, parts))
        case AnyOf(parts):
            return or_(false(), *map(_met, parts))
        case Not(part):
            return not_(_met(part))
        case Missing(column):
            return _text(column).is_(None)
        case Flag(column):
            said = func.lower(_text(column))
            return case((said.in_(YES), true()), (said.in_(NO), false()))
        case Like():
            return _like(_text(predicate.column), predicate)
        case Compared():
            return _compared(predicate)


def _text(column: str) -> ColumnElement[str]:
    if column == "language":
        return func.nullif(users.c.language, UNDETERMINED)
    if column == "joined":
        return cast(users.c.joined, Text)
    if column in OWN_COLUMNS:
        return users.c[column]
    value: ColumnElement[str] = users.c.attributes[column].as_string()
    return value


def _compared(given: Compared) -> ColumnElement[bool]:
    text = _text(given.column)
    if given.sort is Sort.NUMBER:
        number = case((text.regexp_match(_NUMBER), cast(text, Double)))
        return _stands(number, given.comparison, literal(float(given.value), Double))
    if given.sort is Sort.DATE:
        if given.column == "joined":
            return _stands(users.c.joined, given.comparison, literal(date.fromisoformat(given.value)))
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
