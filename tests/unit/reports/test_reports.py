import json
from dataclasses import replace

import pytest

from publisher.domain.change import Op
from publisher.reports import github, html_fragment, html_page, json_report, markdown
from tests.unit.reports.compared import BESIDE, FINDING, INLINE, OLD, WHOLE, assessed, plain, shown


def test_no_changes_are_said_in_every_format() -> None:
    nothing = assessed(OLD, OLD)
    assert "No changes.\n" in plain(nothing)
    assert "3 clauses unchanged" in plain(nothing)
    assert "No changes" in markdown(nothing, INLINE)
    assert "No changes." in html_fragment(nothing, INLINE)
    assert "No changes." in github(nothing)
    assert json.loads(json_report(nothing))["changes"] == []


def test_a_finding_on_no_change_is_still_told() -> None:
    nothing = assessed(OLD, OLD, FINDING)
    for seen in (plain(nothing), markdown(nothing, INLINE), html_page(nothing, INLINE), github(nothing)):
        assert "A firm duty became a permission." in seen


@pytest.mark.parametrize("hidden", ["\x1b[2J", "\u202e", "\u200b", "\x00", "\u2028", "\r", "\x9b", "\ufffe"])
def test_what_a_reader_cannot_see_is_written_out(hidden: str) -> None:
    name = f"U+{ord(hidden[0]):04X}"
    quoted = replace(FINDING, clause="p1", quote=f"x{hidden}", why=f"why{hidden}", rule=f"r{hidden}")
    attacked = shown((Op.EQUAL, "safe "), (Op.INSERT, hidden), findings=(quoted,), file=f"a{hidden}.md")
    attacked = replace(attacked, old=replace(attacked.old, name=f"old{hidden}"))
    for layout in (INLINE, BESIDE, WHOLE):
        for report in (
            plain(attacked, layout),
            markdown(attacked, layout),
            html_page(attacked, layout),
            github(attacked),
        ):
            assert name in report
            assert hidden not in report
