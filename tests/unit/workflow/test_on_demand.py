import json
from pathlib import Path

from publisher.workflow.on_demand import is_made
from publisher.workflow.snapshot import Snapshot


def _snapshot(folder: Path) -> Snapshot:
    versions = [
        {"version": f"v{number}", "state": "superseded", "from": None, "digest": {"en": ""}, "href": {}}
        for number in (1, 2, 3)
    ]
    files = {
        "privacy/versions.json": json.dumps({"policy": "privacy", "in_force": None, "versions": versions}),
        "privacy/v1...v2/index.html": "<p>built</p>",
        "privacy/history/index.html": "<p>without the form</p>",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return Snapshot(folder)


def test_what_was_built_is_not_made_again_but_for_a_history_which_is_given_its_form(tmp_path: Path) -> None:
    pages = _snapshot(tmp_path)
    assert not is_made("/privacy/v1...v2/", pages)
    assert is_made("/privacy/v1...v3/", pages)
    assert is_made("/privacy/history/", pages)


def test_nothing_is_made_for_versions_or_languages_that_are_guessed(tmp_path: Path) -> None:
    pages = _snapshot(tmp_path)
    for path in (
        "/privacy/v1...v4/",
        "/privacy/v3...v1/",
        "/privacy/v1...v3/de/",
        "/terms/v1...v2/",
        "/terms/history/",
    ):
        assert not is_made(path, pages), path
