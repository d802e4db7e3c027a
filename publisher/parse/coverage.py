"""Nothing vanishes: every source line with words belongs to a clause or is told, and every word of it is there."""

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any
from urllib.parse import unquote

from publisher.domain.clause import Block, ClauseKind
from publisher.errors import Fault, Place
from publisher.parse import safety
from publisher.parse.draft import Draft
from publisher.parse.inline import Memory, Words, plain
from publisher.parse.markdown import Source

_WORD = re.compile(r"[^\W_]+")
_NOT_WORD = re.compile(r"[\W_]+")
_ASCII_MARKS = bytes(code for code in range(128) if not chr(code).isalnum())
_DESTINATION = re.compile(
    r"\]\(\s*(?:<[^<>\n]*>|[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)|\]\[[^\]\n]*\]|\[\^[^\]\s]*\]"
)


def uncovered(source: Source, drafts: Sequence[Draft], spent: AbstractSet[int], shift: int) -> list[int]:
    """Source lines with words that no clause holds and no fault tells, counted from 0."""
    held = bytearray(len(source.lines) + 1)
    for draft in drafts:
        if not draft.words.text:
            continue
        first, last = draft.line - shift, draft.end_line - shift
        held[first : last + 1] = b"\x01" * (last + 1 - first)
    for line in spent:
        if line < len(held):
            held[line] = 1
    for line in _marking(source):
        held[line] = 1
    return [number for number, text in enumerate(source.lines) if not held[number] and _WORD.search(text)]


def _marking(source: Source) -> Iterator[int]:
    """Lines that are covered though they open no clause: fences without content, header rows without words."""
    for token in source.tokens:
        if token.map and token.type in ("fence", "tr_open"):
            yield from range(token.map[0], min(token.map[1], len(source.lines)))


def losses(source: Source, drafts: Sequence[Draft], spent: AbstractSet[int], shift: int, memory: Memory) -> list[Fault]:
    """A fault for each clause whose source holds a word that the clause does not; `spent` lines are told elsewhere."""
    faults: list[Fault] = []
    for draft in drafts:
        if draft.kind is ClauseKind.ITEM and not draft.words.text:
            continue
        first, last = draft.line - shift, draft.end_line - shift
        lines: Sequence[str] = source.lines[first : last + 1]
        if spent and not spent.isdisjoint(range(first, last + 1)):
            lines = [text for number, text in enumerate(lines, start=first) if number not in spent]
        raw = lines[0] if len(lines) == 1 else "\n".join(lines)
        if draft.block is Block.CODE:
            raw = _without_fence_name(raw)
        text = draft.words.text
        key = (source.definitions, raw, draft.label, text)
        if raw == text or key in memory.whole:
            continue
        if _letters(raw) != _letters(draft.label + text) and (lost := _lost_words(raw, draft)):
            faults.append(_told(lost, draft))
        else:
            memory.whole.add(key)
    return faults


def _letters(text: str) -> str | bytes:
    """The letters and digits alone; of the bytes of plain ASCII, which most Western text is, in a single pass."""
    return text.encode().translate(None, _ASCII_MARKS) if text.isascii() else _NOT_WORD.sub("", text)


def _without_fence_name(raw: str) -> str:
    """A code block's source without the one word that may name its language; more words are told elsewhere."""
    return re.sub(r"^[\s>*+-]*(?:`{3,}|~{3,})[^\n]*", "", raw)


def _lost_words(raw: str, draft: Draft) -> list[str]:
    plain = unicodedata.normalize("NFC", html.unescape(_DESTINATION.sub(" ", raw)))
    targets = [mark.target for mark in draft.words.marks if mark.target]
    kept = [draft.label, draft.words.text, draft.anchor or "", *targets, *map(unquote, targets)]
    kept += [fault.message for fault in draft.words.faults]
    joined = _NOT_WORD.sub("", " ".join(kept))
    return [word for word in _WORD.findall(plain) if word not in joined]


def _told(lost: Sequence[str], draft: Draft) -> Fault:
    shown = " ".join(lost[:8])
    return Fault(
        "text-lost",
        f"Words of the source would not be shown to readers: {shown}.",
        "In a table, give every row as many cells as its heading; elsewhere, write the words as ordinary text.",
        Place(line=draft.line),
    )


def as_paragraphs(body: str, shift: int) -> tuple[Draft, ...]:
    """A body that cannot be parsed, as plain paragraphs, so that no word of it is lost."""
    return tuple(recovered(body.split("\n"), range(body.count("\n") + 1), shift))


def recovered(lines: Sequence[str], wanted: Sequence[int], shift: int) -> list[Draft]:
    """Plain paragraphs from source lines that no clause holds, neighbouring lines together."""
    found: list[Draft] = []
    for number in wanted:
        text = lines[number].strip().lstrip(">-+*# \t")
        if not text:
            continue
        if found and found[-1].end_line == number + shift - 1:
            found[-1].end_line = number + shift
            found[-1].words = Words(plain(found[-1].words.text + "\n" + text))
        else:
            found.append(
                Draft(ClauseKind.PARAGRAPH, number + shift, number + shift, Words(plain(text)), recovered=True)
            )
    return found


def unused_links(environment: dict[str, Any], shift: int, used: frozenset[str]) -> tuple[Fault, ...]:
    """Link definitions that no clause uses: whole lines that readers never see."""
    faults: list[Fault] = []
    for reference in environment.get("references", {}).values():
        if reference["href"] not in used:
            what = f"the link definition of {reference['href'] or 'nothing'}"
            faults.append(safety.unseen(what, reference["map"][0] + shift))
    for reference in environment.get("duplicate_refs", ()):
        what = f"the second link definition of [{reference['label']}]"
        faults.append(safety.unseen(what, reference["map"][0] + shift))
    return tuple(faults)
