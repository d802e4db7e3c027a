"""What a version's page says of its changes before the text."""

from publisher import parse
from publisher.render.glance import summary_html

TEXT = "# Terms\n\n## 1. Use\n\n1.1 You may use it.\n\n1.2 You may not sell it.\n"


def test_numbers_in_brackets_lead_to_clauses_that_are_there() -> None:
    tree = parse.parse(TEXT, "en")
    told = summary_html("You may use it (1.1), not sell it（1.2）, at 1.1 percent; (9.9) is gone & <b>.", tree)
    assert told == (
        'You may use it (<a href="#1.1">1.1</a>), not sell it（<a href="#1.2">1.2</a>）, at 1.1 percent; '
        "(9.9) is gone &amp; &lt;b&gt;."
    )
