"""Edits of a whole text after which it says what it said: other lines, order, numbers, headings, quotes, links.

Each is made in the source, and gives a text before and after; a judge that finds anything between the two is wrong.
"""

import itertools
import random
import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from tests.benchmarks.edits_by_hand import reflowed, typography
from tests.benchmarks.edits_of_sections import han
from tests.benchmarks.sources import Node, Text

IdleEdit = Callable[[Text, random.Random], tuple[str, str] | None]
"""A text before and after the edit; None where the text has no room for it."""

_T = TypeVar("_T")
_ATX = re.compile(r"^(#{1,6})\s+(?=\S)")
_SENTENCE = re.compile(r"(?<=[a-z)]{2}[.!?]) +(?=[A-Z])|(?<=[。！？])(?=[^\s”’）」』])")
_LINK = re.compile(r"(?<!!)\[([^\[\]]+)\]\(([^()\s]+)\)")
_WORD = re.compile(
    r"(?<![\w/.@:&#(\[*_`<’'-])[a-z]{4,}(?![\w/@:;)\]*_`>’'-])|(?<=[，。、])[\u4e00-\u9fff]{2,4}(?=[，。、])"
)
_MARKER = re.compile(r"^( {0,3})([-+*]|\d{1,3}[.)])([ \t]+)")
_POINTING = re.compile(
    r"\b(section|article|clause|paragraph)s?\s+[\dA-Z]|第\s?[\d一二三四五六七八九十]+\s?[条節节章项款]", re.IGNORECASE
)


def _changed(text: Text, lines: Sequence[str]) -> tuple[str, str] | None:
    old, new = "\n".join(text.lines), "\n".join(lines)
    return (old, new) if old != new else None


def reflow(text: Text, rng: random.Random) -> tuple[str, str] | None:
    """Every paragraph broken into lines anew."""
    case = reflowed(text, rng)
    return (case.old, case.new) if case else None


def quotes(text: Text, rng: random.Random) -> tuple[str, str] | None:
    """Other quotation marks and dashes, accents taken apart, more white space."""
    case = typography(text, rng)
    return (case.old, case.new) if case else None


def emphasis(text: Text, rng: random.Random) -> tuple[str, str] | None:
    """Some words of every paragraph and item become bold or italic."""
    return _reworked(text, lambda source: _emphasised(source, rng))


def _emphasised(source: str, rng: random.Random) -> str:
    if "*" in source[2:] or "_" in source or "`" in source:
        return source
    spans = [link.span() for link in _LINK.finditer(source)]
    free = [one for one in _WORD.finditer(source) if not any(a <= one.start() < b for a, b in spans)]
    for one in sorted(rng.sample(free, min(3, len(free))), key=lambda one: -one.start()):
        mark = rng.choice(("**", "*"))
        source = f"{source[: one.start()]}{mark}{one[0]}{mark}{source[one.end() :]}"
    return source


def links(text: Text, rng: random.Random) -> tuple[str, str] | None:
    """Links lead elsewhere or are gone; some words become links."""

    def relinked(source: str) -> str:
        if _LINK.search(source):
            return _LINK.sub(lambda one: rng.choice((one[1], f"[{one[1]}](https://example.org/there)")), source)
        free = list(_WORD.finditer(source))
        if not free or any(mark in source for mark in "[]<`*_"):
            return source
        one = rng.choice(free)
        return f"{source[: one.start()]}[{one[0]}](/page){source[one.end() :]}"

    return _reworked(text, relinked)


def _reworked(text: Text, rework: Callable[[str], str]) -> tuple[str, str] | None:
    lines = list(text.lines)
    for node in reversed(text.nodes):
        if node.kind in {"paragraph", "item"} and node.plain and node.leaf and node.depth == 0:
            lines[node.start : node.end] = rework(node.source).split("\n")
    return _changed(text, lines)


def headings(text: Text, rng: random.Random) -> tuple[str, str] | None:
    """Every heading that is no sentence gets another name; its number stays."""
    del rng
    lines = list(text.lines)
    for node in text.nodes:
        found = _ATX.match(lines[node.start]) if node.kind == "heading" and node.plain else None
        if found and not node.numbered and not node.text.endswith((".", "。", "?", "？")) and "[" not in node.source:
            about = "关于" if re.search(r"[\u4e00-\u9fff]", node.text) else "About "
            lines[node.start] = f"{found[0]}{about}{lines[node.start][found.end() :]}"
    return _changed(text, lines)


def sections(text: Text, rng: random.Random) -> tuple[str, str] | None:
    """The sections stand in another order."""
    cut = _sections(text)
    if cut is None:
        return None
    head, parts, tail = cut
    return _changed(text, [*head, *(line for part in _shuffled(parts, rng) for line in part), *tail])


def _sections(text: Text) -> tuple[list[str], list[list[str]], list[str]] | None:
    for level in (2, 3, 1):
        found = [node for node in text.nodes if node.kind == "heading" and node.level == level]
        if len(found) < 3 or not all(_ATX.match(node.source) for node in found):
            continue
        if any(text.after(one) != other.start for one, other in itertools.pairwise(found)):
            continue
        parts = [[*text.lines[node.start : text.after(node)], ""] for node in found]
        return list(text.lines[: found[0].start]), parts, ["", *text.lines[text.after(found[-1]) :]]
    return None


def _shuffled(members: Sequence[_T], rng: random.Random) -> list[_T]:
    order = list(members)
    rng.shuffle(order)
    return order


def renumbered(text: Text, rng: random.Random) -> tuple[str, str] | None:
    """The sections are numbered from another number on, or in another style."""
    cut = _sections(text)
    if cut is None or any(node.kind == "heading" and node.numbered for node in text.nodes):
        return None
    if _POINTING.search("\n".join(text.lines)) or len(cut[1]) > 60:
        return None
    chinese = any("\u4e00" <= char <= "\u9fff" for char in "".join(text.lines))
    styles: list[Callable[[int], str]] = [lambda n: f"{n}. ", lambda n: f"{n + rng_first} ", lambda n: f"{n + 1}. "]
    rng_first = rng.randrange(2, 6)
    if chinese:
        styles += [lambda n: f"第{han(n)}条 ", lambda n: f"{han(n)}、"]
    before, after = rng.sample(styles, 2)
    head, parts, tail = cut

    def written(label: Callable[[int], str]) -> str:
        lines = list(head)
        for number, part in enumerate(parts, 1):
            lines += [_ATX.sub(lambda match, to=number: match[0] + label(to), part[0], count=1), *part[1:]]  # type: ignore[misc]
        return "\n".join([*lines, *tail])

    return written(before), written(after)


def paragraphs(text: Text, rng: random.Random) -> tuple[str, str] | None:
    """The paragraphs of each section stand in another order; a list stays with what introduces it."""
    lines = list(text.lines)
    bounds = [0, *(node.start for node in text.nodes if node.kind == "heading"), len(lines)]
    for start, end in reversed(list(itertools.pairwise(dict.fromkeys(bounds)))):
        inside = [node for node in text.nodes if start <= node.start < end and node.kind != "heading"]
        plain = all(
            node.kind == "paragraph" and node.plain and node.depth == 0 and not node.numbered for node in inside
        )
        if len(inside) < 2 or not plain or any(node.text.endswith((":", "：")) for node in inside):
            continue
        moved = _shuffled(inside, rng)
        lines[inside[0].start : inside[-1].end] = "\n\n".join(node.source for node in moved).split("\n")
    return _changed(text, lines)


def sentences(text: Text, rng: random.Random) -> tuple[str, str] | None:
    """The sentences of each paragraph stand in another order; one that introduces a list stays last."""

    def reordered(source: str) -> str:
        if any(mark in source for mark in "*_`[<") or source.rstrip().endswith((":", "：")):
            return source
        joint = "" if re.search(r"[。！？]", source) else " "
        parts = _SENTENCE.split(" ".join(source.split()))
        if len(parts) < 2 or re.search(r"(?:\b[A-Za-z]|e\.g|i\.e|etc|Inc|No|Ltd|Corp)\.$", " ".join(parts[:-1])):
            return source
        if not parts[-1].rstrip().endswith((".", "!", "?", "。", "！", "？")):
            return source
        return joint.join(part.strip() for part in _shuffled(parts, rng))

    lines = list(text.lines)
    for at in range(len(text.nodes) - 1, -1, -1):
        node = text.nodes[at]
        after = text.nodes[at + 1].kind if at + 1 < len(text.nodes) else ""
        if node.kind == "paragraph" and node.plain and not node.depth and not node.numbered and after == "paragraph":
            lines[node.start : node.end] = reordered(node.source).split("\n")
    return _changed(text, lines)


def items(text: Text, rng: random.Random) -> tuple[str, str] | None:
    """The items of each list without numbers stand in another order."""
    lines = list(text.lines)
    groups: dict[int, list[Node]] = {}
    for node in text.nodes:
        if node.kind == "item" and node.depth == 0:
            groups.setdefault(node.group, []).append(node)
    for group in reversed(list(groups.values())):
        marks = [_MARKER.match(lines[node.start]) for node in group]
        if len(group) < 2 or not all(mark and mark[2] in "-+*" for mark in marks):
            continue
        starts = [*(node.start for node in group), group[-1].end]
        parts = [lines[a:b] for a, b in itertools.pairwise(starts)]
        loose = any(part and not part[-1].strip() for part in parts)
        whole = [[*part, ""] if loose and part[-1].strip() else part for part in parts]
        lines[starts[0] : starts[-1]] = [line for part in _shuffled(whole, rng) for line in part]
    return _changed(text, lines)


IDLE: tuple[IdleEdit, ...] = (
    reflow,
    quotes,
    emphasis,
    links,
    headings,
    sections,
    renumbered,
    paragraphs,
    sentences,
    items,
)
"""All of them."""
