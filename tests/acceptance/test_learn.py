"""Learning from labelled revisions, through the command that staff type."""

from pathlib import Path

import pytest

from tests.acceptance.labelled import labelled_folder
from tests.acceptance.workspaces import Workbench


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    labelled_folder(tmp_path / "labels")
    return Workbench(tmp_path)


def test_what_is_learnt_is_written_a_weight_a_line_and_shown_beside_the_rules(bench: Workbench) -> None:
    shown = bench.run("learn", "labels", "--output", "weights.py", "--source", "Farm rules (CC0 1.0)")
    assert "6 marked among 12 differences in 12 revisions of 2 sources" in shown
    assert "On each document with what the others teach" in shown
    assert "On each source with what the others teach" in shown
    written = (bench.folder / "weights.py").read_text("utf-8")
    assert "Farm rules (CC0 1.0)" in written
    names = [line.split('"')[1] for line in written.splitlines() if line.startswith('        "')]
    assert "came-recipient" in names
    assert names == sorted(names)
    assert written.endswith("    threshold=1.0,\n)\n")


def test_the_same_folder_gives_the_same_bytes(bench: Workbench) -> None:
    for name in ("one.py", "other.py"):
        bench.run("learn", "labels", "--output", name)
    assert (bench.folder / "one.py").read_bytes() == (bench.folder / "other.py").read_bytes()


def test_what_is_held_back_is_not_learnt_from(bench: Workbench) -> None:
    bench.write("later.txt", "farm-0\nfarm-1\n")
    figures = bench.json("learn", "labels", "--hold-back", "later.txt")
    assert (figures["revisions"], figures["marked"]) == (10, 5)
    assert [trial["by"] for trial in figures["trials"]] == ["document", "source"]
    assert figures["trials"][0]["alone"]["material"] == 5


def test_all_folders_that_cannot_be_read_are_told_at_once(bench: Workbench) -> None:
    told = bench.refused("learn", "nowhere", "labels", "elsewhere", "--hold-back", "none.txt")
    assert [name for name in ("nowhere/pairs.jsonl", "elsewhere/pairs.jsonl", "none.txt") if name not in told] == []


def test_a_revision_in_two_folders_is_told(bench: Workbench) -> None:
    labelled_folder(bench.folder / "more")
    assert "more/pairs.jsonl: error: farm-0 stands in labels, too." in bench.refused("learn", "labels", "more")
