"""Edits of whole sections, with and without numbers that follow."""

import itertools
import random
import re
from collections.abc import Sequence

from tests.benchmarks.edits_by_hand import Case, Edit, expect
from tests.benchmarks.sources import Node, Text

_NEW_HEADING, _NEW_TEXT = (
    "Care of Harbour Seals",
    "Wardens count the seals at low tide and keep visitors at a distance.",
)
_ATX = re.compile(r"^(#{1,6})\s+(?=\S)")


def _sections(text: Text) -> list[Node]:
    """The sections of the level that divides the text, when there are enough of them."""
    for level in (2, 3, 1):
        found = [node for node in text.nodes if node.kind == "heading" and node.level == level and node.plain]
        whole = [
            node for node in found if _ATX.match(node.source) and all(one.kind != "code" for one in text.section(node))
        ]
        if len(whole) >= 4 and len(whole) == len(found):
            return found
    return []


def _cut(text: Text, section: Node) -> list[str]:
    lines = list(text.lines[section.start : text.after(section)])
    return lines if lines and not lines[-1].strip() else [*lines, ""]


def section_moved(text: Text, rng: random.Random) -> Case | None:
    """A section goes elsewhere with all below it; its number, if any, goes along."""
    sections = _sections(text)
    parts = [_cut(text, section) for section in sections]
    if len(parts) < 5 or not _contiguous(text, sections):
        return None
    at = rng.randrange(len(parts))
    to = rng.choice([place for place in range(len(parts)) if abs(place - at) > 1])
    order = list(range(len(parts)))
    order.insert(to, order.pop(at))
    head, tail = text.lines[: sections[0].start], text.lines[text.after(sections[-1]) :]
    lines = [*head, *(line for place in order for line in parts[place]), *tail]
    heading = sections[at].text
    return Case("section moved", "\n".join(text.lines), "\n".join(lines), (expect("moved", heading, heading),))


def _contiguous(text: Text, sections: Sequence[Node]) -> bool:
    return all(text.after(before) == after.start for before, after in itertools.pairwise(sections))


def section_removed(text: Text, rng: random.Random) -> Case | None:
    """A section is struck with all below it."""
    sections = _sections(text)
    if not sections:
        return None
    section = rng.choice(sections)
    lines = [*text.lines[: section.start], *text.lines[text.after(section) :]]
    gone = [expect("removed", node.text, None) for node in text.section(section)]
    return Case("section removed", "\n".join(text.lines), "\n".join(lines), tuple(gone))


def section_inserted(text: Text, rng: random.Random) -> Case | None:
    """A section comes; nothing is renumbered."""
    sections = _sections(text)
    if not sections:
        return None
    section = rng.choice(sections)
    marks = section.source.split()[0]
    new = [f"{marks} {_NEW_HEADING}", "", _NEW_TEXT, ""]
    lines = [*text.lines[: section.start], *new, *text.lines[section.start :]]
    expected = (expect("added", None, _NEW_HEADING), expect("added", None, _NEW_TEXT))
    return Case("section inserted", "\n".join(text.lines), "\n".join(lines), expected)


# --- with numbers ----------------------------------------------------------------------------------------------------

_HAN = "一二三四五六七八九十"


def _numbered(text: Text, sections: Sequence[Node]) -> tuple[list[str], list[list[str]], list[str]] | None:
    """The text with every section numbered anew: what stands before, the sections, what stands after."""
    if any(section.numbered for section in sections) or len(sections) > 60 or not _contiguous(text, sections):
        return None
    head, tail = list(text.lines[: sections[0].start]), list(text.lines[text.after(sections[-1]) :])
    if any(node.kind == "heading" and node.numbered for node in text.nodes):
        return None
    return head, [_cut(text, section) for section in sections], tail


def _label(style: str, number: int) -> str:
    if style == "article":
        return f"第{han(number)}条 "
    if style == "han":
        return f"{han(number)}、"
    return f"{number}. "


def han(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else ("" if tens == 1 else _HAN[tens - 1]) + "十") + (_HAN[ones - 1] if ones else "")


def _with_label(part: Sequence[str], style: str, number: int, depth: int) -> list[str]:
    """A section under its number; sections inside count along as 2.1, 2.2."""
    lines, inner = list(part), 0
    lines[0] = _ATX.sub(lambda match: f"{match[1]} {_label(style, number)}", lines[0], count=1)
    fenced = False
    for at in range(1, len(lines)):
        fenced ^= lines[at].startswith("```")
        found = _ATX.match(lines[at])
        if found and not fenced and style == "arabic" and len(found[1]) == depth + 1:
            inner += 1
            lines[at] = f"{found[1]} {number}.{inner} {lines[at][found.end() :]}"
    return lines


def _reference(style: str, number: int) -> str:
    if style == "article":
        return f"详见第{han(number)}条。"
    return "" if style == "han" else f"For more, see Section {number}."


def _order(count: int, at: int, what: str, rng: random.Random) -> list[int]:
    """Which section stands where after the edit; `count` stands for the new one."""
    order = list(range(count))
    if what == "inserted":
        order.insert(at, count)
    elif what == "removed":
        order.pop(at)
    else:
        to = rng.choice([place for place in range(count) if abs(place - at) > 1])
        order.insert(to, order.pop(at))
    return order


def _renumbered(text: Text, rng: random.Random, what: str) -> Case | None:
    sections = _sections(text)
    if len(sections) < 5:
        return None
    chinese = any("\u4e00" <= char <= "\u9fff" for char in text.nodes[-1].text)
    style = rng.choice(("article", "han")) if chinese else "arabic"
    cut = _numbered(text, sections)
    if cut is None:
        return None
    head, parts, tail = cut
    count = len(parts)
    at = rng.randrange(count)
    order = _order(count, at, what, rng)
    new_part = [f"{'#' * sections[0].level} {_NEW_HEADING}", "", _NEW_TEXT, ""]
    became = {place + 1: order.index(place) + 1 for place in range(count) if place in order}
    citing = rng.choice([place for place in range(count) if place != at])
    cited = rng.choice([number for number in became if number != at + 1])
    depth = sections[0].level

    def write(places: Sequence[int], reference: int) -> str:
        lines = list(head)
        for number, place in enumerate(places, 1):
            lines += _with_label(parts[place] if place < count else new_part, style, number, depth)
            if place == citing and _reference(style, reference):
                lines += [_reference(style, reference), ""]
        return "\n".join([*lines, *tail])

    expected = []
    for place, section in enumerate(sections):
        kinds = "moved " if what == "moved" and place == at else ""
        if place + 1 in became and became[place + 1] != place + 1:
            kinds += "renumbered"
        if kinds:
            expected.append(expect(kinds, section.text, section.text))
    if what == "inserted":
        expected += [expect("added", None, _NEW_HEADING), expect("added", None, _NEW_TEXT)]
    if what == "removed":
        if citing == at:
            return None
        expected += [expect("removed", node.text, None) for node in text.section(sections[at])]
    name = f"numbered section {what}"
    return Case(name, write(range(count), cited), write(order, became[cited]), tuple(expected))


def numbered_section_inserted(text: Text, rng: random.Random) -> Case | None:
    """A section comes, all following ones and a reference are renumbered."""
    return _renumbered(text, rng, "inserted")


def numbered_section_removed(text: Text, rng: random.Random) -> Case | None:
    """A section goes, all following ones and a reference are renumbered."""
    return _renumbered(text, rng, "removed")


def numbered_section_moved(text: Text, rng: random.Random) -> Case | None:
    """A section moves, all between and a reference are renumbered."""
    return _renumbered(text, rng, "moved")


def numbered_item_inserted(text: Text, rng: random.Random) -> Case | None:
    """An item comes in an ordered list, and the markers after it count on."""
    return _in_ordered_list(text, rng, insert=True)


def numbered_item_removed(text: Text, rng: random.Random) -> Case | None:
    """An item goes from an ordered list, and the markers after it count on."""
    return _in_ordered_list(text, rng, insert=False)


def _in_ordered_list(text: Text, rng: random.Random, *, insert: bool) -> Case | None:
    groups: dict[int, list[Node]] = {}
    for node in text.nodes:
        if node.kind == "item" and node.depth == 0:
            groups.setdefault(node.group, []).append(node)
    marker = re.compile(r"^( {0,3})(\d{1,3})([.)] +)")
    able = [
        group
        for group in groups.values()
        if len(group) > 3
        and all((found := marker.match(node.source)) and int(found[2]) == at for at, node in enumerate(group, 1))
        and all(node.plain for node in group)
        and len({len(str(at)) for at in range(1, len(group) + 2)}) == 1
    ]
    if not able:
        return None
    group = rng.choice(able)
    at = rng.randrange(1, len(group))
    if not group[at].leaf:
        return None
    found = marker.match(group[at].source)
    indent, close = (found[1], found[3]) if found else ("", ". ")
    expected = []
    lines = list(text.lines)
    for number, node in reversed(list(enumerate(group, 1))):
        if number - 1 == at and not insert:
            del lines[node.start : group[at + 1].start if at + 1 < len(group) else node.end]
        elif number - 1 >= at:
            lines[node.start] = marker.sub(
                lambda match, to=number + (1 if insert else -1): f"{match[1]}{to}{match[3]}",  # type: ignore[misc]
                lines[node.start],
            )
    if insert:
        gap = [""] if group[at].start > group[at - 1].end else []
        lines[group[at].start : group[at].start] = [f"{indent}{at + 1}{close}{_NEW_TEXT}", *gap]
        expected.append(expect("added", None, _NEW_TEXT))
    else:
        expected.append(expect("removed", group[at].text, None))
    name = f"ordered item {'inserted' if insert else 'removed'}"
    return Case(name, "\n".join(text.lines), "\n".join(lines), tuple(expected))


def heading_goes(text: Text, rng: random.Random) -> Case | None:
    """A heading alone is struck; what stood under it stays."""
    inner = [
        node
        for node in text.nodes
        if node.kind == "heading"
        and node.level == 3
        and node.plain
        and sum(o.text == node.text for o in text.nodes) == 1
    ]
    if not inner:
        return None
    node = rng.choice(inner)
    if len(text.section(node)) < 2:
        return None
    lines = [*text.lines[: node.start], *text.lines[node.end :]]
    return Case("heading removed", "\n".join(text.lines), "\n".join(lines), (expect("removed", node.text, None),))


OF_SECTIONS: tuple[Edit, ...] = (
    section_moved,
    section_removed,
    section_inserted,
    numbered_section_inserted,
    numbered_section_removed,
    numbered_section_moved,
    numbered_item_inserted,
    numbered_item_removed,
    heading_goes,
)
"""The edits of sections and numbers."""
