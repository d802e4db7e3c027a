import pytest

from publisher.domain.characters import MOST_FAULTS, faults_of
from publisher.errors import Severity


def told(text: str, language: str = "en") -> list[str]:
    return [fault.code for fault in faults_of(text, language)]


@pytest.mark.parametrize(
    "text",
    [
        "We keep your data for 30 days.",
        "Wir löschen “alles” — sofort…",
        "第四条 我们会保护您的个人信息（包括电话号码）。",
        "a\tb\nc",
        "non\u00a0breaking and narrow\u202fspaces",
        "family \U0001f468\u200d\U0001f469\u200d\U0001f467, heart \u2764\ufe0f, key 1\ufe0f\u20e3",
        "\u0645\u06cc\u200c\u0631\u0648\u0645",  # Persian needs its non-joiner
        "\u0915\u094d\u200d\u0937",  # Devanagari its joiner
        "e\u0301 in two characters",
        "50 μg and 3 Ω",
    ],
)
def test_ordinary_text_has_no_fault(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    "character", [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)]
)
def test_each_mark_that_turns_the_order_of_words_is_an_error(character: str) -> None:
    assert told(f"may {character}not") == ["character-direction"]


@pytest.mark.parametrize("character", ["\u200e", "\u200f", "\u061c"])
def test_direction_marks_are_spelling_in_right_to_left_languages(character: str) -> None:
    assert told(f"\u0645{character} (a)", "ar") == []


def test_an_override_is_an_error_in_right_to_left_languages_too() -> None:
    assert told("\u0645\u202eabc", "ar") == ["character-direction"]


@pytest.mark.parametrize(
    "character",
    [
        "\u200b",
        "\u200c",
        "\u200d",
        "\u2060",
        "\u2063",
        "\u00ad",
        "\u034f",
        "\ufeff",
        "\u115f",
        "\u1160",
        "\u3164",
        "\uffa0",
        "\u2800",
        "\ufe0f",
        "\ufe00",
        "\U000e0100",
        "\U000e0041",
        "\u180e",
        "\u180b",
        "\ufff9",
        "\U0001d173",
    ],
)
def test_each_character_that_cannot_be_seen_is_an_error(character: str) -> None:
    assert told(f"may{character}not") == ["character-invisible"]


@pytest.mark.parametrize(
    "character", ["\x00", "\x07", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\x9f", "\u2028", "\u2029"]
)
def test_each_control_and_foreign_line_break_is_an_error(character: str) -> None:
    assert told(f"one{character}two") == ["character-control"]


@pytest.mark.parametrize("character", ["\ud800", "\ufffe", "\uffff", "\ufdd0", "\U0001fffe", "\U0010ffff"])
def test_surrogates_and_noncharacters_are_errors(character: str) -> None:
    assert told(f"one {character} two") == ["character-none"]


def test_a_replacement_character_tells_that_something_was_lost() -> None:
    assert told("Caf\ufffd") == ["character-lost"]


def test_a_private_character_is_a_warning() -> None:
    (fault,) = faults_of("logo \ue000", "en")

    assert (fault.code, fault.severity) == ("character-private", Severity.WARNING)


def test_a_fault_has_line_and_column_and_the_characters_name() -> None:
    (fault,) = faults_of("first\nsec\u200bond", "en", first_line=5)

    assert (fault.place.line, fault.place.column) == (6, 4)
    assert "U+200B ZERO WIDTH SPACE" in fault.message


@pytest.mark.parametrize("word", ["p\u0430yment", "\u0410ccount", "\u03bfther"])
def test_a_letter_of_another_script_inside_a_word_is_a_warning(word: str) -> None:
    (fault,) = faults_of(f"Your {word} data", "en")

    assert (fault.code, fault.severity) == ("character-lookalike", Severity.WARNING)
    assert fault.place.line == 1


def test_a_word_all_in_letters_that_look_latin_is_a_warning_where_the_language_is_latin() -> None:
    assert told("\u0430\u0441\u0435 of data", "en") == ["character-lookalike"]
    assert told("\u0430\u0441\u0435 of data", "ru") == []


def test_a_foreign_word_of_one_script_is_no_fault() -> None:
    assert told("IP-\u0430\u0434\u0440\u0435\u0441 and \u03ba\u03b1\u03bb\u03b7\u03bc\u03ad\u03c1\u03b1", "en") == []


@pytest.mark.parametrize(
    "address", ["https://ex\u0430mple.com/a", "<priv\u0430cy@example.com>", "[x](https://ex\u0430mple.com)"]
)
def test_a_disguised_letter_in_an_address_is_an_error(address: str) -> None:
    assert [fault.severity for fault in faults_of(f"Write to {address} now", "en")] == [Severity.ERROR]


def test_the_same_character_is_told_once_a_line() -> None:
    assert told("a\u200bb\u200bc\nd\u200be") == ["character-invisible"] * 2


def test_a_flood_is_cut_short_and_counted() -> None:
    faults = faults_of("a\u200b\n" * 5000, "en")

    assert len(faults) == MOST_FAULTS + 1
    assert "4950 more" in faults[-1].message
