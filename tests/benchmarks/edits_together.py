"""Edits that come together: what moved and was edited, what stands twice, and markup written in another way."""

import random
import re
from dataclasses import replace

from tests.benchmarks.edits_by_hand import Case, Edit, Expected, expect, moved, word_changed, words_after
from tests.benchmarks.edits_of_sections import section_moved
from tests.benchmarks.sources import Node, Text, read

_RESERVED = "Reserved."
_ATX = re.compile(r"^(#{2,5})\s+(?=\S)")


def restyled(text: Text, rng: random.Random) -> Case | None:
    """Other bullets, other signs of emphasis, closed headings, wider tables: the same text."""
    del rng
    lines = list(text.lines)
    for node in text.nodes:
        if not node.plain and node.kind not in {"row", "head"}:
            continue
        if node.kind == "item" and node.depth == 0:
            other = {"-": "*", "*": "+", "+": "-"}.get(lines[node.start][:1])
            lines[node.start] = (other or lines[node.start][:1]) + lines[node.start][1:]
        elif node.kind == "paragraph" and node.leaf:
            lines[node.start : node.end] = re.sub(
                r"(?<![\w*])\*\*(?=[\w])([^*\n]+?)(?<=\w)\*\*(?![\w*])",
                r"__\1__",
                "\n".join(lines[node.start : node.end]),
            ).split("\n")
        elif node.kind == "heading" and _ATX.match(lines[node.start]):
            lines[node.start] = f"{lines[node.start].rstrip().rstrip('#').rstrip()} ##"
        elif node.kind in {"row", "head"}:
            lines[node.start] = re.sub(r"(?<=\S) \|", "   |", lines[node.start])
    return _whole("restyled", text, lines)


def _bullet(node: Node) -> str:
    return node.source[:1] if node.source[:1] in "-+*" else ""


def _whole(name: str, text: Text, lines: list[str], *expected: Expected) -> Case | None:
    return Case(name, "\n".join(text.lines), "\n".join(lines), expected) if lines != list(text.lines) else None


def moved_and_edited(text: Text, rng: random.Random) -> Case | None:
    """A paragraph, item or row moves, and one word of it changes."""
    case = moved(text, rng)
    if case is None or case.expected[0].old is None:
        return None
    after = read(case.new)
    found = [node for node in after.nodes if node.text == case.expected[0].old and len(node.text) > 100]
    if len(found) != 1:
        return None
    edited = word_changed(replace(after, nodes=(*found,)), rng)
    if edited is None:
        return None
    expected = replace(edited.expected[0], kinds=frozenset({"moved", "reworded"}))
    return Case("moved and edited", case.old, edited.new, (expected,))


def section_moved_and_edited(text: Text, rng: random.Random) -> Case | None:
    """A section moves, and one word of a clause in it changes."""
    case = section_moved(text, rng)
    if case is None:
        return None
    after = read(case.new)
    heading = next(node for node in after.nodes if node.kind == "heading" and node.text == case.expected[0].new)
    inside = tuple(
        node
        for node in after.section(heading)
        if node.kind != "heading" and len(node.text) > 80 and sum(one.text == node.text for one in after.nodes) == 1
    )
    edited = word_changed(replace(after, nodes=inside), rng)
    if edited is None:
        return None
    return Case("section moved, edited", case.old, edited.new, (*case.expected, *edited.expected))


def subsection_to_another(text: Text, rng: random.Random) -> Case | None:
    """A subsection goes to the end of another section."""
    inner = [
        node
        for node in text.nodes
        if node.kind == "heading"
        and node.level == 3
        and node.plain
        and not node.numbered
        and node.source[:1] == "#"
        and sum(one.text == node.text for one in text.nodes) == 1
        and len(text.section(node)) > 1
    ]
    outer = [node for node in text.nodes if node.kind == "heading" and node.level == 2]
    if not inner or len(outer) < 3:
        return None
    node = rng.choice(inner)
    home = max((one for one in outer if one.start < node.start), key=lambda one: one.start, default=None)
    if any(one.kind == "code" for one in text.section(node)) or home is None:
        return None
    target = rng.choice([one for one in outer if one is not home])
    end = text.after(target)
    start, stop = node.start, text.after(node)
    if start <= end <= stop:
        return None
    lines = list(text.lines)
    part = [*lines[start:stop], ""]
    if end >= stop:
        lines[end:end] = ["", *part]
        del lines[start:stop]
    else:
        del lines[start:stop]
        lines[end:end] = ["", *part]
    return _whole("subsection moved", text, lines, expect("moved", node.text, node.text))


def item_to_another_list(text: Text, rng: random.Random) -> Case | None:
    """A list item goes to another list."""
    items = [
        node
        for node in text.nodes
        if node.kind == "item" and node.leaf and node.plain and not node.depth and _bullet(node)
    ]
    lists = {node.group: sum(one.group == node.group for one in items) for node in items}
    able = [
        node
        for node in items
        if lists[node.group] > 2 and len(node.text) > 60 and sum(one.text == node.text for one in text.nodes) == 1
    ]
    if not able:
        return None
    node = rng.choice(able)
    places = [
        one
        for one in items
        if one.group != node.group and lists[one.group] > 2 and _heading(text, one) != _heading(text, node)
    ]
    if not places:
        return None
    place = rng.choice(places)
    source = [_bullet(place) + node.source[1:]]
    lines = list(text.lines)
    if place.start > node.start:
        lines[place.start : place.start] = "\n".join(source).split("\n")
        del lines[node.start : node.end]
    else:
        del lines[node.start : node.end]
        lines[place.start : place.start] = "\n".join(source).split("\n")
    return _whole("item to another list", text, lines, expect("moved", node.text, node.text))


def _heading(text: Text, node: Node) -> int:
    return max((one.start for one in text.nodes if one.kind == "heading" and one.start < node.start), default=-1)


def reserved(text: Text, rng: random.Random) -> Case | None:
    """In a text with the same short clause in many sections, one of these goes, or one comes."""
    headings = [node for node in text.nodes if node.kind == "heading" and node.level == 2 and node.plain]
    if len(headings) < 4:
        return None
    gone = rng.choice(headings[1:])
    goes = rng.random() < 0.5
    wide: list[str] = []
    narrow: list[str] = []
    for at, line in enumerate(text.lines):
        wide.append(line)
        narrow.append(line)
        heading = next((node for node in headings if node.end - 1 == at), None)
        if heading is not None:
            wide += ["", _RESERVED, ""]
            narrow += ["", _RESERVED, ""] if heading is not gone else []
    old, new = ("\n".join(wide), "\n".join(narrow)) if goes else ("\n".join(narrow), "\n".join(wide))
    change = expect("removed", _RESERVED, None) if goes else expect("added", None, _RESERVED)
    return Case("one of many alike", old, new, (change,))


def section_moved_among_alike(text: Text, rng: random.Random) -> Case | None:
    """A section moves in a text where every section begins with the same short clause."""
    lines = []
    for at, line in enumerate(text.lines):
        lines.append(line)
        if any(node.end - 1 == at and node.kind == "heading" and node.level > 1 and node.plain for node in text.nodes):
            lines += ["", _RESERVED, ""]
    case = section_moved(read("\n".join(lines)), rng)
    return replace(case, name="section moved, alike") if case else None


def decisive(text: Text, rng: random.Random) -> Case | None:
    """A number, a modal or a negation changes beside an edit of the word after it."""
    found = [
        (node, match)
        for node in text.nodes
        if node.kind in {"paragraph", "item"}
        and node.plain
        and node.leaf
        and len(node.text) > 60
        and sum(one.text == node.text for one in text.nodes) == 1
        for match in re.finditer(
            r"(?<=[a-z] )(will|must|shall|may|can)(?= [a-z]{3,} )|(?<=我们)(不?会|应当|可以)", node.source
        )
    ]
    if not found:
        return None
    node, match = rng.choice(found)
    swap = {"will": "may", "may": "must", "must": "may", "shall": "may", "can": "must", "会": "不会", "不会": "会"}
    word = swap.get(match[0], "应当" if match[0] == "可以" else "可以")
    changed = node.source[: match.start()] + word + node.source[match.end() :]
    lines = [*text.lines[: node.start], *changed.split("\n"), *text.lines[node.end :]]
    after = words_after(lines, node)
    exchanged = {"会": ("", "不"), "不会": ("不", "")}.get(match[0], (match[0], word))
    return _whole("modal changed", text, lines, expect("reworded", node.text, after, exchanged))


def link_gone(text: Text, rng: random.Random) -> Case | None:
    """A link goes and leaves its words."""
    able = [
        node
        for node in text.nodes
        if node.plain and node.leaf and re.search(r"(?<!!)\[[^\]\[*_`]+\]\([^()\s]+\)", node.source)
    ]
    if not able:
        return None
    node = rng.choice(able)
    changed = re.sub(r"(?<!!)\[([^\]\[*_`]+)\]\([^()\s]+\)", r"\1", node.source, count=1)
    lines = [*text.lines[: node.start], *changed.split("\n"), *text.lines[node.end :]]
    return _whole("link gone", text, lines, expect("format", node.text, node.text))


TOGETHER: tuple[Edit, ...] = (
    restyled,
    moved_and_edited,
    section_moved_and_edited,
    subsection_to_another,
    item_to_another_list,
    reserved,
    section_moved_among_alike,
    decisive,
    link_gone,
)
"""Edits beyond single ones."""
