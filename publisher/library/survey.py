"""What each policy's folder holds, as one digest: whether anything changed is seen without reading what it says."""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from publisher.domain.policy import is_language, is_version

_NOTICE = re.compile(rb'"notice":"([^"]+)"')
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@dataclass(frozen=True, slots=True)
class Surveyed:
    """A policy's folder: its name and the digest of all its files; the notices that its ledger names.

    `languages` are those of any of its texts, published or not, `versions` how many versions there are.
    """

    name: str
    digest: str
    notices: frozenset[str]
    languages: frozenset[str]
    versions: int


def survey(root: Path) -> tuple[Surveyed, ...]:
    """Every folder below `policies`, in order of name."""
    top = root / "policies"
    if not top.is_dir() or top.is_symlink():
        return ()
    names = sorted(entry.name for entry in os.scandir(top) if entry.is_dir(follow_symlinks=False))
    return tuple(_surveyed(str(top), name) for name in names if not name.startswith("."))


def folder_digest(folder: Path) -> str:
    """The digest of all files below a folder; of one that is not there, that of none."""
    return _digest(_files(str(folder), ""))


def _surveyed(top: str, name: str) -> Surveyed:
    notices: set[str] = set()
    languages: set[str] = set()
    versions: set[str] = set()
    found = list(_files(os.path.join(top, name), ""))  # noqa: PTH118  for every file of a thousand versions
    for path, content in found:
        if path == "/ledger.jsonl":
            notices.update(match.decode("utf-8", "replace") for match in _NOTICE.findall(content))
        elif path.endswith(".md"):
            _, *folders, file = path.split("/")
            versions.update(name for name in folders[:1] if is_version(name))
            if is_language(file.removesuffix(".md")):
                languages.add(file.removesuffix(".md"))
    return Surveyed(name, _digest(iter(found)), frozenset(notices), frozenset(languages), len(versions))


def _digest(files: Iterator[tuple[str, bytes]]) -> str:
    whole = hashlib.sha256()
    for path, content in files:
        whole.update(f"{path!r} {hashlib.sha256(content).hexdigest()}\n".encode())
    return whole.hexdigest()


def _files(folder: str, shown: str) -> Iterator[tuple[str, bytes]]:
    """Each file below a folder; what is no file, or cannot be read, by what it is."""
    try:
        with os.scandir(folder) as scan:
            entries = sorted(scan, key=lambda entry: entry.name)
    except OSError as fault:
        yield shown, f"unreadable {fault.errno}".encode()
        return
    for entry in entries:
        name = f"{shown}/{entry.name}"
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield f"{name}/", b""
            yield from _files(entry.path, name)
        elif entry.is_file(follow_symlinks=False):
            yield name, _content(entry.path)
        else:
            yield name, b"no file"


def _content(path: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | _NO_FOLLOW)
    except OSError as fault:
        return f"unreadable {fault.errno}".encode()
    try:
        found: list[bytes] = []
        while piece := os.read(descriptor, 1 << 24):
            found.append(piece)
        return b"".join(found)
    except OSError as fault:
        return f"unreadable {fault.errno}".encode()
    finally:
        os.close(descriptor)
