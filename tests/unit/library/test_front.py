from datetime import date
from pathlib import Path

import pytest

from publisher.domain.policy import FrontMatter
from publisher.errors import Severity
from publisher.library.front import read_front

GOOD = "---\neffective: 2027-03-01            # a date\nsummary: One plain paragraph.\n---\n# Title\n"


def front(*lines: str) -> str:
    return "\n".join(["---", *lines, "---", "# Title", ""])


def told(source: str) -> list[tuple[str, int | None, int | None]]:
    found, _, faults = read_front(source)
    assert found is None
    return [(fault.code, fault.place.line, fault.place.column) for fault in faults]


def only(source: str) -> FrontMatter:
    found, _, faults = read_front(source)
    assert faults == ()
    assert found is not None
    return found


def test_front_matter_is_read_with_the_lines_of_its_keys() -> None:
    found, divided, faults = read_front(GOOD)

    assert found == FrontMatter(date(2027, 3, 1), "One plain paragraph.")
    assert found is not None
    assert (found.line_of("effective"), found.line_of("summary")) == (2, 3)
    assert (divided.body, divided.body_line, faults) == ("# Title\n", 5, ())


@pytest.mark.parametrize(
    ("written", "days"), [('"+45 days"', 45), ("+45 days", 45), ("+1 day", 1), ("+3650 days", 3650), ("+ 7 days", 7)]
)
def test_an_effective_date_may_be_days_from_the_release(written: str, days: int) -> None:
    assert only(front(f"effective: {written}", "summary: s")).effective == days


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-31",
        "2026-02-30",
        "20261101",
        "2026-W44-7",
        "2026-1-1",
        "２０２６-11-01",
        "2026-11-01T00:00:00Z",
        "0001-01-01",
        "9999-12-31",
        "tomorrow",
        "+0 days",
        "+3651 days",
        "+45",
        "45 days",
        "-5 days",
        "+1.5 days",
        '""',
        "NO",
        "12:30:00",
        '"2026-11-01\\n"',
    ],
)
def test_anything_else_is_no_effective_date(written: str) -> None:
    (fault,) = told(front(f"effective: {written}", "summary: s"))

    assert fault == ("effective-wrong", 2, 12)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("1.10", "1.10"),
        ("NO", "NO"),
        ("010", "010"),
        ("12:30:00", "12:30:00"),
        ("null", "null"),
        ("2027-01-01", "2027-01-01"),
        ("'it''s: new'", "it's: new"),
        ('"a\\u00e9"', "aé"),
        (">\n  folded\n  text", "folded text"),
        ("|\n  literal\n  text", "literal text"),
        ("plain\n  over lines", "plain over lines"),
    ],
)
def test_every_value_is_text(written: str, text: str) -> None:
    assert only(front("effective: 2027-03-01", f"summary: {written}")).summary == text


@pytest.mark.parametrize(
    "written", ["one\n\n  two", ">\n  one\n\n  two", "|\n  one\n\n  two", '"one\\ntwo"', '"one\n\n  two"']
)
def test_a_summary_of_several_paragraphs_is_an_error(written: str) -> None:
    assert told(front("effective: 2027-03-01", f"summary: {written}")) == [("summary-paragraphs", 3, 10)]


@pytest.mark.parametrize("written", ['""', "' '", ">"])
def test_an_empty_summary_is_an_error(written: str) -> None:
    assert told(front("effective: 2027-03-01", f"summary: {written}")) == [("summary-empty", 3, 10)]


def test_a_summary_with_markup_is_a_warning() -> None:
    found, _, faults = read_front(front("effective: 2027-03-01", "summary: See **this**."))

    assert found is not None
    assert [(fault.code, fault.severity) for fault in faults] == [("summary-markup", Severity.WARNING)]


@pytest.mark.parametrize(
    ("lines", "code", "line", "column"),
    [
        (["effective: 2027-03-01", "summary: !!python/object/apply:os.system [ls]"], "front-matter-tag", 3, 10),
        (["effective: 2027-03-01", "summary: !custom text"], "front-matter-tag", 3, 10),
        (["effective: &a 2027-03-01", "summary: x"], "front-matter-anchor", 2, 12),
        (["effective: 2027-03-01", "summary: *a"], "front-matter-anchor", 3, 10),
        (["effective: 2027-03-01", "summary: x", "effective: 2028-01-01"], "front-matter-duplicate", 4, 1),
        (["effective: 2027-03-01", "summary: x", "sumary: y"], "front-matter-unknown", 4, 1),
        (["effective: 2027-03-01", "summary: [a, b]"], "front-matter-type", 3, 10),
        (["effective: 2027-03-01", "summary:", "  a: b"], "front-matter-type", 4, 3),
        (["- effective: 2027-03-01"], "front-matter-shape", 2, 1),
        (["just words"], "front-matter-shape", 2, 1),
        (["effective: 2027-03-01", "...", "summary: x"], "front-matter-shape", 3, 1),
        (["%YAML 1.1"], "front-matter-syntax", 3, 1),
        (["effective: 2027-03-01", "summary: a: b"], "front-matter-syntax", 3, 11),
        (["effective: 2027-03-01", "summary: 'open"], "front-matter-syntax", 4, 1),
        (["effective: 2027-03-01", "\tsummary: x"], "front-matter-tab", 3, 1),
        (["summary: x"], "front-matter-key-missing", 1, 1),
        (["effective: 2027-03-01"], "front-matter-key-missing", 1, 1),
        (["effective: 2027-03-01", "summary: x", "campaign: Not One"], "campaign-wrong", 4, 11),
        (["effective: 2027-03-01", 'summary: "a\\u0000b"'], "character-control", 3, 10),
        (["effective: 2027-03-01", 'summary: "a\\u202eb"'], "character-direction", 3, 10),
        (["effective: 2027-03-01", "summary: x", "? [a]", ": b"], "front-matter-type", 4, 3),
    ],
)
def test_what_is_not_plain_keys_and_text_is_told_where_it_stands(
    lines: list[str], code: str, line: int, column: int
) -> None:
    assert (code, line, column) in told(front(*lines))


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\u2028"])
def test_a_control_character_is_told_where_it_stands(character: str) -> None:
    assert told(front("effective: 2027-03-01", f"summary: 第a{character}b")) == [("character-control", 3, 12)]


def test_two_lines_are_named_for_a_key_that_stands_twice() -> None:
    _, _, faults = read_front(front("effective: 2027-03-01", "summary: x", "summary: y"))

    assert "line 3" in faults[0].message
    assert "line 4" in faults[0].message


def test_an_unknown_key_comes_with_a_suggestion() -> None:
    _, _, faults = read_front(front("efective: 2027-03-01", "summary: x"))

    assert [fault.remedy for fault in faults if fault.code == "front-matter-unknown"] == ["Did you mean 'effective'?"]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("# Title\n\nText.\n", "front-matter-missing"),
        ("", "front-matter-missing"),
        (" ---\neffective: 2027-03-01\n---\n", "front-matter-missing"),
        ("---\neffective: 2027-03-01\nsummary: x\n# Title\n", "front-matter-unclosed"),
        ("---\neffective: 2027-03-01\nsummary: |\n  a\n  ---\n  b\n", "front-matter-unclosed"),
        ("---\n" + "# padding\n" * 10_000 + "---\n", "front-matter-large"),
    ],
)
def test_missing_or_unclosed_front_matter_is_told_on_the_first_line(source: str, code: str) -> None:
    assert told(source) == [(code, 1, 1)]


def test_an_indented_rule_inside_a_block_ends_nothing() -> None:
    assert only("---\neffective: 2027-03-01\nsummary: |\n  a\n  ---\n---\nbody\n").summary == "a ---"


def test_a_second_front_matter_below_the_first_never_becomes_words() -> None:
    assert told(GOOD.replace("# Title", "\n---\nsummary: again\n---")) == [("front-matter-twice", 7, 1)]


def test_empty_front_matter_lacks_both_keys() -> None:
    assert told("---\n---\n# T\n") == [("front-matter-key-missing", 1, 1)] * 2


def test_several_faults_are_told_together() -> None:
    codes = {code for code, *_ in told(front("effective: 2026-13-01", "summary: ''", "colour: red"))}

    assert codes == {"effective-wrong", "summary-empty", "front-matter-unknown"}


@pytest.mark.parametrize("bomb", ["[" * 30_000, "{a: " * 15_000, "- " * 30_000, "summary: " + "[" * 30_000])
def test_nesting_ends_the_walk(bomb: str) -> None:
    assert all(code.startswith("front-matter-") for code, *_ in told(front(bomb)))


def test_an_alias_bomb_is_refused_at_its_first_anchor() -> None:
    lines = ["a: &a [x, x]", *(f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]" for i in range(20))]

    assert told(front(*lines))[0] in [("front-matter-anchor", 2, 4), ("front-matter-unknown", 2, 1)]


def test_a_text_of_the_disk_is_read_the_same(tmp_path: Path) -> None:
    (tmp_path / "en.md").write_text(GOOD, "utf-8")

    assert read_front((tmp_path / "en.md").read_text("utf-8"))[0] is not None


def test_quotes_of_a_word_processor_around_the_summary_are_told() -> None:
    found, _, faults = read_front(front("effective: 2027-03-01", "summary: “We keep data for longer.”"))
    assert [(fault.code, fault.severity.value, fault.place.line) for fault in faults] == [
        ("summary-quotes", "warning", 3)
    ], faults
    assert found is not None
    assert not read_front(front("effective: 2027-03-01", 'summary: "“Data” now means more, also for “guests”"'))[2]
