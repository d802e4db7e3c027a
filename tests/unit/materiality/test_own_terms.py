"""An organisation's own terms: products and names of data that it wants to be told of."""

import pytest

import publisher
from publisher.domain.assessment import Finding, Limb


def found(old: str, new: str, *terms: str, language: str = "en") -> tuple[Finding, ...]:
    return publisher.assess(old, new, language=language, terms=terms).findings


@pytest.mark.parametrize(
    ("old", "new", "term", "language"),
    [
        ("The service has a shop.", "The service has a shop and Sky Box.", "Sky Box", "en"),
        ("The service has a shop.", "The service has a shop and sky-boxes.", "Sky Box", "en"),
        ("本服务包括商城。", "本服务包括商城和星图。", "星图", "zh-CN"),
        ("本服务包括商城。", "本服务包括商城和星图Pay。", "星图 Pay", "zh-CN"),
        ("Der Dienst hat einen Laden.", "Der Dienst hat einen Laden. Dazu Sky Box.", "Sky Box", "de"),
    ],
)
def test_a_term_that_comes_is_a_finding(old: str, new: str, term: str, language: str) -> None:
    findings = found(old, new, term, language=language)

    assert findings
    assert all(finding.quote in new for finding in findings)
    if language != "de":
        assert [(finding.rule, finding.limb) for finding in findings] == [("own-term", Limb.COLLECTION)]
        assert found(old, new, language=language) == ()


@pytest.mark.parametrize(
    ("old", "new", "term"),
    [
        ("The site has a shop.", "The site has a main shop.", "AI"),
        ("Sky Box is here. We greet you.", "Sky Box is here. We greet you at Sky Box.", "Sky Box"),
        ("The site has Sky Box.", "The site has a shop.", "Sky Box"),
        ("The site has a sky and a box.", "The site has a box and a sky.", "Sky Box"),
        ("The site has a shop.", "The site has a stall.", "  "),
    ],
)
def test_other_words_and_known_terms_are_none(old: str, new: str, term: str) -> None:
    assert [finding for finding in found(old, new, term) if finding.rule == "own-term"] == []


def test_a_term_in_words_that_a_rule_has_found_is_told_once() -> None:
    old, new = "We collect your name.", "We collect your name and your Sky Score."

    assert len(found(old, new, "Sky Score")) == 1
