"""What a mail says of what its reader can do, and how it tells a summary of points."""

from dataclasses import replace

import pytest

from publisher.domain.assessment import FindingKind
from publisher.domain.notice import NoticeContent, NoticeKind
from tests.unit.render.test_mail import ADDED, CHINESE, CONTENT, REWORDED, html_of, rendered, text_of

ASKED = replace(REWORDED, reasons=(FindingKind.NEW_RECIPIENT,))


def choices_of(content: NoticeContent) -> list[str]:
    _, heading, rest = text_of(rendered(content)).partition("WHAT YOU CAN DO UNTIL 1 MARCH 2027\n")
    return rest.partition("\n\n")[0].split("\n") if heading else []


def test_a_reader_who_need_not_agree_may_write_or_go_and_is_told_what_silence_means() -> None:
    assert choices_of(CONTENT) == [
        (
            "* If you do not agree, write to us before then, or stop using the service. "
            "What you can have deleted is said in the policy."
        ),
        "* If you do nothing, the new text applies to you from then on.",
    ]


def test_what_needs_consent_is_named_by_its_clause_and_silence_is_no_agreement() -> None:
    asking = replace(
        CONTENT, changes=(ASKED, ADDED), consent_needed=True, consents=frozenset({FindingKind.NEW_RECIPIENT})
    )
    first, *_, last = choices_of(asking)
    assert first.startswith("* Part of this change needs your consent (4.1.3, 4.4 Partners). We ask you for it")
    assert last == "* If you do nothing, the rest of the new text applies to you from then on."


def test_where_people_alone_know_what_needs_consent_none_is_named() -> None:
    asking = replace(CONTENT, consent_needed=True, consents=frozenset({FindingKind.CHILDREN_AGE}))
    assert choices_of(asking)[0].startswith("* Part of this change needs your consent. We ask")


def test_of_a_version_that_applies_already_and_of_one_taken_back_there_is_nothing_to_choose() -> None:
    assert choices_of(replace(CONTENT, applies=True)) == []
    assert choices_of(replace(CONTENT, kind=NoticeKind.WITHDRAWAL)) == []


def test_a_new_date_says_again_until_when() -> None:
    later = replace(CONTENT, kind=NoticeKind.FOLLOW_UP, former_effective=CONTENT.effective)
    assert len(choices_of(later)) == 2


@pytest.mark.parametrize(
    ("summary", "points"),
    [
        ("We share figures with partners (4.1.3). We keep them for a year (5.2).", 2),
        ("We share figures with partners (4.1.3). They stay here.", 1),
    ],
)
def test_sentences_that_each_name_a_clause_stand_as_points(summary: str, points: int) -> None:
    told = rendered(replace(CONTENT, summary=summary))
    said = text_of(told).partition("\n\nWHAT YOU CAN DO")[0].rpartition("\n\n")[2].split("\n")
    assert said == (["* " + said.removeprefix("* ") for said in said] if points > 1 else [summary])
    assert len(said) == points
    assert html_of(told).partition("What you can do")[0].count("<li ") == (points if points > 1 else 0)


def test_chinese_readers_are_told_in_chinese() -> None:
    assert "2027年3月1日之前，您可以做什么\n* 如果您不同意，" in text_of(rendered(CHINESE))
