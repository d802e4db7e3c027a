"""Block tokens to drafts: the clauses of a text in source order, before numbers have put them in their places."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from publisher.domain.clause import Block, ClauseKind
from publisher.errors import Fault, Place, Severity
from publisher.parse import safety
from publisher.parse.anchors import anchored
from publisher.parse.draft import Draft
from publisher.parse.inline import Memory, Words, note_id, row
from publisher.parse.markdown import Source, row_cells

DEEPEST = 8
"""How many lists and quotes may lie in one another; more is told as an error."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """All drafts of a text in source order, footnotes last, and the source lines that need no clause.

    `spent` holds the lines (counted from 0 in the body) whose words are told in a fault or are only markup.
    """

    drafts: tuple[Draft, ...]
    faults: tuple[Fault, ...]
    spent: frozenset[int]


@dataclass(slots=True)
class _Item:
    """A list item, definition or footnote while its content is read."""

    draft: Draft
    waiting: bool
    heading: bool = False


@dataclass(slots=True)
class _Drafter:
    source: Source
    shift: int
    memory: Memory
    drafts: list[Draft] = field(default_factory=list)
    notes: dict[str, list[Draft]] = field(default_factory=dict)
    noted: dict[str, None] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    spent: set[int] = field(default_factory=set)
    stack: list[_Item] = field(default_factory=list)
    into: list[Draft] = field(default_factory=list)
    outer: list[list[Draft]] = field(default_factory=list)
    quotes: int = 0
    lists: list[int] = field(default_factory=list)
    list_count: int = 0
    told_deep: bool = False
    waiting_anchor: tuple[str, int] | None = None

    # -- walking -----------------------------------------------------------------------------------------------------

    def run(self) -> Drafted:
        self.into = self.drafts
        tokens = self.source.tokens
        index = 0
        while index < len(tokens):
            index = self.take(tokens, index)
        self._anchor_left_over()
        return Drafted((*self.drafts, *self._footnotes()), tuple(self.faults), frozenset(self.spent))

    def take(self, tokens: Sequence[Token], index: int) -> int:
        """Takes in the block that begins at a token; where the next one begins."""
        token = tokens[index]
        match token.type:
            case "heading_open":
                self._heading(token, tokens[index + 1])
            case "paragraph_open":
                self._paragraph(tokens[index + 1])
            case "dt_open":
                self._term(tokens[index + 1])
            case "table_open":
                return self._table(tokens, index)
            case "code_block" | "fence":
                self._code(token)
                return index + 1
            case _ if token.nesting > 0:
                self._enter(token, first=index > 0 and tokens[index - 1].type.endswith("_list_open"))
                return index + 1
            case _:
                self._leave(token)
                return index + 1
        return index + 3

    def _enter(self, token: Token, *, first: bool) -> None:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                self.list_count += 1
                self.lists.append(self.list_count)
            case "list_item_open":
                self._open_item(token, first=first)
            case "blockquote_open":
                self.quotes += 1
                self._watch_depth(token)
            case "dl_open":
                self.stack.append(_Item(Draft(ClauseKind.PARAGRAPH, 0, 0), waiting=False))
            case "dd_open":
                self._watch_depth(token)
            case "footnote_reference_open":
                self._open_footnote(token)

    def _leave(self, token: Token) -> None:
        match token.type:
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
            case "list_item_close" | "dl_close":
                self.stack.pop()
            case "blockquote_close":
                self.quotes -= 1
            case "footnote_reference_close":
                self.stack.pop()
                self.into = self.outer.pop()

    # -- containers --------------------------------------------------------------------------------------------------

    @property
    def holder(self) -> Draft | None:
        return self.stack[-1].draft if self.stack else None

    def _block(self) -> Block:
        return Block.QUOTE if self.quotes else Block.PLAIN

    def _watch_depth(self, token: Token) -> None:
        depth = len(self.lists) + self.quotes
        if depth <= DEEPEST:
            self.told_deep = False
        elif not self.told_deep and token.map:
            self.told_deep = True
            self.faults.append(
                Fault(
                    "nesting-deep",
                    f"Lists or quotes lie more than {DEEPEST} deep here.",
                    "Give the inner ones numbers of their own (4.1.3), or end the outer ones first.",
                    Place(line=token.map[0] + self.shift),
                )
            )

    def _open_item(self, token: Token, *, first: bool) -> None:
        first_line = (token.map or [0])[0]
        ordered = bool(token.info)
        block = self._block()
        if ordered and block is Block.PLAIN:
            block = Block.ORDERED
        draft = Draft(
            ClauseKind.ITEM,
            first_line + self.shift,
            first_line + self.shift,
            block=block,
            label=f"{token.info}{token.markup}",
            holder=self.holder,
            listed=self.lists[-1] if self.lists else 0,
            first_listed=first,
        )
        self._take_anchor(draft)
        self.into.append(draft)
        self.stack.append(_Item(draft, waiting=True))
        self._watch_depth(token)

    def _term(self, content: Token) -> None:
        self.stack.pop()
        line = (content.map or [0])[0]
        draft = Draft(ClauseKind.PARAGRAPH, line + self.shift, line + self.shift, block=Block.TERM, holder=self.holder)
        draft.words = self._words(content)
        self.into.append(draft)
        self.stack.append(_Item(draft, waiting=False))

    def _open_footnote(self, token: Token) -> None:
        label = str(token.meta["label"])
        line, _ = token.map or [0, 1]
        draft = Draft(ClauseKind.PARAGRAPH, line + self.shift, line + self.shift, block=Block.FOOTNOTE, label=label)
        if label in self.notes:
            self.faults.append(
                Fault(
                    "footnote-duplicate",
                    f"The footnote [^{label}] is written twice; readers would see only one.",
                    "Give each footnote its own name.",
                    Place(line=line + self.shift),
                )
            )
            label = f"{label}\n{line}"
        self.outer.append(self.into)
        self.into = self.notes[label] = [draft]
        self.stack.append(_Item(draft, waiting=True))

    def _footnotes(self) -> list[Draft]:
        """The footnotes that readers are led to; the others are told."""
        told: list[Draft] = []
        for label, drafts in self.notes.items():
            if label.partition("\n")[0] in self.noted:
                drafts[0].id = note_id(drafts[0].label)
                told.extend(drafts)
            else:
                what = f"the footnote [^{label}], which nothing in the text refers to"
                self.faults.append(safety.unseen(what, drafts[0].line))
                for draft in drafts:
                    self.spent.update(range(draft.line - self.shift, draft.end_line - self.shift + 1))
        return told

    # -- clauses -----------------------------------------------------------------------------------------------------

    def _heading(self, token: Token, content: Token) -> None:
        line, end = token.map or [0, 1]
        level = int(token.tag[1:])
        text, anchor = self._unmarked(content.content, line)
        draft = Draft(
            ClauseKind.HEADING, line + self.shift, end + self.shift - 1, level=level, anchor=anchor, holder=self.holder
        )
        draft.words = self._parsed(text, line)
        if self.quotes or (self.stack and self.stack[0].draft.block is Block.FOOTNOTE):
            draft.kind, draft.level, draft.block = ClauseKind.PARAGRAPH, 0, self._block()
        self._take_anchor(draft)
        if self.stack and self.stack[-1].waiting and draft.kind is ClauseKind.HEADING:
            self._heading_of_item(self.stack[-1], draft)
            return
        self._settle()
        self._add(draft)

    def _heading_of_item(self, item: _Item, heading: Draft) -> None:
        """An item that begins with a heading is that heading, with the item's marker as its number."""
        item.waiting, item.heading = False, True
        draft = item.draft
        draft.kind, draft.level, draft.words = ClauseKind.HEADING, heading.level, heading.words
        draft.end_line, draft.anchor = heading.end_line, heading.anchor or draft.anchor
        if draft.block is not Block.ORDERED:
            draft.label = ""

    def _paragraph(self, content: Token) -> None:
        line, end = content.map or [0, 1]
        text, anchor = self._unmarked(content.content, line)
        if not text.strip():
            self.spent.update(range(line, end))
            if anchor is not None:
                self._place_anchor(anchor, line)
            return
        found = self._parsed(text, line)
        if self.stack and self.stack[-1].waiting and not self._quoted_in_item():
            item = self.stack[-1]
            item.waiting = False
            item.draft.words = found
            item.draft.end_line = end + self.shift - 1
            item.draft.anchor = anchor or item.draft.anchor
            return
        self._settle()
        draft = Draft(
            ClauseKind.PARAGRAPH, line + self.shift, end + self.shift - 1, found, self._block(), anchor=anchor
        )
        draft.holder = self.holder
        self._take_anchor(draft)
        self._add(draft)

    def _quoted_in_item(self) -> bool:
        return bool(self.quotes) and self.stack[-1].draft.block is not Block.QUOTE

    def _code(self, token: Token) -> None:
        line, end = token.map or [0, 1]
        self._settle()
        draft = Draft(ClauseKind.PARAGRAPH, line + self.shift, end + self.shift - 1, block=Block.CODE)
        draft.words = Words(" ".join(token.content.split()))
        draft.holder = self.holder
        if token.info.strip():
            told = safety.unseen(f"“{token.info.strip()}” at a code block's beginning", draft.line)
            one_word = len(token.info.split()) == 1
            self.faults.append(replace(told, severity=Severity.WARNING) if one_word else told)
        if draft.words.text:
            self._add(draft)
        else:
            self.spent.update(range(line, end))

    def _table(self, tokens: Sequence[Token], index: int) -> int:
        self._settle()
        header = False
        columns = 0
        cells: list[Words] = []
        lines = [0, 1]
        while tokens[index].type != "table_close":
            token = tokens[index]
            if token.type in ("thead_open", "thead_close"):
                header = token.type == "thead_open"
            elif token.type == "tr_open":
                cells, lines = [], token.map or lines
            elif token.type == "inline":
                cells.append(self._parsed(token.content, lines[0]))
            elif token.type == "tr_close":
                if header:
                    columns = len(cells)
                else:
                    cells.extend(self._cells_beyond(columns, lines[0]))
                self._row(row(cells), lines, header=header)
            index += 1
        return index + 1

    def _cells_beyond(self, columns: int, line: int) -> list[Words]:
        """The cells of a row for which the heading has no column: Markdown drops them, readers must not miss them."""
        further = row_cells(self.source.lines[line], columns)
        if any(further):
            self.faults.append(safety.long_row(columns + len(further), columns, line + self.shift))
        return [self._parsed(cell, line) for cell in further]

    def _row(self, found: Words, lines: list[int], *, header: bool) -> None:
        line = lines[0]
        self._note_words(found)
        if not found.text and header:
            return
        block = Block.HEADER_ROW if header else self._block()
        draft = Draft(ClauseKind.ROW, line + self.shift, line + self.shift, found, block, holder=self.holder)
        self._add(draft)

    def _add(self, draft: Draft) -> None:
        self.into.append(draft)

    def _settle(self) -> None:
        """An item whose first block is no paragraph has no words of its own."""
        if self.stack:
            self.stack[-1].waiting = False

    # -- words and anchors -------------------------------------------------------------------------------------------

    def _words(self, content: Token) -> Words:
        return self._parsed(content.content, (content.map or [0])[0])

    def _parsed(self, content: str, line: int) -> Words:
        found = self.memory.words(content, self.source, line + self.shift)
        self._note_words(found)
        return found

    def _note_words(self, found: Words) -> None:
        if found.faults or found.notes:
            self.faults.extend(found.faults)
            self.noted.update(dict.fromkeys(found.notes))

    def _unmarked(self, content: str, line: int) -> tuple[str, str | None]:
        """Content without the author's anchor and attribute lines, which are told."""
        if "{" not in content:
            return content, None
        found = anchored(content)
        for number, text in found.attributes:
            self.faults.append(safety.unseen(f"the attribute line {text}", line + number + self.shift))
            self.spent.add(line + number)
        for name in found.invalid:
            self._bad_anchor(name, line)
        return found.content, found.anchor

    def _bad_anchor(self, name: str, line: int) -> None:
        self.faults.append(
            Fault(
                "anchor-invalid",
                f"{{#{name}}} is no name for a clause.",
                "Use letters A to Z, digits, dots, hyphens and underscores, beginning with a letter or digit.",
                Place(line=line + self.shift),
            )
        )

    def _place_anchor(self, name: str, line: int) -> None:
        """An anchor in a paragraph of its own belongs to the clause right above it, else to the one right below."""
        above = self.into[-1] if self.into else None
        if above is not None and above.end_line == line + self.shift - 1 and above.anchor is None:
            above.anchor = name
        else:
            self._anchor_left_over()
            self.waiting_anchor = (name, line + self.shift)

    def _take_anchor(self, draft: Draft) -> None:
        if self.waiting_anchor is None:
            return
        name, line = self.waiting_anchor
        if draft.line == line + 1 and draft.anchor is None:
            draft.anchor = name
            self.waiting_anchor = None
        else:
            self._anchor_left_over()

    def _anchor_left_over(self) -> None:
        if self.waiting_anchor is None:
            return
        name, line = self.waiting_anchor
        self.waiting_anchor = None
        self.faults.append(
            Fault(
                "anchor-alone",
                f"{{#{name}}} belongs to no clause.",
                "Put it at the end of the clause or on the line right above it, without a blank line between.",
                Place(line=line),
            )
        )


def draft(source: Source, shift: int, memory: Memory) -> Drafted:
    """The drafts of a body whose line 0 is line `shift` of the file."""
    return _Drafter(source, shift, memory).run()
