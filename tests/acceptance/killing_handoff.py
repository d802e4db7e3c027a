"""Kills a hand-off into a folder at its n-th step that writes, for every n, then runs it again and looks at both sides.

Run as a program: python -m tests.acceptance.killing_handoff WORKSPACE INSTANT FOLDER; prints one JSON object.
"""

import json
import os
import shutil
import signal
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from publisher.config import read_settings
from publisher.store.engine import open_store
from publisher.workflow import dispatch, handoff, handoff_far_side, webhooks  # noqa: F401  so that no step is an import
from tests.acceptance.killing import in_child, watch


def main(workspace: Path, instant: datetime, out: str) -> dict[str, object]:
    wrong: dict[int, object] = {}
    doubted = steps = 0
    with tempfile.TemporaryDirectory() as scratch:
        wanted: object = None
        while True:
            folder = Path(scratch) / f"step-{steps}"
            shutil.copytree(workspace, folder)
            ended = in_child(partial(delivered, folder, instant, steps))
            in_child(partial(delivered, folder, instant, 0))
            found = looked(folder, out)
            wanted = wanted or found
            if found != wanted:
                wrong[steps] = found
            doubted += doubts(folder) > 0
            shutil.rmtree(folder)
            if steps and not os.WIFSIGNALED(ended):
                return {"steps": steps - 1, "wrong": wrong, "doubted": doubted}
            steps += 1


def delivered(folder: Path, instant: datetime, step: int) -> None:
    """One pass, killed at a step; at 0 it is not."""
    watch(folder, counting(step))
    settings = read_settings(folder, {})
    store = open_store(settings.store_url, by_id=settings.by_id)
    dispatch.dispatch(settings, store, now=lambda: instant)
    store.close()


def counting(step: int) -> Callable[[str], None]:
    taken = 0

    def count(_: str) -> None:
        nonlocal taken
        taken += 1
        if taken == step:
            os.kill(os.getpid(), signal.SIGKILL)

    return count


def looked(folder: Path, out: str) -> object:
    """How often each message lies in the folder, and where it stands in the store."""
    files = (json.loads(path.read_bytes()) for path in (folder / out / "new").iterdir())
    handed = Counter(message["id"] for batch in files for message in batch["messages"])
    with sqlite3.connect(folder / "var" / "publisher.db") as connection:
        rows = connection.execute("SELECT state, reason, count(*) FROM outbox GROUP BY 1, 2").fetchall()
    return [sorted(handed.items()), rows]


def doubts(folder: Path) -> int:
    with sqlite3.connect(folder / "var" / "publisher.db") as connection:
        found: int = connection.execute("SELECT sum(doubts) FROM outbox").fetchone()[0]
    return found


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), sys.argv[3])))  # noqa: T201  what the test reads
