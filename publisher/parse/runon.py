"""Numbered lines that Markdown reads as one paragraph: told, never silently split."""

import re
from collections.abc import Sequence

from publisher.domain.clause import Block, ClauseKind
from publisher.errors import Fault, Place
from publisher.languages.numbering import Numeral, Style, readings
from publisher.parse.draft import Draft
from publisher.parse.markdown import Source
from publisher.parse.numbered import counts

_CITES = re.compile(
    r"(?:\b(?:sections?|clauses?|articles?|paragraphs?|items?|parts?|chapters?|schedules?|annex|no|see|in|and|or|to|through|of|by|with"
    r"|under|from|until|than|version|about|over|at|for|the|is|are|was|were|not)|[,，、(（]|[第见与和及或至])\s*$",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"^[\s>]*(?:[-+*]\s+)?[*_~`]{0,3}")


def run_on(source: Source, drafts: Sequence[Draft], shift: int) -> list[Fault]:
    """A fault for each line inside a paragraph that begins with the number of a clause of its own."""
    faults: list[Fault] = []
    for draft in drafts:
        if draft.end_line <= draft.line or draft.kind not in (ClauseKind.PARAGRAPH, ClauseKind.ITEM):
            continue
        if draft.block not in (Block.PLAIN, Block.ORDERED) or draft.recovered:
            continue
        faults += _in_paragraph(source.lines[draft.line - shift : draft.end_line - shift + 1], draft)
    return faults


def _in_paragraph(lines: Sequence[str], draft: Draft) -> list[Fault]:
    before = _numerals(lines[0])
    if draft.block is Block.ORDERED:
        marker = draft.label[:-1]
        before = (Numeral(Style.DOTTED, (int(marker),), marker, draft.label, 0, closed=True, spaced=True), *before)
    faults: list[Fault] = []
    for number, text in enumerate(lines[1:], start=1):
        found = [
            numeral
            for numeral in _numerals(text)
            if any(_follows(earlier, numeral) for earlier in before) and not _CITES.search(lines[number - 1])
        ]
        if found:
            faults.append(_told(found[0].label, draft.line + number))
            before = (*before, *found)
    return faults


def _numerals(line: str) -> tuple[Numeral, ...]:
    text = " ".join(line[_MARKUP.match(line).end() :].replace("\\.", ".").split())  # type: ignore[union-attr]  # it matches nothing, too
    return tuple(
        numeral
        for numeral in readings(text)
        if counts(numeral, text, heading=False, near=numeral.value[-1] - 1, within=True)
    )


def _follows(earlier: Numeral, later: Numeral) -> bool:
    """Whether a number is the next of its family (1.2, 1.1.1 and 2 follow 1.1) or begins one below: (a), （一）."""
    before, after = earlier.value, later.value
    if later.style is not earlier.style:
        return later.style is not Style.DOTTED and after == (1,)
    if len(after) == len(before) + 1:
        return after[:-1] == before and after[-1] == 1
    shared = len(after) - 1
    return len(after) <= len(before) and after[:shared] == before[:shared] and 0 < after[shared] - before[shared] <= 2


def _told(label: str, line: int) -> Fault:
    return Fault(
        "number-inside",
        f"{label} begins a line inside the paragraph above, so it would not be a clause of its own.",
        "Put a blank line before it; if it is no clause number, join it to the line above.",
        Place(line=line),
    )
