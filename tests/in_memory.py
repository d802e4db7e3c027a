"""Where the tests write: in memory where this machine has room for it, since files are made and removed there at once.

No test is about power that fails, so that nothing is proved less; a third of a run's time went into waiting for a disk.
"""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108  Linux' own; what is made there has a name of its own
ROOM = 3 << 30
"""Bytes that must be free: several times what a whole run needs."""


def begin() -> Path | None:
    """Makes a folder in memory the place of everything temporary, here and in what is started; None: stays on disk."""
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM:
        return None
    folder = Path(tempfile.mkdtemp(prefix="publisher-tests-", dir=MEMORY))
    folder.chmod(0o711)  # the database server runs as another user
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    return folder


def end(folder: Path) -> None:
    """Gives the memory back."""
    del os.environ["TMPDIR"]
    tempfile.tempdir = None
    shutil.rmtree(folder, ignore_errors=True)
