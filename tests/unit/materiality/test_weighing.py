"""A difference that no rule tells is told when it is like those that people marked."""

from publisher.diff import align, carry_ids, compare
from publisher.domain.assessment import Finding, FindingKind, Limb, Side
from publisher.materiality import judge
from publisher.materiality.features import FIELDS
from publisher.materiality.weighing import RULE, Weights
from publisher.materiality.weights import WEIGHTS
from publisher.parse import parse

OLD = "Our birds are counted each spring.\n\nThe hall is heated by wood in winter.\n"
NEW = "Our birds are counted each spring.\n\nThe hall is heated by wood in winter.\n\nPeacocks roam the orchard.\n"


def judged(old: str, new: str, weights: Weights | None) -> tuple[Finding, ...]:
    alignment = align(parse(old, "en"), parse(new, "en"))
    return judge(
        compare(alignment), parse(old, "en"), carry_ids(alignment), regimes=("section-8",), weights=weights
    ).findings


def test_without_weights_the_rules_alone_judge() -> None:
    assert judged(OLD, NEW, None) == ()


def test_a_sum_above_the_threshold_is_told_with_words_and_reason() -> None:
    (found,) = judged(OLD, NEW, Weights({"new": 2.0}, 1.0))
    assert (found.rule, found.side, found.quote) == (RULE, Side.NEW, "Peacocks roam the orchard.")
    assert found.why.endswith("marked as material elsewhere: the wording is new to the text.")


def test_a_sum_at_the_threshold_is_not() -> None:
    assert judged(OLD, NEW, Weights({"new": 2.0}, 2.0)) == ()


def test_the_constant_is_part_of_every_sum() -> None:
    assert judged(OLD, NEW, Weights({"": -2.0, "new": 2.0}, 1.0)) == ()


def test_what_went_is_told_of_the_old_text() -> None:
    (found,) = judged(NEW, OLD, Weights({"gone": 2.0}, 1.0))
    assert (found.side, found.limb, found.kind) == (Side.OLD, Limb.RIGHTS, FindingKind.OBLIGATION_WEAKENED)


def test_the_heaviest_reasons_are_named() -> None:
    new = NEW.replace("Peacocks roam the orchard.", "Third parties may walk among the peacocks.")
    (found,) = judged(OLD, new, Weights({"new": 2.0, "came-recipient": 1.0, "came-may": 0.5}, 1.0))
    assert found.kind is FindingKind.NEW_RECIPIENT
    assert found.why.endswith("words of recipients came and words of permission came.")


def test_a_difference_that_a_rule_tells_is_left_to_it() -> None:
    new = NEW.replace("Peacocks roam the orchard.", "We may share your address with advertisers.")
    found = judged(OLD, new, Weights({"new": 9.0}, 1.0))
    assert found
    assert RULE not in {one.rule for one in found}


def test_every_shipped_weight_is_of_a_feature_and_stands_in_order() -> None:
    assert WEIGHTS is not None
    fields = {field for field, _ in FIELDS} | {"length"}
    names = list(WEIGHTS.weights)
    assert names == sorted(names)
    turned = [name.partition("-")[2] for name in names if name.startswith(("came-", "went-"))]
    assert len(turned) > 50
    assert set(turned) <= fields
