"""Expressions that lawyers write."""

import time

import pytest

from publisher.languages.expressions import LONGEST, places, refusal


@pytest.mark.parametrize(
    ("expression", "why", "remedy"),
    [
        (r"sell(?= your)", "looks around", "Write the words themselves"),
        (r"(?<!not )sell", "looks around", "must be absent"),
        (r"(\w+) and \1", "refers back", "Write the words out"),
        (r"(?P<a>x)(?P=a)", "refers back", "Write the words out"),
        (r"(?>sell)", "go back", "Leave the sign out"),
        (r"sell++", "go back", "Leave the sign out"),
        (r"(a)(?(1)b|c)", "condition", "two patterns"),
        (r"(sell", "cannot be read", "RE2"),
        (r"((a{900}){900})", "cannot be read", "RE2"),
        (r"(sell)?", "no words at all", "needs some word"),
        ("x" * (LONGEST + 1), f"{LONGEST + 1} characters", "second pattern"),
        (r"\b出售\b", "never match beside Chinese", r"\p{Han}"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_remedy(
    expression: str, why: str, remedy: str, capfd: pytest.CaptureFixture[str]
) -> None:
    found = refusal(expression)

    assert found is not None
    assert why in found[0]
    assert remedy in found[1]
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("expression", [r"\bsell(?:s|ing)?\b", r"出售.{0,10}数据", r"(?-i:ACME)", r"\p{Han}{2}积分"])
def test_plain_expressions_are_taken(expression: str) -> None:
    assert refusal(expression) is None


def test_upper_and_lower_case_are_alike_unless_told_otherwise() -> None:
    assert list(places("acme", "We are ACME.")) == [(7, 11)]
    assert list(places("(?-i:acme)", "We are ACME.")) == []


def test_places_are_counted_in_characters() -> None:
    assert list(places("出售", "我们😀会出售数据")) == [(4, 6)]


def test_time_grows_only_with_the_text() -> None:
    begun = time.process_time()
    assert list(places(r"(a+)+$", "a" * 20_000 + "b")) == []
    assert time.process_time() - begun < 0.5  # a backtracking engine would not end in this century
