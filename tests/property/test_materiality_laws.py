"""Laws of the judgement, for texts of many kinds of clauses."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.assessing import assess
from publisher.domain.change import Grade

ENGLISH = (
    "We collect your name, your e-mail address and the pages that you visit.",
    "We will never sell your personal information to third parties.",
    "We keep invoices for 10 years and delete messages within 30 days.",
    "You may ask us for a copy of your data at any time, free of charge.",
    "We may share your address with carriers, e.g. to deliver an order.",
    "You must not use the service to send unsolicited messages.",
    "As described in Section 4.2, we don't track you across other websites.",
    "Children under 16 may use the service only with a parent's consent.",
    "We will notify you by e-mail before this policy changes.",
    "The service is provided as is; our liability is limited to 100 USD.",
)
CHINESE = (
    "我们会收集您的姓名、手机号码和浏览记录。",
    "我们绝不会向第三方出售您的个人信息。",
    "我们会在您注销账号后三十日内删除您的个人信息。",
    "您有权随时查阅、复制您的个人信息。",
    "如第4.2条所述，经您单独同意后，我们会与合作伙伴共享您的位置信息。",
    "未满十四周岁的儿童使用本服务，应当征得监护人同意。",
    "您不得使用本服务发送垃圾信息。",
    "本政策变更前，我们会以电子邮件通知您。",
)
TITLES = ("Scope", "What we collect", "Sharing", "Your rights", "安全", "联系我们")


@st.composite
def policies(draw: st.DrawFn) -> tuple[str, list[tuple[str, list[str]]]]:
    """A language and sections of paragraphs."""
    language, pool = draw(st.sampled_from([("en", ENGLISH), ("zh-CN", CHINESE)]))
    joint = " " if language == "en" else ""
    sentences = draw(st.permutations(pool))
    sections: list[tuple[str, list[str]]] = []
    for title in draw(st.permutations(TITLES))[: draw(st.integers(1, 4))]:
        paragraphs = []
        for _ in range(draw(st.integers(0, 3))):
            count = draw(st.integers(1, 3))
            taken, sentences = sentences[:count], sentences[count:]
            if taken:
                paragraphs.append(joint.join(taken))
        sections.append((title, paragraphs))
    return language, sections


def text_of(sections: list[tuple[str, list[str]]]) -> str:
    return "".join(f"## {title}\n\n" + "".join(f"{words}\n\n" for words in words_of) for title, words_of in sections)


@given(policies())
@settings(deadline=None)
def test_a_text_and_itself_give_no_finding(policy: tuple[str, list[tuple[str, list[str]]]]) -> None:
    language, sections = policy
    source = text_of(sections)
    assessment = assess(source, source, language)
    assert assessment.findings == ()
    assert assessment.grade is Grade.EDITORIAL


@given(policies(), st.integers(1, 9))
@settings(deadline=None)
def test_reflow_gives_no_finding(policy: tuple[str, list[tuple[str, list[str]]]], every: int) -> None:
    language, sections = policy
    source = text_of(sections)
    count = iter(range(10_000))
    wrapped = re.sub(r"(?<=[a-z,]) (?=[a-z])", lambda _: "\n" if next(count) % every == 0 else " ", source)
    assert assess(source, wrapped, language).findings == ()


@given(policies(), st.integers(1, 5), st.integers(1, 5))
@settings(deadline=None)
def test_renumbering_gives_no_finding(policy: tuple[str, list[tuple[str, list[str]]]], before: int, after: int) -> None:
    language, sections = policy

    def numbered(first: int) -> str:
        return text_of([(f"{place}. {title}", words) for place, (title, words) in enumerate(sections, start=first)])

    renumbered = numbered(after).replace("4.2", "5.2") if before != after else numbered(after)
    assert assess(numbered(before), renumbered, language).findings == ()


@given(policies(), st.permutations(range(4)))
@settings(deadline=None)
def test_the_order_of_sections_gives_no_finding(
    policy: tuple[str, list[tuple[str, list[str]]]], order: list[int]
) -> None:
    language, sections = policy
    moved = [sections[place] for place in order if place < len(sections)]
    assert assess(text_of(sections), text_of(moved), language).findings == ()


@given(policies())
@settings(deadline=None)
def test_other_headings_give_no_finding(policy: tuple[str, list[tuple[str, list[str]]]]) -> None:
    language, sections = policy
    retitled = [(f"About {title.lower()}", words) for title, words in sections]
    assert assess(text_of(sections), text_of(retitled), language).findings == ()


@given(policies())
@settings(deadline=None)
def test_quotes_links_and_emphasis_give_no_finding(policy: tuple[str, list[tuple[str, list[str]]]]) -> None:
    language, sections = policy
    source = text_of(sections)
    dressed = source.replace("'", "’").replace("e-mail", "[e‑mail](https://example.com/mail)")
    dressed = re.sub(r"\b(never|only|must)\b", r"**\1**", dressed).replace("单独同意", " **单独同意** ")
    assert assess(source, dressed, language).findings == ()


@given(policies(), policies())
@settings(deadline=None)
def test_a_quote_stands_in_its_clause_and_is_short(
    one: tuple[str, list[tuple[str, list[str]]]], other: tuple[str, list[tuple[str, list[str]]]]
) -> None:
    assessment = assess(text_of(one[1]), text_of(other[1]), one[0])
    places = [(finding.clause, finding.side, finding.quote) for finding in assessment.findings]
    for finding in assessment.findings:
        assert finding.quote in finding.clause_text
        assert len(finding.quote.split()) <= 60
    assert len(places) == len(set(places))


@given(st.text(max_size=200), st.text(max_size=200), st.sampled_from(["en", "zh-CN", "de", "x"]))
@settings(deadline=None)
def test_no_text_stops_the_judge(old: str, new: str, language: str) -> None:
    assert assess(old, new, language).findings is not None
