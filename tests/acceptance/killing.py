"""Kills a command at its n-th step that writes, for every n, then runs it again and compares with an undisturbed run.

Run as a program: killing.py WORKSPACE INSTANT COMMAND...; prints one JSON object. A step that writes is a file opened
for writing, renamed, linked or removed, a folder made or removed, an SQL statement that writes, or a commit. Of those
in a row within the folder in which a build works unseen, and of the statements of one transaction, which are all as if
they had never been, it kills at the first, the last and every eighth.
"""

import hashlib
import importlib
import json
import os
import pkgutil
import shutil
import signal
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import publisher
from publisher.cli import publisher as group
from publisher.cli.context import Desk
from tests.templates_once import compile_once

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
RENAMING = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate"}
UNSEEN = ".publisher-new-"
STATEMENT = "a statement"
TABLES = ("ledger", "notice", "template", "batch", "outbox", "attempt")


def main(workspace: Path, instant: datetime, command: Sequence[str]) -> dict[str, Any]:
    for module in pkgutil.walk_packages(publisher.__path__, "publisher."):
        if "migrations" not in module.name and "__main__" not in module.name:
            importlib.import_module(module.name)
    with tempfile.TemporaryDirectory() as scratch:
        warm(Path(scratch) / "warm", workspace, instant, command)
        undisturbed = Path(scratch) / "undisturbed"
        shutil.copytree(workspace, undisturbed)
        steps = steps_of(undisturbed, instant, command)
        chosen = [number for number in range(1, len(steps) + 1) if counts(steps, number)]
        wanted = state(undisturbed)
        lanes = os.cpu_count() or 1
        found = [Path(scratch) / f"lane-{lane}.json" for lane in range(lanes)]
        children = [
            begun(partial(disturbances, workspace, instant, command, chosen[lane::lanes], wanted, found[lane]))
            for lane in range(lanes)
        ]
        endings = [os.waitpid(child, 0)[1] for child in children]
        if any(endings):
            raise SystemExit("a lane broke down")
        differing = {step: wrong for path in found for step, wrong in json.loads(path.read_text("utf-8")).items()}
    return {"steps": len(steps), "killed_at": len(chosen), "differing": differing}


def warm(folder: Path, workspace: Path, instant: datetime, command: Sequence[str]) -> None:
    """Runs the command here once, so that nothing has to be loaded or compiled anew in each of the many children."""
    compile_once()
    shutil.copytree(workspace, folder)
    output = sys.stdout
    run(folder, instant, command)
    sys.stdout.close()
    sys.stdout = output


def disturbances(
    workspace: Path,
    instant: datetime,
    command: Sequence[str],
    steps: Sequence[int],
    wanted: dict[str, str],
    result: Path,
) -> None:
    """Kills at some of the steps, and writes what differed."""
    differing = {}
    for step in steps:
        wrong = disturbance(workspace, result.with_suffix(f".{step}"), instant, command, step, wanted)
        if wrong:
            differing[step] = wrong
    result.write_text(json.dumps(differing), "utf-8")


def disturbance(
    workspace: Path, folder: Path, instant: datetime, command: Sequence[str], step: int, wanted: dict[str, str]
) -> list[str]:
    """What differs from an undisturbed run after a kill at one step and a second run."""
    shutil.copytree(workspace, folder)
    ended = in_child(partial(killed_at, folder, instant, command, step))
    again = in_child(partial(run, folder, instant, command))
    found = state(folder)
    shutil.rmtree(folder)
    if again or (ended and not os.WIFSIGNALED(ended)):
        return [f"the first run ended with {ended}, the second with {again}"]
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))


def run(folder: Path, instant: datetime, command: Sequence[str]) -> None:
    """The command as staff run it, its words thrown away, by a fixed clock."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  the child ends with it
    group.main(
        list(command), prog_name="publisher", standalone_mode=False, obj=Desk(clock=lambda: instant, folder=folder)
    )


def killed_at(folder: Path, instant: datetime, command: Sequence[str], step: int) -> None:
    taken = 0

    def count(_: str) -> None:
        nonlocal taken
        taken += 1
        if taken == step:
            os.kill(os.getpid(), signal.SIGKILL)

    watch(folder, count)
    run(folder, instant, command)


def steps_of(folder: Path, instant: datetime, command: Sequence[str]) -> str:
    """A letter for each step that writes: `u` within the folder that nobody sees, `s` in a transaction, else `.`."""
    reading, writing = os.pipe()

    def counted() -> None:
        watch(
            folder, lambda where: os.write(writing, b"u" if UNSEEN in where else b"s" if where == STATEMENT else b".")
        )
        run(folder, instant, command)

    child = os.fork()
    if child == 0:
        os.close(reading)
        finish(counted)
    os.close(writing)
    steps = b""
    while held := os.read(reading, 65536):
        steps += held
    if os.waitpid(child, 0)[1]:
        raise SystemExit("the undisturbed run failed")
    return steps.decode()


def counts(steps: str, number: int) -> bool:
    """Whether the command is killed at that step, the first of which is 1."""
    around = steps[max(0, number - 2) : number + 1]
    return number % 8 == 0 or "." in around or len(set(around)) > 1 or number in (1, len(steps))


def watch(folder: Path, step: Callable[[str], object]) -> None:
    """Calls `step` before each step that writes inside the folder, with its paths, and around each commit."""
    from sqlalchemy import Engine, event

    inside = str(folder)

    def audit(name: str, arguments: tuple[Any, ...]) -> None:
        if name == "open":
            writes = isinstance(arguments[2], int) and bool(arguments[2] & WRITING)
            if writes and str(arguments[0]).startswith(inside):
                step(str(arguments[0]))
        elif name in RENAMING and any(inside in str(argument) for argument in arguments):
            step(" ".join(map(str, arguments)))

    sys.addaudithook(audit)

    def executed(*arguments: Any) -> None:
        statement = str(arguments[2]).lstrip().upper()
        if not statement.startswith(("SELECT", "PRAGMA", "BEGIN", "WITH")):
            step(STATEMENT)

    event.listen(Engine, "before_cursor_execute", executed)
    event.listen(Engine, "commit", lambda _connection: step(""))
    event.listen(Engine, "after_cursor_execute", executed)


def in_child(work: Callable[[], None]) -> int:
    return os.waitpid(begun(work), 0)[1]


def begun(work: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        finish(work)
    return child


def finish(work: Callable[[], None]) -> None:
    try:
        work()
    except BaseException as fault:  # noqa: BLE001  whatever it was, this child must end here
        sys.stderr.write(f"{fault!r}\n")
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


def state(folder: Path) -> dict[str, str]:
    """Everything that a reader, a colleague or the next command can see: public files, and the rows of the store.

    The folder in which a killed build was working stays for an hour, unseen by version control, and is swept then.
    """
    seen = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for part in ("policies", "site")
        for path in sorted((folder / part).rglob("*"))
        if path.is_file() and UNSEEN not in str(path)
    }
    connection = sqlite3.connect(folder / "var" / "publisher.db")
    for table in TABLES:
        rows = connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall()  # noqa: S608  names from above
        seen[f"table {table}"] = hashlib.sha256(repr(rows).encode()).hexdigest()
    connection.close()
    return seen


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), sys.argv[3:])))  # noqa: T201  what the test reads
