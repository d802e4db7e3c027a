"""Where sentences end."""

import pytest

from publisher.languages.sentences import sentences


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("We keep it (5.2). You may ask. “Now” it is.", ("We keep it (5.2).", "You may ask.", "“Now” it is.")),
        ("See e.g. the list of No. 5 of Acme Inc. Berlin.", ("See e.g. the list of No. 5 of Acme Inc. Berlin.",)),
        ("It costs 1.5 euro. 3 days later it ends.", ("It costs 1.5 euro. 3 days later it ends.",)),
        ("我们保留信息（5.2）。您可以查询！“好。”完", ("我们保留信息（5.2）。", "您可以查询！", "“好。”", "完")),
        ("Sagt er. Überall gilt es.", ("Sagt er.", "Überall gilt es.")),
        ("  ", ()),
    ],
)
def test_a_text_falls_into_its_sentences(text: str, parts: tuple[str, ...]) -> None:
    assert sentences(text) == parts
