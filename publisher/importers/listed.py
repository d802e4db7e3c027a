"""A list of user ids, from CSV or JSON Lines: whom a notice is for, one by one."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import PurePath
from typing import BinaryIO

from publisher.errors import Fault, Place
from publisher.importers.lines import UnusableFileError, text_lines

MOST_ERRORS = 100
_LONGEST_ID = 255
_JSON = (".jsonl", ".ndjson", ".json")


@dataclass(frozen=True, slots=True)
class Listing:
    """The ids of a list, each with the line where it first stands; how many lines named one again; what is wrong."""

    lines: dict[str, int]
    repeated: int
    faults: tuple[Fault, ...]


def read_listing(stream: BinaryIO, name: str) -> Listing:
    """Reads a list whole: ids alone, a line each, or a column `id` among others; or JSON Lines with a member `id`."""
    faults: list[Fault] = []
    found: dict[str, int] = {}
    repeated = 0
    lines = text_lines(stream, name, faults.append)
    ids = _of_json if PurePath(name).suffix.lower() in _JSON else _of_csv
    try:
        for line, given in ids(lines, name, faults):
            wrong = _wrong(given)
            if wrong:
                faults.append(Fault("list-id", wrong, "Write the id as your users have it.", Place(name, line)))
            elif given in found:
                repeated += 1
            else:
                found[given] = line
            if len(faults) >= MOST_ERRORS:
                break
    except UnusableFileError as unusable:
        faults.append(unusable.fault)
    if not found and not faults:
        faults.append(Fault("list-empty", "The list names nobody.", "Write one id a line.", Place(name, 1)))
    return Listing(found, repeated, tuple(faults))


def _wrong(given: str) -> str:
    if not given:
        return "The row has no id."
    if len(given) > _LONGEST_ID:
        return f"The id has more than {_LONGEST_ID} characters."
    return "" if given.isprintable() else "The id holds a character that cannot be seen."


def _of_csv(lines: Iterator[str], name: str, faults: list[Fault]) -> Iterator[tuple[int, str]]:
    """The column `id` below a header that has one; else a file of ids alone."""
    first = next(lines, "")
    reader = csv.reader(chain([first], lines), delimiter=max(",;\t", key=first.count), strict=True)
    place: int | None = None
    while True:
        line = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as fault:
            faults.append(Fault("list-csv", f"The row cannot be read: {fault}.", "Mend its quotes.", Place(name, line)))
            continue
        if not any(cells):
            continue
        if place is None:
            header = [cell.casefold() for cell in cells]
            if "id" in header:
                place = header.index("id")
                continue
            if len(cells) > 1:
                remedy = "Let its first line name the columns, one of them: id (commas between them)."
                faults.append(Fault("list-column", "There is no column 'id'.", remedy, Place(name, line)))
                return
            place = 0
        yield line, cells[place] if place < len(cells) else ""


def _of_json(lines: Iterator[str], name: str, faults: list[Fault]) -> Iterator[tuple[int, str]]:
    for line, written in enumerate(lines, start=1):
        if not written.strip():
            continue
        try:
            value = json.loads(written, parse_int=str, parse_float=str)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            value = value.get("id")
        if isinstance(value, str):
            yield line, value.strip()
        else:
            remedy = 'Write one object a line: {"id": "..."}'
            faults.append(Fault("list-json", "This is no JSON object with an id.", remedy, Place(name, line)))
            if written.lstrip().startswith("["):
                return
