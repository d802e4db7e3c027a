"""Cross references to the text's own clauses, and those that are none of its business."""

import pytest

from publisher.parse import parse, text_faults
from publisher.parse.references import references

TEXT = """# Privacy Policy

## 4. Sharing

4.1 First. {#first}

4.2 Second: (a) one thing, (b) another.

## 9. Contact us

"""


def told(words: str, text: str = TEXT) -> list[str]:
    return [fault.message for fault in text_faults(parse(text + words, "en"))]


@pytest.mark.parametrize(
    "words",
    [
        "See section 4.2 and Section 4.2(a).",
        "See Sections 4.1 and 4.2, clause 4 or §4.1.",
        "Section 4.2 of this Privacy Policy and section 4.1 of the Privacy Policy.",
        'As told in “9. Contact us” and “9. Contact Us”, or "4. Sharing".',
        "Article 6 GDPR and Article 6(1)(f) GDPR apply.",
        "Articles 13, 14 and Article 15 of the General Data Protection Regulation apply.",
        "Section 1798.100 of the California Civil Code applies; so does Cal. Civ. Code § 1798.80.",
        "See section 7 of our Terms of Service and the GDPR, Article 17.",
        "《个人信息保护法》第十四条、第十五条第一款适用。",
        "根据《电子商务法》（2018）第三十四条和《民法典》的第一千零三十五条。",
        "见第4.2条、第 4.1 节和第四条。",
        "For “24 hours” we wait, as the “2.5 million users” did.",
        "Paragraph 17 says so.",
    ],
)
def test_references_that_hold_or_lead_elsewhere_are_not_told(words: str) -> None:
    assert told(words) == []


@pytest.mark.parametrize(
    ("words", "cited"),
    [
        ("See section 4.3 for more.", "4.3"),
        ("See sections 4.1, 4.2 and 4.7.", "4.7"),
        ("See Section 4.2(c).", "(c)"),
        ("See section 8 of this Privacy Policy.", "section 8"),
        ("See “9. Contact” for more.", "“9. Contact”"),
        ("See “8. Contact us” for more.", "“8. Contact us”"),
        ("见第五条。", "第五条"),
        ("见第 4.3 条。", "第 4.3 条"),
        ("参见“10. 联系我们”。", "“10. 联系我们”"),
    ],
)
def test_a_broken_reference_is_an_error_with_its_words_and_line(words: str, cited: str) -> None:
    [fault] = text_faults(parse(TEXT + words, "en", first_line=3))
    assert (fault.code, fault.severity, fault.place.line) == ("reference-broken", "error", 13)
    assert cited in fault.message
    assert fault.remedy


def test_the_remedy_names_the_number_that_a_quoted_title_has_now() -> None:
    [fault] = text_faults(parse(TEXT + "See “8. Contact us”.", "en"))
    assert fault.remedy == "That title is now number 9: write so."


def test_a_reference_knows_its_target_and_place() -> None:
    [reference] = references(parse(TEXT + "See section 4.1.", "en"))
    assert (reference.target, reference.value, reference.text) == ("first", (4, 1), "section 4.1")


def test_articles_of_the_text_itself_must_be_there() -> None:
    text = "# 用户协议\n\n第一条 见第二条和第三条。\n\n第二条 完。\n"
    assert told("", text) == ["第三条 is cited, but this text has no such clause."]


def test_a_text_without_numbers_cites_other_documents() -> None:
    assert told("See section 4.2.", "# Privacy Policy\n\n") == []


def test_a_link_to_a_place_that_is_not_there_is_a_warning() -> None:
    faults = text_faults(parse(TEXT + "[a](#first) [b](#4.2) [c](#nowhere)", "en"))
    assert [(fault.code, fault.severity) for fault in faults] == [("link-broken", "warning")]


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Privacy Policy", "Questions about this Cookie Policy are welcome."),
        ("Privacy Policy", "These Service Terms apply."),
        ("隐私政策", "您对本 Cookie 政策有疑问的，请联系我们。"),
        ("隐私政策", "本《用户协议》适用。"),
    ],
)
def test_a_text_that_calls_itself_by_another_name_is_told(title: str, words: str) -> None:
    [fault] = text_faults(parse(f"# {title}\n\n{words}\n", "en"))
    assert (fault.code, fault.severity, fault.place.line) == ("policy-misnamed", "warning", 3)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Privacy Policy", "This Privacy Policy, this Policy and this Example Privacy Policy; see our Cookie Policy."),
        ("Example Privacy Policy", "This Privacy Policy applies, this notice too."),
        ("Privacy at Example", "This Cookie Policy applies."),
        ("隐私政策", "本隐私政策、本政策与本公司的用户协议，参见我们的 Cookie 政策及基本政策。"),
    ],
)
def test_a_text_that_calls_itself_by_its_own_name_is_not_told(title: str, words: str) -> None:
    assert text_faults(parse(f"# {title}\n\n{words}\n", "en")) == ()
