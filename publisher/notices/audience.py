"""A `where` to a predicate, and which audiences a change concerns.

The words are SQL, of which little is let in: columns against literals, `AND OR NOT`, `IN`, `BETWEEN`, `LIKE`,
`IS NULL`. What comes out is a value of `domain.predicate`; no word of what was written ever reaches a database.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING

from publisher.domain.clause import ClauseTree, Placed
from publisher.domain.policy import Audience, PolicySettings
from publisher.domain.predicate import (
    AllOf,
    AnyOf,
    Compared,
    Comparison,
    Flag,
    Like,
    Member,
    Missing,
    Not,
    Predicate,
    Reach,
    Sort,
)
from publisher.errors import Fault

if TYPE_CHECKING:
    from sqlglot import exp

LONGEST = 4096
"""Bytes of UTF-8 that a condition may have."""
DEEPEST = 32
"""How deeply its parts may lie in one another."""

_COLUMN = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")

_SYNTAX = "audience-syntax"
_FORMS = "Compare columns with values, such as: region = 'CN' AND (age >= 18 OR NOT newsletter)"


class _UnfitError(Exception):
    def __init__(self, message: str, remedy: str = _FORMS) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def predicate_of(where: str) -> tuple[Predicate | None, tuple[Fault, ...]]:
    """What a `where` or an `applies_to` asks of a user, or None and why it cannot be read.

    The faults carry no place. Columns are only read here: whether users have them is known where users are.
    """
    try:
        return _read(where), ()
    except _UnfitError as unfit:
        return None, (Fault(_SYNTAX, unfit.message, unfit.remedy),)
    except RecursionError:
        return None, (Fault(_SYNTAX, "The condition is nested too deeply.", "Write it with fewer parentheses."),)


def reach(settings: PolicySettings, clauses: Iterable[str], trees: Sequence[ClauseTree]) -> Reach:
    """Whom a material change of these clauses concerns; conditions that cannot be read leave nobody out.

    Args:
        settings: the policy's, with who is bound and the audiences.
        clauses: the clauses that changed materially, by id; none of them means that the whole changed.
        trees: the texts before and after, in the authoritative language.
    """
    bound = predicate_of(settings.applies_to)[0] if settings.applies_to else None
    written = [settings.applies_to] if settings.applies_to and bound is not None else []
    concerned = audiences_of(settings.audiences, clauses, trees)
    members = [Member(entry.name, where) for entry in concerned or () if (where := predicate_of(entry.where)[0])]
    if concerned is None or len(members) < len(concerned):
        return Reach(bound, None, " AND ".join(written))
    written.append(" OR ".join(f"({entry.where})" for entry in concerned) if len(concerned) > 1 else concerned[0].where)
    return Reach(bound, tuple(members), " AND ".join(f"({part})" for part in written) if bound else written[0])


def audiences_of(
    audiences: Sequence[Audience], clauses: Iterable[str], trees: Sequence[ClauseTree]
) -> tuple[Audience, ...] | None:
    """The audiences whose clauses hold a changed clause or one above it, wherever it stood or stands.

    Returns:
        None when there is a changed clause that no audience covers: everyone bound is concerned.
    """
    placed = [tree.by_id() for tree in trees]
    found: dict[str, Audience] = {}
    changed = tuple(clauses)
    for clause in changed:
        lines = [_line(places, clause) for places in placed if clause in places] or [frozenset({clause})]
        for line in lines:
            covering = [audience for audience in audiences if line & set(audience.clauses)]
            if not covering:
                return None
            found.update((audience.name, audience) for audience in covering)
    return tuple(audience for audience in audiences if audience.name in found) if changed else None


def unknown_columns(wanted: Iterable[str], known: Sequence[str]) -> tuple[Fault, ...]:
    """A fault for each column that no user has, without a place."""
    return tuple(
        Fault("audience-column", f"Users have no column '{column}'.", _near(column, known))
        for column in wanted
        if column not in known
    )


def _near(column: str, known: Sequence[str]) -> str:
    near = get_close_matches(column, known, 1)
    listed = f"Users have: {', '.join(known[:20])}{', ...' if len(known) > 20 else ''}."
    return f"Did you mean '{near[0]}'? {listed}" if near else listed


def _line(places: dict[str, Placed], clause: str) -> frozenset[str]:
    """A clause with all above it."""
    found = set()
    while clause in places and clause not in found:
        found.add(clause)
        clause = places[clause].parent
    return frozenset(found)


def _read(where: str) -> Predicate:
    if len(where.encode("utf-8")) > LONGEST:
        raise _UnfitError(f"The condition is longer than {LONGEST} bytes.", "Add a column to your users that says it.")
    if _nesting(where) > DEEPEST:
        raise _UnfitError("The condition is nested too deeply.", "Write it with fewer parentheses.")
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        parsed = sqlglot.parse_one(where, into=exp.Condition, dialect="postgres")
    except SqlglotError:
        raise _UnfitError("The condition cannot be read.") from None
    return _condition(parsed, 0)


def _nesting(where: str) -> int:
    depth = deepest = 0
    for character in _QUOTED.sub("", where):
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return deepest


def _condition(node: "exp.Expr", depth: int) -> Predicate:
    if depth > DEEPEST:
        raise _UnfitError("The condition is nested too deeply.", "Write it with fewer parentheses.")
    given = _given(node)
    if given - {"negate"} != _expected(node):
        raise _UnfitError(f"{_shown(node)} is more than a condition may hold.")
    read = _unnegated(node, depth + 1)
    return Not(read) if "negate" in given else read


def _expected(node: "exp.Expr") -> frozenset[str]:
    """What a part of each kind consists of; nothing for kinds that are not let in."""
    from sqlglot import exp

    two = frozenset({"this", "expression"})
    of_kind: dict[type[exp.Expr], frozenset[str]] = {
        exp.Paren: frozenset({"this"}),
        exp.Not: frozenset({"this"}),
        exp.Column: frozenset({"this"}),
        exp.In: frozenset({"this", "expressions"}),
        exp.Between: frozenset({"this", "low", "high"}),
        **dict.fromkeys((exp.And, exp.Or, exp.Is, exp.Like), two),
        **dict.fromkeys((exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE), two),
    }
    return of_kind.get(type(node), frozenset())


def _unnegated(node: "exp.Expr", below: int) -> Predicate:
    from sqlglot import exp

    kind = type(node)
    if kind is exp.Paren:
        return _condition(node.this, below)
    if kind is exp.And:
        return AllOf(tuple(_condition(part, below) for part in node.flatten()))
    if kind is exp.Or:
        return AnyOf(tuple(_condition(part, below) for part in node.flatten()))
    if kind is exp.Not:
        return Not(_condition(node.this, below))
    if kind is exp.Column:
        return Flag(_column(node))
    return _of_column(node, _column(node.this))


def _of_column(node: "exp.Expr", column: str) -> Predicate:
    from sqlglot import exp

    kind = type(node)
    if kind is exp.Is:
        return _is(node, column)
    if kind is exp.In:
        return AnyOf(tuple(_compared(column, Comparison.EQUAL, value) for value in node.expressions))
    if kind is exp.Between:
        low, high = node.args["low"], node.args["high"]
        return AllOf((_compared(column, Comparison.AT_LEAST, low), _compared(column, Comparison.AT_MOST, high)))
    if kind is exp.Like:
        return _like(column, node.args["expression"])
    comparisons: dict[type[exp.Expr], Comparison] = {
        exp.EQ: Comparison.EQUAL,
        exp.NEQ: Comparison.UNEQUAL,
        exp.LT: Comparison.LESS,
        exp.LTE: Comparison.AT_MOST,
        exp.GT: Comparison.MORE,
        exp.GTE: Comparison.AT_LEAST,
    }
    return _compared(column, comparisons[kind], node.args["expression"])


def _is(node: "exp.Expr", column: str) -> Predicate:
    """`IS TRUE` is read as `= TRUE`: of a column without a value it is unknown, and that user is told."""
    from sqlglot import exp

    value = node.args["expression"]
    if type(value) is exp.Null:
        return Missing(column)
    if type(value) is exp.Boolean:
        return Flag(column) if value.this else Not(Flag(column))
    raise _UnfitError(f"{_shown(node)} is more than a condition may hold.", "IS takes NULL, TRUE or FALSE.")


def _compared(column: str, comparison: Comparison, value: "exp.Expr") -> Predicate:
    from sqlglot import exp

    if type(value) is exp.Boolean and column != "joined":
        if comparison not in (Comparison.EQUAL, Comparison.UNEQUAL):
            raise _UnfitError("TRUE and FALSE are not more or less than anything.", f"Write: {column}")
        return Flag(column) if value.this == (comparison is Comparison.EQUAL) else Not(Flag(column))
    if type(value) is exp.Null:
        raise _UnfitError(f"A comparison of {column} with NULL is never true.", f"Write: {column} IS NULL")
    negative = type(value) is exp.Neg
    literal = value.this if negative else value
    if type(literal) is not exp.Literal or (negative and literal.is_string):
        raise _UnfitError(
            f"{_shown(value)} is no value to compare {column} with.",
            "Write a text in single quotes, a number, TRUE or FALSE.",
        )
    words: str = literal.this
    if not literal.is_string:
        if not _NUMBER.fullmatch(words) or column == "joined":
            remedy = f"Write it in quotes: {column} {comparison} '2026-03-01'." if column == "joined" else _FORMS
            raise _UnfitError(f"{words} is no value to compare {column} with.", remedy)
        return Compared(column, comparison, f"-{words}" if negative else words, Sort.NUMBER)
    if column == "joined" or comparison not in (Comparison.EQUAL, Comparison.UNEQUAL):
        if not _is_date(words):
            raise _UnfitError(
                f"Only numbers and dates can be compared with {column} {comparison} {words!r}.",
                f"Write: {column} {comparison} '2026-03-01', a number without quotes, or = and IN for texts.",
            )
        return Compared(column, comparison, words, Sort.DATE)
    if "\0" in words:
        raise _UnfitError(f"The value for {column} holds a character that no user has.", "Remove it.")
    return Compared(column, comparison, words)


def _like(column: str, value: "exp.Expr") -> Predicate:
    from sqlglot import exp

    remedy = "Write '%' at the beginning, at the end, or once between: 'CN-%', '%@example.com', '%beta%'."
    if column == "joined" or type(value) is not exp.Literal or not value.is_string or "\0" in value.this:
        raise _UnfitError(f"{_shown(value)} is no pattern for {column}.", remedy)
    words: str = value.this
    if "_" in words or "\\" in words:
        raise _UnfitError(f"The pattern {words!r} holds '_' or '\\', which are not let in here.", remedy)
    match words.split("%"):
        case [whole]:
            return Compared(column, Comparison.EQUAL, whole)
        case [begins, ends]:
            return Like(column, begins=begins, ends=ends)
        case ["", contains, ""]:
            return Like(column, contains=contains)
    raise _UnfitError(f"The pattern {words!r} has too many '%'.", remedy)


def _column(node: "exp.Expr") -> str:
    from sqlglot import exp

    name = node.this if type(node) is exp.Column else None
    if type(name) is not exp.Identifier or _given(node) != {"this"}:
        raise _UnfitError(f"{_shown(node)} is no column of a user.")
    words: str = name.this
    if not _COLUMN.fullmatch(words):
        raise _UnfitError(f"'{words}' is no column of a user.", "Columns are small letters, digits and '_'.")
    return words


def _given(node: "exp.Expr") -> frozenset[str]:
    return frozenset(name for name, value in node.args.items() if value)


def _shown(node: "exp.Expr") -> str:
    """A part in quotes, as a person would know it again."""
    words = " ".join(node.sql(dialect="postgres", comments=False).split())
    return f"“{words[:57]}...”" if len(words) > 60 else f"“{words}”"


def _is_date(words: str) -> bool:
    if not _DATE.fullmatch(words):
        return False
    try:
        date.fromisoformat(words)
    except ValueError:
        return False
    return True
