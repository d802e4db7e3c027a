"""A statement as a mail: what staff wrote, laid out as text and as HTML for programs that drop style sheets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from publisher.domain.clause import Block, Clause, ClauseKind, ClauseTree, Mark, MarkKind
from publisher.domain.notice import MailTemplate, NoticeId, NoticeKind
from publisher.render.clauses import TITLE_ID, inline_html, safe_link
from publisher.render.mail import language_in
from publisher.render.message import Head, written
from publisher.render.wording import Strings, long_date, text_direction

if TYPE_CHECKING:
    import jinja2
    from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class StatementContent:
    """What a statement's mail says in one language.

    `base` is the site's address; `before` the day of a transfer; `notice_link` is absolute; `prevails` is the
    authoritative language's tag when this is a translation, else None. `tree` is the text, its title the subject.
    """

    notice: NoticeId
    kind: NoticeKind
    language: str
    organisation: str
    tree: ClauseTree
    before: date | None
    base: str
    notice_link: str
    digest: str
    prevails: str | None


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of clauses as the templates lay it out: a heading, a paragraph, a list or a table.

    `html` and `text` are one entry a paragraph, item or row; of a row, `cells` are its cells. `depth` is how deep a
    list is nested; a `label` is a number or marker.
    """

    kind: str
    depth: int
    rows: tuple["PieceRow", ...]


@dataclass(frozen=True, slots=True)
class PieceRow:
    """One paragraph, item or row of a piece; `head` is a table's heading."""

    label: str
    html: "Markup"
    text: str
    cells: tuple[tuple["Markup", str], ...] = ()
    head: bool = False


def statement_mail(
    content: StatementContent, strings: Strings, environment: "jinja2.Environment", *, sender: str, audience: str
) -> MailTemplate:
    """Renders a statement as a mail in text and HTML; the same values always give the same bytes.

    Raises:
        ValueError: the title, or the sender, does not belong into a header.
    """
    values = {
        "content": content,
        "strings": strings,
        "language": content.language,
        "direction": text_direction(content.language),
        "subject": content.tree.title,
        "heading": content.tree.title,
        "pieces": tuple(pieces(content, strings)),
        "before": long_date(content.before, content.language) if content.before else "",
        "prevails": language_in(content.prevails, content.language) if content.prevails else "",
    }
    return written(
        Head(content.notice, content.kind, content.language, content.tree.title, sender, audience),
        text=environment.get_template(f"mail/{content.kind.value}.txt.j2").render(values),
        html=environment.get_template(f"mail/{content.kind.value}.html.j2").render(values),
    )


def pieces(content: StatementContent, words: Strings) -> Iterator[Piece]:
    """The text below its title, in reading order."""
    yield from _pieces([clause for clause in content.tree.clauses if clause.id != TITLE_ID], 0, content, words)


def _pieces(clauses: Sequence[Clause], depth: int, content: StatementContent, words: Strings) -> Iterator[Piece]:
    for (kind, _), run in groupby(clauses, lambda each: (_kind(each), each.block is Block.ORDERED)):
        together = list(run)
        if kind in ("list", "table"):
            # an item's own paragraphs and lists follow it, so that each item with some ends a list
            waiting: list[PieceRow] = []
            for clause in together:
                waiting.append(_row(clause, content, words))
                if clause.children:
                    yield Piece(kind, depth, tuple(waiting))
                    waiting = []
                    yield from _pieces(clause.children, depth + 1, content, words)
            if waiting:
                yield Piece(kind, depth, tuple(waiting))
            continue
        for clause in together:
            if clause.text:
                yield Piece(kind, depth, (_row(clause, content, words),))
            yield from _pieces(clause.children, depth, content, words)


def _kind(clause: Clause) -> str:
    if clause.kind is ClauseKind.ROW:
        return "table"
    if clause.kind is ClauseKind.ITEM:
        return "list"
    return "heading" if clause.kind is ClauseKind.HEADING else "paragraph"


def _row(clause: Clause, content: StatementContent, words: Strings) -> PieceRow:
    absolute = replace(clause, marks=tuple(_absolute(mark, content) for mark in clause.marks))
    label = clause.label if clause.number is not None or clause.block is Block.ORDERED else ""
    cells = tuple(
        (inline_html(absolute, words, mark.start, mark.end), plain_text(absolute, mark.start, mark.end))
        for mark in absolute.marks
        if mark.kind is MarkKind.CELL
    )
    return PieceRow(label, inline_html(absolute, words), plain_text(absolute), cells, clause.block is Block.HEADER_ROW)


def _absolute(mark: Mark, content: StatementContent) -> Mark:
    """A link that leads anywhere from a mail: into this site, or to a place of the notice's own page."""
    if mark.kind is not MarkKind.LINK or safe_link(mark.target) is None:
        return mark
    if mark.target.startswith("/"):
        return replace(mark, target=content.base.rstrip("/") + mark.target)
    return replace(mark, target=content.notice_link + mark.target) if mark.target.startswith("#") else mark


def plain_text(clause: Clause, start: int = 0, end: int | None = None) -> str:
    """A clause's words, each link followed by its address unless the words are that address."""
    end = len(clause.text) if end is None else end
    found, place = [], start
    for mark in sorted(clause.marks, key=lambda each: (each.end, each.start)):
        if mark.kind is not MarkKind.LINK or mark.start < place or mark.end > end:
            continue
        said, address = clause.text[mark.start : mark.end], safe_link(mark.target)
        found.append(clause.text[place : mark.end])
        if address and address.removeprefix("mailto:") != said:
            found.append(f" ({address.removeprefix('mailto:')})")
        place = mark.end
    return "".join((*found, clause.text[place:end]))
