"""The words of one block: plain text with single spaces, and the markup that lies over them."""

import re
import unicodedata
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from markdown_it.token import Token

from publisher.domain.clause import Mark, MarkKind
from publisher.errors import Fault
from publisher.parse import safety
from publisher.parse.markdown import Source, inline

if TYPE_CHECKING:
    from publisher.parse.draft import Stretch

_MARKUP = re.compile(r"[\\`*_\[<&~]|  \n")
_BRACKET = re.compile(r"[\[\]]")
MOST_BRACKETS = 5_000
DEEPEST_BRACKETS = 40
"""Beyond this many brackets, or brackets open at once, a paragraph is no text, and looking for links takes minutes."""

MOST_HELD = 1_000_000
"""Characters that a memory holds before it begins anew: 67 versions of real terms have 400,000 in distinct stretches,
and about as many in blocks."""

_OPENS = {
    "strong_open": MarkKind.STRONG,
    "em_open": MarkKind.EMPHASIS,
    "s_open": MarkKind.STRIKE,
    "link_open": MarkKind.LINK,
}
_CLOSES = frozenset({"strong_close", "em_close", "s_close", "link_close"})
_JOINED = (
    "[\u2e80-\u2fff\u3001-\u30ff\u31c0-\u33ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\U00020000-\U0003ffff]"
)
"""Characters of scripts written without spaces: a line break between two of them is none between words."""


@dataclass(frozen=True, slots=True)
class Words:
    """Plain words with their marks, and the words that readers would not see: titles of links and images."""

    text: str
    marks: tuple[Mark, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


NO_WORDS = Words("")


def note_id(label: str) -> str:
    """The clause id of a footnote."""
    return "fn-" + (re.sub(r"[^\w.-]+", "-", label).strip("-") or "note")


class Memory:
    """What texts read one after the other have in common: most blocks of a version stand in the one before it too.

    A block without faults reads the same wherever it stands, as long as the text defines the same links and notes.
    `stretches` holds what whole stretches of text were read as; `whole` holds clauses (definitions, source, label,
    words) that were found to hold every word of their source. `shown` texts are known to be right: what is wrong with
    them is not looked for where that is all that the look would find.

    All is forgotten once it grows past what many versions of a text that share most of it would need.
    """

    __slots__ = ("_held", "_known", "shown", "stretches", "whole")

    def __init__(self, *, shown: bool = False) -> None:
        self.shown = shown
        self._held = 0
        self._known: dict[tuple[Hashable, str], Words] = {}
        self.stretches: dict[str, Stretch] = {}
        self.whole: set[tuple[Hashable, str, str, str]] = set()

    def make_room(self, size: int) -> None:
        """Forgets everything where there is much of it, before a text of so many characters is read."""
        if self._held > max(MOST_HELD, 4 * size):
            self._held = 0
            self._known.clear()
            self.stretches.clear()
            self.whole.clear()

    def keep(self, text: str, stretch: "Stretch") -> None:
        """Keeps what a stretch of text was read as."""
        self._held += len(text)
        self.stretches[text] = stretch

    def words(self, content: str, source: Source, line: int) -> Words:
        """The words of one block's content, whose first line is `line` of the file."""
        if not _MARKUP.search(content):
            return Words(plain(content))
        key = (source.definitions if "[" in content else None, content)
        found = self._known.get(key)
        if found is None:
            found = _read(content, source.environment, line)
            if not found.faults:
                self._held += len(content)
                self._known[key] = found
        return found


def _read(content: str, environment: dict[str, Any], line: int) -> Words:
    if _overloaded(content):
        return Words(plain(content), faults=(safety.overloaded(line),))
    writer = _Writer(line)
    writer.write(inline(content, environment))
    return writer.words()


def _overloaded(content: str) -> bool:
    brackets = content.count("[")
    if brackets <= DEEPEST_BRACKETS:
        return False
    if brackets > MOST_BRACKETS:
        return True
    depth = 0
    for bracket in _BRACKET.findall(content):
        depth = depth + 1 if bracket == "[" else max(depth - 1, 0)
        if depth > DEEPEST_BRACKETS:
            return True
    return False


def plain(content: str) -> str:
    """Content without markup as words: single spaces, and no space where a line broke between Chinese characters."""
    if "\n" not in content or content.isascii():
        return " ".join(content.split())
    out = ""
    parts: list[str] = []
    for piece in content.split("\n"):
        folded = " ".join(piece.split())
        if not folded:
            continue
        if parts and not (_joined(out[-1], folded[0])):
            parts.append(" ")
        parts.append(folded)
        out = folded
    return "".join(parts)


def _joined(last: str, first: str) -> bool:
    """Whether a line that breaks between two characters divides no words."""
    return not last.isascii() and bool(_joining().match(last) and _joining().match(first))


@cache
def _joining() -> re.Pattern[str]:
    return re.compile(_JOINED)


def row(cells: Sequence[Words]) -> Words:
    """A table row: its cells joined by single spaces, each under a mark; an empty cell's mark has no length."""
    pieces: list[str] = []
    marks: list[Mark] = []
    length = 0
    for cell in cells:
        if cell.text:
            start = length + 1 if length else 0
            pieces.append(cell.text)
            length = start + len(cell.text)
            marks.append(Mark(start, length, MarkKind.CELL))
            marks.extend(Mark(mark.start + start, mark.end + start, mark.kind, mark.target) for mark in cell.marks)
        else:
            marks.append(Mark(length, length, MarkKind.CELL))
            marks.extend(Mark(length, length, mark.kind, mark.target) for mark in cell.marks)
    return Words(
        " ".join(pieces),
        ordered(marks),
        tuple(fault for cell in cells for fault in cell.faults),
        tuple(note for cell in cells for note in cell.notes),
    )


def ordered(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Marks by start, then the longest first; an empty cell comes before the cell that begins at the same place."""
    return tuple(
        sorted(marks, key=lambda mark: (mark.start, mark.kind is not MarkKind.CELL or mark.start < mark.end, -mark.end))
    )


def without_start(found: Words, count: int) -> Words:
    """The same words without their first `count` characters (a clause's number)."""
    marks = (
        Mark(max(mark.start - count, 0), max(mark.end - count, 0), mark.kind, mark.target)
        for mark in found.marks
        if mark.end > count or mark.start == mark.end
    )
    return Words(found.text[count:], ordered(marks), found.faults, found.notes)


@dataclass(slots=True)
class _Open:
    kind: MarkKind
    target: str
    start: int | None = None


@dataclass(slots=True)
class _Writer:
    """Gathers words and marks from inline tokens in one pass."""

    line: int
    out: list[str] = field(default_factory=list)
    length: int = 0
    last: str = ""
    space: bool = False
    broken: bool = False
    marks: list[Mark] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tag_told: bool = False

    def write(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            kind = token.type
            if kind in ("text", "text_special"):
                if kind == "text" and not self.tag_told and "<" in token.content:
                    self._tell_tags(token.content)
                self.add(token.content)
            elif kind == "softbreak":
                self.line += 1
                self.broken = True
            elif kind == "hardbreak":
                self.line += 1
                self.marks.append(Mark(self.length, self.length, MarkKind.BREAK))
                self.broken = True
            elif kind == "code_inline":
                self.begin(MarkKind.CODE)
                self.add(token.content)
                self.end()
            elif kind in _OPENS:
                self.begin(_OPENS[kind], self._target(token) if kind == "link_open" else "")
            elif kind in _CLOSES:
                self.end()
            elif kind == "image":
                self._image(token)
            elif kind == "footnote_ref":
                self._note(str(token.meta["label"]))
            else:
                self.add(token.content)

    def add(self, content: str) -> None:
        pieces = content.split()
        if not pieces:
            self.space = self.space or bool(content)
            return
        folded = " ".join(pieces)
        if self.length:
            spaced = self.space or content[0].isspace()
            broken = self.broken and not _joined(self.last, folded[0])
            if spaced or broken:
                self.out.append(" ")
                self.length += 1
        for mark in self.open:
            if mark.start is None:
                mark.start = self.length
        self.out.append(folded)
        self.length += len(folded)
        self.last = folded[-1]
        self.space, self.broken = content[-1].isspace(), False

    def begin(self, kind: MarkKind, target: str = "") -> None:
        self.open.append(_Open(kind, target))

    def end(self) -> None:
        mark = self.open.pop()
        if mark.start is not None and (mark.target or mark.kind is not MarkKind.LINK):
            self.marks.append(Mark(mark.start, self.length, mark.kind, mark.target))
        elif mark.start is None and mark.target:
            self.faults.append(safety.wordless(mark.target, self.line))

    def words(self) -> Words:
        text = "".join(self.out)
        marks = self.marks
        if not text.isascii() and not unicodedata.is_normalized("NFC", text):
            text, marks = _composed(text, marks)
        return Words(text, ordered(marks), tuple(self.faults), tuple(self.notes))

    def _target(self, token: Token) -> str:
        return self._checked(str(token.attrGet("href") or ""), token, safety.link)

    def _checked(self, target: str, token: Token, check: safety.Check) -> str:
        fault = check(target, self.line)
        if fault is not None:
            self.faults.append(fault)
        title = token.attrGet("title")
        if title:
            self.faults.append(safety.unseen(f"the title “{title}” of a link or image", self.line))
        return "" if fault is not None and fault.severity == "error" else target

    def _image(self, token: Token) -> None:
        target = self._checked(str(token.attrGet("src") or ""), token, safety.image)
        before = self.length
        self.begin(MarkKind.IMAGE, target)
        self.write(token.children or [])
        mark = self.open.pop()
        if not target:
            return
        start = mark.start if mark.start is not None else before
        end = self.length if mark.start is not None else before
        self.marks.append(Mark(start, end, MarkKind.IMAGE, target))

    def _note(self, label: str) -> None:
        self.notes.append(label)
        self.marks.append(Mark(self.length, self.length, MarkKind.NOTE, note_id(label)))

    def _tell_tags(self, content: str) -> None:
        fault = safety.raw_html(content, self.line)
        if fault is not None:
            self.tag_told = True
            self.faults.append(fault)


def _composed(text: str, marks: Iterable[Mark]) -> tuple[str, list[Mark]]:
    """The text in NFC with its marks moved along: entities can spell out what NFC then joins."""
    marks = list(marks)
    moved: dict[int, int] = {}
    before = length = 0
    for offset in sorted({offset for mark in marks for offset in (mark.start, mark.end)}):
        length += len(unicodedata.normalize("NFC", text[before:offset]))
        moved[offset], before = length, offset
    composed = unicodedata.normalize("NFC", text)
    return composed, [
        Mark(min(moved[mark.start], len(composed)), min(moved[mark.end], len(composed)), mark.kind, mark.target)
        for mark in marks
    ]
