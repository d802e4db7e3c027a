"""A difference that can only serve users is told apart from its twin that may harm them."""

import pytest

from publisher.diff import align, carry_ids, compare
from publisher.languages.duties import lexicon
from publisher.materiality.facts import Facts
from publisher.materiality.favouring import favours
from publisher.materiality.matching import match
from publisher.materiality.reading import Reading
from publisher.materiality.sentences import Pieces, read
from publisher.parse import parse


def favoured(old: str, new: str, language: str = "en") -> bool:
    alignment = align(parse(old, language), parse(new, language))
    changes, words = compare(alignment), lexicon(language)
    cut: dict[tuple[str, bool], Pieces] = {}
    before, after = read(parse(old, language), words, cut), read(carry_ids(alignment), words, cut)
    found = match(changes, before, after, words, language)
    facts = Facts(found, words, language)
    (unit,) = found.units
    return favours(Reading(unit, facts))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("We may close a locker.", "We may close a locker after a notice of seven days."),
        ("We keep your sheet until June.", "We keep your sheet until June, and delete it within a week."),
        ("You must pay for a racket that breaks.", "You must pay for a racket that breaks, except a worn one."),
        ("We do not sell your notes.", "We do not sell your notes, and we never share them."),
        ("We do not sell your notes to shops.", "We do not sell your notes to shops or to schools."),
        ("We may print your photo.", "We may print your photo with your consent."),
        ("Members may borrow a net.", "Members may borrow a net or a paddle."),
        ("We may end your stay at our discretion.", "We may end your stay."),
        ("We record your name.", "We record your name (in ink)."),
    ],
)
def test_what_can_only_serve_users(old: str, new: str) -> None:
    assert favoured(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("We may close a locker.", "We may close a locker at our discretion."),
        ("We keep your sheet until June.", "We keep your sheet until June, and share it within a week."),
        ("You must pay for a racket that breaks.", "You must pay for a racket that breaks, and for its case."),
        ("We do not sell your notes.", "We do not sell your notes without your consent."),
        ("We do not sell your notes to shops.", "We do not sell your notes to shops and share them with schools."),
        ("We may print your photo with your consent.", "We may print your photo."),
        ("Members may borrow a net.", "Members may borrow a net, but must pay for it."),
        ("We tell you before we close a locker.", "We tell you, if we can, before we close a locker."),
    ],
)
def test_what_may_harm_them_is_not(old: str, new: str) -> None:
    assert not favoured(old, new)


SHOP = "The club owns six boats.\n\n"


@pytest.mark.parametrize(
    ("sentence", "came", "went"),
    [
        ("We do not collect your messages.", True, False),
        ("You can cancel your booking on its page.", True, False),
        ("We shall not be liable for wet shoes.", False, True),
        ("You must dry the oars.", False, True),
        ("We share your name with the harbour.", False, False),
        ("We use your diary to suggest tours that you may want to join.", False, False),
    ],
)
def test_a_sentence_that_came_or_went(sentence: str, came: bool, went: bool) -> None:
    assert favoured(SHOP, SHOP + sentence) is came
    assert favoured(SHOP + sentence, SHOP) is went


def test_chinese_is_judged_alike() -> None:
    assert favoured("我们公布您的昵称。", "经您同意，我们公布您的昵称。", "zh-CN")
    assert not favoured("经您同意，我们公布您的昵称。", "我们公布您的昵称。", "zh-CN")
    kept = "未经用户书面同意，图书馆不得将借阅记录用于展览"
    assert not favoured(f"{kept}。", f"除去标识化后使用外，{kept}。", "zh-CN")
