from dataclasses import replace
from datetime import UTC, datetime

import pytest

from publisher.domain.assessment import Assessment, Finding, FindingKind, Limb, Side
from publisher.domain.change import Change, ChangeKind, Grade, Op, Passage
from publisher.domain.review import (
    Decided,
    Decision,
    Review,
    SignOff,
    graded,
    key_of,
    open_findings,
    people_wanted,
    quote_digest,
    reopened_clauses,
    seen_of,
)

FINDING = Finding(
    Limb.COLLECTION,
    FindingKind.NEW_PURPOSE,
    Grade.MATERIAL,
    "2.1",
    "for advertising",
    Side.NEW,
    "for advertising",
    "",
    "",
)


def change(clause: str, words: str = "new", grade: Grade = Grade.MATERIAL) -> Change:
    passage = Passage(clause, clause, (), words)
    return Change((ChangeKind.REWORDED,), grade, clause, passage, passage, ((Op.DELETE, "old"), (Op.INSERT, words)))


def assessed(*changes: Change, findings: tuple[Finding, ...] = (FINDING,)) -> Assessment:
    return Assessment("en", "sha256:1", "sha256:2", Grade.MATERIAL, False, changes, findings, ())


def decided(finding: Finding = FINDING, decision: Decision = Decision.CONFIRMED, *, added: bool = False) -> Decided:
    return Decided(
        finding.limb,
        finding.kind,
        finding.clause,
        finding.side,
        quote_digest(finding.quote),
        finding.quote,
        decision,
        ("Ada",),
        added=added,
    )


def review(assessment: Assessment, *decisions: Decided) -> Review:
    return Review(
        "sha256:1",
        "sha256:2",
        Grade.MATERIAL,
        (),
        None,
        decisions,
        seen_of(assessment.changes),
        (SignOff("Ada", "", datetime(2027, 1, 1, tzinfo=UTC)),),
    )


def test_a_finding_is_open_until_that_very_finding_is_decided() -> None:
    now = assessed(change("2.1"))

    assert open_findings(review(now), now) == (FINDING,)
    assert open_findings(review(now, decided()), now) == ()


@pytest.mark.parametrize(
    "other",
    [
        replace(FINDING, clause="2.2"),
        replace(FINDING, quote="for marketing"),
        replace(FINDING, side=Side.OLD),
        replace(FINDING, kind=FindingKind.OTHER),
    ],
)
def test_a_decision_decides_nothing_else(other: Finding) -> None:
    now = assessed(change("2.1"), findings=(other,))

    assert open_findings(review(now, decided()), now) == (other,)


def test_newer_words_for_the_same_finding_reopen_nothing() -> None:
    now = assessed(change("2.1"), findings=(replace(FINDING, why="said better", rule="newer-rule"),))

    assert open_findings(review(now, decided()), now) == ()


def test_only_what_was_edited_since_reopens() -> None:
    signed = review(assessed(change("2.1"), change("3.1")))

    assert reopened_clauses(signed, assessed(change("2.1"), change("3.1"))) == ()
    assert reopened_clauses(signed, assessed(change("2.1"), change("3.1", "newer"))) == ("3.1",)
    assert reopened_clauses(signed, assessed(change("2.1"))) == ("3.1",)
    assert reopened_clauses(signed, assessed(change("1.1"), change("2.1"), change("3.1"))) == ("1.1",)


def test_another_kind_of_change_in_the_same_words_reopens() -> None:
    signed = review(assessed(change("2.1")))
    moved = replace(change("2.1"), kinds=(ChangeKind.REWORDED, ChangeKind.MOVED))

    assert reopened_clauses(signed, assessed(moved)) == ("2.1",)


def test_an_undecided_finding_counts() -> None:
    assert graded(assessed(change("2.1")), ()) is Grade.MATERIAL


def test_an_overridden_finding_leaves_what_the_words_alone_are() -> None:
    overridden = (decided(decision=Decision.OVERRIDDEN),)

    assert graded(assessed(change("2.1")), overridden) is Grade.CLARIFICATION
    assert graded(assessed(change("2.1", grade=Grade.EDITORIAL)), overridden) is Grade.EDITORIAL


def test_a_finding_that_a_person_added_makes_the_version_material() -> None:
    now = assessed(change("2.1", grade=Grade.EDITORIAL), findings=())

    assert graded(now, ()) is Grade.EDITORIAL
    assert graded(now, (decided(added=True),)) is Grade.MATERIAL
    assert graded(now, (decided(added=True, decision=Decision.OVERRIDDEN),)) is Grade.EDITORIAL


def test_a_decision_on_a_finding_that_is_gone_counts_for_nothing() -> None:
    assert graded(assessed(change("2.1", grade=Grade.EDITORIAL), findings=()), (decided(),)) is Grade.EDITORIAL


def test_lowering_a_finding_takes_two_people_whatever_the_policy_asks() -> None:
    assert people_wanted((decided(),), 1) == 1
    assert people_wanted((decided(decision=Decision.OVERRIDDEN),), 1) == 2
    assert people_wanted((decided(decision=Decision.OVERRIDDEN),), 3) == 3


def test_a_finding_is_known_by_clause_kind_side_and_the_digest_of_its_quote() -> None:
    assert decided().key == key_of(FINDING)
    assert review(assessed(change("2.1")), decided()).decided(FINDING) == decided()
    assert review(assessed(change("2.1"))).decided(FINDING) is None
