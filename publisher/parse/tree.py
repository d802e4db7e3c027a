"""The way from a body to its clause tree: tokens, drafts, nesting, ids, faults."""

import unicodedata
from bisect import bisect
from collections.abc import Sequence
from itertools import groupby

from publisher.domain.clause import Block, Clause, ClauseKind, ClauseTree, MarkKind
from publisher.errors import Fault, Place, Severity
from publisher.parse.coverage import as_paragraphs, losses, recovered, uncovered, unused_links
from publisher.parse.draft import Draft, Stretch
from publisher.parse.drafts import draft
from publisher.parse.identity import TITLE, identify, walk
from publisher.parse.inline import Memory
from publisher.parse.markdown import blocks
from publisher.parse.nesting import nest
from publisher.parse.runon import run_on
from publisher.parse.sequence import numbering_faults
from publisher.parse.stretches import Part, stretches


def read(body: str, language: str, first_line: int, memory: Memory) -> ClauseTree:
    """The clause tree of a body; see `publisher.parse.parse`."""
    body = _normal(body)
    try:
        drafts, faults = _drafts(body, first_line, memory)
        return _tree(drafts, faults, language)
    except RecursionError:
        drafts, faults = list(as_paragraphs(body, first_line)), [_too_deep(first_line)]
        return _tree(drafts, faults, language)


def recorded(body: str, language: str, ids: Sequence[str], first_line: int, memory: Memory) -> ClauseTree | None:
    """The clause tree under known ids; see `publisher.parse.parse_recorded`."""
    try:
        drafts, _ = _drafts(_normal(body), first_line, memory)
        title = _take_title(drafts)
        top = nest([found for found in drafts if found is not title])
    except RecursionError:
        return None
    if title is not None:
        top.insert(0, title)
    ordered = tuple(walk(top))
    if len(ordered) != len(ids) or any(found.block is Block.FOOTNOTE for found in ordered):
        return None
    for found, name in zip(ordered, ids, strict=True):
        found.id = name
    return ClauseTree(language, _clauses(top), title.words.text if title is not None else "")


def _normal(body: str) -> str:
    body = body.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    return body if body.isascii() else unicodedata.normalize("NFC", body)


def _drafts(body: str, shift: int, memory: Memory) -> tuple[list[Draft], list[Fault]]:
    memory.make_room(len(body))
    cut = stretches(body)
    if cut is None:
        return _read(body, shift, memory)
    drafts: list[Draft] = []
    faults: list[Fault] = []
    lists = 0
    for unread, run in groupby(cut, lambda part: part.text not in memory.stretches):
        parts = tuple(run)
        if unread:
            _read_together(body, parts, memory)
        for part in parts:
            known = memory.stretches[part.text]
            drafts += known.drafts(part.line + shift, lists)
            lists += known.lists
            faults += known.faults(part.line + shift)
    return drafts, faults


def _read_together(body: str, parts: Sequence[Part], memory: Memory) -> None:
    """Reads stretches that follow each other in one go, which costs less than one by one, and keeps each by itself."""
    last = parts[-1]
    drafts, faults = _read(body[parts[0].start : last.start + len(last.text)], parts[0].line, memory)
    lines = [part.line for part in parts]
    held: list[list[Draft]] = [[] for _ in parts]
    told: list[list[Fault]] = [[] for _ in parts]
    for found in drafts:
        held[bisect(lines, found.line) - 1].append(found)
    for fault in faults:
        told[bisect(lines, fault.place.line or lines[0]) - 1].append(fault)
    lists = 0
    for part, own, said in zip(parts, held, told, strict=True):
        stretch = Stretch.of(own, said, part.line, lists)
        memory.keep(part.text, stretch)
        lists += stretch.lists


def _read(body: str, shift: int, memory: Memory) -> tuple[list[Draft], list[Fault]]:
    source = blocks(body)
    drafted = draft(source, shift, memory)
    drafts, faults = list(drafted.drafts), list(drafted.faults)
    if not memory.shown:
        used = frozenset(
            mark.target
            for found in drafts
            for mark in found.words.marks
            if mark.kind in (MarkKind.LINK, MarkKind.IMAGE)
        )
        faults += unused_links(source.environment, shift, used)
    defined = {
        line
        for reference in (
            *source.environment.get("references", {}).values(),
            *source.environment.get("duplicate_refs", ()),
        )
        for line in range(*reference["map"])
    }
    missing = uncovered(source, drafts, drafted.spent | defined, shift)
    if missing:
        found = recovered(source.lines, missing, shift)
        faults += [_lost(one) for one in found]
        drafts = _merged(drafts, found)
    if not memory.shown:
        faults += losses(source, drafts, drafted.spent, shift, memory)
        faults += run_on(source, drafts, shift)
    return drafts, faults


def _tree(drafts: list[Draft], faults: list[Fault], language: str) -> ClauseTree:
    title = _take_title(drafts)
    body = [found for found in drafts if found is not title]
    top = nest(body)
    if title is not None:
        top.insert(0, title)
    faults += identify(top)
    clauses = _clauses(top)
    faults += _empty_headings(body)
    faults += numbering_faults(clauses)
    ordered = sorted(faults, key=lambda fault: (fault.place.line or 0, fault.code))
    return ClauseTree(language, clauses, title.words.text if title is not None else "", tuple(ordered))


def _take_title(drafts: Sequence[Draft]) -> Draft | None:
    """The text's own title: its single first-level heading, unnumbered, before every other clause."""
    if not drafts or drafts[0].kind is not ClauseKind.HEADING or drafts[0].level != 1:
        return None
    if sum(1 for found in drafts if found.kind is ClauseKind.HEADING and found.level == 1) > 1:
        return None
    title = drafts[0]
    if _numbered_heading(title) or title.block is Block.ORDERED or not title.words.text:
        return None
    title.id, title.anchor = TITLE, None
    return title


def _numbered_heading(title: Draft) -> bool:
    from publisher.languages.numbering import Style, readings
    from publisher.parse.numbered import counts

    text = title.words.text
    return any(
        counts(numeral, text, heading=True, near=None, within=False)
        for numeral in readings(text)
        if numeral.closed or numeral.style is not Style.DOTTED or len(numeral.value) > 1
    )


def _clauses(drafts: Sequence[Draft]) -> tuple[Clause, ...]:
    return tuple(_clause(found) for found in drafts)


def _clause(found: Draft) -> Clause:
    numeral = found.numeral
    children = _clauses(found.children)
    return Clause(
        kind=found.kind,
        id=found.id,
        text=found.words.text,
        line=found.line,
        end_line=found.end_line,
        number=numeral.number if numeral is not None else None,
        label=found.label,
        value=numeral.value if numeral is not None else (),
        marks=found.words.marks,
        level=found.level,
        anchor=found.anchor,
        block=Block.PLAIN if found.kind is ClauseKind.HEADING else found.block,
        children=children,
    )


def _merged(drafts: Sequence[Draft], more: Sequence[Draft]) -> list[Draft]:
    """Recovered paragraphs at their places among the drafts, footnotes staying last."""
    notes = [found for found in drafts if _in_footnote(found)]
    flow = [found for found in drafts if not _in_footnote(found)]
    return [*sorted((*flow, *more), key=lambda found: found.line), *notes]


def _in_footnote(found: Draft) -> bool:
    holder: Draft | None = found
    while holder is not None:
        if holder.block is Block.FOOTNOTE:
            return True
        holder = holder.holder
    return False


def _empty_headings(drafts: Sequence[Draft]) -> list[Fault]:
    return [
        Fault("heading-empty", "This heading has no words.", "Give it words, or delete it.", Place(line=found.line))
        for found in drafts
        if found.kind is ClauseKind.HEADING and not found.words.text
    ]


def _lost(found: Draft) -> Fault:
    return Fault(
        "text-lost",
        "These words lie too deep inside lists or quotes to be shown in their place.",
        "Give the inner clauses numbers of their own (4.1.3), or end the outer lists first.",
        Place(line=found.line),
    )


def _too_deep(line: int) -> Fault:
    return Fault(
        "nesting-endless",
        "Lists or quotes lie so deep in one another that the text cannot be read as clauses.",
        "Give the inner clauses numbers of their own (4.1.3), or end the outer lists first.",
        Place(line=line),
        Severity.ERROR,
    )
