"""A page made by a process of its own, under limits: whatever the texts are, the server takes on nothing of them.

It reads what `made` reads, writes the page to standard output, and says by how it ends what became of it.
"""

import os
import resource
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from publisher.config import Settings, read_settings
from publisher.errors import PublisherError, one
from publisher.render.headers import TYPES
from publisher.workflow.encoded import Encoded
from publisher.workflow.on_demand import made

MOST_BYTES = 90_000_000
"""Of memory that the process may have of its own."""

MOST_CPU_SECONDS = 4
MOST_SECONDS = 20
"""How long one waits for it, on a machine that has other things to do."""

_NOTHING, _TOO_MUCH, _FAULTS = 4, 3, 5
_CUT_OFF = (_TOO_MUCH, -signal.SIGXCPU, -signal.SIGKILL, -signal.SIGSEGV, -signal.SIGABRT)
"""How it ends when it wants more than it may have; some libraries do not live to tell."""


class Unmade(StrEnum):
    """Why there is no page."""

    NOTHING = "nothing"
    TOO_MUCH = "too much"
    LATER = "later"


def made_apart(settings: Settings, path: str, *, now: datetime) -> Encoded | Unmade:
    """The page at a path, or why there is none: no such page, it takes more than it may, or not in time.

    Raises:
        PublisherError: the texts cannot be read.
    """
    command = [sys.executable, "-m", __name__, str(settings.root), path, now.isoformat()]
    try:
        done = subprocess.run(  # noqa: S603  this program itself
            command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=MOST_SECONDS
        )
    except (subprocess.TimeoutExpired, OSError):  # the machine may have no room for another process
        return Unmade.LATER
    if done.returncode == 0:
        head, _, held = done.stdout.partition(b"\n")
        held_as, digest = head.split(b" ")
        return Encoded(TYPES[".html"].encode("ascii"), digest, held_as.decode("ascii"), held)
    if done.returncode == _NOTHING:
        return Unmade.NOTHING
    why = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode in _CUT_OFF or not why:
        return Unmade.TOO_MUCH
    raise one("page-unmade", f"The page {path} cannot be made: {why}", "Correct that; the built pages go on.")


def main(root: str, path: str, at: str) -> int:
    """Makes one page, and writes how it is held, the digest of its tags, and its bytes."""
    os.nice(5)  # pages go first, but whoever asked is waiting
    for limit, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_DATA, MOST_BYTES),
        (resource.RLIMIT_CPU, MOST_CPU_SECONDS),
    ):
        with suppress(ValueError):  # whoever started the server allows less
            resource.setrlimit(limit, (most, most))
    try:
        page = made(read_settings(Path(root)), path, now=datetime.fromisoformat(at))
    except PublisherError as fault:
        sys.stderr.write(f"{fault}\n")
        return _FAULTS
    except Exception as fault:
        # what runs out of memory below Python ends in errors of any kind
        if isinstance(fault, MemoryError) or _most_held() > MOST_BYTES * 3 // 4:
            return _TOO_MUCH
        raise
    if page is None:
        return _NOTHING
    sys.stdout.buffer.write(page.held_as.encode("ascii") + b" " + page.digest + b"\n" + page.held)
    return 0


def _most_held() -> int:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
