"""Replaces a folder of built files as a whole: readers find the old one or the new one, never a mixture.

A marker lists the files that are ours. A folder without it that is not empty belongs to somebody else and is left
alone; files that somebody put into ours are kept. The folder that was replaced waits for the next build, which puts
into it only what differs.
"""

import ctypes
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from publisher.errors import Place, PublisherError, one
from publisher.website.manifest import Stamp, digest_of_bytes
from publisher.website.staging import STAGING_PREFIX, Staging, folders_of, staged, sweep

MARKER = ".publisher-site.json"

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@dataclass(frozen=True, slots=True)
class Swapped:
    """What a build did: how many files there are, how many of them are new or differ, how many of ours went."""

    files: int
    changed: int
    removed: int
    bytes: int


def swap(
    output: Path,
    files: Iterable[tuple[str, bytes | Stamp]],
    written: Callable[[str, Stamp], None] | None = None,
) -> Swapped:
    """Puts files in place of the folder's own former ones, all at once.

    A file comes as its bytes, or as the stamp of a former one that stays. `written` is told each file's stamp.

    Unchanged files keep their time of change, and where all of them stay nothing is moved. Two at once each bring a
    whole site; the later one stays.

    Raises:
        PublisherError: the folder is not ours, a path is unsafe, or the disk refuses; the old site stays as it was.
    """
    former = _former(output)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise _unwritable(output, fault) from fault
    sweep(output)
    waiting = iter(files)
    kept, first = _kept(waiting)
    if first is None and _stands(output, kept, former):
        return Swapped(len(kept), 0, 0, sum(stamp.size for _, stamp in kept))
    try:
        staging = staged(output)
    except OSError as fault:
        raise _unwritable(output, fault) from fault
    try:
        coming = chain[tuple[str, bytes | Stamp]](kept, () if first is None else (first,), waiting)
        done = _fill(staging, output, coming, former or frozenset(), written)
        staging.clear()
        _keep_foreign(staging.folder, output, former or frozenset())
        staging.folder.chmod(0o755)
        _sync_folder(staging.folder)
        _exchange(staging.folder, output)
        if done.changed * 2 < done.files:
            staging.spare()
    except OSError as fault:
        raise _unwritable(output, fault) from fault
    finally:
        shutil.rmtree(staging.folder, ignore_errors=True)
    return done


def _unwritable(output: Path, fault: OSError) -> PublisherError:
    where = f" ({fault.filename})" if isinstance(fault, (FileExistsError, NotADirectoryError)) else ""
    return one(
        "site-unwritable",
        f"The website cannot be written: {fault.strerror or fault}{where}. The old one stays.",
        "Free some space, correct the folder's permissions or move away what stands in its place, then build again.",
        Place(str(output)),
    )


def _kept(files: Iterable[tuple[str, bytes | Stamp]]) -> tuple[list[tuple[str, Stamp]], tuple[str, bytes] | None]:
    """The former files that come before the first new one, and that one."""
    kept: list[tuple[str, Stamp]] = []
    for name, content in files:
        if not isinstance(content, Stamp):
            return kept, (name, content)
        kept.append((name, content))
    return kept, None


def _stands(output: Path, kept: Sequence[tuple[str, Stamp]], former: frozenset[str] | None) -> bool:
    """Whether the folder holds these files and no other of ours, each in folders of its own."""
    if former is None or {name for name, _ in kept} != former:
        return False
    folders = {folder for name in {os.path.dirname(name) for name in former} for folder in folders_of(name)}  # noqa: PTH120  called for every page
    try:
        return all(stat.S_ISDIR(os.lstat(f"{output}/{folder}").st_mode) for folder in folders) and all(
            stat.S_ISREG(os.lstat(f"{output}/{name}").st_mode) for name in former
        )
    except OSError:
        return False


def _former(output: Path) -> frozenset[str] | None:
    """The files that the last build put there; None when there is no folder, or an empty one.

    Raises:
        PublisherError: the folder is somebody else's.
    """
    if output.is_symlink() or (output.exists() and not output.is_dir()):
        raise _foreign(output, "it is no folder of its own")
    if not output.exists() or not any(output.iterdir()):
        return None
    marker = output / MARKER
    try:
        listed = json.loads(marker.read_text("utf-8"))["files"]
        return frozenset(name for name in listed if isinstance(name, str) and _safe(name))
    except (OSError, ValueError, KeyError, TypeError):
        raise _foreign(output, "it holds files that this program did not write") from None


def _foreign(output: Path, why: str) -> PublisherError:
    return one(
        "site-foreign",
        f"The website is not written into this folder, because {why}.",
        "Name another folder in [site] output, or empty this one yourself.",
        Place(str(output)),
    )


def _fill(
    staging: Staging,
    output: Path,
    files: Iterable[tuple[str, bytes | Stamp]],
    former: frozenset[str],
    told: Callable[[str, Stamp], None] | None,
) -> Swapped:
    written: set[str] = set()
    changed = size = 0
    for name, content in files:
        if not _safe(name):
            raise one("site-path", f"'{name}' is no path for a page.", "This is a fault of the program; report it.")
        written.add(name)
        before = f"{output}/{name}"
        if isinstance(content, Stamp):
            staging.take(before, name, content)
            size += content.size
            continue
        size += len(content)
        stays = name in former and _same(before, content)
        target = staging.taken(before, name) if stays else None
        if target is None:
            target = staging.room(name)
            with open(target, "xb") as file:  # noqa: PTH123  called for every page
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            changed += 1
        if told is not None:
            status = os.lstat(target)
            told(name, Stamp(digest_of_bytes(content), status.st_size, status.st_mtime_ns, status.st_ino))
    marker = json.dumps({"files": sorted(written)}, ensure_ascii=False, indent=0) + "\n"
    Path(staging.room(MARKER)).write_text(marker, "utf-8")
    return Swapped(len(written), changed, len(former - written), size)


def _same(path: str, content: bytes) -> bool:
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size != len(content):
            return False
        return Path(path).read_bytes() == content
    except OSError:
        return False


def _keep_foreign(staging: Path, output: Path, former: frozenset[str]) -> None:
    """Takes over what somebody else put into our folder; where both want one name, ours is the page."""
    if not output.is_dir():
        return
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        with os.scandir(f"{output}/{inside}") as entries:
            for entry in entries:
                relative = f"{inside}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{relative}/")
                elif relative not in former and relative != MARKER and not os.path.lexists(staging / relative):
                    with suppress(FileExistsError, NotADirectoryError):
                        (staging / relative).parent.mkdir(parents=True, exist_ok=True)
                        shutil.copy2(entry.path, staging / relative, follow_symlinks=False)


def _exchange(staging: Path, output: Path) -> None:
    """Gives each folder the other's name; where the system can, without a moment between."""
    if not output.exists():
        staging.rename(output)
    elif not _exchanged_at_once(staging, output):
        aside = Path(tempfile.mkdtemp(prefix=f"{STAGING_PREFIX}{output.name}-", dir=output.parent)) / "old"
        output.rename(aside)
        try:
            staging.rename(output)
        except OSError:
            aside.rename(output)
            raise
        aside.rename(staging)
        aside.parent.rmdir()
    _sync_folder(output.parent)


def _exchanged_at_once(staging: Path, output: Path) -> bool:
    """Linux swaps two names in one step; other systems, and some file systems, cannot."""
    try:
        rename: Callable[..., int] = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    names = (os.fsencode(staging), os.fsencode(output))
    return rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _safe(name: str) -> bool:
    parts = name.split("/")
    named = any(part not in ("", ".") for part in parts)
    return named and not name.startswith("/") and ".." not in parts and "\\" not in name and "\0" not in name
