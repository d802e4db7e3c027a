"""Clauses: the nodes of a text's tree."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from publisher.errors import Fault


class ClauseKind(StrEnum):
    """What a node is in the text: lists and tables themselves are no nodes, their items and rows are."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"


class Block(StrEnum):
    """The block markup around a clause; it never makes two clauses different in words."""

    PLAIN = "plain"
    QUOTE = "quote"
    CODE = "code"
    HEADER_ROW = "header-row"
    ORDERED = "ordered"
    FOOTNOTE = "footnote"
    TERM = "term"


class MarkKind(StrEnum):
    """Inline markup that lies over a clause's words without being words."""

    STRONG = "strong"
    EMPHASIS = "emphasis"
    CODE = "code"
    STRIKE = "strike"
    LINK = "link"
    IMAGE = "image"
    CELL = "cell"
    BREAK = "break"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Mark:
    """Markup over `text[start:end]`; `target` is a link's or image's address, a note's clause id, else empty.

    Cells cover a row's text without gaps but the single spaces between them; a break has `start == end`.
    """

    start: int
    end: int
    kind: MarkKind
    target: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One node of the clause tree.

    Attributes:
        kind: heading, paragraph (numbered or not), item or row.
        id: identity, kept through moves and renumbering; the HTML id.
        number: the number as written without closing punctuation (`4.1.3`, `(a)`, `第四条`); None when unnumbered.
        label: the number as printed (`4.`, `4.1.3`, `一、`), or a list item's marker (`-`, `2.`); may be empty.
        value: the number by value: 第四条, 4 and ４ are all `(4,)`; `4.1.3` is `(4, 1, 3)`; empty when unnumbered.
        text: the plain words, NFC, without the number, single spaces.
        marks: inline markup over `text`, in order of start, then longest first.
        line: first source line, counted from 1 in the file as it stands (front matter included).
        end_line: last source line, inclusive.
        level: a heading's Markdown level 1 to 6; else 0.
        anchor: the author's `{#id}`, or None.
        block: the block markup around it.
        children: the clauses below, in reading order.
    """

    kind: ClauseKind
    id: str
    text: str
    line: int
    end_line: int
    number: str | None = None
    label: str = ""
    value: tuple[int, ...] = ()
    marks: tuple[Mark, ...] = ()
    level: int = 0
    anchor: str | None = None
    block: Block = Block.PLAIN
    children: tuple["Clause", ...] = ()

    @property
    def heading_line(self) -> str:
        """The clause's number and words as one line, as paths and lists of changes show it: `4.1 Sharing`."""
        printed = self.label if self.number is not None else ""
        parted = "" if printed.endswith(("、", "）", "．", "。", "，", "：")) else " "
        return f"{printed}{parted}{self.text}".strip()

    @property
    def path_name(self) -> str:
        """What a path shows of this clause: a heading in full, of a paragraph only its number."""
        return self.heading_line if self.kind is ClauseKind.HEADING else (self.number or "")


@dataclass(frozen=True, slots=True)
class Placed:
    """A clause met on a walk: where it stands among the others.

    `path` holds the names of the clauses above it, outermost first, the unnamed left out; `parent` is the id of the
    clause right above (empty at the top); `position` counts from 0 among its siblings.
    """

    clause: Clause
    path: tuple[str, ...]
    parent: str
    position: int
    depth: int


@dataclass(frozen=True, slots=True)
class ClauseTree:
    """A whole text as clauses.

    `title` is the text's own title (its single first-level heading), also present as the first clause with id `title`
    and no children: paths begin below it. `faults` is what parsing noticed, without a file name.
    """

    language: str
    clauses: tuple[Clause, ...]
    title: str = ""
    faults: tuple[Fault, ...] = ()

    def walk(self) -> Iterator[Placed]:
        """Every clause in reading order (a parent before its children)."""
        stack = [Placed(clause, (), "", position, 0) for position, clause in reversed(tuple(enumerate(self.clauses)))]
        while stack:
            placed = stack.pop()
            yield placed
            clause = placed.clause
            name = clause.path_name
            path = (*placed.path, name) if name else placed.path
            stack.extend(
                Placed(child, path, clause.id, position, placed.depth + 1)
                for position, child in reversed(tuple(enumerate(clause.children)))
            )

    def by_id(self) -> dict[str, Placed]:
        """Each clause by its id."""
        return {placed.clause.id: placed for placed in self.walk()}
