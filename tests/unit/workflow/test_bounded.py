"""A program of somebody else's is run within bounds; real programs, real pipes."""

import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from publisher.workflow.bounded import Ran, run_bounded


def ran(folder: Path, program: str, lines: Iterable[str] = (), **bounds: object) -> Ran:
    given = {"seconds": 120.0, "most_output": 100_000} | bounds
    return run_bounded([sys.executable, "-c", program], lines, folder=folder, **given)  # type: ignore[arg-type]


def test_it_reads_lines_and_answers(tmp_path: Path) -> None:
    assert ran(tmp_path, "import sys; print(sys.stdin.read().upper(), end='')", ["a", "b"]) == Ran("A\nB\n", "", "")


def test_it_runs_in_the_folder_it_is_given(tmp_path: Path) -> None:
    assert ran(tmp_path, "import os; print(os.getcwd())").output.strip() == str(tmp_path.resolve())


def test_a_program_that_does_not_read_is_no_trouble(tmp_path: Path) -> None:
    assert ran(tmp_path, "print('done')", ["x" * 100_000] * 50) == Ran("done\n", "", "")


def test_what_it_wrote_before_it_failed_is_kept(tmp_path: Path) -> None:
    found = ran(tmp_path, "import sys; print('one', flush=True); sys.stderr.write('no luck'); sys.exit(3)")

    assert found == Ran("one\n", "no luck", "it ended with exit code 3")


def test_a_crash_is_told(tmp_path: Path) -> None:
    found = ran(tmp_path, "import os, signal; print('one', flush=True); os.kill(os.getpid(), signal.SIGSEGV)")

    assert (found.output, found.trouble) == ("one\n", "it crashed (SIGSEGV)")


def test_time_is_bounded_and_its_children_end_with_it(tmp_path: Path) -> None:
    program = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    for seconds in (1.5, 15, 100):  # a machine that stands still may be too late even for the child
        found = ran(tmp_path, program, seconds=seconds)
        if found.output:
            break

    assert found.trouble == f"it took longer than {seconds:g} seconds and was stopped"
    child = int(found.output)
    for _ in range(1200):
        if not running(child):
            break
        time.sleep(0.05)
    assert not running(child)


def running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_child_that_holds_the_pipe_does_not_hold_us(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60); open(\"ended\", \"w\")'])\n"
        "print('done')\n"
    )

    assert ran(tmp_path, program).output == "done\n"
    assert not (tmp_path / "ended").exists()


def test_output_is_bounded(tmp_path: Path) -> None:
    found = ran(tmp_path, "while True: print('x' * 1000)", most_output=5_000)

    assert len(found.output) == 5_000
    assert found.trouble == "it wrote more than 5,000 bytes and was stopped"


def test_bytes_that_are_no_text_are_told_apart(tmp_path: Path) -> None:
    assert ran(tmp_path, "import sys; sys.stdout.buffer.write(b'\\xff\\n')").output == "\ufffd\n"


@pytest.mark.parametrize("command", [["/nowhere/at-all"], ["."], [""], ["a\0b"]])
def test_what_cannot_be_started_is_told(tmp_path: Path, command: list[str]) -> None:
    found = run_bounded(command, [], folder=tmp_path, seconds=5, most_output=10)

    assert found.output == ""
    assert found.trouble.startswith("it cannot be started")


def test_it_gets_few_variables_and_those_that_are_named(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "SECRET": "s", "MODEL_KEY": "k", "PUBLISHER_EMAIL__TRANSPORT": "smtp://"}

    found = ran(
        tmp_path,
        "import os; print(sorted(set(os.environ) - {'LC_CTYPE'}))",
        environment=environment,
        handed_on=("MODEL_KEY", "NOT_THERE"),
    )

    assert found.output == "['MODEL_KEY', 'PATH']\n"


def test_no_shell_reads_its_arguments(tmp_path: Path) -> None:
    found = run_bounded(
        [sys.executable, "-c", "import sys; print(sys.argv[1])", "$(touch x); `id` *"],
        [],
        folder=tmp_path,
        seconds=20,
        most_output=1000,
    )

    assert found.output == "$(touch x); `id` *\n"
    assert list(tmp_path.iterdir()) == []
