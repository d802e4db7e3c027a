"""Words that make little of a change."""

import pytest

from publisher.languages.summaries import belittlings


def found(summary: str, language: str) -> list[str]:
    return [entry.words for entry in belittlings(summary, language)]


@pytest.mark.parametrize(
    "summary",
    [
        "We clarify how we use your data.",
        "This is a minor update.",
        "Minor.",
        "There is no change to your rights.",
        "This does not affect your rights.",
        "It doesn't change how we use what you give us.",
        "Your rights remain the same.",
        "Purely editorial changes.",
        "We made no material changes to this policy.",
        "We reworded 2.1 so that it is easier to read.",
        "Nothing changes for you.",
    ],
)
def test_english_that_makes_little_of_a_change(summary: str) -> None:
    assert found(summary, "en") != []


@pytest.mark.parametrize(
    "summary",
    [
        "This is not a minor change.",
        "We don't just clarify: we collect more.",
        "It is more than a clarification.",
        "These changes affect your rights.",
        "The consent of a minor is needed now, and we keep the data of minors for longer.",
        'We changed what "minor change" means, and “no change to your rights” is gone.',
        "We will keep your data for 24 months after you close your account, instead of 12.",
        "You no longer have a right to deletion.",
    ],
)
def test_english_that_does_not(summary: str) -> None:
    assert found(summary, "en") == []


@pytest.mark.parametrize(
    "summary",
    [
        "本次更新仅为说明性修改。",
        "此次修订不影响您的权利。",
        "对部分条款作了文字性调整。",
        "您的权利不受影响。",
        "进一步明确了收集范围。",
        "本次更新没有实质性变化。",
        "仅作细微调整。",
        "对您的权益没有影响。",
    ],
)
def test_chinese_that_makes_little_of_a_change(summary: str) -> None:
    assert found(summary, "zh-CN") != []


@pytest.mark.parametrize(
    "summary",
    [
        "这并非轻微修改。",
        "不仅仅是文字性修改，我们还会收集位置。",
        "“轻微修改”的定义变了。",
        "您的权利将受到限制。",
        "您的账号注销后，我们将继续保留您的信息 24 个月。",
        "未成年人的个人信息将保存更久。",
    ],
)
def test_chinese_that_does_not(summary: str) -> None:
    assert found(summary, "zh-CN") == []


def test_a_language_without_words_for_it_is_not_read() -> None:
    assert found("Cette mise à jour est mineure: minor update.", "fr") == []


def test_letters_that_grow_in_lower_case_do_not_shift_the_words() -> None:
    assert found("İİİ, a minor update.", "en") == ["minor update"]
