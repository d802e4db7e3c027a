"""The installation's key: made at first use, readable by its owner alone."""

import os
import secrets
import stat
from pathlib import Path

from publisher.errors import Place, one

KEY_BYTES = 32


def secret_key(path: Path) -> bytes:
    """The key in a file, made when there is none.

    Raises:
        PublisherError: the file holds no key, or others than its owner may read it.
    """
    if not path.exists():
        _make(path)
    held = path.read_text("ascii", errors="replace").strip()
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise one(
            "key-exposed",
            "Others than its owner can read the installation's key.",
            f"Run: chmod 600 {path}",
            Place(str(path)),
        )
    try:
        key = bytes.fromhex(held)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise one(
            "key-damaged",
            "This file holds no key.",
            "Restore it from a backup; message ids and tokens derive from it.",
            Place(str(path)),
        )
    return key


def _make(path: Path) -> None:
    """Writes a new key whole or not at all; of two processes at once, the first one's key stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(beside, path)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
