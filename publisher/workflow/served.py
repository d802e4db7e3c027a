"""The website as it is served at an instant: the newest build, and from the next version's effect on the one after it.

The build that will be true then is made beforehand, as far as the ledger knows now, so that readers see it from the
instant itself and not from when somebody has got round to building.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

from publisher.config import Settings
from publisher.errors import PublisherError, one
from publisher.workflow.snapshot import Snapshot

AHEAD = timedelta(minutes=10)
"""How long before a version's effect the website of that instant is made."""

FOLDER = "var/served-next"
"""Where it lies, in the workspace."""

BUILD_SECONDS = 600
"""How long the build of it may take."""

RETRY = timedelta(seconds=60)
"""How long after a build ahead that failed another one is begun."""

_NOTHING = (0, 0)
_TRIES = 5


@dataclass(frozen=True, slots=True)
class _Next:
    """The website from an instant on, made while the build of a digest stood."""

    turn: datetime
    after: bytes
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class _Failed:
    """A build ahead that failed: for which instant, while the build of which digest stood, and when that was."""

    turn: datetime
    after: bytes
    at: datetime


class Pages:
    """The website of a workspace in memory.

    Reading a build and making the next one wait for nothing but themselves: each has a lock of its own.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._folder = settings.output
        self._place = str(settings.output)
        self._known = _NOTHING
        self._snapshot = Snapshot(None)
        self._next: _Next | None = None
        self._failed: _Failed | None = None
        self._reading, self._building = Lock(), Lock()
        self.refresh()

    def is_behind(self) -> bool:
        """Whether another build lies on the disk than the one in memory; while there is none, that one stays."""
        return self._stamp() not in (self._known, _NOTHING)

    def refresh(self) -> bool:
        """Reads the newest build, if it is another one; says whether it was."""
        with self._reading:
            for _ in range(_TRIES):
                stamp = self._stamp()
                if stamp in (self._known, _NOTHING):
                    return False
                try:
                    snapshot = self._read(self._folder)
                except FileNotFoundError:
                    continue
                if stamp == self._stamp():  # a build put in place meanwhile would have been read in part
                    self._snapshot, self._known = snapshot, stamp
                    return True
            return False

    def at(self, now: datetime) -> Snapshot:
        """The website as it is true at an instant, as far as it is in memory.

        A build that came after the next one was made, and before its turn, may say more than that; but what applied
        until the turn must not be shown after it, so it is left out until the next one was made again.
        """
        standing, following = self._snapshot, self._next
        if following is not None and now >= following.turn and standing.awaits(following.turn):
            return following.snapshot
        return standing

    def is_next_wanted(self, now: datetime) -> bool:
        """Whether a version takes effect soon, or did since the last build, and its website is still to be made."""
        standing, following, failed = self._snapshot, self._next, self._failed
        turn = _due(standing, now)
        if turn is None:
            return False
        if failed is not None and (failed.after, failed.turn) == (standing.digest, turn):
            rests = failed.at <= now < failed.at + RETRY  # a clock that was set back does not make it rest for longer
            if rests:
                return False
        return following is None or (following.after, following.turn) != (standing.digest, turn)

    def is_overdue(self, now: datetime) -> bool:
        """Whether a version took effect since the build that is served, and no website of that is made."""
        turn = _due(self._snapshot, now)
        return turn is not None and turn <= now and self.is_next_wanted(now)

    def turned(self, now: datetime) -> None:
        """Lets what was made for an instant that has passed stand, so that the one after it can be made."""
        with self._reading:
            following = self._next
            if following is not None and now >= following.turn and following.after == self._snapshot.digest:
                self._snapshot, self._next = following.snapshot, None

    def make_next(self, now: datetime) -> None:
        """Makes the website of the next version's effect, by a build of its own that nobody has to wait for.

        Raises:
            PublisherError: it could not be built; the one that stands goes on, and after `RETRY` it is wanted again.
        """
        with self._building:
            standing, following = self._snapshot, self._next
            turn = _due(standing, now)
            if turn is None:
                return
            before = () if following is None else (following.snapshot,)
            try:
                snapshot = self._read(_built(self.settings, max(turn, now)), *before)
            except PublisherError:
                self._failed = _Failed(turn, standing.digest, now)
                raise
            except OSError as fault:
                self._failed = _Failed(turn, standing.digest, now)
                raise _unbuilt(turn, f"it cannot be read: {fault}.") from None
            self._next, self._failed = _Next(turn, standing.digest, snapshot), None

    def _read(self, folder: Path, *before: Snapshot) -> Snapshot:
        return Snapshot(folder, base_url=self.settings.site.base_url, former=(self._snapshot, *before))

    def _stamp(self) -> tuple[int, int]:
        try:
            status = os.stat(self._place)  # noqa: PTH116  asked at every request, where a Path costs twice as much
        except OSError:
            return _NOTHING
        return (status.st_ino, status.st_mtime_ns)


def _due(standing: Snapshot, now: datetime) -> datetime | None:
    """The last instant at which a version should have taken effect by now, else the first at which one soon does."""
    passed = [turn for turn in standing.turns if turn <= now]
    coming = standing.next_turn(now)
    if passed:
        return passed[-1]
    return coming if coming is not None and coming - now <= AHEAD else None


def _built(settings: Settings, turn: datetime) -> Path:
    folder = settings.path(FOLDER)
    command = [sys.executable, "-m", "publisher", "-C", str(settings.root), "build", "--at", turn.isoformat()]
    try:
        done = subprocess.run(  # noqa: S603  this program itself
            command,
            env={**os.environ, "PUBLISHER_SITE__OUTPUT": str(folder)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=BUILD_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise _unbuilt(turn, f"it took more than {BUILD_SECONDS} seconds.") from None
    if done.returncode:
        raise _unbuilt(turn, done.stderr.strip() or f"the build ended with {done.returncode}.")
    return folder


def _unbuilt(turn: datetime, why: str) -> PublisherError:
    return one(
        "next-unbuilt",
        f"The website of {turn.isoformat()} cannot be built: {why}",
        "It is tried again each minute; correct that, or run publisher tick at that instant.",
    )
