"""A workspace begun from nothing: whole, checked, and never at the cost of what was there."""

import json
import os
from pathlib import Path

import pytest

from publisher.workflow.scaffold import Beginning, scaffold
from tests.acceptance.at_a_terminal import typed
from tests.acceptance.killing import in_child, watch
from tests.acceptance.killing_handoff import counting
from tests.acceptance.workspaces import Workbench

FILES = {
    "publisher.toml",
    ".gitignore",
    ".gitattributes",
    "policies/privacy/policy.toml",
    "policies/privacy/v1/en.md",
    "policies/privacy/v1/zh-CN.md",
}


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return Workbench(tmp_path)


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_what_it_begins_is_without_fault_and_can_be_released_and_drafted(bench: Workbench) -> None:
    name = 'Acme, "Inc." {0} 星'
    bench.run("init", "ws", "--name", name, "--language", "zh-CN", "--language", "en", "--timezone", "Asia/Shanghai")
    begun = Workbench(bench.folder / "ws")
    assert files(begun.folder) == FILES
    assert "0 errors, 0 warnings" in begun.run("check")
    assert "Released privacy v1" in begun.run("publish")
    assert name in (begun.folder / "policies/privacy/v1/en.md").read_text("utf-8")
    assert "v2 is a copy of v1" in begun.run("draft", "privacy")


def test_killed_at_any_step_it_can_be_run_again_and_all_is_there(bench: Workbench) -> None:
    beginning = Beginning("Acme", "https://acme.example", "a@acme.example", ("en", "zh-CN"), "UTC")
    step, ended = 0, 0
    while step == 0 or os.WIFSIGNALED(ended):
        step += 1
        folder = bench.folder / f"killed-{step}"
        folder.mkdir()

        def begun(folder: Path = folder, step: int = step) -> None:
            watch(folder, counting(step))
            scaffold(folder, beginning, now=bench.now)

        ended = in_child(begun)
        if os.WIFSIGNALED(ended):
            Workbench(folder).run("init", "--language", "en", "--language", "zh-CN")
        assert files(folder) == FILES, step
    assert step > len(FILES)


def test_a_workspace_is_left_alone(bench: Workbench) -> None:
    bench.run("init")
    before = (bench.folder / "publisher.toml").read_bytes()
    assert "This is a workspace already" in bench.refused("init", "--name", "Other")
    assert (bench.folder / "publisher.toml").read_bytes() == before


def test_what_is_in_the_folder_stays_and_what_git_should_know_is_told(bench: Workbench) -> None:
    bench.write(".gitignore", "*.tmp\n/var/\n")
    bench.write("policies/privacy/v1/en.md", "mine")
    done = bench.json("init")
    assert done["kept"] == ["policies/privacy", ".gitignore"]
    assert done["missing"] == {".gitignore": ["/site/public/", "/.venv/"]}
    assert (bench.folder / ".gitignore").read_text("utf-8") == "*.tmp\n/var/\n"
    assert (bench.folder / "policies/privacy/v1/en.md").read_text("utf-8") == "mine"


def test_all_that_cannot_be_is_told_at_once_and_nothing_is_written(bench: Workbench) -> None:
    wrong = ("--url", "ftp:x", "--timezone", "Mars", "--contact", "nobody", "--language", "../e", "--name", "A\nB")
    told = bench.refused("init", "ws", *wrong)
    for what in ("'ftp:x' is no web address", "'Mars' is no time zone", "'nobody' is no mail address", "language tag"):
        assert what in told
    assert files(bench.folder) == set()


def test_at_a_terminal_it_asks(tmp_path: Path) -> None:
    (tmp_path / "ws").mkdir()
    dialogue = [
        ("Name of the organisation", "Acme"),
        ("Address of the website", "https://acme.example"),
        ("Where readers can ask", "privacy@acme.example"),
        ("Languages", "en, zh-CN"),
        ("Time zone", ""),
    ]
    code, screen = typed(tmp_path / "ws", ["init"], dialogue)
    assert code == 0, screen
    assert files(tmp_path / "ws") == FILES
    assert 'name = "Acme"' in (tmp_path / "ws/publisher.toml").read_text("utf-8")


def test_for_programs_it_asks_nothing(bench: Workbench) -> None:
    done = json.loads(bench.run("init", "ws", "--json"))
    assert set(done["written"]) == FILES - {"policies/privacy/v1/zh-CN.md"}
    assert done["missing"] == {}
