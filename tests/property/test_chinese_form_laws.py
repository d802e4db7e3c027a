"""Laws of form in Chinese: what changes no word changes no judgement."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.assessing import assess

SENTENCES = (
    "我们会收集您的姓名、手机号码和浏览记录，用于完成配送。",
    "我们绝不会向第三方出售您的个人信息，但获得您单独同意的除外。",
    "我们会在您注销账号后三十日内删除您的个人信息。",
    "您有权随时查阅、复制、更正您的个人信息，我们不收取任何费用。",
    "未满十四周岁的儿童使用本服务，应当征得监护人同意。",
    "本政策变更前，我们会提前十五日以“站内信”通知您。",
    "我们采用加密存储措施；因我们的过错造成您损失的，我们依法承担赔偿责任。",
    "日志信息保存六个月，存储于中国境内的服务器。",
)
_WIDE = {ord(narrow): wide for narrow, wide in zip("，；（）：", ",;():", strict=True)}
_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
_NUMERALS = (("三十", "30"), ("十四", "14"), ("十五", "15"), ("六个月", "6个月"))


def narrow(text: str) -> str:
    return text.translate(_WIDE)


def digits(text: str) -> str:
    for numeral, number in _NUMERALS:
        text = text.replace(numeral, number)
    return text


def wide_digits(text: str) -> str:
    return re.sub(
        r"(?<=[\u4e00-\u9fff])\d+(?=[\u4e00-\u9fff])", lambda found: found[0].translate(_DIGITS), digits(text)
    )


def quotes(text: str) -> str:
    return text.replace("“", "「").replace("”", "」")


def emphasis(text: str) -> str:
    return text.replace("个人信息", "**个人信息**")


def link(text: str) -> str:
    return text.replace("监护人", "[监护人](https://example.com/a)").replace(
        "站内信", "[站内信](https://example.com/b)"
    )


def spaces(text: str) -> str:
    return text.replace("我们", " 我们 ")


def you(text: str) -> str:
    return text.replace("您", "你")


FORMS = (narrow, digits, wide_digits, quotes, emphasis, link, spaces, you)


def text_of(sentences: list[str], title: str, first: int) -> str:
    numbered = "".join(f"{first}.{place} {words}\n\n" for place, words in enumerate(sentences, 1))
    return f"## {title}\n\n{numbered}"


@given(st.permutations(SENTENCES), st.integers(1, 6), st.sampled_from(FORMS), st.integers(1, 9))
@settings(deadline=None)
def test_form_gives_no_finding(order: list[str], count: int, form: object, first: int) -> None:
    assert callable(form)
    sentences = order[:count]
    old = text_of(sentences, "一、个人信息", 1)
    new = text_of([form(words) for words in sentences], "一、您的信息", first)
    assert assess(old, new, language="zh-CN").findings == ()


@given(st.permutations(SENTENCES), st.permutations(range(5)))
@settings(deadline=None)
def test_another_order_gives_no_finding(order: list[str], places: list[int]) -> None:
    sentences = order[:5]
    old = text_of(sentences, "一、个人信息", 1)
    new = text_of([sentences[place] for place in places], "一、个人信息", 2)
    assert assess(old, new, language="zh-CN").findings == ()


@given(st.permutations(SENTENCES), st.integers(2, 5))
@settings(deadline=None)
def test_sentences_in_one_clause_or_in_many_give_no_finding(order: list[str], count: int) -> None:
    sentences = order[:count]
    apart, together = text_of(sentences, "一、个人信息", 1), text_of(["".join(sentences)], "一、个人信息", 1)
    assert assess(apart, together, language="zh-CN").findings == ()
    assert assess(together, apart, language="zh-CN").findings == ()
