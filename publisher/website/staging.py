"""The folder in which a website is put together unseen: a new one, or the one that the last build replaced.

The replaced one, the spare, still holds nearly all that the next site is made of. What it holds counts only where it is
the very file that the website has, so that a spare that was damaged, or left behind halfway, costs time and no more.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from publisher.website.manifest import Stamp

STAGING_PREFIX = ".publisher-new-"
"""What the name of a folder that a build works in begins with, beside the website's own; that of the spare is this with
the website's folder's name alone, the others' go on."""

_HIDING = ".gitignore"
_SECONDS_OF_A_BUILD = 3600


class Staging:
    """A folder that becomes the website, and what it holds of a former one."""

    def __init__(self, folder: Path, spare: Path) -> None:
        self.folder = folder
        self._place = str(folder)
        self._spare = spare
        self._folders, self._files = _below(self._place)
        self._made: set[str] = set()
        self._kept: set[str] = set()
        self._links = True
        # A run cut off here leaves nothing for version control to pick up.
        self._files.discard(_HIDING)
        (folder / _HIDING).unlink(missing_ok=True)
        (folder / _HIDING).write_text("*\n", "utf-8")

    def take(self, before: str, name: str, stamp: Stamp) -> None:
        """Takes over a file of the website that stays as its stamp has it.

        Raises:
            OSError: it cannot be read, or not be written here.
        """
        if name in self._files and _is_file(f"{self._place}/{name}", stamp.size, stamp.changed, stamp.inode):
            self._kept.add(name)
        elif not self._linked(before, target := self.room(name)):
            shutil.copy2(before, target, follow_symlinks=False)

    def taken(self, before: str, name: str) -> str | None:
        """Takes over a file of the website, its time of change with it; where it is then. None: it could not be."""
        target = f"{self._place}/{name}"
        if name in self._files:
            found = os.lstat(before)
            if _is_file(target, found.st_size, found.st_mtime_ns, found.st_ino):
                self._kept.add(name)
                return target
        return target if self._linked(before, self.room(name)) else None

    def room(self, name: str) -> str:
        """Where a file is to be written: nothing stands there, and the folders above it are there.

        Raises:
            OSError: they cannot be made.
        """
        target = f"{self._place}/{name}"
        folder = os.path.dirname(name)  # noqa: PTH120  called for every page
        if folder not in self._made:
            for above in folders_of(folder):
                self._gone(above)
                self._made.add(above)
            os.makedirs(f"{self._place}/{folder}", exist_ok=True)  # noqa: PTH103  a Path costs more than the folder
            self._made.add(folder)
        self._gone(name)
        if name in self._folders and not any(kept.startswith(f"{name}/") for kept in self._kept):
            shutil.rmtree(target, ignore_errors=True)
        return target

    def clear(self) -> None:
        """Removes what the folder holds of a former website and the new one does not have."""
        for name in self._files - self._kept:
            self._gone(name)
        needed = {folder for name in {os.path.dirname(name) for name in self._kept} for folder in folders_of(name)}  # noqa: PTH120  as above
        for folder in sorted(self._folders - needed - self._made, reverse=True):
            with suppress(OSError):
                os.rmdir(f"{self._place}/{folder}")  # noqa: PTH106  as above
        (self.folder / _HIDING).unlink()

    def spare(self) -> None:
        """Lets the folder, which the website has left, wait for the next build; not where files cannot be linked."""
        if not self._links or not self.folder.is_dir():
            return
        with suppress(OSError):
            (self.folder / _HIDING).unlink(missing_ok=True)
            (self.folder / _HIDING).write_text("*\n", "utf-8")
            self.folder.rename(self._spare)

    def _linked(self, before: str, target: str) -> bool:
        try:
            os.link(before, target, follow_symlinks=False)
        except OSError:
            self._links = False
            return False
        return True

    def _gone(self, name: str) -> None:
        if name in self._files:
            self._files.discard(name)
            with suppress(FileNotFoundError, NotADirectoryError):
                os.unlink(f"{self._place}/{name}")  # noqa: PTH108  as above


def staged(output: Path) -> Staging:
    """The folder to put the next website together in: the spare, which then is this run's alone, or a new one."""
    spare = output.parent / f"{STAGING_PREFIX}{output.name}"
    folder = Path(tempfile.mkdtemp(prefix=f"{STAGING_PREFIX}{output.name}-", dir=output.parent))
    with suppress(OSError):
        os.utime(spare, follow_symlinks=False)
        # Takes the place of the empty folder in one step; of two runs at once one alone finds the spare.
        spare.rename(folder)
        try:
            return Staging(folder, spare)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            folder = Path(tempfile.mkdtemp(prefix=f"{STAGING_PREFIX}{output.name}-", dir=output.parent))
    return Staging(folder, spare)


def sweep(output: Path) -> None:
    """Removes what runs that were cut off left beside the folder, unless another run may still be at work on it."""
    for left in output.parent.glob(f"{STAGING_PREFIX}{output.name}-*"):
        if left.is_dir() and not left.is_symlink() and _seconds_old(left) > _SECONDS_OF_A_BUILD:
            shutil.rmtree(left, ignore_errors=True)


def folders_of(folder: str) -> Iterator[str]:
    """A folder of the website and those above it, the topmost first."""
    end = folder.find("/")
    while end != -1:
        yield folder[:end]
        end = folder.find("/", end + 1)
    if folder:
        yield folder


def _below(folder: str) -> tuple[set[str], set[str]]:
    """Every folder and every file or link below one, by its path from there."""
    folders: set[str] = set()
    files: set[str] = set()
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        with os.scandir(f"{folder}/{inside}") as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.add(f"{inside}{entry.name}")
                    waiting.append(f"{inside}{entry.name}/")
                else:
                    files.add(f"{inside}{entry.name}")
    return folders, files


def _is_file(path: str, size: int, changed: int, inode: int) -> bool:
    try:
        found = os.lstat(path)
    except OSError:
        return False
    return (found.st_size, found.st_mtime_ns, found.st_ino) == (size, changed, inode)


def _seconds_old(path: Path) -> float:
    """How long ago a folder was last written to, by the disk's own clock."""
    with tempfile.TemporaryFile(dir=path.parent) as now:
        try:
            return os.fstat(now.fileno()).st_mtime - path.stat().st_mtime
        except OSError:
            return 0
