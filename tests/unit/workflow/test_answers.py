"""What a second reader answers is held against the words it quotes."""

import json

import pytest

from publisher.domain.assessment import Finding, FindingKind, Limb, Side
from publisher.domain.change import Grade
from publisher.workflow.answers import MOST_FINDINGS, answered

TEXT = "We share your name with partners for ever."
TEXTS = {("2.1", Side.NEW): TEXT, ("2.1", Side.OLD): "We keep your name.", ("3", Side.NEW): "出售您的数据。" * 40}


def line(**changes: object) -> str:
    whole = {
        "clause": "2.1",
        "side": "new",
        "limb": "B",
        "kind": "new-recipient",
        "quote": "with partners",
        "why": "New.",
    }
    return json.dumps(whole | changes, ensure_ascii=False)


def read(*lines: str, known: tuple[Finding, ...] = ()) -> tuple[list[Finding], list[str]]:
    findings, told = answered("\n".join(lines), TEXTS, known)
    assert all(remedy for _, remedy in told)
    return list(findings), [message for message, _ in told]


def test_a_finding_is_taken_and_marked() -> None:
    expected = Finding(
        Limb.COLLECTION,
        FindingKind.NEW_RECIPIENT,
        Grade.MATERIAL,
        "2.1",
        TEXT,
        Side.NEW,
        "with partners",
        "New.",
        "second-reader",
    )

    assert read(line()) == ([expected], [])


def test_a_grade_in_the_answer_counts_for_nothing() -> None:
    findings, _ = read(line(grade="editorial", rule="modal-weakened"))

    assert (findings[0].grade, findings[0].rule) == (Grade.MATERIAL, "second-reader")


def test_empty_lines_and_line_separators_in_a_text_are_no_lines() -> None:
    findings, told = read("", line(why="one\u2028two"), "  ", line(quote="for ever", side="new"), "")

    assert [finding.quote for finding in findings] == ["with partners", "for ever"]
    assert told == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("here is my answer:", "no JSON"),
        ("[]", "no JSON object"),
        ("[" * 5000, "no JSON"),
        ('"' + "x" * 30_000 + '"', "too long"),
        (line(clause="9.9"), "'9.9' in the new text"),
        (line(clause=None), "in the new text"),
        (line(quote="with strangers"), "does not hold the words “with strangers”"),
        (line(quote=""), "does not hold"),
        (line(quote=["with"]), "does not hold"),
        (line(side="old"), "the old text of 2.1 does not hold"),
        (line(quote="\x1b[31mwith"), "“[31mwith”"),
    ],
)
def test_what_cannot_be_placed_is_told_and_left_out(answer: str, words: str) -> None:
    findings, told = read(answer, line())

    assert len(findings) == 1
    assert len(told) == 1
    assert told[0].startswith("Line 1 of its answer:")
    assert words in told[0]


def test_a_finding_is_not_lost_over_a_word() -> None:
    findings, told = read(line(kind="evil", limb="C"))

    assert [(finding.kind, finding.limb) for finding in findings] == [(FindingKind.OTHER, Limb.RIGHTS)]
    assert len(told) == 2


def test_white_space_in_a_quote_makes_no_difference() -> None:
    findings, _ = read(line(quote=" with\n partners "))

    assert findings[0].quote == "with partners"


def test_a_long_quote_is_cut_to_sixty_words_and_still_stands_in_the_text() -> None:
    findings, _ = read(line(clause="3", quote="出售您的数据。" * 20))

    assert findings[0].quote in TEXTS["3", Side.NEW]
    assert sum(map(str.isalnum, findings[0].quote)) == 60


@pytest.mark.parametrize("why", [None, "", 7, "\u202e", "\u3164", "\x1b\x1b"])
def test_a_reason_that_cannot_be_shown_is_replaced(why: object) -> None:
    findings, _ = read(line(why=why))

    assert findings[0].why == "A second reader saw this and gave no reason that can be shown."


def test_a_reason_is_one_line_without_commands_for_a_terminal() -> None:
    findings, _ = read(line(why="It\nis \x1b[31mred\x07. " + "x" * 1000))

    assert findings[0].why.startswith("It is [31mred.")
    assert len(findings[0].why) == 400


def test_words_that_belong_to_a_limb_stay_in_it() -> None:
    known = (
        Finding(
            Limb.RIGHTS, FindingKind.OTHER, Grade.MATERIAL, "2.1", TEXT, Side.NEW, "with partners", "Why.", "a-rule"
        ),
    )

    findings, _ = read(line(), known=known)

    assert findings[0].limb is Limb.RIGHTS


def test_there_is_an_end_to_findings_and_to_complaints() -> None:
    quotes = [TEXT[start:end] for start in range(len(TEXT)) for end in range(start + 1, len(TEXT) + 1)]
    plain = [quote for quote in quotes if quote == " ".join(quote.split()) and quote]
    findings, told = read(*(line(quote=quote) for quote in dict.fromkeys(plain)))
    assert len(findings) <= MOST_FINDINGS
    assert any("the rest is left out" in message for message in told)

    _, told = read(*["nonsense"] * 500)
    assert len(told) == 21
    assert "480 more" in told[-1]
