import json

import pytest

from publisher.domain.change import Op
from publisher.reports import json_report
from tests.unit.reports.compared import FINDING, NEW, OLD, assessed, shown


def test_the_json_has_the_agreed_shape() -> None:
    report = json.loads(json_report(assessed(OLD, NEW, FINDING)))
    assert list(report) == [
        "old", "new", "language", "grade", "material", "consent_needed", "changes", "findings",
    ]  # fmt: skip
    assert report["old"] == {"digest": "sha256:0"}
    assert report["material"] is True
    assert report["changes"][0] == {
        "kind": "reworded",
        "kinds": ["reworded"],
        "grade": "clarification",
        "id": "4.1",
        "old": {"number": "4.1", "path": ["4. Sharing"], "text": "We will ask you first."},
        "new": {"number": "4.1", "path": ["4. Sharing"], "text": "We may ask you first."},
        "edits": [["equal", "We "], ["delete", "will"], ["insert", "may"], ["equal", " ask you first."]],
    }
    assert report["changes"][1]["old"] is None
    assert report["findings"] == [
        {
            "limb": "A",
            "kind": "obligation-weakened",
            "grade": "material",
            "clause": "4.1",
            "side": "new",
            "quote": "We may",
            "why": "A firm duty became a permission.",
            "rule": "modal-weakened",
        }
    ]


def test_the_json_names_the_parts_of_a_split_and_of_a_merge() -> None:
    whole, parts = (
        "We keep letters for a year. We burn them later.",
        "We keep letters for a year.\n\nWe burn them later.",
    )
    split = json.loads(json_report(assessed(whole, parts)))["changes"][0]
    assert split["kind"] == "split"
    assert split["new"]["parts"] == [
        {"id": "preamble-p1", "number": None, "path": [], "text": "We keep letters for a year."},
        {"id": "preamble-p2", "number": None, "path": [], "text": "We burn them later."},
    ]
    assert "parts" not in split["old"]
    merged = json.loads(json_report(assessed(parts, whole)))["changes"][0]
    assert merged["kind"] == "merged"
    assert [part["id"] for part in merged["old"]["parts"]] == ["preamble-p1", "preamble-p2"]


def test_the_json_keeps_chinese_as_it_is() -> None:
    assert '"不"' in json_report(assessed("我们不会出售信息。", "我们会出售信息。", language="zh-CN"))


@pytest.mark.parametrize("hidden", ["\x1b[2J", "\u202e", "\x9b", "\U000e0041", "\ud800", "\x7f"])
def test_the_json_escapes_what_a_terminal_would_obey_and_reads_as_it_was(hidden: str) -> None:
    written = json_report(shown((Op.EQUAL, "safe "), (Op.INSERT, hidden)))
    assert hidden not in written
    assert json.loads(written)["changes"][0]["edits"] == [["equal", "safe "], ["insert", hidden]]
