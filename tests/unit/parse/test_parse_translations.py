"""Translations take over the ids of the authoritative text."""

import pytest

from publisher.domain.clause import ClauseTree, MarkKind
from publisher.parse import inherit_ids, parse, with_ids

ENGLISH = """# Privacy Policy

Welcome.

## 1. Scope {#scope}

1.1 It applies:

- here,
- there.

(a) One.

## 2. Sharing

2.1 We share.
"""
CHINESE = """# 隐私政策

欢迎。

## 第一条 范围

1.1 适用于：

- 这里，
- 那里。

（一）其一。

## 第二条 共享

2.1 我们共享。
"""


def ids(tree: ClauseTree) -> list[str]:
    return [placed.clause.id for placed in tree.walk()]


def test_numbers_match_by_value_and_the_rest_by_ordinal() -> None:
    english = parse(ENGLISH, "en")
    heir = inherit_ids(parse(CHINESE, "zh-CN"), english)
    assert ids(heir) == ids(english)
    assert ids(heir) == [
        "title",
        "preamble-p1",
        "scope",
        "1.1",
        "1.1-i1",
        "1.1-i2",
        "1.1(a)",
        "2",
        "2.1",
    ]
    assert heir.faults == ()


def test_carried_ids_are_taken_over_too() -> None:
    english = parse(ENGLISH, "en")
    carried = with_ids(english, [f"kept-{number}" for number in range(9)])
    assert ids(inherit_ids(parse(CHINESE, "zh-CN"), carried)) == ids(carried)


def test_a_clause_that_the_translation_lacks_is_an_error_on_the_line_of_its_parent() -> None:
    heir = inherit_ids(parse(CHINESE.replace("2.1 我们共享。\n", ""), "zh-CN"), parse(ENGLISH, "en"))
    [fault] = heir.faults
    assert (fault.code, fault.severity, fault.place.line) == ("translation-structure", "error", 14)
    assert "clause 2.1" in fault.message


def test_a_clause_that_only_the_translation_has_is_an_error_and_keeps_a_fresh_id() -> None:
    heir = inherit_ids(parse(CHINESE + "\n2.2 另有规定。\n", "zh-CN"), parse(ENGLISH, "en"))
    [fault] = heir.faults
    assert (fault.code, fault.place.line) == ("translation-structure", 18)
    assert "clause 2.2" in fault.message
    assert ids(heir)[-1] == "2.2"


def test_a_fresh_id_never_repeats_one_of_the_authoritative_text() -> None:
    english = with_ids(parse("4.1 A.\n\n4.2 B.\n", "en"), ["4.1", "4.3"])
    heir = inherit_ids(parse("4.1 A.\n\n4.2 B.\n\n4.3 C.\n", "zh-CN"), english)
    assert ids(heir) == ["4.1", "4.3", "4.3~2"]


def test_a_title_that_one_side_lacks_is_told() -> None:
    heir = inherit_ids(parse("4.1 A.\n", "zh-CN"), parse("# Policy\n\n4.1 A.\n", "en"))
    assert [fault.code for fault in heir.faults] == ["translation-structure"]


def test_footnote_marks_follow_the_ids_of_their_notes() -> None:
    tree = parse("Words.[^a]\n\n[^a]: Note.\n", "en")
    [mark] = with_ids(tree, ["p", "n"]).clauses[0].marks
    assert (mark.kind, mark.target) == (MarkKind.NOTE, "n")


def test_too_few_ids_are_refused() -> None:
    with pytest.raises(ValueError, match="1 ids for 2 clauses"):
        with_ids(parse("a\n\nb\n", "en"), ["x"])
