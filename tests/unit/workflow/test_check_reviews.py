import pytest

from publisher.domain.change import Grade
from publisher.domain.review import (
    AudienceSigned,
)
from publisher.errors import Severity
from tests.unit.workflow.checking import Desk


def test_a_version_without_a_review_is_a_warning(drafted: Desk) -> None:
    assert drafted.codes() == [("review-missing", "warning")]


def test_a_review_that_nobody_signed_is_a_warning(drafted: Desk) -> None:
    drafted.sign(sign_offs=())

    assert drafted.codes() == [("review-missing", "warning")]


def test_an_edit_after_the_signature_names_the_clause_and_its_line(signed: Desk) -> None:
    signed.edit("v2/en.md", "for 30 days", "for 60 days")
    signed.edit("v2/zh-CN.md", "三十天", "六十天")

    stale = [fault for fault in signed.faults() if fault.code == "review-stale"]

    assert stale
    assert {fault.place.clause for fault in stale} == {"1.2"}
    assert ("policies/privacy/v2/en.md", 11) in {(fault.place.file, fault.place.line) for fault in stale}
    assert {fault.severity for fault in stale} == {Severity.ERROR}


def test_front_matter_alone_never_reopens_a_review(signed: Desk) -> None:
    signed.edit("v2/en.md", "We share your name with", "We share names with")

    assert signed.codes() == []


def test_an_undecided_finding_is_an_error(drafted: Desk) -> None:
    drafted.sign(decisions=())

    stale = [fault for fault in drafted.faults() if fault.code == "review-stale"]

    assert {fault.place.clause for fault in stale} >= {"2.1"}


@pytest.mark.parametrize(
    "change",
    [
        {"old": "sha256:" + "0" * 64},
        {"grade": Grade.EDITORIAL},
        {"audience": AudienceSigned((), "", ("banner",))},
    ],
)
def test_a_review_of_something_else_is_stale(drafted: Desk, change: dict[str, object]) -> None:
    drafted.sign(**change)

    assert drafted.codes() == [("review-stale", "error")]


def test_a_translation_edited_after_it_was_signed_is_an_error(signed: Desk) -> None:
    signed.edit("v2/zh-CN.md", "广告", "营销")

    assert signed.codes() == [("translation-stale", "error")]


def test_a_translation_that_nobody_confirmed_is_a_warning(drafted: Desk) -> None:
    drafted.sign(translations=())

    assert drafted.codes() == [("translation-unsigned", "warning")]


def test_a_review_without_any_released_version_says_that_the_ledger_is_lost(signed: Desk) -> None:
    (signed.root / "policies/privacy/ledger.jsonl").unlink()

    assert signed.codes() == [("review-groundless", "error")]


def test_a_review_that_cannot_be_read_is_told_once(signed: Desk) -> None:
    signed.edit("v2/review.toml", 'grade = "material"', 'grade = "grave"')

    assert [code for code, _ in signed.codes()] == ["review-value"]
