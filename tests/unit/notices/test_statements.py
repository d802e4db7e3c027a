"""What the law wants in a statement, in English, in Chinese and elsewhere."""

from collections.abc import Iterable

import pytest

from publisher import parse
from publisher.domain.notice import NoticeKind
from publisher.notices.statements import PARTS, statement_faults


def written(kind: NoticeKind, language: str, without: Iterable[str] = ()) -> str:
    """A statement with the headings that the remedies name."""
    family = language.partition("-")[0]
    parts = [part for part in PARTS[kind] if part.key not in without]
    sections = (f"## {part.headings[family]}\n\nWords, and privacy@acme.example." for part in parts)
    return "# A title\n\n" + "\n\n".join(sections) + "\n"


def codes(text: str, kind: NoticeKind = NoticeKind.INCIDENT, language: str = "en") -> list[tuple[str, int | None]]:
    return [(fault.code, fault.place.line) for fault in statement_faults(kind, parse.parse(text, language))]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("kind", list(PARTS))
def test_the_headings_that_remedies_name_are_enough(kind: NoticeKind, language: str) -> None:
    assert codes(written(kind, language), kind, language) == []


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize(("kind", "key"), [(kind, part.key) for kind, parts in PARTS.items() for part in parts])
def test_each_part_is_missed_and_its_heading_named(kind: NoticeKind, key: str, language: str) -> None:
    (fault,) = statement_faults(kind, parse.parse(written(kind, language, [key]), language))
    assert fault.code == "statement-part"
    heading = next(part for part in PARTS[kind] if part.key == key).headings[language.partition("-")[0]]
    assert f"## {heading}" in fault.remedy


def test_everything_that_is_missing_is_told_at_once() -> None:
    found = codes("Just words.\n")
    assert [code for code, _ in found] == ["statement-title", *["statement-part"] * 7]


def test_one_heading_may_tell_two_parts() -> None:
    text = written(NoticeKind.INCIDENT, "en", ["nature", "cause"]) + "\n## What happened, and why\n\nA fault.\n"
    assert codes(text) == []


def test_in_another_language_an_anchor_says_which_part_it_is() -> None:
    parts = PARTS[NoticeKind.TRANSFER]
    text = "# Titel\n\n" + "\n\n".join(f"## Teil {{#{part.key}}}\n\nWorte, a@b.example." for part in parts) + "\n"
    assert codes(text, NoticeKind.TRANSFER, "de") == []


def test_a_heading_with_nothing_below_it_tells_nothing() -> None:
    text = written(NoticeKind.INCIDENT, "en", ["advice"]) + "\n## What you can do\n"
    line = text.count("\n")
    assert codes(text) == [("statement-empty", line)]


@pytest.mark.parametrize("reached", ["privacy@b.example", "https://b.example/help", "+44 1632 960100"])
def test_a_recipient_can_be_reached(reached: str) -> None:
    text = written(NoticeKind.TRANSFER, "en", ["recipient"])
    assert codes(f"{text}\n## The recipient\n\nBorealis, {reached}.\n", NoticeKind.TRANSFER) == []
    (found,) = codes(f"{text}\n## The recipient\n\nBorealis.\n", NoticeKind.TRANSFER)
    assert found[0] == "statement-reach"


def test_contact_information_is_no_information_that_leaked() -> None:
    text = written(NoticeKind.INCIDENT, "en", ["information", "contact"])
    assert [code for code, _ in codes(f"{text}\n## Contact information\n\na@b.example\n")] == ["statement-part"]


@pytest.mark.parametrize("left", ["On [date] it ended.", "It was ____ of them.", "截至【日期】。", "TODO: how many"])
def test_a_place_that_was_to_be_filled_in_is_told(left: str) -> None:
    assert [code for code, _ in codes(f"{written(NoticeKind.INCIDENT, 'en')}\n{left}\n")] == ["statement-placeholder"]
