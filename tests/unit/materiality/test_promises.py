import pytest

from publisher import parse
from publisher.materiality.promises import deemed_agreements, update_promise

FRAME = {
    "en": "# P\n\n## 1. Data\n\nWe keep data for 90 days.\n\n## 8. Changes\n\n{}\n",
    "zh-CN": "# P\n\n## 一、数据\n\n保存九十天。\n\n## 八、政策的变更\n\n{}\n",
}


@pytest.mark.parametrize(
    ("language", "words", "days", "channels", "enough"),
    [
        ("en", "We will notify you by e-mail at least 30 days before a change takes effect.", 30, {"email"}, 1),
        ("en", "We will post a notice on our homepage and send you an email.", None, {"banner", "email"}, 2),
        (
            "en",
            "We will tell you before by a prominent reminder on the homepage, by e-mail or in other ways.",
            None,
            {"banner", "email"},
            1,
        ),
        ("en", "We tell you two weeks in advance.", 14, set(), 0),
        ("en", "We may change this policy.", None, set(), 0),
        ("zh-CN", "我们将在生效前至少三十日通过邮件通知您。", 30, {"email"}, 1),
        ("zh-CN", "我们将通过首页显著提示、发送电子邮件或其他方式通知您。", None, {"banner", "email"}, 1),
    ],
)
def test_a_policys_own_promise_is_read(
    language: str, words: str, days: int | None, channels: set[str], enough: int
) -> None:
    promise = update_promise(parse.parse(FRAME[language].format(words), language))
    assert promise is not None
    assert (promise.days, set(promise.channels), promise.enough) == (days, channels, enough)


def test_a_policy_without_such_a_section_promises_nothing() -> None:
    assert update_promise(parse.parse("# P\n\n## 1. Data\n\nWe notify you by e-mail.\n", "en")) is None
    assert update_promise(parse.parse(FRAME["en"].format("Par courriel."), "fr")) is None


@pytest.mark.parametrize(
    ("language", "words", "deemed"),
    [
        ("en", "If you continue to use our services, you agree to be bound by it.", True),
        ("en", "Your continued use of the site constitutes acceptance of the changes.", True),
        ("en", "By using the site you consent to this.", True),
        ("en", "You can continue to use the site without an account.", False),
        ("zh-CN", "如果您继续使用我们的服务，即表示您同意受约束。", True),
        ("zh-CN", "您可以继续使用其他功能。", False),
    ],
)
def test_going_on_taken_for_agreement_is_found(language: str, words: str, deemed: bool) -> None:
    assert bool(deemed_agreements(parse.parse(FRAME[language].format(words), language))) is deemed
