"""What the last build made of what: kept beside the workspace, never needed, and believed only where it proves itself.

The file carries its own digest, and each page in it the digest of its bytes. A page is taken over only when the file in
the website's folder is still the one that was written, by size, time and inode, or else by its bytes.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Stamp:
    """A file as it was written: digest of its bytes, size, time of change in nanoseconds, inode.

    A page that can be made from its former self has the `key` of all that it was made of but for one passage, and the
    place of that passage in its bytes.
    """

    digest: str
    size: int
    changed: int
    inode: int
    key: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the website that is made of one whole: a policy, or what all policies share.

    `key` is the digest of all that it was made of; `facts` are what other parts, or later builds, want to know of it.
    """

    key: str
    stamps: Mapping[str, Stamp]
    facts: Mapping[str, Any] = field(default_factory=dict)

    def intact(self, output: Path) -> bool:
        """Whether every file is there as it was written."""
        return all(_intact(f"{output}/{name}", stamp) for name, stamp in self.stamps.items())


Manifest = Mapping[str, Part]
"""The parts of a website by name."""


def read_manifest(path: Path) -> Manifest:
    """The manifest in a file; nothing when it is missing, damaged, or of another format."""
    try:
        proof, _, held = path.read_text("utf-8").partition("\n")
        if proof != _proof(held):
            return {}
        return {
            name: Part(
                part["key"], {page: Stamp(*stamp) for page, stamp in part["stamps"].items()}, part.get("facts", {})
            )
            for name, part in json.loads(held).items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Replaces the file as a whole, in a folder that hides itself from version control.

    Raises:
        OSError: it cannot be written; the next build then makes everything anew.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    hidden = path.parent / ".gitignore"
    if not hidden.exists():
        hidden.write_text("*\n", "utf-8")
    plain = {
        name: {
            "key": part.key,
            "stamps": {page: _plain(stamp) for page, stamp in part.stamps.items()},
            "facts": dict(part.facts),
        }
        for name, part in manifest.items()
    }
    held = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        beside.write_text(f"{_proof(held)}\n{held}", "utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def digest_of_bytes(content: bytes) -> str:
    """The digest by which a page is known here."""
    return hashlib.sha256(content).hexdigest()


def _plain(stamp: Stamp) -> list[str | int]:
    whole: list[str | int] = [stamp.digest, stamp.size, stamp.changed, stamp.inode]
    return [*whole, stamp.key, stamp.start, stamp.end] if stamp.key else whole


def _proof(held: str) -> str:
    return hashlib.sha256(f"{FORMAT}\n{held}".encode()).hexdigest()


def _intact(path: str, stamp: Stamp) -> bool:
    try:
        found = os.lstat(path)
        if (found.st_size, found.st_mtime_ns, found.st_ino) == (stamp.size, stamp.changed, stamp.inode):
            return True
        if found.st_size != stamp.size:
            return False
        return content_of(path, stamp) is not None
    except OSError:
        return False


def content_of(path: str, stamp: Stamp) -> bytes | None:
    """A file's bytes if they are those that were written."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(stamp.size + 1)
    except OSError:
        return None
    return content if digest_of_bytes(content) == stamp.digest else None
