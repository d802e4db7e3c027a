"""Front matter of any maker, and texts that only look as if they had some."""

import pytest

from publisher.domain.frontmatter import divide_any

_BODY = "# Policy\n\nWe keep your data.\n"


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: Policy\n# a comment\ntags:\n- one\n- two\nsummary: >\n  Two lines\n  of words\n---\n",
        '---\n"quoted key": 1\nnested:\n    key: value\n\nempty:\n---\n',
        "---\n---\n",
        '+++\ntitle = "Policy"\n\n[params]\n  wide = true\n+++\n',
    ],
)
def test_front_matter_is_no_part_of_the_text(front: str) -> None:
    divided = divide_any(front + _BODY)
    assert divided.body == _BODY
    assert divided.body_line == front.count("\n") + 1


@pytest.mark.parametrize(
    "text",
    [
        "---\n\nWe keep your data for thirty days.\n\n---\n\nMore words.\n",
        "---\nWe share data\n---\n",
        "---\ntitle: never closed\n\n# Policy\n",
        "+++\nWe share data.\n+++\n",
        "----\ntitle: x\n----\n",
        "",
    ],
)
def test_a_text_that_begins_with_a_line_keeps_all_its_words(text: str) -> None:
    assert divide_any(text).body == text
