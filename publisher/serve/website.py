"""The website in memory, kept up with the disk and made ready for what is next, away from the readers' requests."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from time import monotonic

from publisher.errors import PublisherError
from publisher.serve.recent import Recent
from publisher.workflow.apart import Unmade, made_apart
from publisher.workflow.encoded import Encoded
from publisher.workflow.served import Pages
from publisher.workflow.snapshot import Snapshot

WAIT_SECONDS = 0.25
"""How long a reader who comes just after a build waits for it; after that they get the one before until it is read."""
LOOK_AGAIN_SECONDS = 0.02
"""For how long nobody looks at the disk again, where a look costs as much as a tenth of an answer."""

MOST_RECODED = 8_000_000
"""Bytes of pages in other encodings than the one they are held in that are kept."""

MOST_MADE = 8_000_000
"""Bytes of pages that no build writes that are kept."""

MOST_WAITING = 4
"""Pages that may wait while another one is made, whatever number of readers asks for each."""

_ENTRY = 400
"""Bytes that it takes to remember anything at all."""


class Website:
    """What the pages' part of the application asks."""

    def __init__(self, pages: Pages, clock: Callable[[], datetime], told: Callable[[str], None]) -> None:
        self.settings = pages.settings
        self._pages = pages
        self.clock = clock
        self._told = told
        self._reading: asyncio.Task[bool] | None = None
        self._look_again = 0.0
        self._one_at_a_time, self._recoding = asyncio.Lock(), asyncio.Lock()
        self._unbuilt = self._unmade = ""
        self._recoded: Recent[bytes] = Recent(MOST_RECODED, len)
        self._made: Recent[Encoded | Unmade] = Recent(MOST_MADE, _size)
        self._being_made: dict[tuple[str, bytes], asyncio.Task[Encoded | Unmade]] = {}

    async def current(self) -> Snapshot:
        """The website as it is true now."""
        if monotonic() >= self._look_again:
            if self._pages.is_behind():
                if self._reading is None or self._reading.done():
                    self._reading = asyncio.create_task(asyncio.to_thread(self._pages.refresh))
                await asyncio.wait([self._reading], timeout=WAIT_SECONDS)
            else:
                self._look_again = monotonic() + LOOK_AGAIN_SECONDS
        return self._pages.at(self.clock())

    async def ready(self) -> None:
        """Waits, before the first reader comes, for the website of a version that took effect while nobody served."""
        if self._pages.is_overdue(self.clock()):
            await self.look()

    async def look(self) -> None:
        """Reads another build, and makes the website of a version that takes effect soon; tells a failure once."""
        if self._pages.is_behind():
            await asyncio.to_thread(self._pages.refresh)
        self._pages.turned(self.clock())
        if not self._pages.is_next_wanted(self.clock()):
            return
        try:
            await asyncio.to_thread(self._pages.make_next, self.clock())
            self._unbuilt = ""
        except PublisherError as fault:
            if str(fault) != self._unbuilt:
                self._unbuilt = str(fault)
                self._told(self._unbuilt)

    async def made(self, path: str) -> Encoded | Unmade:
        """A page that no build writes, or why there is none.

        One is made at a time, by a process of its own, and once however many ask; beyond a few, others come later.
        """
        key = (path, self._pages.at(self.clock()).digest)
        kept = self._made.get(key)
        if kept is not None:
            return kept
        making = self._being_made.get(key)
        if making is None:
            if len(self._being_made) > MOST_WAITING:
                return Unmade.LATER
            making = self._being_made[key] = asyncio.create_task(self._make(key))
            making.add_done_callback(lambda _: self._being_made.pop(key, None))
        return await asyncio.shield(making)

    async def _make(self, key: tuple[str, bytes]) -> Encoded | Unmade:
        async with self._one_at_a_time:
            try:
                found = await asyncio.to_thread(made_apart, self.settings, key[0], now=self.clock())
            except PublisherError as fault:
                if str(fault) != self._unmade:
                    self._unmade = str(fault)
                    self._told(self._unmade)
                return Unmade.LATER
        if found is not Unmade.LATER:
            self._made.keep(key, found)
        return found

    async def body(self, page: Encoded, encoding: str) -> bytes:
        """A page's bytes in an encoding; what it is not held in is made once, as long as it is asked for."""
        if encoding == page.held_as:
            return page.held
        key = (page.digest, encoding)
        found = self._recoded.get(key)
        if found is None:
            async with self._recoding:
                found = self._recoded.get(key)
                if found is None:
                    found = await asyncio.to_thread(page.body, encoding)
                    self._recoded.keep(key, found)
        return found


def _size(found: Encoded | Unmade) -> int:
    return _ENTRY + (len(found.held) if isinstance(found, Encoded) else 0)
