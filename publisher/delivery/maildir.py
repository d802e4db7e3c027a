"""Messages into a Maildir: a folder that mail programs open and that needs no server."""

import errno
import hashlib
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from publisher.domain.notice import Outcome, Receipt

_MESSAGE_ID = re.compile(rb"(?im)^message-id:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\r\n]+>)")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_OURS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.ELOOP})
"""Errors that no waiting mends: the folder itself is wrong."""


class MaildirTransport:
    """Writes each message whole and safe on disk before it is called accepted.

    A message's file name derives from its Message-ID. A message that lies there already, read or unread, is accepted
    again without a second copy, so a run that was killed may be run again.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ready = False
        self._seen: frozenset[str] = frozenset()
        self._seen_at = -1

    def send(self, sender: str, recipient: str, message: bytes) -> Receipt:  # noqa: ARG002  the protocol's signature
        """Delivers one message into `new/`; a full disk is a host that is busy, a wrong folder is our own fault."""
        try:
            self._prepare()
            name = _name(message)
            if self._holds(name):
                return Receipt(Outcome.ACCEPTED, 250, "already in the Maildir")
            self._write(name, message)
        except OSError as fault:
            self._ready = False  # the folders may be gone: look again next time
            outcome = Outcome.SENDER_FAULT if fault.errno in _OURS else Outcome.HOST_BUSY
            return Receipt(outcome, 0, f"the Maildir cannot be written: {fault.strerror or type(fault).__name__}")
        return Receipt(Outcome.ACCEPTED, 250, "in the Maildir")

    def close(self) -> None:
        """Nothing is held open between messages."""

    def _prepare(self) -> None:
        if not self._ready:
            for part in ("tmp", "new", "cur"):
                (self._folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
            self._ready = True

    def _holds(self, name: str) -> bool:
        """Whether the message is there: unread, or read and renamed with flags by a mail program."""
        if (self._folder / "new" / name).exists():
            return True
        cur = self._folder / "cur"
        changed = cur.stat().st_mtime_ns
        if changed != self._seen_at:
            with os.scandir(cur) as entries:
                self._seen = frozenset(entry.name.partition(":")[0] for entry in entries)
            self._seen_at = changed
        return name in self._seen

    def _write(self, name: str, message: bytes) -> None:
        new = self._folder / "new"
        draft = self._folder / "tmp" / f"{name}.{os.getpid()}.{secrets.token_hex(4)}"
        try:
            private = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(private, "wb") as file:
                file.write(message.replace(b"\r\n", b"\n"))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(new / name)
        except OSError:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise
        folder = os.open(new, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _name(message: bytes) -> str:
    """A file name without `/`, `:` or a leading dot: from the Message-ID, or from the bytes where there is none."""
    end = _HEADER_END.search(message)
    found = _MESSAGE_ID.search(message, 0, end.start() if end else len(message))
    return f"n{hashlib.sha256(found[1] if found else message).hexdigest()[:40]}.publisher"
