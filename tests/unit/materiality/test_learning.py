"""What is learnt from marked differences."""

import math

import pytest

from publisher.materiality.learning import Example, fit

SHARED = {"came-share": 1.0, "came-length": 2.0}
TOLD = {"came-notice": 1.0, "came-length": 2.0}
EXAMPLES = [*[Example(SHARED, True)] * 9, Example(SHARED, False), *[Example(TOLD, False)] * 9, Example(TOLD, True)]


def test_a_feature_of_marked_differences_weighs_for_them_and_one_of_others_against() -> None:
    weights = fit(EXAMPLES, 0.1)
    assert weights["came-share"] > 0 > weights["came-notice"]


def test_the_weights_are_where_the_penalised_likelihood_is_greatest() -> None:
    """With one feature that is always there and no penalty on the constant, the odds are those of the examples."""
    weights = fit([*[Example({}, True)] * 3, *[Example({}, False)] * 9], 1.0)
    assert weights == {"": pytest.approx(math.log(3 / 9), abs=0.01)}


def test_a_dearer_weight_is_smaller() -> None:
    assert abs(fit(EXAMPLES, 10.0)["came-share"]) < abs(fit(EXAMPLES, 0.1)["came-share"])


def test_what_counts_more_weighs_more() -> None:
    less = [Example(one.features, one.marked, 0.2 if one.marked else 1.0) for one in EXAMPLES]
    assert fit(less, 0.1)[""] < fit(EXAMPLES, 0.1).get("", 0.0)


def test_rare_features_have_no_weight() -> None:
    rare = [*EXAMPLES, *[Example({"came-fee": 1.0}, True)] * 3]
    assert "came-fee" not in fit(rare, 0.1)
    assert "came-fee" in fit([*rare, Example({"came-fee": 1.0}, True)], 0.1)


def test_the_same_examples_in_another_order_give_the_same_weights() -> None:
    assert fit(EXAMPLES, 0.1) == fit(EXAMPLES[::-1], 0.1)


def test_nothing_is_learnt_from_examples_of_one_kind() -> None:
    assert fit([Example(SHARED, True)] * 9, 0.1) == {}
