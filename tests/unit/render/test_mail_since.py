"""Mails for readers who last knew an older version than the one before."""

from dataclasses import replace
from datetime import date

import pytest

from publisher.domain.notice import NoticeContent, NoticeKind
from publisher.render.templates import strings
from tests.unit.render.test_mail import CHINESE, CONTENT, html_of, rendered, text_of


@pytest.mark.parametrize("kind", [NoticeKind.REVISION, NoticeKind.FOLLOW_UP])
@pytest.mark.parametrize("content", [CONTENT, CHINESE], ids=["en", "zh-CN"])
def test_who_knows_an_older_version_reads_since_which_one_the_changes_are(
    content: NoticeContent, kind: NoticeKind
) -> None:
    content = replace(content, kind=kind, version="v4", former_effective=date(2027, 2, 1))
    words = strings(content.language)["mail.since"].format(number=1)
    told = rendered(replace(content, since="v1"))
    assert words in text_of(told)
    assert words in html_of(told)
    assert words not in text_of(rendered(content))


def test_what_follows_a_pending_version_is_not_said_to_be_shown_against_it_when_it_is_not() -> None:
    content = replace(CONTENT, version="v3", follows=("v2", date(2027, 2, 1)))
    assert "shown against that version" in text_of(rendered(content))
    older = text_of(rendered(replace(content, since="v1")))
    assert "It follows version 2, announced for 1 February 2027, which takes effect first." in older
    assert "shown against that version" not in older
