"""Files of the policies folder: only regular ones are read, and they are replaced whole or not at all."""

import glob
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from publisher.errors import Fault, Place


def read_bytes(path: Path, name: str, limit: int) -> tuple[bytes | None, tuple[Fault, ...]]:
    """A regular file's bytes, or why they cannot be had; symbolic links are never followed.

    Args:
        path: the file.
        name: the file as staff know it.
        limit: how many bytes it may have.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        if path.is_symlink():
            return None, (_irregular(name, "a symbolic link"),)
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as fault:
        return None, (_unreadable(name, fault),)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return None, (_irregular(name, "no regular file"),)
        if status.st_size > limit:
            return None, (_large(name, limit),)
        with os.fdopen(os.dup(descriptor), "rb") as file:
            held = file.read()  # with a limit Python would allocate all of that
    except OSError as fault:
        return None, (_unreadable(name, fault),)
    finally:
        os.close(descriptor)
    if len(held) > limit:
        return None, (_large(name, limit),)
    return held, ()


def atomic_write(path: Path, content: bytes) -> None:
    """Replaces a file whole: after a crash at any moment it holds its old bytes or the new ones.

    Raises:
        OSError: it could not be written; the old file is as it was.
    """
    _sweep(path)
    beside = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.new")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o644)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileNotFoundError):
            beside.chmod(stat.S_IMODE(path.stat().st_mode))
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _sweep(path: Path) -> None:
    """Removes what writers of this file left beside it when they were killed."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*-*.new"):
        writer = left.name.removeprefix(f".{path.name}.").partition("-")[0]
        if writer.isdigit() and not _alive(int(writer)):
            with suppress(OSError):
                left.unlink()


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable, where the system lets a folder be opened."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unreadable(name: str, fault: Exception) -> Fault:
    reason = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
    return Fault("file-unreadable", f"It cannot be read: {reason}.", "Make it readable, or restore it.", Place(name))


def _irregular(name: str, what: str) -> Fault:
    return Fault("file-irregular", f"This is {what}.", "Put the file itself here.", Place(name))


def _large(name: str, limit: int) -> Fault:
    size = f"{limit // 1_000_000} MB" if limit >= 1_000_000 else f"{limit // 1_000} kB"
    return Fault("file-large", f"It is larger than {size}.", "Cut it into smaller files.", Place(name))
