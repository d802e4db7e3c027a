"""One flat YAML mapping as keys and texts with their places: walked event by event, nothing is ever constructed."""

from dataclasses import dataclass, field
from typing import Any

import yaml

from publisher.errors import Fault, Place

DEEPEST = 8
"""How deep a value may nest before the walk ends; any nesting is told as a fault."""

_SHAPE = "Write lines such as: effective: 2027-03-01"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Value:
    """A value as text: `style` is how it was written (`|` for a literal block), line and column are the file's."""

    text: str
    style: str | None
    line: int
    column: int


@dataclass(slots=True)
class Keys:
    """What the walk found: values by key, the line of each key, and faults without a file name."""

    values: dict[str, Value] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read_keys(text: str, first_line: int) -> Keys:
    """Reads a mapping whose values are all text.

    Anchors, aliases, tags, directives, a second document, keys that stand twice and nested values are faults.

    Args:
        text: the YAML text.
        first_line: the number of its first line in the file.
    """
    walk = _Walk(first_line)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if not walk.take(event):
                break
    except yaml.MarkedYAMLError as fault:
        walk.tell(
            "syntax",
            f"This is no YAML: {fault.problem or 'it cannot be read'}.",
            "Write `key: value` lines; put a value that holds a colon in quotes.",
            fault.problem_mark,
        )
    except yaml.reader.ReaderError as fault:
        line = text[: int(fault.position)].count("\n") + first_line
        walk.found.faults.append(
            Fault(
                "front-matter-syntax", "Front matter may not hold this character.", "Delete it.", Place(None, line, 1)
            )
        )
    return walk.found


class _Walk:
    """Where a walk over the events stands: how deep, and which key waits for its value."""

    def __init__(self, first_line: int) -> None:
        self.found = Keys()
        self._first_line = first_line
        self._depth = 0
        self._documents = 0
        self._key: str | None = None

    def tell(self, what: str, message: str, remedy: str, mark: Any) -> None:
        line, column = (mark.line + self._first_line, mark.column + 1) if mark else (self._first_line, 1)
        self.found.faults.append(Fault(f"front-matter-{what}", message, remedy, Place(None, line, column)))

    def take(self, event: Any) -> bool:
        """Takes the next event; false ends the walk."""
        refusal = self._refusal(event)
        if refusal is not None:
            self.tell(*refusal, event.start_mark)
            return False
        if isinstance(event, yaml.CollectionStartEvent):
            return self._begin(event)
        if isinstance(event, yaml.CollectionEndEvent):
            self._depth -= 1
            self._key = None if self._depth == 1 else self._key
        elif isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        return True

    def _refusal(self, event: Any) -> tuple[str, str, str] | None:
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1 or event.explicit or event.tags or event.version:
                return "shape", "A second document or a directive stands here.", "Keep one plain list of keys."
        if isinstance(event, yaml.DocumentEndEvent) and event.explicit:
            return "shape", "The document ends here, before the closing ---.", "Delete the line."
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            return "anchor", "Anchors and aliases are not read.", "Write the value out."
        if getattr(event, "tag", None):
            return "tag", f"The tag {event.tag} is not read.", "Write plain text."
        return None

    def _begin(self, event: Any) -> bool:
        """Enters a mapping or list: only the outermost mapping is read, what lies deeper is walked over."""
        self._depth += 1
        if self._depth > DEEPEST:
            self.tell("shape", "It is nested too deep.", _SHAPE, event.start_mark)
            return False
        if self._depth == 1 and not isinstance(event, yaml.MappingStartEvent):
            self.tell("shape", "This is a list, not keys and values.", _SHAPE, event.start_mark)
            return False
        if self._depth == 2:
            what = f"The value of '{self._key}'" if self._key is not None else "A key"
            self.tell("type", f"{what} must be text.", "Write one plain value.", event.start_mark)
            return self._key is not None
        return True

    def _scalar(self, event: Any) -> bool:
        mark, text = event.start_mark, str(event.value)
        line = mark.line + self._first_line
        if self._depth == 0:
            self.tell("shape", "There are no keys and values here.", _SHAPE, mark)
            return False
        if self._depth > 1:
            return True
        if self._key is not None:
            self.found.values.setdefault(self._key, Value(text, event.style, line, mark.column + 1))
            self._key = None
            return True
        self._key = text
        if text in self.found.lines:
            self.tell(
                "duplicate",
                f"'{text}' stands twice: on line {self.found.lines[text]} and on line {line}.",
                "Keep one of them.",
                mark,
            )
        self.found.lines.setdefault(text, line)
        return True
