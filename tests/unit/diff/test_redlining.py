import pytest

from publisher.diff import redline
from publisher.domain.change import Op
from publisher.languages.words import word_keys


def marked(old: str, new: str, language: str = "en") -> str:
    marks = {Op.EQUAL: "{}", Op.DELETE: "[-{}-]", Op.INSERT: "{{+{}+}}"}
    return "".join(marks[op].format(text) for op, text in redline(old, new, language))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("We will share it.", "We may share it.", "We [-will-]{+may+} share it."),
        ("We do not share it.", "We do share it.", "We do [-not -]share it."),
        ("We share.", "We share it.", "We share{+ it+}."),
        ("First, we ask.", "First we ask.", "First[-,-] we ask."),
        ("old words", "", "[-old words-]"),
        ("", "new words", "{+new words+}"),
        ("", "", ""),
        ("Stay. Go away. End.", "Stay. End.", "Stay. [-Go away. -]End."),
        ("third-party tools", "third party tools", "[-third-party-]{+third party+} tools"),
        ("personal data", "non-personal data", "[-personal-]{+non-personal+} data"),
        ("a 30-day period", "a 60-day period", "a [-30-day-]{+60-day+} period"),
    ],
)
def test_only_the_words_that_changed_are_marked(old: str, new: str, expected: str) -> None:
    assert marked(old, new) == expected


def test_chinese_is_marked_by_character() -> None:
    assert marked("我们不会共享", "我们会共享", "zh-CN") == "我们[-不-]会共享"


def test_equal_words_show_the_new_spelling() -> None:
    assert redline('a "b" - c', "a “b” — c", "en") == ((Op.EQUAL, "a “b” — c"),)


def test_a_rewritten_phrase_reads_as_one_edit() -> None:
    assert (
        marked(
            "Send complaints to our dear colleagues at headquarters.",
            "Send requests to the new office in Lisbon.",
        )
        == "Send [-complaints to our dear colleagues at headquarters-]{+requests to the new office in Lisbon+}."
    )


@pytest.mark.parametrize("kept", ["not", "may", "30", "unless", "shall"])
def test_an_unchanged_word_that_decides_the_meaning_is_never_marked(kept: str) -> None:
    seen = marked(f"surely abundant {kept} furthermore", f"perhaps scarce {kept} nevertheless")
    assert f"}} {kept} [" in seen


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("word " * 6000, "word " * 5900),
        (" ".join(f"w{number % 97}" for number in range(9000)), " ".join(f"w{number % 89}" for number in range(9000))),
        ("a " * 9000, "b " * 9000),
        ("a " * 5000, "a b " * 5000),
    ],
)
def test_very_long_clauses_still_read_exactly(old: str, new: str) -> None:
    edits = redline(old, new, "en")
    assert "".join(text for op, text in edits if op is not Op.DELETE) == new
    assert word_keys("".join(text for op, text in edits if op is not Op.INSERT)) == word_keys(old)


def test_a_far_word_changed_in_a_very_long_clause_is_found_alone() -> None:
    text = " ".join(f"word{number}" for number in range(12000))
    edits = redline(text, text.replace("word9000 ", "other ").replace("word3 ", ""), "en")
    assert [(op, run) for op, run in edits if op is not Op.EQUAL] == [
        (Op.DELETE, "word3 "),
        (Op.DELETE, "word9000"),
        (Op.INSERT, "other"),
    ]
