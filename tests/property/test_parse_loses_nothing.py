"""No text makes the parser raise, and no word of a text vanishes without being told."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.domain.clause import ClauseTree
from publisher.parse import inherit_ids, parse, text_faults, with_ids

_WORDS = st.integers(0, 10_000).map(lambda number: f"word{number}q")
_STARTS = (
    "",
    "# ",
    "## ",
    "- ",
    "  - ",
    "    - ",
    "1. ",
    "3) ",
    "> ",
    "> > ",
    "1.1 ",
    "4.1.3 ",
    "(a) ",
    "(iv) ",
    "第四条 ",
    "一、",
    "（二）",
    "| ",
    "    ",
    "\t",
    "[^n]: ",
    "[x]: ",
    ": ",
    "~ ",
    "```",
    "~~~",
    "{#name} ",
    "{: ",
    "<div>",
    "<!-- ",
    "***",
    "![",
    "* * ",
    "+ 1. - ",
    "2. ## ",
    "- # ",
    "1.2 ",
    "II. ",
    "A. ",
    "１．",
    "第二章 ",
)
_ENDS = (
    "",
    "  ",
    "\\",
    " {#a}",
    " |",
    " | b",
    "](x)",
    "](javascript:x)",
    "[^n]",
    " -->",
    ":",
    " **",
    "`",
    "~~",
    ' "t")',
    "\u00a0",
)
_JOINTS = (
    " ",
    "*",
    "**",
    "_",
    "`",
    " | ",
    " [",
    "](/a) ",
    "\u3000",
    "&amp;",
    "\\",
    "<b>",
    "——",
    "~~",
    "\r",
    "\x0b",
    "\u2028",
)


@st.composite
def _texts(draw: st.DrawFn) -> str:
    lines: list[str] = []
    for _ in range(draw(st.integers(0, 14))):
        words = draw(st.lists(_WORDS, max_size=4))
        joint = draw(st.sampled_from(_JOINTS))
        lines.append(draw(st.sampled_from(_STARTS)) + joint.join(words) + draw(st.sampled_from(_ENDS)))
        if draw(st.booleans()):
            lines.append("| - | - |" if draw(st.integers(0, 9)) == 0 else "")
    return "\n".join(lines)


def _shown(tree: ClauseTree) -> str:
    clauses = [placed.clause for placed in tree.walk()]
    targets = [mark.target for clause in clauses for mark in clause.marks]
    return " ".join([*(f"{clause.label} {clause.text} {clause.anchor or ''}" for clause in clauses), *targets])


@settings(max_examples=300, deadline=None)
@given(_texts())
def test_every_word_of_a_text_is_in_a_clause_or_told(text: str) -> None:
    tree = parse(text, "en")
    shown = _shown(tree)
    told = {
        fault.place.line for fault in tree.faults if fault.code in ("text-lost", "text-unseen", "footnote-duplicate")
    }
    messages = " ".join(fault.message for fault in tree.faults)
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        for word in re.findall(r"word\d+q", line):
            near = any(place is not None and place <= number for place in told)
            assert word in shown or word in messages or near, (word, tree)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=300), _texts()))
def test_no_text_makes_the_parser_raise_and_its_marks_lie_over_its_words(text: str) -> None:
    tree = parse(text, "zh-CN", first_line=7)
    text_faults(tree)
    ids = [placed.clause.id for placed in tree.walk()]
    assert len(ids) == len(set(ids))
    for placed in tree.walk():
        clause = placed.clause
        assert clause.text == " ".join(clause.text.split())
        assert 7 <= clause.line <= clause.end_line
        assert all(0 <= mark.start <= mark.end <= len(clause.text) for mark in clause.marks)


@settings(max_examples=100, deadline=None)
@given(_texts())
def test_a_text_inherits_every_id_from_itself_without_a_fault(text: str) -> None:
    tree = parse(text, "en")
    named = with_ids(tree, [f"x{number}" for number, _ in enumerate(tree.walk())])
    heir = inherit_ids(tree, named)
    assert [placed.clause.id for placed in heir.walk()] == [placed.clause.id for placed in named.walk()]
    assert heir.faults == tree.faults
