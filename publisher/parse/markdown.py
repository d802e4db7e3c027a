"""Markdown to tokens: one parser for every text, with HTML switched off and nothing rewritten."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

MAX_NESTING = 200
"""How deep markdown-it follows lists and quotes; what lies deeper it drops, which the parser then finds out."""


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt(
        "js-default", {"html": False, "linkify": False, "typographer": False, "maxNesting": MAX_NESTING}
    )
    parser.use(footnote_plugin, inline=False, move_to_end=False).use(deflist_plugin)
    parser.core.ruler.enableOnly(["block"])
    parser.disable(["html_block", "html_inline", "linkify"])
    parser.validateLink = _take_every_link  # type: ignore[method-assign]  # its way to set one
    return parser


def _take_every_link(url: str, validator: Callable[[str], bool] | None = None) -> bool:
    """Unsafe targets are told as faults and never become links; refusing them here would leave them unseen."""
    del url, validator
    return True


@dataclass(frozen=True, slots=True)
class Source:
    """A body as block tokens.

    `environment` is what markdown-it found outside the flow: link definitions, footnotes; inline parsing needs it.
    `definitions` tells whether two texts define the same.
    """

    lines: tuple[str, ...]
    tokens: tuple[Token, ...]
    environment: dict[str, Any]
    definitions: Hashable


def blocks(body: str) -> Source:
    """The block structure of a body with LF line ends and without NUL; the words in the blocks are not parsed yet.

    Raises:
        RecursionError: quotes and lists lie in one another without end.
    """
    environment: dict[str, Any] = {}
    tokens = _parser().parse(body, environment)
    return Source(tuple(body.split("\n")), tuple(tokens), environment, _definitions(environment))


def _definitions(environment: dict[str, Any]) -> Hashable:
    links = environment.get("references", {})
    notes = environment.get("footnotes", {}).get("refs", {})
    return (
        frozenset((label, link["href"], link["title"]) for label, link in links.items()),
        frozenset(notes),
    )


def inline(content: str, environment: dict[str, Any]) -> list[Token]:
    """The tokens inside one block's words."""
    parser = _parser()
    tokens: list[Token] = []
    parser.inline.parse(content, parser, environment, tokens)
    return tokens


def row_cells(line: str, beyond: int) -> list[str]:
    """The cells of a table row that markdown-it drops: those beyond a number of columns."""
    text = line.lstrip("> \t").rstrip(" \t")
    if text.count("|") - text.startswith("|") - text.endswith("|") < beyond:
        return []
    cells = escapedSplit(text)
    first = 0 if cells[0] else 1
    last = len(cells) if cells[-1] else len(cells) - 1
    return [cell.strip() for cell in cells[first:last][beyond:]]
