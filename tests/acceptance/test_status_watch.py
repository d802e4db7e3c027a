"""`status --watch`: drawn anew at a terminal, a line a change elsewhere, until Ctrl-C."""

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from publisher.config import read_settings
from publisher.store.engine import open_store
from publisher.workflow.watching import Frame, Watch, Watched
from publisher.workflow.workspace import open_workspace
from tests.acceptance.at_a_terminal import typed
from tests.acceptance.test_after_notice import deliver_some
from tests.acceptance.workspaces import Workbench


@pytest.fixture
def released(workbench: Workbench) -> Workbench:
    workbench.now = datetime.now(UTC).replace(microsecond=0)
    workbench.import_users(40)
    workbench.sign()
    workbench.run("publish")
    return workbench


def watching(bench: Workbench, *options: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "publisher", "-C", str(bench.folder), "status", "--watch", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **bench.environment},
    )


def line_with(stream: "subprocess.Popen[str]", words: str) -> str:
    assert stream.stdout is not None
    for line in stream.stdout:
        if words in line:
            return line
    raise AssertionError(f"{words!r} never came")


def ended(stream: "subprocess.Popen[str]") -> None:
    stream.send_signal(signal.SIGINT)
    _, told = stream.communicate(timeout=240)
    assert (stream.returncode, told) == (0, "")


def test_rate_and_end_follow_from_what_was_begun_lately(released: Workbench) -> None:
    seconds = 0.0
    settings = read_settings(released.folder)
    watch = Watch(
        lambda: open_workspace(settings),
        lambda _: closing(open_store(settings.store_url)),
        now=lambda: released.now,
        clock=lambda: seconds,
    )

    def v2(frame: Frame) -> Watched:
        return next(entry for entry in frame.versions if entry.status.version == "v2")

    first = v2(watch.look())
    assert (first.begun, first.mails, first.pace.rate, first.pace.ends_at) == (0, 40, None, None)
    deliver_some(released, 10)
    seconds, released.now = 5.0, released.now + timedelta(seconds=5)
    second = v2(watch.look())
    assert second.begun == 10
    assert second.pace.rate == 2.0
    assert second.pace.ends_at == released.now + timedelta(seconds=15)
    seconds = 100.0
    assert v2(watch.look()).pace.rate is None


def test_into_a_pipe_it_writes_a_line_a_change(released: Workbench) -> None:
    stream = watching(released)
    assert "40 queued" in line_with(stream, "privacy v2")
    released.run("pause", "privacy", "v2", "--by", "Ada", "--reason", "wrong date")
    assert "; paused by Ada at " in line_with(stream, "privacy v2")
    released.run("resume", "privacy", "v2")
    assert "paused" not in line_with(stream, "privacy v2")
    released.run("deliver")
    line_with(stream, "40 accepted")
    ended(stream)


def test_for_programs_it_writes_an_object_a_change(released: Workbench) -> None:
    stream = watching(released, "--json")
    first = json.loads(line_with(stream, "{"))
    assert first["versions"][1]["messages"]["queued"] == 40
    assert first["paces"] == [
        {"policy": "privacy", "version": "v2", "begun": 0, "mails": 40, "rate": None, "ends_at": None}
    ]
    released.run("pause", "privacy", "v2", "--by", "Ada")
    assert json.loads(line_with(stream, "{"))["versions"][1]["mails"]["paused"]["by"] == "Ada"
    ended(stream)


def test_at_a_terminal_it_draws_until_ctrl_c(released: Workbench) -> None:
    code, screen = typed(released.folder, ["status", "--watch"], [("Ctrl-C ends", "\x03")])
    assert code == 0
    assert "privacy v2  announced" in screen
    assert "0 of 40" in screen
    assert "Traceback" not in screen


def test_a_store_that_is_not_there_yet_is_no_fault_and_is_not_made(workbench: Workbench) -> None:
    shutil.rmtree(workbench.folder / "var")
    stream = watching(workbench)
    assert "draft" in line_with(stream, "privacy v2")
    ended(stream)
    assert not (workbench.folder / "var").exists()
