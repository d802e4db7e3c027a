"""The rows of a file of users as texts by column, from CSV or JSON Lines, before anything is made of them."""

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from publisher.errors import Fault, Place

REQUIRED = ("id", "name", "language", "joined")
KNOWN = (*REQUIRED, "email")
_COLUMN = re.compile(r"[a-z_][a-z0-9_]*")
_LONGEST_COLUMN = 63  # PostgreSQL cuts longer names


@dataclass(frozen=True, slots=True)
class Row:
    """One user's values by column; None where there is none. `line` is where the row begins, counted from 1."""

    line: int
    values: tuple[tuple[str, str | None], ...]


def csv_rows(lines: Iterator[str], name: str, tell: Callable[[Fault], None]) -> Iterator[Row]:
    """The rows below a header; comma, semicolon or tab, whichever the header uses."""
    header = ""
    first = 1
    for header in lines:
        if header.strip():
            break
        first += 1
    if not header.strip():
        tell(Fault("users-empty", "The file is empty.", "Its first line names the columns.", Place(name, 1)))
        return
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        columns = [cell.strip() for cell in next(csv.reader([header], delimiter=delimiter, strict=True))]
    except csv.Error as fault:
        tell(_syntax(str(fault), Place(name, first)))
        return
    if not _fit(columns, Place(name, first), tell):
        return
    while True:
        line = first + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            tell(_syntax(str(fault), Place(name, line)))
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            tell(
                Fault(
                    "users-cells",
                    f"The row has {len(cells)} cells, the header {len(columns)}.",
                    "Give every row the same cells; quote a value that holds the delimiter.",
                    Place(name, line),
                )
            )
            continue
        yield Row(line, tuple(zip(columns, (cell.strip() or None for cell in cells), strict=True)))


def json_rows(lines: Iterator[str], name: str, tell: Callable[[Fault], None]) -> Iterator[Row]:
    """The rows of JSON Lines: one object a line."""
    fit: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = Place(name, number)
        try:
            pairs = json.loads(
                line, object_pairs_hook=_Pairs, parse_int=str, parse_float=str, parse_constant=_no_constant
            )
        except (ValueError, RecursionError) as fault:
            if not fit and line.lstrip().startswith("["):
                tell(_array(place))
                return
            tell(Fault("users-json", f"This is no JSON: {_first_words(fault)}.", "Write one object a line.", place))
            continue
        if not isinstance(pairs, _Pairs):
            tell(Fault("users-json", "The line is no JSON object.", "Write one object a line (JSON Lines).", place))
            continue
        columns = [column for column, _ in pairs]
        if (not fit.issuperset(columns) or len(set(columns)) < len(columns)) and not _named(columns, place, tell):
            continue
        fit.update(columns)
        wrong = [column for column, value in pairs if not isinstance(value, str | bool | None)]
        if wrong:
            tell(
                Fault(
                    "users-value",
                    f"The value of '{wrong[0]}' is a list or an object.",
                    "Write texts, numbers, true, false or null.",
                    place,
                )
            )
            continue
        yield Row(number, tuple((column, _text(value)) for column, value in pairs))


def _array(place: Place) -> Fault:
    return Fault("users-json", "This is one JSON array.", "Write JSON Lines: one object a line, no commas.", place)


class _Pairs(list[tuple[str, Any]]):
    """The members of a JSON object in order, repeated ones included."""


def _text(value: str | bool | None) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return (value or "").strip() or None


def _no_constant(word: str) -> str:
    raise ValueError(f"'{word}' is no JSON number")


def _first_words(fault: Exception) -> str:
    return "it is nested too deeply" if isinstance(fault, RecursionError) else str(fault).partition(": line ")[0]


def _syntax(reason: str, place: Place) -> Fault:
    return Fault(
        "users-csv",
        f"The row cannot be read: {reason}.",
        "Quote a value that holds a delimiter, a quote or a line end; double quotes inside it.",
        place,
    )


def _fit(columns: list[str], place: Place, tell: Callable[[Fault], None]) -> bool:
    """Whether a header can be used: names well formed, none twice, none missing; every fault is told."""
    named = _named(columns, place, tell)
    missing = [column for column in REQUIRED if column not in columns]
    for column in missing:
        near = get_close_matches(column, [given.lower() for given in columns], 1)
        hint = f"Is '{near[0]}' meant?" if near else f"Required are: {', '.join(REQUIRED)}; usually also email."
        tell(Fault("users-column-missing", f"There is no column '{column}'.", hint, place))
    return named and not missing


def _named(columns: list[str], place: Place, tell: Callable[[Fault], None]) -> bool:
    sound = True
    met: set[str] = set()
    for column in columns:
        if column in met:
            sound = False
            tell(Fault("users-column-twice", f"The column '{column}' is there twice.", "Remove one.", place))
        met.add(column)
        if not _COLUMN.fullmatch(column) or len(column) > _LONGEST_COLUMN:
            sound = False
            shown = column[:40].encode("unicode_escape").decode("ascii") if not column.isprintable() else column[:40]
            tell(
                Fault(
                    "users-column-name",
                    f"'{shown}' is no name for a column." if column else "A column has no name.",
                    f"Use small letters, digits and '_', at most {_LONGEST_COLUMN}: {_suggested(column)}.",
                    place,
                )
            )
    return sound


def _suggested(column: str) -> str:
    made = re.sub(r"[^a-z0-9_]+", "_", column.lower()).strip("_")[:_LONGEST_COLUMN]
    return made if _COLUMN.fullmatch(made) else "uses_online_message"
