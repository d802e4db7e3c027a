"""Chinese sentences compared word by word."""

import pytest

from publisher.assessing import assess
from publisher.domain.assessment import FindingKind, Limb, Side


def kinds(old: str, new: str, language: str = "zh-CN") -> list[FindingKind]:
    return [finding.kind for finding in assess(old, new, language=language).findings]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("我们应当在三日内答复您的请求。", "我们将于3天内回复您的请求。"),
        ("用户可以随时查询自己的信息。", "您可随时查阅自己的信息。"),
        ("我们会收集您的手机号、邮箱。", "我们会收集您的电子邮箱和手机号码。"),
        ("我们不会将您的信息出售给他人。", "我们不得向他人出售您的信息。"),
    ],
)
def test_words_of_equal_meaning_are_no_change(old: str, new: str) -> None:
    assert kinds(f"1.1 {old}\n", f"1.1 {new}\n") == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("因审计产生的费用由我们承担。", "因审计产生的费用由您承担。"),
        ("我们不会查看您的私信。", "我们可能会查看您的私信。"),
        ("删除请求由我们即时办理。", "删除请求由我们审核后办理。"),
        ("我们在取得您的单独同意后共享位置。", "我们在取得您的同意后共享位置。"),
    ],
)
def test_a_word_that_decides_is_seen(old: str, new: str) -> None:
    assert kinds(f"1.1 {old}\n", f"1.1 {new}\n") != []


@pytest.mark.parametrize(
    ("was", "now", "harms"),
    [
        ("我们会提前三十日通知您。", "我们会提前七日通知您。", True),
        ("我们会提前七日通知您。", "我们会提前三十日通知您。", False),
        ("日志保存六个月。", "日志保存一年。", True),
        ("日志保存一年。", "日志保存六个月。", False),
        ("我们在48小时内通知您。", "我们在72小时内通知您。", True),
        ("我们在72小时内通知您。", "我们在48小时内通知您。", False),
        ("合同终止后30日内，您可导出全部数据。", "合同终止后7日内，您可导出全部数据。", True),
        ("合同终止后7日内，您可导出全部数据。", "合同终止后30日内，您可导出全部数据。", False),
        ("平台收取20%的服务费。", "平台收取30%的服务费。", True),
        ("平台收取30%的服务费。", "平台收取20%的服务费。", False),
        ("如您连续12个月未使用，我们会清除账号数据。", "如您连续6个月未使用，我们会清除账号数据。", True),
        ("我们承诺至少五年内提供安全更新。", "我们承诺至少三年内提供安全更新。", True),
        ("我们承诺至少三年内提供安全更新。", "我们承诺至少五年内提供安全更新。", False),
    ],
)
def test_the_direction_of_a_measure_decides(was: str, now: str, harms: bool) -> None:
    assert bool(kinds(f"1.1 {was}\n", f"1.1 {now}\n")) is harms


def test_words_that_went_into_another_sentence_are_neither_new_nor_gone() -> None:
    old = "1.1 被分享者可以查看实时画面，但不能查看历史录像。\n"
    new = "1.1 被分享者可以查看实时画面。被分享者不能查看历史录像。\n"
    assert kinds(old, new) == []


def test_an_item_dropped_from_what_is_not_collected_may_now_be_collected() -> None:
    (finding,) = assess("1.1 我们不收集您的姓名、位置。\n", "1.1 我们不收集您的姓名。\n", language="zh-CN").findings
    assert (finding.limb, finding.kind, finding.side) == (Limb.COLLECTION, FindingKind.NEW_DATA_TYPE, Side.OLD)


def test_an_exchange_is_quoted_from_both_texts() -> None:
    found = assess("1.1 删除请求由我们即时办理。\n", "1.1 删除请求由我们审核后办理。\n", language="zh-CN").findings
    assert {finding.side for finding in found} >= {Side.NEW}


def test_a_name_that_the_text_defines_is_the_organisation() -> None:
    old = "1.1 云诊互联网医院（下称“云诊”）提供问诊服务。\n\n1.2 云诊会收集您的姓名。\n"
    new = "1.1 云诊互联网医院（下称“云诊”）提供问诊服务。\n\n1.2 云诊会收集您的姓名和家族病史。\n"
    assert kinds(old, new) == [FindingKind.NEW_DATA_TYPE]


def test_traditional_text_is_read_like_simplified() -> None:
    old, new = "1.1 本公司將於十五日內處理您的請求。\n", "1.1 本公司將於三十日內處理您的請求。\n"
    assert kinds(old, new, "zh-Hant") == [FindingKind.OBLIGATION_WEAKENED]


@pytest.mark.parametrize(
    ("was", "now"),
    [("周期为15天。", "周期为90天。"), ("我们去除会员姓名后送检。", "我们随附会员信息送检。")],
)
def test_what_no_word_explains_is_shown(was: str, now: str) -> None:
    assert kinds(f"1.1 {was}\n", f"1.1 {now}\n") != []


def test_a_default_that_turned_is_seen() -> None:
    assert kinds("1.1 门店之间默认不互通病历。\n", "1.1 门店之间默认互通病历。\n") != []
