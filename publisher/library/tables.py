"""TOML files read strictly: each key by its type, unknown ones told, every fault with its line."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar

from publisher.domain.characters import faults_of
from publisher.errors import Fault, Place, Severity

_E = TypeVar("_E", bound=StrEnum)

Path = tuple[str | int, ...]
"""Where a value stands in a file: keys, and the positions in lists of tables, from the top."""

_SEGMENT = r"(?:[A-Za-z0-9_-]+|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*')"
_DOTTED = rf"{_SEGMENT}(?:[ \t]*\.[ \t]*{_SEGMENT})*"
_HEADER = re.compile(rf"[ \t]*(\[\[?)[ \t]*({_DOTTED})[ \t]*\]")
_KEY = re.compile(rf"[ \t]*({_DOTTED})[ \t]*=")
_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{}\n]', re.DOTALL
)


@dataclass(slots=True)
class Table:
    """One table while it is read; what is wrong with it is gathered in `faults`, shared by all tables of the file.

    Attributes:
        file: the file as staff know it.
        word: what the codes of its faults begin with: `settings`, `review`.
        values: the table as TOML gives it.
        path: where it stands in the file.
    """

    file: str
    word: str
    values: Mapping[str, Any]
    lines: Mapping[Path, int]
    faults: list[Fault]
    path: Path = ()
    known: list[str] = field(default_factory=list)

    def place(self, key: str | None = None) -> Place:
        """Where a key stands; without one, or when it is not there, where the table begins."""
        wanted = (*self.path, key) if key is not None else self.path
        return Place(self.file, self.lines.get(wanted, self.lines.get(self.path, 1)))

    def tell(
        self, what: str, message: str, remedy: str, key: str | None = None, severity: Severity = Severity.ERROR
    ) -> None:
        """Adds a fault of this table, or of one of its keys."""
        self.faults.append(Fault(f"{self.word}-{what}", message, remedy, self.place(key), severity))

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without `default` it must be there and not be empty."""
        value = self._take(key, str, "text in quotes", required=default is None)
        if value is None:
            return default or ""
        self._seen(key, value)
        if default is None and not value.strip():
            self.tell("value", f"{self._shown(key)} is empty.", "Write something, or delete the table.", key)
        return str(value)

    def texts(self, key: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
        """A list of texts, none of them empty or there twice; without `default` it must be there."""
        value = self._take(key, list, "a list of texts", required=default is None)
        if value is None:
            return tuple(default or ())
        if not all(isinstance(entry, str) for entry in value):
            self.tell("type", f"{self._shown(key)} must be a list of texts.", 'Write: ["one", "two"]', key)
            return tuple(default or ())
        for entry in value:
            self._seen(key, entry)
            if not entry.strip():
                self.tell("value", f"{self._shown(key)} holds an empty text.", "Delete it.", key)
        for entry in sorted({entry for entry in value if value.count(entry) > 1}):
            self.tell("value", f"{self._shown(key)} names '{entry}' twice.", "Name it once.", key)
        return tuple(dict.fromkeys(value))

    def whole(self, key: str, default: int, least: int, most: int) -> int:
        """A whole number between two bounds."""
        value = self._take(key, int, "a whole number")
        if value is None:
            return default
        if not least <= value <= most:
            self.tell("value", f"{self._shown(key)} is {value}.", f"Write a number from {least} to {most}.", key)
            return default
        return int(value)

    def share(self, key: str, default: float) -> float:
        """A fraction above 0, up to 1."""
        value = self._take(key, (int, float), "a number")
        if value is None:
            return default
        if not 0 < value <= 1:
            self.tell("value", f"{self._shown(key)} is {value}.", "Write a fraction above 0, up to 1.0.", key)
            return default
        return float(value)

    def flag(self, key: str) -> bool:
        """True or false; false when it is not there."""
        return self._take(key, bool, "true or false") is True

    def choice(self, key: str, kinds: type[_E], default: _E | None = None) -> _E | None:
        """One of a few words; None when it is none of them."""
        value = self._take(key, str, "text in quotes", required=default is None)
        if value is None:
            return default
        if value in tuple(kinds):
            return kinds(value)
        self.tell("value", f"{self._shown(key)} is '{value}'.", suggestion(value, [str(kind) for kind in kinds]), key)
        return default

    def instant(self, key: str) -> datetime | None:
        """A point in time with its offset from UTC."""
        value = self._take(key, datetime, "an instant", required=True)
        if value is not None and value.tzinfo is None:
            self.tell("type", f"{self._shown(key)} has no offset.", "Write for example 2027-01-31T09:00:00Z", key)
            return None
        return value if isinstance(value, datetime) else None

    def day(self, key: str) -> str:
        """A date, with or without quotes, as YYYY-MM-DD; it must be there."""
        value = self._take(key, (date, str), "a date", required=True)
        if value is None:
            return ""
        try:
            return (value if type(value) is date else date.fromisoformat(str(value))).isoformat()
        except ValueError:
            self.tell("value", f"{self._shown(key)} is no date.", "Write for example 2027-01-31", key)
            return ""

    def table(self, key: str) -> "Table | None":
        """A table below this one, or None when it is not there."""
        value = self._take(key, dict, f"a table: [{key}]")
        return self._below(value, (*self.path, key)) if value is not None else None

    def tables(self, key: str) -> tuple["Table", ...]:
        """A list of tables below this one."""
        value = self._take(key, list, f"a list of tables: [[{key}]]")
        if value is None:
            return ()
        if not all(isinstance(entry, dict) for entry in value):
            self.tell("type", f"{self._shown(key)} must be a list of tables.", f"Write [[{key}]] above each.", key)
            return ()
        return tuple(self._below(entry, (*self.path, key, index)) for index, entry in enumerate(value))

    def raw(self, key: str) -> Any:
        """A value as it stands, for shapes that no other method reads."""
        self.known.append(key)
        return self.values.get(key)

    def close(self) -> None:
        """Tells every key that nobody asked for."""
        for key in self.values:
            if key not in self.known:
                self.tell("unknown", f"Unknown key: '{key}'.", suggestion(key, self.known), key)

    def _below(self, values: Mapping[str, Any], path: Path) -> "Table":
        return Table(self.file, self.word, values, self.lines, self.faults, path)

    def _take(self, key: str, kind: type | tuple[type, ...], shape: str, *, required: bool = False) -> Any:
        self.known.append(key)
        value = self.values.get(key)
        if value is None:
            if required:
                self.tell("missing", f"{self._shown(key)} is missing.", f"Add a line: {key} = ...")
            return None
        # bool is an int to Python, not to people
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.tell("type", f"{self._shown(key)} must be {shape}.", "Correct the value.", key)
            return None
        return value

    def _shown(self, key: str) -> str:
        names = [str(part) for part in self.path if isinstance(part, str)]
        return ".".join([*names, key])

    def _seen(self, key: str, value: str) -> None:
        """Refuses what an escape in the file hides: the file's own characters were looked at already."""
        for fault in faults_of(value):
            if fault.severity is Severity.ERROR:
                self.faults.append(Fault(fault.code, fault.message, fault.remedy, self.place(key)))


def read_table(text: str, file: str, word: str) -> tuple[Table | None, list[Fault]]:
    """A TOML file as its topmost table, or None and what is wrong with its syntax.

    The faults that reading the table finds later are added to the same list.
    """
    faults: list[Fault] = []
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(fault))
        line, column = (int(found[1]), int(found[2])) if found else (text.count("\n") + 1, 1)
        problem = re.sub(r"\s*\(at [^)]*\)$", "", str(fault))
        faults.append(
            Fault(f"{word}-syntax", f"This is no TOML: {problem}.", "Mend the line.", Place(file, line, column))
        )
        return None, faults
    except RecursionError:
        faults.append(Fault(f"{word}-syntax", "It is nested too deep.", "Write it flat.", Place(file, 1)))
        return None, faults
    return Table(file, word, values, _lines_of(text), faults), faults


def suggestion(name: str, known: Iterable[str]) -> str:
    """A remedy for a word that is not known."""
    choices = list(dict.fromkeys(known))
    near = get_close_matches(name, choices, 1)
    return f"Did you mean '{near[0]}'?" if near else f"Known are: {', '.join(choices)}."


def _lines_of(text: str) -> Mapping[Path, int]:
    """The line of each table and key, found by a walk over a file that is known to be TOML."""
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    position, line = 0, 1
    while position < len(text):
        header, key = _HEADER.match(text, position), _KEY.match(text, position)
        if header:
            table = _rooted(_segments(header[2]), counts)
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                lines.setdefault(table, line)
                table = (*table, counts[table])
            lines.setdefault(table, line)
            end = text.find("\n", header.end())
            end = len(text) if end < 0 else end + 1
        elif key:
            whole = (*table, *_segments(key[1]))
            for depth in range(len(table) + 1, len(whole) + 1):
                lines.setdefault(whole[:depth], line)
            end = _statement_end(text, key.end())
        else:
            end = text.find("\n", position)
            end = len(text) if end < 0 else end + 1
        line += text.count("\n", position, end)
        position = end
    return lines


def _segments(dotted: str) -> Path:
    return tuple(part[1:-1] if part[0] in "\"'" else part for part in re.findall(_SEGMENT, dotted))


def _rooted(names: Path, counts: Mapping[Path, int]) -> Path:
    """A header's path with the position of each list of tables that it goes through."""
    path: Path = ()
    for name in names[:-1]:
        path = (*path, name)
        if path in counts:
            path = (*path, counts[path])
    return (*path, *names[-1:])


def _statement_end(text: str, start: int) -> int:
    depth = 0
    for token in _TOKEN.finditer(text, start):
        if token[0] in ("[", "{"):
            depth += 1
        elif token[0] in ("]", "}"):
            depth -= 1
        elif token[0] == "\n" and depth <= 0:
            return token.end()
    return len(text)


def toml_string(value: str) -> str:
    """A text as TOML has it between quotes; JSON's escapes are TOML's too."""
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
