from dataclasses import replace
from html import escape
from unittest.mock import patch

import pytest

from publisher.domain.clause import Block, Clause, ClauseKind, ClauseTree, Mark, MarkKind
from publisher.render.clauses import Pieces, contents, inline_html, safe_link, text_html
from publisher.render.templates import strings

WORDS = strings("en")


def clause(text: str, *marks: Mark, **given: object) -> Clause:
    plain = Clause(ClauseKind.PARAGRAPH, "1.1", text, 1, 1, marks=marks)
    return replace(plain, **given)  # type: ignore[arg-type]


def html(*clauses: Clause) -> str:
    return str(text_html(ClauseTree("en", clauses), WORDS))


@pytest.mark.parametrize("target", ["https://example.com/a?b=c", "mailto:a@example.com", "#4.1", "../cookies/", "/x"])
def test_links_that_a_reader_may_follow_are_links(target: str) -> None:
    assert safe_link(target) == target


@pytest.mark.parametrize(
    "target",
    [
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "\u200bjavascript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "blob:x",
        "http://example.com/",
        "//evil.example/",
        "/\\evil.example/",
    ],
)
def test_other_links_are_plain_words(target: str) -> None:
    assert safe_link(target) is None
    shown = inline_html(clause("press here", Mark(0, 10, MarkKind.LINK, target)), WORDS)
    assert shown == "press here"


def test_words_are_escaped_between_their_marks() -> None:
    shown = inline_html(clause('<b> & "x"', Mark(4, 5, MarkKind.STRONG)), WORDS)
    assert shown == "&lt;b&gt; <strong>&amp;</strong> &quot;x&quot;"


def test_marks_that_nest_or_overlap_give_well_formed_html() -> None:
    nested = clause("abcdef", Mark(0, 6, MarkKind.STRONG), Mark(2, 4, MarkKind.EMPHASIS))
    assert inline_html(nested, WORDS) == "<strong>ab<em>cd</em>ef</strong>"
    crossed = clause("abcdef", Mark(0, 4, MarkKind.STRONG), Mark(2, 6, MarkKind.EMPHASIS))
    assert inline_html(crossed, WORDS) == "<strong>ab<em>cd</em></strong><em>ef</em>"


def test_a_break_takes_the_place_of_its_space() -> None:
    shown = str(inline_html(clause("one two", Mark(3, 3, MarkKind.BREAK)), WORDS))
    assert shown.replace("<br> ", "<br>") == "one<br>two"


def test_a_clause_carries_its_id_its_number_and_a_link_to_itself() -> None:
    shown = html(clause("Words.", number="(a)", label="(a)", id="4.1(a)"))
    assert 'id="4.1(a)"' in shown
    assert '<span class="n">(a) </span>' in shown
    assert 'href="#4.1(a)" aria-label="Link to clause (a)"' in shown


def test_headings_descend_from_the_second_level_with_their_depth() -> None:
    inner = clause("Inner", kind=ClauseKind.HEADING, id="1.1", number="1.1", label="1.1", level=5)
    outer = clause("Outer", kind=ClauseKind.HEADING, id="1", number="1", label="1.", level=1, children=(inner,))
    shown = html(outer)
    assert '<h2 id="1">' in shown
    assert '<h3 id="1.1">' in shown
    entries = contents(ClauseTree("en", (outer,)))
    assert [(entry.href, entry.number, entry.children[0].text) for entry in entries] == [("#1", "1.", "Inner")]


def test_items_together_are_one_list_with_the_markers_as_written() -> None:
    first = clause("one", kind=ClauseKind.ITEM, id="a-i1", label="(i)", block=Block.ORDERED)
    second = clause("two", kind=ClauseKind.ITEM, id="a-i2", label="(ii)", block=Block.ORDERED)
    bullet = clause("three", kind=ClauseKind.ITEM, id="a-i3", label="-")
    shown = html(first, second, bullet)
    assert (shown.count("<ol"), shown.count("<ul"), shown.count("<li")) == (1, 1, 3)
    assert '<span class="n">(ii) </span>' in shown


def test_rows_together_are_one_table_with_its_header() -> None:
    cells = (Mark(0, 4, MarkKind.CELL), Mark(5, 10, MarkKind.CELL))
    head = clause("Data Until", *cells, kind=ClauseKind.ROW, id="a-r1", block=Block.HEADER_ROW)
    body = clause("Mail Never", *cells, kind=ClauseKind.ROW, id="a-r2")
    shown = html(head, body)
    assert '<th scope="col">Data</th>' in shown
    assert "<td>Mail</td>" in shown
    assert shown.count("<table>") == 1


def test_ids_of_earlier_texts_are_placed_on_what_stands_for_them() -> None:
    tree = ClauseTree("en", (clause("Words.", number="1.1", label="1.1"),))
    shown = str(text_html(tree, WORDS, {"1.1": ["1.1.3"], "": ["gone"]}))
    assert '<span class="alias" id="gone"></span>' in shown
    assert shown.index('id="1.1"') < shown.index('id="1.1.3"') < shown.index("Words.")


def test_ids_of_earlier_texts_are_escaped_each_by_itself() -> None:
    tree = ClauseTree("en", ())
    for names in (["a", 'b"<'], ["a\nb", 'c"<']):
        wanted = "".join(f'<span class="alias" id="{escape(name)}"></span>' for name in names)
        assert str(text_html(tree, WORDS, {"": names})) == wanted


def test_a_text_is_written_the_same_however_many_pieces_are_kept() -> None:
    clauses = tuple(Clause(ClauseKind.PARAGRAPH, f"p{number}", "Words.", 1, 1) for number in range(3))
    tree = ClauseTree("en", clauses)
    pieces: Pieces = {}
    with patch("publisher.render.clauses.MOST_PIECES", 2):
        first, second = (str(text_html(tree, WORDS, pieces=pieces)) for _ in range(2))
        text_html(ClauseTree("en", clauses[:1]), WORDS, pieces=pieces)
    assert first == second == str(text_html(tree, WORDS))
    assert len(pieces) == 1
