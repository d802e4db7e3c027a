"""Receipts of a provider from CSV or JSON Lines, one at a time, however long the file is."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, BinaryIO

from publisher.domain.handoff import ProviderReceipt, receipt_of
from publisher.errors import Fault, Place
from publisher.importers.lines import UnusableFileError, text_lines

COLUMNS = ("id", "status", "at", "code", "reply", "provider_id")
_CSV = (".csv", ".tsv", ".txt")


@dataclass(frozen=True, slots=True)
class Line:
    """A receipt, and the number of its line, counted from 1."""

    number: int
    receipt: ProviderReceipt


@dataclass(frozen=True, slots=True)
class Aside:
    """A provider's event that says nothing of a message of ours."""


Event = Callable[[Mapping[str, object]], ProviderReceipt | None]


def read_receipts(stream: BinaryIO, name: str, event: Event | None = None) -> Iterator[Line | Aside | Fault]:
    """The receipts of an opened file, with the faults among them in the order of its lines.

    CSV has a header row; JSON Lines one object a line; which of them it is, the file's name says, else its first byte.

    Args:
        stream: the file's bytes, read forward only.
        name: the file as staff know it.
        event: reads a provider's event, of which a line holds one, or a list of them; None: the product's own format.
    """
    told: list[Fault] = []
    lines = text_lines(stream, name, told.append, what="receipt")
    rows = _csv_rows if event is None and _is_csv(stream, name) else _json_rows
    found = rows(lines, name, told.append)
    while True:
        try:
            row = next(found, None)
        except UnusableFileError as unusable:
            row = None
            told.append(unusable.fault)
        broken = bool(told)
        yield from told
        told.clear()
        if row is None:
            return
        if not broken:
            yield from _receipts(row, name, event)


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    value: Any


def _receipts(row: _Row, name: str, event: Event | None) -> Iterator[Line | Aside | Fault]:
    place = Place(name, row.line)
    if event is not None:
        for each in row.value if isinstance(row.value, list) else [row.value]:
            if not isinstance(each, dict):
                yield Fault("receipts-json", "This is no event.", "Write one event a line, as it was posted.", place)
                continue
            receipt = event(each)
            yield Aside() if receipt is None else Line(row.line, receipt)
        return
    if not isinstance(row.value, dict):
        yield Fault("receipts-json", "The line is no JSON object.", "Write one object a line (JSON Lines).", place)
        return
    try:
        yield Line(row.line, receipt_of(row.value))
    except ValueError as wrong:
        yield Fault("receipts-value", str(wrong), f"A receipt has: {', '.join(COLUMNS)}.", place)


def _is_csv(stream: BinaryIO, name: str) -> bool:
    suffix = PurePath(name).suffix.lower()
    if suffix in _CSV:
        return True
    if suffix in (".jsonl", ".ndjson", ".json") or not stream.seekable():
        return False
    here = stream.tell()
    start = stream.read(64)
    stream.seek(here)
    return not start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"["))


def _json_rows(lines: Iterator[str], name: str, tell: Callable[[Fault], None]) -> Iterator[_Row]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield _Row(number, json.loads(line))
        except (ValueError, RecursionError):
            tell(Fault("receipts-json", "This is no JSON.", "Write one object a line.", Place(name, number)))
            yield _Row(number, None)


def _csv_rows(lines: Iterator[str], name: str, tell: Callable[[Fault], None]) -> Iterator[_Row]:
    header = next((line for line in lines if line.strip()), "")
    delimiter = max(",;\t", key=header.count)
    columns = [cell.strip() for cell in next(csv.reader([header], delimiter=delimiter), [])]
    wrong = [column for column in ("id", "status") if column not in columns]
    wrong.extend(column for column in columns if column not in COLUMNS)
    if wrong or len(set(columns)) < len(columns):
        remedy = f"Its first line names the columns: id and status, and any of {', '.join(COLUMNS[2:])}, each once."
        tell(Fault("receipts-columns", "The header cannot be used.", remedy, Place(name, 1)))
        return
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 2
        try:
            cells = next(reader, None)
        except csv.Error as fault:
            remedy = "Quote a value that holds a delimiter, a quote or a line end; double quotes inside it."
            tell(Fault("receipts-csv", f"The row cannot be read: {fault}.", remedy, Place(name, line)))
            yield _Row(line, None)
            continue
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            message = f"The row has {len(cells)} cells, the header {len(columns)}."
            remedy = "Give every row the same cells; quote a value that holds the delimiter."
            tell(Fault("receipts-cells", message, remedy, Place(name, line)))
        yield _Row(line, dict(zip(columns, (cell.strip() for cell in cells), strict=False)))
