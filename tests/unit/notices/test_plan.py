"""From what changed to what a notice says."""

from datetime import UTC, datetime

from publisher.assessing import assess_trees
from publisher.diff import align, carry_ids, compare
from publisher.domain.assessment import Assessment, FindingKind, Side
from publisher.domain.change import ChangeSet, Grade, Op
from publisher.domain.clause import ClauseTree
from publisher.domain.review import Decided, Decision, Review, SignOff, key_of, quote_digest
from publisher.notices.plan import Links, Reason, reasons, reasons_since, told_changes
from publisher.parse import parse

OLD = """\
## 1. Data

1.1 We collect your name.

## 2. Rights

2.1 You may object at any time.

2.2 We keep data for 6 months.
"""
NEW = "## 1. Data\n\n1.1 We collect your name and your location.\n\n## 2. Rights\n\n2.1 We keep data for 24 months.\n"
LINKS = Links(new="https://a.example/privacy/v2/en/", old="https://a.example/privacy/v1/en/")


def judged() -> tuple[Assessment, ChangeSet, ClauseTree, ClauseTree]:
    old, new = parse(OLD, "en"), parse(NEW, "en")
    new = carry_ids(align(old, new))
    changes = compare(align(old, new, identified=True))
    return assess_trees(old, new, old_digest="", new_digest="", identified=True), changes, old, new


def review_of(assessment: Assessment, lowered: FindingKind | None, added: tuple[Decided, ...] = ()) -> Review:
    decisions = tuple(
        Decided(
            limb=finding.limb,
            kind=finding.kind,
            clause=finding.clause,
            side=finding.side,
            quote=quote_digest(finding.quote),
            words=finding.quote,
            decision=Decision.OVERRIDDEN if finding.kind is lowered else Decision.CONFIRMED,
            by=("Ada",),
            note="private words",
            public_note="Only while you use maps." if finding.kind is FindingKind.NEW_DATA_TYPE else "",
        )
        for finding in assessment.findings
    )
    signed = (SignOff("Ada", "Counsel", datetime(2026, 1, 1, tzinfo=UTC)),)
    return Review("", "", Grade.MATERIAL, (), None, (*decisions, *added), (), signed)


def test_every_finding_that_nobody_lowered_is_a_reason() -> None:
    assessment, *_ = judged()
    found = reasons(assessment.findings, review_of(assessment, None))
    assert {reason.clause for reason in found} >= {"1.1", "2.2"}


def test_a_lowered_finding_is_no_reason() -> None:
    assessment, *_ = judged()
    found = reasons(assessment.findings, review_of(assessment, FindingKind.NEW_DATA_TYPE))
    assert FindingKind.NEW_DATA_TYPE not in {kind for reason in found for kind in reason.kinds}


def test_a_private_note_is_never_told_and_a_public_one_is() -> None:
    assessment, changes, old, new = judged()
    told = told_changes(reasons(assessment.findings, review_of(assessment, None)), changes, new, old, LINKS)
    notes = " ".join(entry.public_note for entry in told)
    assert "Only while you use maps." in notes
    assert "private" not in notes


def test_changes_are_told_in_reading_order_with_links_to_where_the_words_stand() -> None:
    assessment, changes, old, new = judged()
    told = told_changes(reasons(assessment.findings, review_of(assessment, None)), changes, new, old, LINKS)
    assert told[0].where == "1. Data › 1.1"
    links = {entry.clause: entry.link for entry in told}
    assert links["1.1"] == "https://a.example/privacy/v2/en/#1.1"
    assert all(link.startswith((LINKS.new, LINKS.old)) for link in links.values())


def test_a_clause_that_this_language_lacks_a_change_for_is_shown_as_it_reads() -> None:
    *_, new = judged()
    told = told_changes((Reason("1.1", Side.NEW, (FindingKind.OTHER,)),), None, new, None, LINKS)
    assert [entry.edits for entry in told] == [((Op.EQUAL, "We collect your name and your location."),)]


def test_a_finding_that_a_person_added_is_told_too() -> None:
    assessment, changes, old, new = judged()
    first = assessment.findings[0]
    extra = Decided(
        limb=first.limb,
        kind=FindingKind.OTHER,
        clause="2",
        side=Side.NEW,
        quote=quote_digest("Rights"),
        words="Rights",
        decision=Decision.CONFIRMED,
        by=("Ada",),
        added=True,
    )
    assert extra.key != key_of(first)
    told = told_changes(reasons(assessment.findings, review_of(assessment, None, (extra,))), changes, new, old, LINKS)
    assert "2" in {entry.clause for entry in told}


KNOWN = "## 1. Data\n\n1.1 We collect your name.\n\n1.2 We keep data for 6 months.\n\n1.3 You may object.\n"
BETWEEN = KNOWN.replace("name", "name and your location").replace("6 months", "24 months")
NEWEST = BETWEEN.replace(" and your location", "").replace("You may object.", "You may object once.")


def since_known(*passed: tuple[Reason, ...]) -> tuple[Reason, ...]:
    known, between, newest = (parse(text, "en") for text in (KNOWN, BETWEEN, NEWEST))
    whole = compare(align(known, newest, identified=True))
    return reasons_since(passed, whole, compare(align(between, newest, identified=True)))


def reason(clause: str, kind: FindingKind = FindingKind.OTHER, note: str = "") -> Reason:
    return Reason(clause, Side.NEW, (kind,), note)


def test_since_an_older_version_readers_are_told_of_what_still_differs() -> None:
    passed = (reason("1.1"), reason("1.2")), (reason("1.1"), reason("1.3"))
    assert [entry.clause for entry in since_known(*passed)] == ["1.2", "1.3"]


def test_reasons_of_several_versions_for_one_clause_are_told_together() -> None:
    first = reason("1.3", FindingKind.RIGHT_WEAKENED, "Once a year.")
    (found,) = since_known((first,), (reason("1.3", FindingKind.OTHER, "Once."),))
    assert found.kinds == (FindingKind.RIGHT_WEAKENED, FindingKind.OTHER)
    assert found.public_note == "Once a year. Once."


def test_what_a_person_added_at_the_newest_version_is_told_though_no_word_changed() -> None:
    assert [entry.clause for entry in since_known((), (reason("1"),))] == ["1"]
    assert since_known((reason("1"),), ()) == ()
