"""What goes wrong around the program: disks, stores, arguments, others at work."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.acceptance.workspaces import Workbench


def test_several_ticks_at_once_all_end_well(workbench: Workbench) -> None:
    workbench.import_users(6)
    workbench.sign()
    workbench.run("publish")
    workbench.run("deliver")
    command = [sys.executable, "-m", "publisher", "-C", str(workbench.folder), "tick"]
    ticks = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    said = [process.communicate() for process in ticks]
    assert [process.returncode for process in ticks] == [0, 0, 0, 0], said
    assert "agree" in workbench.run("verify")


def test_verify_tells_a_store_that_is_gone(workbench: Workbench) -> None:
    workbench.import_users(1)
    workbench.sign()
    workbench.run("publish")
    shutil.rmtree(workbench.folder / "var")
    assert "a store sends its notices, and none is at [store] url" in workbench.refused("verify")
    assert not (workbench.folder / "var").exists()


def test_looking_does_not_make_a_store_however_its_url_is_written(workbench: Workbench) -> None:
    shutil.rmtree(workbench.folder / "var")
    workbench.environment = {"PUBLISHER_STORE__URL": f"sqlite+pysqlite:///{workbench.folder}/var/p.db?timeout=5"}
    workbench.run("status")
    assert not (workbench.folder / "var").exists()


def test_what_an_installation_keeps_to_itself_is_not_offered_to_version_control(workbench: Workbench) -> None:
    workbench.import_users(1)
    subprocess.run(["git", "init", "-q", str(workbench.folder)], check=True)
    told = subprocess.run(
        ["git", "-C", str(workbench.folder), "status", "--porcelain", "-uall"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert "policies/privacy/ledger.jsonl" in told.stdout
    assert "var/" not in told.stdout


def test_an_argument_that_is_no_text_is_misuse(workbench: Workbench) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "publisher", "-C", str(workbench.folder), "adopt", "privacy", "--by", b"J\xf6rg"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "not text in UTF-8" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command", [("build",), ("review", "privacy", "v2", "--accept-all", "--by", "A", "--note", "n")]
)
def test_a_folder_that_cannot_be_written_is_told_in_words(workbench: Workbench, command: tuple[str, ...]) -> None:
    target = workbench.folder / ("site" if command == ("build",) else "policies/privacy/v2")
    target.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_WRITING.format(folder=str(target)), "-C", str(workbench.folder), *command],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ,
    )
    assert done.returncode == 1, done
    assert "Read-only file system." in done.stderr
    assert "Traceback" not in done.stderr


_WITHOUT_WRITING = """
import errno, os, sys
real = os.open
def refusing(path, flags, *rest, **more):
    if str(path).startswith({folder!r}) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
    return real(path, flags, *rest, **more)
os.open = refusing
made = os.mkdir
def not_made(path, *rest, **more):
    if str(path).startswith({folder!r}):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
    return made(path, *rest, **more)
os.mkdir = not_made
from publisher.cli import main
main()
"""


def test_a_file_where_the_website_should_be_is_told_in_words(workbench: Workbench) -> None:
    shutil.rmtree(workbench.folder / "site", ignore_errors=True)
    (workbench.folder / "site").write_text("x")
    told = workbench.refused("build")
    assert "The website cannot be written: File exists" in told
    assert "move away what stands in its place" in told


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["diff policies/privacy/v1/en.md policies/privacy/v2/en.md", "publish", "status"])
def test_streams_that_were_closed_before_are_no_terminals(workbench: Workbench, command: str, closed: str) -> None:
    workbench.import_users(1)
    workbench.sign()
    said = workbench.folder / "said"
    kept = closed if "2>" in closed else f"{closed} 2>{said}"
    line = f"exec {sys.executable} -m publisher {command} {kept}"
    done = subprocess.run(["/bin/sh", "-c", line], cwd=workbench.folder, check=False)
    assert done.returncode == 0
    assert not said.exists() or "Traceback" not in said.read_text()


def test_a_ledger_with_an_error_fails_the_status_too(workbench: Workbench) -> None:
    ledger = workbench.folder / "policies/privacy/ledger.jsonl"
    ledger.write_text(ledger.read_text() + '{"unfinished')
    assert "ledger.jsonl:2: error:" in workbench.refused("status")
    report = workbench.json("status")  # a program sees all of it, its faults too
    assert [fault["line"] for fault in report["faults"]] == [2]
    assert report["versions"]
