"""A text as its lines and blocks, read by markdown-it alone, as edits by hand see it, without the product's parser."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("js-default", {"html": False, "linkify": False, "typographer": False, "maxNesting": 200})
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_NUMBER = re.compile(
    r"""[(（]?(?:\d{1,3}(?:\.\d{1,3})*[A-Z]?(?:[.．、):）]|(?=\s))|[A-Za-z]{1,4}[.)）]|[ivx]{1,5}[.)）]|第[^条章节]{1,5}[条章节]"""
    r"""|[一二三四五六七八九十]{1,3}[、.）)])\s*"""
)
_ODD = re.compile(r"[<|\\]|\{:|\{#|\[\^|^ {4}|^\s*:\s|^\s*>", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Node:
    """One heading, paragraph, list item or table row: lines start..end, its plain words, how deep it stands.

    `end` takes everything inside along for an item; `leaf` says that nothing else is inside, `plain` that its markup is
    simple enough to be edited blindly. `group` names the list or table it is in.
    """

    kind: str
    start: int
    end: int
    text: str
    source: str
    level: int = 0
    depth: int = 0
    group: int = -1
    leaf: bool = True
    plain: bool = True

    @property
    def numbered(self) -> bool:
        """Whether the words begin with something like a number."""
        return _NUMBER.match(self.text) is not None


@dataclass(frozen=True, slots=True)
class Text:
    """A whole text."""

    lines: tuple[str, ...]
    nodes: tuple[Node, ...]

    def section(self, heading: Node) -> tuple[Node, ...]:
        """A heading and all nodes below it."""
        at = self.nodes.index(heading)
        below = [heading]
        for node in self.nodes[at + 1 :]:
            if node.kind == "heading" and node.level <= heading.level:
                break
            below.append(node)
        return tuple(below)

    def after(self, heading: Node) -> int:
        """The line on which a section ends."""
        for node in self.nodes:
            if node.start > heading.start and node.kind == "heading" and node.level <= heading.level:
                return node.start
        return len(self.lines)


def read(source: str) -> Text:
    """Reads a text without its front matter."""
    body = _FRONT_MATTER.sub("", source.replace("\r\n", "\n"))
    lines = tuple(body.split("\n"))
    return Text(lines, tuple(_nodes(_PARSER.parse(body), lines)))


def without_number(words: str) -> str:
    """Words as compared: single spaces, no number before them."""
    words = " ".join(words.split())
    found = _NUMBER.match(words)
    return words[found.end() :].strip() if found else words


def words_of(inline: Token) -> str:
    """The plain words of a block."""
    return " ".join("".join(_pieces(inline.children or ())).split())


def _pieces(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in {"softbreak", "hardbreak"}:
            yield " "
        elif token.type == "image":
            yield from _pieces(token.children or ())
        else:
            yield token.content


def _nodes(tokens: list[Token], lines: tuple[str, ...]) -> Iterator[Node]:
    groups: list[int] = []
    items: list[Token] = []
    quotes = 0
    for at, token in enumerate(tokens):
        if token.type in {"bullet_list_open", "ordered_list_open", "table_open"}:
            groups.append(at)
        elif token.type in {"bullet_list_close", "ordered_list_close", "table_close"}:
            groups.pop()
        elif token.type == "blockquote_open":
            quotes += 1
        elif token.type == "blockquote_close":
            quotes -= 1
        elif token.type == "list_item_open":
            items.append(token)
            inside = _until(tokens, at, "list_item_close", token.level)
            first = tokens[at + 2] if tokens[at + 1].type == "paragraph_open" else None
            yield _node("item", token, first, lines, len(items) - 1, groups[-1], len(inside) == 3, quotes)
        elif token.type == "list_item_close":
            items.pop()
        elif token.type == "tr_open":
            cells = [cell for cell in _until(tokens, at, "tr_close", token.level) if cell.type == "inline"]
            start, end = token.map or (0, 0)
            text = " ".join(word for cell in cells if (word := words_of(cell)))
            head = tokens[at - 1].type == "thead_open"
            yield Node(
                "head" if head else "row",
                start,
                end,
                text,
                lines[start],
                group=groups[-1],
                plain="\\" not in lines[start],
            )
        elif token.type == "heading_open":
            level = 0 if items or quotes else int(token.tag[1:])
            yield _node("heading", token, tokens[at + 1], lines, len(items), -1, True, quotes, level)
        elif token.type == "paragraph_open" and tokens[at - 1].type != "list_item_open":
            yield _node("paragraph", token, tokens[at + 1], lines, len(items), -1, True, quotes)
        elif token.type in {"fence", "code_block"}:
            start, end = token.map or (0, 0)
            yield Node("code", start, end, " ".join(token.content.split()), token.content, plain=False)


def _until(tokens: list[Token], at: int, kind: str, level: int) -> list[Token]:
    end = next(place for place in range(at, len(tokens)) if tokens[place].type == kind and tokens[place].level == level)
    return tokens[at + 1 : end]


def _node(
    kind: str,
    token: Token,
    inline: Token | None,
    lines: tuple[str, ...],
    depth: int,
    group: int,
    leaf: bool,
    quotes: int,
    level: int = 0,
) -> Node:
    start, end = token.map or (0, 0)
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    source = "\n".join(lines[start:end])
    plain = inline is not None and not quotes and not _ODD.search(source if leaf else source.split("\n")[0])
    return Node(kind, start, end, words_of(inline) if inline else "", source, level, depth, group, leaf, plain)
