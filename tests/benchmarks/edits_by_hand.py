"""Single edits as a person would make them in the source of a policy, each with the changes that it must be told as."""

import itertools
import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tests.benchmarks.sources import Node, Text, read, without_number

SENTENCE = re.compile(r"(?<=[a-z]{2}[.!?]) (?=[A-Z])|(?<=[。！？；])(?=\S)")
_WORD = re.compile(r"(?<![\w/.@:#(\[-])[a-z]{4,}(?![\w/@:)\]’'-])")
_HAN = re.compile(r"[\u4e00-\u9fff]{2}")
_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^()\s]+)\)")
_MARKER = re.compile(r" *[-+*][ \t]+")
_NEW_WORDS = ("promptly", "regional", "quarterly", "insurers", "orchards", "harvested")
_NEW_TEXT = (
    "Our beekeepers inspect each apiary twice in spring, and they write down how many colonies came through the winter."
)
_NEW_ROW = ("Lighthouse Ferries Ltd", "Harbour pilotage", "Faroe Islands", "2031")


@dataclass(frozen=True, slots=True)
class Expected:
    """One change that must be told: its kinds, the words on either side, and for rewording the very words exchanged."""

    kinds: frozenset[str]
    old: str | None
    new: str | None
    exchanged: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A text before and after one edit."""

    name: str
    old: str
    new: str
    expected: tuple[Expected, ...]


Edit = Callable[[Text, random.Random], Case | None]


def expect(kinds: str, old: str | None, new: str | None, exchanged: tuple[str, str] | None = None) -> Expected:
    """A change as it must be told."""
    return Expected(
        frozenset(kinds.split()),
        old,
        new,
        exchanged,
    )


def _case(name: str, text: Text, lines: Sequence[str], *expected: Expected) -> Case:
    return Case(name, "\n".join(text.lines), "\n".join(lines), expected)


def _with(text: Text, node: Node, source: str) -> list[str]:
    return [*text.lines[: node.start], *source.split("\n"), *text.lines[node.end :]]


def words_after(lines: Sequence[str], node: Node) -> str:
    """The words of a node in the changed text, where it stands on the same line."""
    found = (one for one in read("\n".join(lines)).nodes if (one.start, one.kind) == (node.start, node.kind))
    return next(found).text


def _once(text: Text, node: Node) -> bool:
    return sum(other.text == node.text for other in text.nodes) == 1


def _pick(text: Text, rng: random.Random, *kinds: str, least: int = 12) -> Node | None:
    """A node that may be edited blindly and whose words occur once."""
    wanted = [
        node
        for node in text.nodes
        if node.kind in kinds and node.plain and node.leaf and len(node.text.encode()) >= least and _once(text, node)
    ]
    return rng.choice(wanted) if wanted else None


# --- nothing ---------------------------------------------------------------------------------------------------------


def reflowed(text: Text, rng: random.Random) -> Case | None:
    """Every paragraph broken into lines anew."""
    width = rng.choice((48, 72, 100))
    lines = list(text.lines)
    for node in reversed(text.nodes):
        if node.kind == "paragraph" and node.plain and node.depth == 0 and not node.source.endswith("  "):
            lines[node.start : node.end] = _wrapped(node.source, width)
    return _case("reflowed", text, lines) if lines != list(text.lines) else None


def _wrapped(source: str, width: int) -> list[str]:
    if "  \n" in source or "`" in source:
        return source.split("\n")
    lines = [""]
    for word in source.split():
        joined = f"{lines[-1]} {word}".strip()
        risky = re.match(r"[-+*#=>~|:]|\d+[.)]|\(?[A-Za-z0-9]{1,4}[.)]|[一二三四五六七八九十（第]", word)
        if len(joined) > width and lines[-1] and not risky:
            lines.append(word)
        else:
            lines[-1] = joined
    return lines


def typography(text: Text, rng: random.Random) -> Case | None:
    """Other quotation marks, other dashes, accents taken apart, more white space."""
    del rng
    lines = []
    for line in text.lines:
        plain = line.replace("’", "'").replace("“", '"').replace("”", '"').replace(" — ", " – ")
        if plain == line:
            plain = re.sub(r"(?<=[a-z])'(?=[a-z])", "’", line)
        lines.append(unicodedata.normalize("NFD", plain))
        lines[-1] = re.sub(r"(?<=[a-z]\.) (?=[A-Z])", "  ", lines[-1])
    return _case("typography", text, lines) if lines != list(text.lines) else None


# --- words -----------------------------------------------------------------------------------------------------------


def word_changed(text: Text, rng: random.Random) -> Case | None:
    """One word of a paragraph, item or row becomes another."""
    node = _pick(text, rng, "paragraph", "item", "row")
    return _one_word(text, node, rng, "word changed", "reworded") if node else None


def heading_changed(text: Text, rng: random.Random) -> Case | None:
    """One word of a heading becomes another."""
    node = _pick(text, rng, "heading", least=6)
    return _one_word(text, node, rng, "heading changed", "retitled") if node else None


def _one_word(text: Text, node: Node, rng: random.Random, name: str, kind: str) -> Case | None:
    found = list(_WORD.finditer(node.source)) or list(_HAN.finditer(node.source))
    links = [link.span() for link in _LINK.finditer(node.source)]
    found = [match for match in found if not any(start <= match.start() < end for start, end in links)]
    found = [match for match in found if match.start() >= _begins(node)]
    if not found:
        return None
    match = rng.choice(found)
    word = rng.choice(_NEW_WORDS) if match[0].isascii() else rng.choice(("蜜蜂", "果园"))
    if word == match[0]:
        return None
    changed = node.source[: match.start()] + word + node.source[match.end() :]
    lines = _with(text, node, changed)
    after = words_after(lines, node)
    return _case(name, text, lines, expect(kind, node.text, after, (match[0], word)))


def _begins(node: Node) -> int:
    """Where the words begin after a number."""
    return node.source.find(without_number(node.text)[:2]) if node.numbered else 0


def word_removed(text: Text, rng: random.Random) -> Case | None:
    """A word of a paragraph is struck."""
    node = _pick(text, rng, "paragraph", "item")
    found = [match for match in _WORD.finditer(node.source) if not _LINK.search(node.source)] if node else []
    if node is None or not found:
        return None
    match = rng.choice(found)
    if node.source[match.start() - 1 : match.start()] != " ":
        return None
    lines = _with(text, node, node.source[: match.start() - 1] + node.source[match.end() :])
    after = words_after(lines, node)
    return _case("word removed", text, lines, expect("reworded", node.text, after, (match[0], "")))


def made_bold(text: Text, rng: random.Random) -> Case | None:
    """One word becomes bold."""
    node = _pick(text, rng, "paragraph", "item", "row")
    if node is None or _LINK.search(node.source) or "*" in node.source[2:] or "_" in node.source:
        return None
    found = list(_WORD.finditer(node.source)) or list(_HAN.finditer(node.source))
    found = [match for match in found if match.start() >= _begins(node)]
    if not found:
        return None
    match = rng.choice(found)
    lines = _with(text, node, f"{node.source[: match.start()]}**{match[0]}**{node.source[match.end() :]}")
    return _case("made bold", text, lines, expect("format", node.text, node.text))


def link_changed(text: Text, rng: random.Random) -> Case | None:
    """A link leads elsewhere."""
    linking = [node for node in text.nodes if node.plain and node.leaf and _LINK.search(node.source)]
    if not linking:
        return None
    node = rng.choice(linking)
    link = rng.choice(list(_LINK.finditer(node.source)))
    target = rng.choice(("https://example.org/elsewhere", "/another/page"))
    changed = f"{node.source[: link.start(2)]}{target}{node.source[link.end(2) :]}"
    return _case("link changed", text, _with(text, node, changed), expect("format", node.text, node.text))


# --- blocks ----------------------------------------------------------------------------------------------------------


def _unit(text: Text, node: Node) -> list[str]:
    """The lines of a block, with the blank line that ends it when it stands by itself."""
    lines = list(text.lines[node.start : node.end])
    return lines if node.kind in {"row", "item"} and not _loose(text, node) else [*lines, ""]


def _loose(text: Text, node: Node) -> bool:
    group = [other for other in text.nodes if other.group == node.group and other.kind == "item"]
    return any(after.start > before.end for before, after in itertools.pairwise(group))


def _gone(text: Text, node: Node) -> list[str]:
    end = node.end + 1 if node.end < len(text.lines) and not text.lines[node.end].strip() else node.end
    if node.kind in {"item", "row"} and not _loose(text, node):
        end = node.end
    return [*text.lines[: node.start], *text.lines[end:]]


def removed(text: Text, rng: random.Random) -> Case | None:
    """A paragraph, item or row is struck."""
    node = _pick(text, rng, "paragraph", "item", "row")
    if node is None or (node.kind != "paragraph" and _alone(text, node)) or _ordered(node) or _leads(text, node):
        return None
    return _case(f"{node.kind} removed", text, _gone(text, node), expect("removed", node.text, None))


def _alone(text: Text, node: Node) -> bool:
    return sum(other.group == node.group for other in text.nodes) < 3


def _ordered(node: Node) -> bool:
    return node.kind == "item" and node.source.lstrip()[:1].isdigit()


def _leads(text: Text, node: Node) -> bool:
    """Whether a numbered paragraph has clauses below it, which would be left without it."""
    if node.kind != "paragraph" or not node.numbered:
        return False
    at = text.nodes.index(node)
    return at + 1 < len(text.nodes) and text.nodes[at + 1].kind != "heading"


def inserted(text: Text, rng: random.Random) -> Case | None:
    """A paragraph, item or row comes."""
    node = _pick(text, rng, "paragraph", "item", "row")
    if node is None or _ordered(node) or node.depth or node.numbered:
        return None
    new = _NEW_TEXT
    if node.kind == "row":
        cells = len(re.findall(r"(?<!\\)\|", node.source.strip().strip("|"))) + 1
        cut = (_NEW_ROW * 3)[:cells]
        lines, new = [f"| {' | '.join(cut)} |"], " ".join(cut)
    elif node.kind == "item":
        lines = [_marker(node) + new]
        lines += [""] if _loose(text, node) else []
    else:
        lines = [new, ""]
    changed = [*text.lines[: node.start], *lines, *text.lines[node.start :]]
    return _case(f"{node.kind} inserted", text, changed, expect("added", None, new))


def moved(text: Text, rng: random.Random) -> Case | None:
    """A paragraph goes elsewhere; an item or a row within its list or table."""
    node = _pick(text, rng, "paragraph", "item", "row", least=12)
    if node is None or node.depth or node.numbered:
        return None
    if node.kind == "paragraph":
        places = [
            other
            for other in text.nodes
            if other.kind == "paragraph" and other.plain and other.depth == 0 and not other.numbered
        ]
    else:
        places = [other for other in text.nodes if other.group == node.group and other.kind == node.kind]
    at = places.index(node) if node in places else -9
    far = [place for number, place in enumerate(places) if number < at - 1 or number > at + 2]
    if not far:
        return None
    return _case(f"{node.kind} moved", text, _put(text, node, rng.choice(far)), expect("moved", node.text, node.text))


def _put(text: Text, node: Node, before: Node) -> list[str]:
    lines = _unit(text, node)
    without = _gone(text, node)
    shift = len(text.lines) - len(without) if before.start > node.start else 0
    return [*without[: before.start - shift], *lines, *without[before.start - shift :]]


def neighbours_swapped(text: Text, rng: random.Random) -> Case | None:
    """Two paragraphs of one section change places: the shorter one moved."""
    pairs = [
        (first, second)
        for first, second in zip(text.nodes, text.nodes[1:], strict=False)
        if all(
            node.kind == "paragraph" and node.plain and node.depth == 0 and not node.numbered and _once(text, node)
            for node in (first, second)
        )
        and abs(len(first.text.split()) - len(second.text.split())) > 4
        and min(len(first.text), len(second.text)) > 20
    ]
    if not pairs:
        return None
    first, second = rng.choice(pairs)
    shorter = min(first, second, key=lambda node: len(node.text))
    return _case("swapped", text, _put(text, second, first), expect("moved", shorter.text, shorter.text))


def split(text: Text, rng: random.Random) -> Case | None:
    """A paragraph or item becomes two where a sentence ends."""
    node = _pick(text, rng, "paragraph", "item", least=40)
    if node is None or node.depth or (node.kind == "item" and _ordered(node)):
        return None
    links = [link.span() for link in _LINK.finditer(node.source)]
    places = [
        match
        for match in SENTENCE.finditer(node.source)
        if 12 < match.start() < len(node.source) - 12
        and not any(start <= match.start() < end for start, end in links)
        and not _open_markup(_unmarked(node)[: match.start() - len(_marker(node))])
        and not _starts_number(node.source[match.end() :])
    ]
    if not places:
        return None
    cut = rng.choice(places)
    first, second = node.source[: cut.start()], node.source[cut.end() :]
    if node.kind == "item":
        mark = _marker(node)
        lines = [first, mark + second] if not _loose(text, node) else [first, "", mark + second]
    else:
        lines = [first, "", second]
    changed = _with(text, node, "\n".join(lines))
    return _case(f"{node.kind} split", text, changed, expect("split", node.text, node.text))


def _open_markup(source: str) -> bool:
    return any(source.count(mark) % 2 for mark in ("**", "__", "*", "_", "`"))


def _marker(node: Node) -> str:
    found = _MARKER.match(node.source) if node.kind == "item" else None
    return found[0] if found else ""


def _unmarked(node: Node) -> str:
    return node.source[len(_marker(node)) :]


def _starts_number(source: str) -> bool:
    return bool(re.match(r"[(（]?[A-Za-z0-9]{1,4}[.)）]|[-+*#>|]", source))


def merged(text: Text, rng: random.Random) -> Case | None:
    """Two paragraphs or items that follow each other become one."""
    pairs = [
        (first, second)
        for first, second in zip(text.nodes, text.nodes[1:], strict=False)
        if first.kind == second.kind and first.kind in {"paragraph", "item"} and first.group == second.group
        if all(
            node.plain and node.leaf and not node.depth and len(node.text) > 8 and _once(text, node)
            for node in (first, second)
        )
        and not second.numbered
        and not _ordered(second)
        and first.source[-1] in ".!?。"
        and not _starts_number(_unmarked(second))
    ]
    if not pairs:
        return None
    first, second = rng.choice(pairs)
    joined = first.source + " " + _unmarked(second)
    both = f"{first.text} {second.text}"
    lines = [*text.lines[: first.start], *joined.split("\n"), *text.lines[second.end :]]
    return _case(f"{first.kind}s merged", text, lines, replace(expect("merged", both, both)))


BLIND: tuple[Edit, ...] = (
    reflowed,
    typography,
    word_changed,
    heading_changed,
    word_removed,
    made_bold,
    link_changed,
    removed,
    inserted,
    moved,
    neighbours_swapped,
    split,
    merged,
)
"""The edits of words and blocks."""
