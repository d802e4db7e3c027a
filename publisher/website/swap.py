"""Replaces a folder of built files as a whole: readers find the old one or the new one, never a mixture.

A marker lists the files that are ours. A folder without it that is not empty belongs to somebody else and is left
alone; files that somebody put into ours are kept.
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

MARKER = ".publisher-site.json"

_STAGING_PREFIX = ".publisher-new-"
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
    output.parent.mkdir(parents=True, exist_ok=True)
    _sweep(output)
    waiting = iter(files)
    kept, first = _kept(waiting)
    if first is None and _stands(output, kept, former):
        return Swapped(len(kept), 0, 0, sum(stamp.size for _, stamp in kept))
    staging = Path(tempfile.mkdtemp(prefix=f"{_STAGING_PREFIX}{output.name}-", dir=output.parent))
    try:
        # A run cut off here leaves nothing for version control to pick up.
        (staging / ".gitignore").write_text("*\n", "utf-8")
        coming = chain[tuple[str, bytes | Stamp]](kept, () if first is None else (first,), waiting)
        done = _fill(staging, output, coming, former or frozenset(), written)
        (staging / ".gitignore").unlink()
        _keep_foreign(staging, output, former or frozenset())
        staging.chmod(0o755)
        _sync_folder(staging)
        _exchange(staging, output)
    except OSError as fault:
        raise one(
            "site-unwritable",
            f"The website cannot be written: {fault.strerror or fault}. The old one stays.",
            "Free some space or correct the folder's permissions, then build again.",
            Place(str(output)),
        ) from fault
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return done


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
    folders = {folder for name in {os.path.dirname(name) for name in former} for folder in _above(name)}  # noqa: PTH120  called for every page
    try:
        return all(stat.S_ISDIR(os.lstat(f"{output}/{folder}").st_mode) for folder in folders) and all(
            stat.S_ISREG(os.lstat(f"{output}/{name}").st_mode) for name in former
        )
    except OSError:
        return False


def _above(folder: str) -> list[str]:
    parts = folder.split("/")
    return ["/".join(parts[: end + 1]) for end in range(len(parts))]


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
    staging: Path,
    output: Path,
    files: Iterable[tuple[str, bytes | Stamp]],
    former: frozenset[str],
    told: Callable[[str, Stamp], None] | None,
) -> Swapped:
    written: set[str] = set()
    folders: set[str] = set()
    changed = size = 0
    for name, content in files:
        if not _safe(name):
            raise one("site-path", f"'{name}' is no path for a page.", "This is a fault of the program; report it.")
        target = f"{staging}/{name}"
        folder = os.path.dirname(name)  # noqa: PTH120  called for every page
        if folder not in folders:
            os.makedirs(f"{staging}/{folder}", exist_ok=True)  # noqa: PTH103  a Path for each costs more than the folder
            folders.add(folder)
        written.add(name)
        before = f"{output}/{name}"
        if isinstance(content, Stamp):
            if not _linked(before, target):
                shutil.copy2(before, target, follow_symlinks=False)
            size += content.size
            continue
        size += len(content)
        if not (name in former and _same(before, content) and _linked(before, target)):
            with open(target, "xb") as file:  # noqa: PTH123  as above
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            changed += 1
        if told is not None:
            status = os.lstat(target)
            told(name, Stamp(digest_of_bytes(content), status.st_size, status.st_mtime_ns, status.st_ino))
    marker = json.dumps({"files": sorted(written)}, ensure_ascii=False, indent=0) + "\n"
    (staging / MARKER).write_text(marker, "utf-8")
    return Swapped(len(written), changed, len(former - written), size)


def _same(path: str, content: bytes) -> bool:
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size != len(content):
            return False
        return Path(path).read_bytes() == content
    except OSError:
        return False


def _linked(before: str, target: str) -> bool:
    """Whether the unchanged file could be taken over as it is, its time of change with it."""
    try:
        os.link(before, target, follow_symlinks=False)
    except OSError:
        return False
    return True


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
    """Gives the new folder the old one's name; where the system can, without a moment between."""
    if not output.exists():
        staging.rename(output)
    elif not _exchanged_at_once(staging, output):
        aside = Path(tempfile.mkdtemp(prefix=f"{_STAGING_PREFIX}{output.name}-", dir=output.parent)) / "old"
        output.rename(aside)
        try:
            staging.rename(output)
        except OSError:
            aside.rename(output)
            raise
        shutil.rmtree(aside.parent, ignore_errors=True)
    _sync_folder(output.parent)


def _exchanged_at_once(staging: Path, output: Path) -> bool:
    """Linux swaps two names in one step; other systems, and some file systems, cannot."""
    try:
        rename: Callable[..., int] = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    names = (os.fsencode(staging), os.fsencode(output))
    return rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0


def _sweep(output: Path) -> None:
    """Removes what runs that were cut off left beside the folder, unless another run may still be at work on it."""
    for left in output.parent.glob(f"{_STAGING_PREFIX}{output.name}-*"):
        if left.is_dir() and not left.is_symlink() and _seconds_old(left) > 3600:
            shutil.rmtree(left, ignore_errors=True)


def _seconds_old(path: Path) -> float:
    """How long ago a folder was last written to, by the disk's own clock."""
    with tempfile.TemporaryFile(dir=path.parent) as now:
        try:
            return os.fstat(now.fileno()).st_mtime - path.stat().st_mtime
        except OSError:
            return 0


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
