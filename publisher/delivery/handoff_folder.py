"""Batches into a folder: a file each, whole and safe on disk before it counts as handed over.

Files lie in `new/` under their key. Whoever takes one moves it to `done/`: as long as a file lies in either, the same
batch is not written again, so that a pass that was killed may be run again.
"""

import errno
import json
import os
import secrets
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from publisher.delivery.handoff import Handed, plain
from publisher.domain.handoff import Handoff
from publisher.domain.notice import Outcome

_OURS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.ELOOP})
"""Errors that no waiting mends: the folder itself is wrong."""


class FolderProvider:
    """A folder that a program of the provider's, or of the organisation's own, takes batches from."""

    one_content = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def hand(self, given: Handoff, now: datetime) -> Handed:  # noqa: ARG002  the protocol's signature
        """Writes one batch; a full disk is a provider that is busy, a wrong folder is our own fault."""
        name = f"{given.key}.json"
        try:
            for part in ("tmp", "new", "done"):
                (self._folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
            if any((self._folder / part / name).exists() for part in ("new", "done")):
                return Handed(Outcome.ACCEPTED, 0, "already in the folder", provider=name)
            self._write(name, json.dumps(plain(given), ensure_ascii=False, indent=1).encode("utf-8"))
        except OSError as fault:
            outcome = Outcome.SENDER_FAULT if fault.errno in _OURS else Outcome.HOST_BUSY
            return Handed(outcome, 0, f"the folder cannot be written: {fault.strerror or type(fault).__name__}")
        return Handed(Outcome.ACCEPTED, 0, "in the folder", provider=name)

    def _write(self, name: str, data: bytes) -> None:
        draft = self._folder / "tmp" / f"{name}.{os.getpid()}.{secrets.token_hex(4)}"
        try:
            private = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(private, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._folder / "new" / name)
        except OSError:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise
        folder = os.open(self._folder / "new", os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
