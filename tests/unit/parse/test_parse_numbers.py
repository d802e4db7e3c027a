"""Which beginnings of a clause are its number, and where the clause then lies."""

import pytest

from publisher.domain.clause import Clause, ClauseKind
from publisher.parse import parse


def only(text: str) -> Clause:
    [clause] = parse(text, "en").clauses
    return clause


@pytest.mark.parametrize(
    "text",
    [
        "2024 was a year.",
        "1.5 million users.",
        "2.5 万用户使用平台。",
        "3.5亿用户。",
        "15\\. travnja 2024.",
        "12.10.2024 is a date.",
        "192.168.0.1 is a host.",
        "1.05 is a factor.",
        "10.30 am is early.",
        "(c) 2024 Example.",
        "(s) is a plural.",
        "I. think so.",
        "第四条规定的信息。",
        "第三方不得使用。",
        "一、二线城市。",
        "2024、2025年。",
        "4.2 days later.",
    ],
)
def test_a_year_an_amount_or_a_citation_is_no_number(text: str) -> None:
    clause = only(text)
    assert (clause.number, clause.text) == (None, text.replace("\\", ""))


@pytest.mark.parametrize(
    ("text", "number", "words"),
    [
        ("1.1 Scope", "1.1", "Scope"),
        ("7.6 If you ask", "7.6", "If you ask"),
        ("4.2 个人信息的使用", "4.2", "个人信息的使用"),
        ("1.3 元数据", "1.3", "元数据"),
        ("4.2 Second thoughts", "4.2", "Second thoughts"),
        ("**4.1.3** We may", "4.1.3", "We may"),
        ("- 4.1 As an item", "4.1", "As an item"),
        ("(a) first", "(a)", "first"),
        ("1\\. Escaped", "1", "Escaped"),
        ("1.适用范围", "1", "适用范围"),
        ("１．适用范围", "１", "适用范围"),
        ("第一条", "第一条", ""),
        ("（一）其一", "（一）", "其一"),
    ],
)
def test_a_number_is_read_and_is_no_word(text: str, number: str, words: str) -> None:
    clause = only(text)
    assert (clause.kind, clause.number, clause.text) == (ClauseKind.PARAGRAPH, number, words)


@pytest.mark.parametrize(
    ("heading", "number"),
    [
        ("1 Scope", "1"),
        ("1. Scope", "1"),
        ("A. Definitions", "A"),
        ("I. Scope", "I"),
        ("第四章", "第四章"),
        ("3 ways to ask", None),
        ("24 Hours", None),
        ("2024 Report", None),
    ],
)
def test_headings_take_bare_and_lettered_numbers(heading: str, number: str | None) -> None:
    assert only(f"## {heading}").number == number


def outline(text: str) -> list[tuple[int, str]]:
    return [(placed.depth, placed.clause.id) for placed in parse(text, "en").walk()]


def test_an_i_after_h_is_a_letter_and_elsewhere_a_roman_number() -> None:
    letters = "".join(f"({letter}) x\n\n" for letter in "abcdefghij")
    assert outline(letters)[-2:] == [(0, "(i)"), (0, "(j)")]
    assert outline("(a) x\n\n(i) y\n\n(ii) z\n\n(b) w") == [(0, "(a)"), (1, "(a)(i)"), (1, "(a)(ii)"), (0, "(b)")]


def test_a_number_without_its_parent_lies_below_the_enclosing_heading() -> None:
    assert outline("## Sharing\n\n4.1 A\n\n4.2 B\n\n5.1 C") == [(0, "h1"), (1, "4.1"), (1, "4.2"), (1, "5.1")]


def test_a_number_lies_below_the_nearest_part_of_it_that_is_there() -> None:
    assert outline("## 4. A\n\n4.1.3 B\n\n4.2 C") == [(0, "4"), (1, "4.1.3"), (1, "4.2")]


def test_numbered_headings_of_one_level_are_siblings_and_deeper_ones_children() -> None:
    text = "# Terms\n\n## A. One\n\n### 1. X\n\n### 2. Y\n\n## B. Two\n\n### 1. Z\n"
    assert outline(text) == [(0, "title"), (0, "A"), (1, "A.1"), (1, "A.2"), (0, "B"), (1, "B.1")]


def test_a_paragraph_inside_an_item_is_its_child_and_the_item_never_lies_below_its_introduction() -> None:
    assert outline("4.1 A:\n\nWe ask:\n\n- one\n\n  more\n\n  - inner\n- two") == [
        (0, "4.1"),
        (1, "4.1-p1"),
        (1, "4.1-i1"),
        (2, "4.1-i1-p1"),
        (2, "4.1-i1-i1"),
        (1, "4.1-i2"),
    ]


def test_an_item_that_holds_a_heading_is_a_numbered_heading() -> None:
    clause = only("3. ## Sharing\n")
    assert (clause.kind, clause.number, clause.label, clause.level) == (ClauseKind.HEADING, "3", "3.", 2)


@pytest.mark.parametrize(
    "text",
    [
        "1.1 foo\n1.2 bar",
        "(a) foo\n(b) bar",
        "第一条 甲\n第二条 乙",
        "一、甲\n二、乙",
        "1. foo\n1.1 bar",
        "- 2.1 foo\n  2.2 bar",
    ],
)
def test_two_numbered_lines_in_one_paragraph_are_an_error_with_the_line(text: str) -> None:
    [fault] = [fault for fault in parse(text, "en", first_line=5).faults if fault.code == "number-inside"]
    assert (fault.severity, fault.place.line) == ("error", 6)
    assert "blank line" in fault.remedy


@pytest.mark.parametrize(
    "text", ["1.1 foo as told in section\n1.2 and elsewhere", "1.1 it grew by\n1.2 percent", "1.1 foo\n2024 bar"]
)
def test_a_cited_number_that_begins_a_line_is_no_error(text: str) -> None:
    assert [fault.code for fault in parse(text, "en").faults] == []
