import pytest

from publisher import parse
from publisher.domain.policy import FrontMatter, Manuscript, Policy, PolicySettings, Version
from publisher.workflow.translations import translation_faults


def told(authoritative: str, translation: str, language: str = "zh-CN") -> list[tuple[str, str]]:
    texts = tuple(
        Manuscript("privacy", "v1", tag, f"{tag}.md", body, FrontMatter(1, "s"), body, 1)
        for tag, body in (("en", authoritative), (language, translation))
    )
    policy = Policy(PolicySettings("privacy", "T", "en", (language,)), "policies/privacy", ())
    tree = parse.parse(authoritative, "en")
    trees = {"en": tree, language: parse.inherit_ids(parse.parse(translation, language), tree)}
    version = Version("privacy", "v1", "policies/privacy/v1", texts)
    return [(fault.code, fault.message) for fault in translation_faults(policy, version, trees)]


@pytest.mark.parametrize(
    ("english", "other", "language"),
    [
        ("within 30 days", "在30日内", "zh-CN"),
        ("within 30 days", "在３０日内", "zh-CN"),
        ("within 30 days", "在三十日内", "zh-CN"),
        ("within fifteen days", "在15日内", "zh-CN"),
        ("within twenty-one days", "在21日内", "zh-CN"),
        ("updated in October 2024", "更新于2024年10月", "zh-CN"),
        ("on 1 March 2027", "2027年3月1日", "zh-CN"),
        ("on 1 March 2027", "am 1. März 2027", "de"),
        ("on 1 March 2027", "le 1 mars 2027", "fr"),
        ("up to 1,000 euros", "bis zu 1.000 Euro", "de"),
        ("up to 1,000.50 euros", "bis zu 1.000,50 Euro", "de"),
        ("a share of 2.5%", "ein Anteil von 2,5 %", "de"),
        ("two weeks and a half", "两周半", "zh-CN"),
        ("see section 4.1.3", "见第4.1.3条", "zh-CN"),
        ("see section 4", "见第四条", "zh-CN"),
        ("twelve (12) months", "12个月", "zh-CN"),
    ],
)
def test_the_same_number_written_otherwise_is_no_difference(english: str, other: str, language: str) -> None:
    assert told(f"1. Keep it {english}.\n", f"1. {other}。\n", language) == []


@pytest.mark.parametrize(
    ("english", "chinese", "words"),
    [
        ("within 30 days", "在45日内", "en has 30; zh-CN has 45"),
        ("within 30 days", "立即", "en has 30; the other has not"),
        ("at once", "在30日内", "zh-CN has 30; the other has not"),
        ("30 days or 30 weeks", "30天", "en has 30; the other has not"),
        ("2.5%", "25%", "en has 2.5; zh-CN has 25"),
        ("in October 2024", "2024年11月", "zh-CN has 11"),
    ],
)
def test_another_number_is_told_with_both_values(english: str, chinese: str, words: str) -> None:
    (fault,) = told(f"1. Keep it {english}.\n", f"1. 保存{chinese}。\n")

    assert fault[0] == "translation-number"
    assert words in fault[1]


def test_another_link_is_told_and_a_link_into_the_text_is_not() -> None:
    assert told("1. [us](https://a.example) [x](#1)\n", "1. [我们](https://a.example) [x](#2)\n") == []

    (fault,) = told("1. [us](https://a.example)\n", "1. [我们](https://b.example)\n")

    assert fault[0] == "translation-link"
    assert "https://a.example" in fault[1]
    assert "https://b.example" in fault[1]


def test_a_heading_that_is_a_paragraph_in_the_other_language_is_told() -> None:
    assert "translation-kind" in [code for code, _ in told("## 1. Scope\n\n1.1 Text.\n", "1. 范围\n\n1.1 文字。\n")]


def test_a_language_that_no_table_knows_is_compared_by_digits() -> None:
    assert told("1. Within 30 days.\n", "1. 30.\n", "tlh") == []
