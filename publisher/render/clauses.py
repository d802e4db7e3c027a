"""A clause tree as HTML: numbers, headings, lists, tables, links; every word escaped."""

import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from markupsafe import Markup

from publisher.domain.citation import at_clause
from publisher.domain.clause import Block, Clause, ClauseKind, ClauseTree, Mark, MarkKind
from publisher.render.wording import Strings

TITLE_ID = "title"

_NEXT_ALIAS = '"></span><span class="alias" id="'

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")
_TAGS: Mapping[MarkKind, str] = {
    MarkKind.STRONG: "strong",
    MarkKind.EMPHASIS: "em",
    MarkKind.CODE: "code",
    MarkKind.STRIKE: "s",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the contents."""

    href: str
    number: str
    text: str
    children: tuple["Entry", ...]


def safe_link(target: str) -> str | None:
    """The address when a reader may follow it: https, mailto, a place on the page or on this site; else None."""
    if not target or _UNSEEN.search(target) or "\\" in target or target.startswith("//"):
        return None
    if _SCHEME.match(target) and not target.lower().startswith(("https://", "mailto:")):
        return None
    return target


def contents(tree: ClauseTree, depth: int = 2) -> tuple[Entry, ...]:
    """The headings as lines of a table of contents, down to a depth."""
    return _entries(tree.clauses, depth)


Pieces = MutableMapping[tuple[object, ...], tuple[str, str, str]]
"""Clauses as they were written: the id, the words with their markup and the link, by all that these are made of."""

MOST_PIECES = 10_000
"""How many are kept; the longest history of real terms has a few thousand."""


def text_html(
    tree: ClauseTree, words: Strings, aliases: Mapping[str, Sequence[str]] | None = None, pieces: Pieces | None = None
) -> Markup:
    """The whole text below its title; `pieces` are those of texts that have much in common with this one.

    Every clause carries its id verbatim and a link to itself; `aliases` are further ids to place, by the clause that
    stands for them.
    """
    if pieces is not None and len(pieces) > MOST_PIECES:
        pieces.clear()
    writer = _Writer(words, aliases or {}, {} if pieces is None else pieces)
    top = writer.anchors("") + writer.anchors(TITLE_ID)
    body = writer.blocks([clause for clause in tree.clauses if clause.id != TITLE_ID], 2)
    return Markup(top + body)  # noqa: S704  built of escaped pieces alone


def inline_html(clause: Clause, words: Strings, start: int = 0, end: int | None = None) -> Markup:
    """A clause's words with their inline markup, or the part of them between two places."""
    return Markup(_inline(clause, words, start, end))  # noqa: S704  built of escaped pieces alone


def _entries(clauses: Sequence[Clause], depth: int) -> tuple[Entry, ...]:
    if depth == 0:
        return ()
    return tuple(
        Entry(
            at_clause("", clause.id),
            clause.label if clause.number is not None else "",
            clause.text,
            _entries(clause.children, depth - 1),
        )
        for clause in clauses
        if clause.kind is ClauseKind.HEADING and clause.id != TITLE_ID and clause.text
    )


class _Writer:
    """Writes one text; it holds what all its clauses need."""

    def __init__(self, words: Strings, former: Mapping[str, Sequence[str]], pieces: Pieces) -> None:
        self._pieces = pieces
        self._words = words
        self._former = former
        self._plain_label = escape(words["page.clause_link_plain"])

    def anchors(self, parent: str) -> str:
        """Places for ids that earlier versions had, on the clause that stands for them."""
        names = self._former.get(parent)
        if not names:
            return ""
        # A long history has thousands: they are escaped at once.
        joined = "\n".join(names)
        single = joined.count("\n") + 1 == len(names)
        ids = escape(joined).replace("\n", _NEXT_ALIAS) if single else _NEXT_ALIAS.join(map(escape, names))
        return f'<span class="alias" id="{ids}"></span>'

    def _piece(self, clause: Clause) -> tuple[str, str, str]:
        """A clause's id, its words, and its link to itself."""
        key = (self._words.language, clause.id, clause.number, clause.text, clause.marks, clause.block)
        found = self._pieces.get(key)
        if found is None:
            found = self._pieces[key] = (escape(clause.id), _inline(clause, self._words), self._link(clause))
        return found

    def blocks(self, clauses: Sequence[Clause], level: int) -> str:
        """Siblings in order: items together are one list, rows together one table."""
        written: list[str] = []
        for kind, run in groupby(clauses, _grouping):
            together = list(run)
            if kind == "table":
                written.append(self._table(together))
            elif kind in ("ul", "ol"):
                written.append(self._list(kind, together, level))
            else:
                written.extend(self._block(clause, level) for clause in together)
        return "".join(written)

    def _block(self, clause: Clause, level: int) -> str:
        if clause.kind is ClauseKind.HEADING:
            return self._heading(clause, level)
        before = self.anchors(clause.id)
        name, inner, link = self._piece(clause)
        if clause.block is Block.CODE:
            own = f"<pre><code>{inner}</code></pre>{link}"
        elif clause.block is Block.QUOTE:
            own = f"<blockquote><p>{inner}{link}</p></blockquote>"
        else:
            kind = f' class="{clause.block.value}"' if clause.block in (Block.FOOTNOTE, Block.TERM) else ""
            own = f"<p{kind}>{inner}{link}</p>"
        below = self.blocks(clause.children, level)
        if clause.number is None:
            return f'<div class="clause" id="{name}">{before}{own}{below}</div>\n'
        label = f'<span class="n">{escape(clause.label or clause.number)} </span>'
        return f'<div class="clause numbered" id="{name}">{before}{label}<div class="b">{own}{below}</div></div>\n'

    def _heading(self, clause: Clause, level: int) -> str:
        tag = f"h{min(level, 6)}"
        label = f'<span class="n">{escape(clause.label)} </span>' if clause.number is not None else ""
        name, inner, link = self._piece(clause)
        head = f'<{tag} id="{name}">{label}<span class="t">{inner}</span>{link}</{tag}>'
        before = self.anchors(clause.id)
        return f"<section>{head}{before}\n{self.blocks(clause.children, level + 1)}</section>\n"

    def _list(self, tag: str, items: Sequence[Clause], level: int) -> str:
        written: list[str] = []
        for item in items:
            before = self.anchors(item.id)
            name, inner, link = self._piece(item)
            marker = f'<span class="n">{escape(item.label)} </span>' if tag == "ol" else ""
            below = self.blocks(item.children, level)
            written.append(f'<li class="clause" id="{name}">{before}{marker}{inner}{link}{below}</li>')
        # Styled lists lose their role in some readers unless it is said.
        return f'<{tag} role="list">' + "\n".join(written) + f"</{tag}>\n"

    def _table(self, rows: Sequence[Clause]) -> str:
        head = [row for row in rows if row.block is Block.HEADER_ROW]
        body = [row for row in rows if row.block is not Block.HEADER_ROW]
        parts = ['<div class="table" tabindex="0"><table>']
        if head:
            parts.append("<thead>" + "".join(self._row(row, "th") for row in head) + "</thead>")
        parts.append("<tbody>" + "".join(self._row(row, "td") for row in body) + "</tbody></table></div>\n")
        return "".join(parts)

    def _row(self, row: Clause, tag: str) -> str:
        cells = [mark for mark in row.marks if mark.kind is MarkKind.CELL]
        spans = [(cell.start, cell.end) for cell in cells] or [(0, len(row.text))]
        last = len(spans) - 1
        scope = ' scope="col"' if tag == "th" else ""
        before = self.anchors(row.id)
        written = [
            f"<{tag}{scope}>{before if index == 0 else ''}{_inline(row, self._words, start, end)}"
            f"{self._link(row) if index == last else ''}</{tag}>"
            for index, (start, end) in enumerate(spans)
        ]
        return f'<tr class="clause" id="{escape(row.id)}">' + "".join(written) + "</tr>\n"

    def _link(self, clause: Clause) -> str:
        label = (
            self._words.say("page.clause_link", number=clause.number)
            if clause.number is not None
            else self._plain_label
        )
        href = escape(at_clause("", clause.id))
        return f' <a class="self" href="{href}" aria-label="{escape(label)}">§</a>'


def _grouping(clause: Clause) -> str:
    if clause.kind is ClauseKind.ROW:
        return "table"
    if clause.kind is ClauseKind.ITEM:
        return "ol" if clause.block is Block.ORDERED else "ul"
    return "block"


def _inline(clause: Clause, words: Strings, start: int = 0, end: int | None = None) -> str:
    """The words between two places under their marks; marks that overlap are closed and opened again."""
    text = clause.text
    end = len(text) if end is None else end
    marks = [
        mark
        for mark in clause.marks
        if mark.kind is not MarkKind.CELL and mark.start >= start and mark.end <= end and mark.start <= mark.end
    ]
    if not marks:
        return escape(text[start:end])
    opening: dict[int, list[Mark]] = {}
    places = {start, end}
    for mark in marks:
        opening.setdefault(mark.start, []).append(mark)
        places.update((mark.start, mark.end))
    written: list[str] = []
    stack: list[tuple[Mark, str]] = []
    ordered = sorted(places)
    for index, place in enumerate(ordered):
        _close(place, stack, written)
        for mark in opening.get(place, ()):
            if mark.kind is MarkKind.BREAK:
                written.append("<br>")
                continue
            opened, closed = _tag(mark, words)
            written.append(opened)
            if mark.end > place:
                stack.append((mark, closed))
            else:
                written.append(closed)
        following = ordered[index + 1] if index + 1 < len(ordered) else place
        piece = text[place:following]
        if clause.block is not Block.CODE and piece == " " and written and written[-1] == "<br>":
            continue
        written.append(escape(piece))
    return "".join(written)


def _close(place: int, stack: list[tuple[Mark, str]], written: list[str]) -> None:
    """Closes every mark that ends here; those opened inside it that go on are opened again."""
    ending = [index for index, (mark, _) in enumerate(stack) if mark.end <= place]
    if not ending:
        return
    lowest = ending[0]
    going_on: list[tuple[Mark, str]] = []
    while len(stack) > lowest:
        mark, closed = stack.pop()
        written.append(closed)
        if mark.end > place:
            going_on.append((mark, closed))
    for mark, closed in reversed(going_on):
        if mark.kind in _TAGS:
            written.append(f"<{_TAGS[mark.kind]}>")
            stack.append((mark, closed))


def _tag(mark: Mark, words: Strings) -> tuple[str, str]:
    """What opens and what closes a mark; empty where the words alone are shown."""
    simple = _TAGS.get(mark.kind)
    if simple is not None:
        return f"<{simple}>", f"</{simple}>"
    special: Mapping[MarkKind, Callable[[], tuple[str, str]]] = {
        MarkKind.LINK: lambda: _link_tag(mark.target),
        MarkKind.NOTE: lambda: (f'<sup><a href="{escape(at_clause("", mark.target))}">', "</a></sup>"),
        # Images would call on other sites' servers; their words are what the text says.
        MarkKind.IMAGE: lambda: (f'<span class="image" title="{escape(words["page.image"])}">', "</span>"),
    }
    make = special.get(mark.kind)
    if mark.kind is MarkKind.NOTE and mark.start == mark.end:
        opened, closed = special[MarkKind.NOTE]()
        return f"{opened}*", closed
    return make() if make is not None else ("", "")


def _link_tag(target: str) -> tuple[str, str]:
    address = safe_link(target)
    if address is None:
        return "", ""
    rel = ' rel="noopener"' if address.lower().startswith("https:") else ""
    return f'<a href="{escape(address)}"{rel}>', "</a>"
