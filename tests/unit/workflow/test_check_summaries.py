"""What summaries say beside a material finding."""

import pytest

from publisher.domain.review import Decided, Decision, quote_digest
from publisher.errors import Fault, Severity
from tests.unit.workflow.checking import NOW, Desk

ENGLISH = "We share your name with partners (2.1)."
CHINESE = "我们与合作伙伴共享您的姓名（2.1）。"


def told(desk: Desk) -> list[Fault]:
    return [fault for fault in desk.faults() if fault.code.startswith("summary-")]


def rewrite(desk: Desk, english: str = ENGLISH, chinese: str = CHINESE) -> None:
    desk.edit("v2/en.md", ENGLISH, english)
    desk.edit("v2/zh-CN.md", CHINESE, chinese)


def test_a_summary_that_says_what_changes_and_where_is_no_fault(drafted: Desk) -> None:
    assert told(drafted) == []


def test_each_language_is_judged_and_every_fault_is_told_at_once(drafted: Desk) -> None:
    rewrite(drafted, "Minor clarifications.", "本次更新不影响您的权利。")

    assert [(f.code, f.place.file, f.place.line, f.severity) for f in told(drafted)] == [
        (code, f"policies/privacy/v2/{language}.md", 3, Severity.ERROR)
        for language in ("en", "zh-CN")
        for code in ("summary-belittles", "summary-silent")
    ]


def test_the_clause_and_a_remedy_are_named(drafted: Desk) -> None:
    rewrite(drafted, "We share your name with partners.")

    (fault,) = told(drafted)

    assert fault.place.clause == "2.1"
    assert "2.1" in fault.message
    assert "(2.1)" in fault.remedy


@pytest.mark.parametrize(
    "summary",
    [
        "Section 2.1 lets us share your name.",
        "We share your name: https://example.com/privacy/v2/en/#2.1",
        "See 1.1 to 2.1 and 2.1 for what we share.",
        "This is no minor change: we share your name (2.1). We also clarify 1.1.",
    ],
)
def test_ways_to_name_the_clause(drafted: Desk, summary: str) -> None:
    rewrite(drafted, summary)

    assert told(drafted) == []


def test_small_words_of_the_material_clause_itself_are_an_error(drafted: Desk) -> None:
    rewrite(drafted, "We clarify 1.1 and 2.1.")

    assert [fault.code for fault in told(drafted)] == ["summary-belittles"]


def test_a_lowered_finding_may_be_called_minor(drafted: Desk) -> None:
    rewrite(drafted, "Minor clarifications.")
    decisions = tuple(
        Decided(f.limb, f.kind, f.clause, f.side, quote_digest(f.quote), f.quote, Decision.OVERRIDDEN, ("Ada", "Bo"))
        for f in drafted.assessment().findings
    )
    drafted.sign(decisions=decisions)

    assert told(drafted) == []


def test_a_finding_that_a_person_added_must_be_named_too(drafted: Desk) -> None:
    first = drafted.assessment().findings[0]
    added = Decided(
        first.limb,
        first.kind,
        "1.2",
        first.side,
        quote_digest("We will keep"),
        "We will keep",
        Decision.CONFIRMED,
        ("Ada",),
        added=True,
    )
    kept = tuple(
        Decided(f.limb, f.kind, f.clause, f.side, quote_digest(f.quote), f.quote, Decision.CONFIRMED, ("Ada",))
        for f in drafted.assessment().findings
    )
    drafted.sign(decisions=(*kept, added))

    assert {(fault.code, fault.place.clause) for fault in told(drafted)} == {("summary-silent", "1.2")}


def test_a_clause_without_a_number_is_named_by_what_is_above_it(drafted: Desk) -> None:
    for language, old, new in (
        ("en", "## 2. Sharing\n", "## 2. Sharing\n\nWe may sell your name to advertising networks for money.\n"),
        ("zh-CN", "## 2. 共享\n", "## 2. 共享\n\n我们可能为获得报酬将您的姓名出售给广告网络。\n"),
    ):
        drafted.edit(f"v2/{language}.md", old, new)

    assert {fault.message for fault in told(drafted)} == {"The summary does not name clause 2, which is material."}

    rewrite(drafted, f"{ENGLISH} We sell it, too (section 2).", f"{CHINESE}我们也会出售姓名（第2条）。")
    assert told(drafted) == []


def test_the_summary_of_a_clarification_may_be_small(adopted: Desk) -> None:
    for language, summary in (("en", "Minor wording changes."), ("zh-CN", "文字性修改。")):
        text = (adopted.root / f"policies/privacy/v1/{language}.md").read_text("utf-8")
        text = text.replace("The first version.", summary).replace("第一版。", summary)
        adopted.write(f"v2/{language}.md", text.replace("effective: 2024-10-01", 'effective: "+45 days"'))

    assert [fault for fault in adopted.faults(NOW) if fault.severity is Severity.ERROR] == []
