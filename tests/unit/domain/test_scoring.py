"""The figures by which the judge is measured."""

from publisher.domain.assessment import Finding, FindingKind, Limb, Side
from publisher.domain.change import Grade
from publisher.domain.labels import Label, LabelledRevision
from publisher.domain.scoring import Outcome, by_group, contributions, outcome, score


def revision(name: str, *labels: Label, source: str = "acme/policies", ambiguous: bool = False) -> LabelledRevision:
    return LabelledRevision(
        name, "labels", source, f"privacy/{name}.md", "en", "old", "new", bool(labels), ambiguous, labels
    )


def label(anchor: str, limb: Limb = Limb.COLLECTION, side: Side = Side.NEW) -> Label:
    return Label(limb, "new-purpose", side, anchor)


def finding(quote: str, rule: str, limb: Limb = Limb.COLLECTION, side: Side = Side.NEW, clause: str = "") -> Finding:
    return Finding(limb, FindingKind.NEW_PURPOSE, Grade.MATERIAL, "1", clause or quote, side, quote, "why", rule)


def judged(told: LabelledRevision, *findings: Finding) -> Outcome:
    return outcome(told, bool(findings), findings)


CAUGHT = judged(
    revision("caught", label("for advertising"), label("your name", Limb.RIGHTS), label("gone", side=Side.OLD)),
    finding("We use it **for** advertising.", "purpose"),
    finding("A clause", "data", clause="A clause that has Your [Name](https://example.com)."),
    finding("gone", "purpose"),
)
MISSED = judged(revision("missed", label("for profit")))
FALSE = judged(revision("false", source="beta"), finding("a", "data"), finding("b", "data"))
QUIET = judged(revision("quiet", source="beta"))
ALL = (CAUGHT, MISSED, FALSE, QUIET)


def test_recall_and_precision_count_revisions() -> None:
    found = score(ALL)
    assert (found.revisions, found.material) == (4, 2)
    assert (found.recall, found.precision, found.f2) == (0.5, 0.5, 0.5)
    assert found.specificity == 0.5
    assert found.false_findings == 1.0


def test_a_place_is_found_in_the_quote_or_the_clause_of_its_own_side() -> None:
    found = score(ALL)
    assert found.anchors == 4
    assert found.anchor_recall == 0.5
    assert [sorted(hit.rules) for hit in CAUGHT.hits] == [["purpose"], ["data"], []]


def test_the_limb_is_right_where_a_finding_of_that_limb_meets_the_place() -> None:
    assert score(ALL).limb_accuracy == 0.5


def test_ambiguous_revisions_are_not_counted() -> None:
    doubtful = judged(revision("doubtful", ambiguous=True), finding("c", "data"))
    assert score((*ALL, doubtful)) == score(ALL)
    assert contributions((*ALL, doubtful)) == contributions(ALL)


def test_no_revision_makes_no_share_of_anything() -> None:
    assert score(()).recall == 0.0
    assert score((QUIET,)).precision == 0.0


def test_groups_are_scored_apart() -> None:
    groups = by_group(ALL, "source")
    assert list(groups) == ["acme/policies", "beta"]
    assert groups["acme/policies"].precision == 1.0
    assert groups["beta"].recall == 0.0


def test_a_rule_is_told_by_what_it_alone_does() -> None:
    data, purpose = contributions(ALL)
    assert (data.rule, data.fired, data.in_material, data.anchors, data.only_anchors) == ("data", 3, 1, 1, 1)
    assert (data.only_caught, data.only_false) == (0, 1)
    assert (data.recall_without, data.precision_without) == (0.5, 1.0)
    assert (purpose.rule, purpose.fired, purpose.only_anchors, purpose.precision_without) == ("purpose", 2, 1, 0.5)


def test_a_file_named_index_is_a_document_by_its_folder() -> None:
    told = revision("one")
    assert told.document == "acme/policies:one"
    assert LabelledRevision("x", "f", "s", "privacy/index.md", "en", "", "", False, False, ()).document == "s:privacy"
    assert LabelledRevision("x", "f", "s", "", "en", "", "", False, False, ()).document == "s:x"
