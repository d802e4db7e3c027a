"""A command killed at any step that writes, and run again, ends as an undisturbed run does."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.workspaces import NOW, Workbench

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("before", "command", "instant"),
    [
        ([], ["publish"], "2026-12-01T09:00:00+00:00"),
        ([["publish"], ["deliver"]], ["tick"], "2027-01-16T09:00:00+00:00"),
    ],
    ids=["publish", "tick"],
)
def test_a_command_killed_at_every_step_that_writes_is_finished_by_the_next_run(
    workbench: Workbench, before: list[list[str]], command: list[str], instant: str
) -> None:
    workbench.import_users(12)
    workbench.sign()
    for earlier in before:
        workbench.run(*earlier)
    done = subprocess.run(
        [sys.executable, "-m", "tests.acceptance.killing", str(workbench.folder), instant, *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "default"},
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["steps"] > 20, "the steps that write were not seen"
    assert report["killed_at"] > report["steps"] // 8
    assert report["differing"] == {}
    assert NOW.isoformat() <= instant
