"""What a mail calls the lists that it shows and leads to."""

import re
from dataclasses import replace

import pytest

from publisher.domain.notice import NoticeContent
from tests.unit.render.test_mail import CHINESE, CONTENT, html_of, rendered, text_of


@pytest.mark.parametrize(
    ("content", "changes", "comparison"),
    [
        (CONTENT, "What changes on 1 March 2027", "Changes from version 1 to version 2"),
        (CHINESE, "2027年3月1日起的变更", "第1版至第2版的变更"),
        (replace(CONTENT, since="v1", version="v3"), "What changed", "Changes from version 1 to version 3"),
        (replace(CONTENT, compared=None), "What changes on 1 March 2027", "All versions"),
    ],
)
def test_lists_of_changes_are_called_as_on_the_website(content: NoticeContent, changes: str, comparison: str) -> None:
    template = rendered(content)
    assert f"\n{changes.upper()}\n" in text_of(template)
    assert re.search(rf"<h2 [^>]*>{changes}</h2>", html_of(template))
    assert re.search(rf'<a href="{re.escape(content.redline_link)}"[^>]*>{comparison}</a>', html_of(template))
