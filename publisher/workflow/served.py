"""The website as it is served at an instant: the newest build, and from the next version's effect on the one after it.

The build that will be true then is made beforehand, as far as the ledger knows now, so that readers see it from the
instant itself and not from when somebody has got round to building.
"""

import os
import subprocess
import sys
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

from publisher.config import Settings
from publisher.errors import PublisherError, one
from publisher.workflow.encoded import Encoded
from publisher.workflow.on_demand import MOST_KEPT, made
from publisher.workflow.snapshot import Snapshot

AHEAD = timedelta(minutes=10)
"""How long before a version's effect the website of that instant is made."""

FOLDER = "var/served-next"
"""Where it lies, in the workspace."""

_BUILD_SECONDS = 600
_TRIES = 5


@dataclass(frozen=True, slots=True)
class _Next:
    """The website from an instant on, as the build that stood when it was made has it."""

    turn: datetime
    after: tuple[int, int]
    snapshot: Snapshot


class Pages:
    """The website of a workspace in memory."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.output
        self._place = str(settings.output)
        self._known = (0, 0)
        self._snapshot = Snapshot(self._folder)
        self._next: _Next | None = None
        self._failed: tuple[tuple[int, int], datetime] | None = None
        self._made: OrderedDict[tuple[str, int], Encoded | None] = OrderedDict()
        self._guard = Lock()
        self.refresh()

    def is_behind(self) -> bool:
        """Whether another build lies on the disk than the one in memory."""
        return self._stamp() != self._known

    def refresh(self) -> bool:
        """Reads the newest build, if it is another one; says whether it was."""
        with self._guard:
            for _ in range(_TRIES):
                stamp = self._stamp()
                if stamp == self._known:
                    return False
                try:
                    snapshot = self._read(self._folder)
                except FileNotFoundError:
                    continue
                if stamp == self._stamp():  # a build put in place meanwhile would have been read in part
                    self._snapshot, self._known = snapshot, stamp
                    self._made.clear()
                    return True
            return False

    def at(self, now: datetime) -> Snapshot:
        """The website as it is true at an instant, as far as it is in memory."""
        following = self._next
        if following is not None and following.after == self._known and now >= following.turn:
            return following.snapshot
        return self._snapshot

    def is_next_wanted(self, now: datetime) -> bool:
        """Whether the next version takes effect soon, and its website is still to be made."""
        turn = self._snapshot.next_turn(now)
        if turn is None or turn - now > AHEAD or self._failed == (self._known, turn):
            return False
        return self._next is None or (self._next.after, self._next.turn) != (self._known, turn)

    def make_next(self, now: datetime) -> None:
        """Makes the website of the next version's effect, by a build of its own that nobody has to wait for.

        Raises:
            PublisherError: it could not be built; the one that stands goes on until somebody builds.
        """
        with self._guard:
            known, turn = self._known, self._snapshot.next_turn(now)
            if turn is None:
                return
            try:
                folder = _built(self._settings, turn)
            except PublisherError:
                self._failed = (known, turn)
                raise
            self._next = _Next(turn, known, self._read(folder))

    def kept(self, path: str, now: datetime) -> Encoded | None:
        """A page that was made already; None when it is still to be made."""
        return self._made.get((path, id(self.at(now))))

    def made(self, path: str, now: datetime) -> Encoded | None:
        """A page that no build writes, kept while this build stands; None when there is none.

        Raises:
            PublisherError: the texts cannot be read.
        """
        pages = self.at(now)
        with self._guard:
            key = (path, id(pages))
            if key not in self._made:
                while len(self._made) >= MOST_KEPT:
                    self._made.popitem(last=False)
                self._made[key] = made(self._settings, path, now=now)
            return self._made[key]

    def _read(self, folder: Path) -> Snapshot:
        return Snapshot(folder, base_url=self._settings.site.base_url, former=self._snapshot)

    def _stamp(self) -> tuple[int, int]:
        try:
            status = os.stat(self._place)  # noqa: PTH116  asked at every request, where a Path costs twice as much
        except OSError:
            return (0, 0)
        return (status.st_ino, status.st_mtime_ns)


def _built(settings: Settings, turn: datetime) -> Path:
    folder = settings.path(FOLDER)
    command = [sys.executable, "-m", "publisher", "-C", str(settings.root), "build", "--at", turn.isoformat()]
    done = subprocess.run(  # noqa: S603  this program itself
        command,
        env={**os.environ, "PUBLISHER_SITE__OUTPUT": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_BUILD_SECONDS,
    )
    if done.returncode:
        raise one(
            "next-unbuilt",
            f"The website of {turn.isoformat()} cannot be built: {done.stderr.strip()}",
            "Correct that, or run publisher tick at that instant.",
        )
    return folder
