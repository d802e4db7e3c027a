"""What every command needs: the folder, the clock, and the workspace and store on demand."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.errors import PublisherError

if TYPE_CHECKING:
    from publisher.config import Settings
    from publisher.domain.pack import Pack
    from publisher.store.engine import Store
    from publisher.workflow.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a command is run, and by which clock."""

    clock: Callable[[], datetime]
    folder: Path = Path()

    def in_folder(self, folder: Path) -> "Desk":
        """The same desk, in another folder."""
        return replace(self, folder=self.folder / folder)

    def now(self) -> datetime:
        """The current instant, aware UTC, whole seconds."""
        return self.clock()

    def settings(self) -> "Settings":
        """The settings of the workspace around the folder."""
        from publisher.config import find_workspace, read_settings

        return read_settings(find_workspace(self.folder))

    def workspace(self) -> "Workspace":
        """The workspace, read now."""
        from publisher.workflow.workspace import open_workspace

        return open_workspace(self.settings())

    def own_packs(self) -> "tuple[Pack, ...]":
        """The organisation's rule packs in the workspace around the folder; none outside of one."""
        from publisher.config import find_workspace
        from publisher.library import read_packs

        try:
            root = find_workspace(self.folder)
        except PublisherError:
            return ()
        return read_packs(root).packs

    @contextmanager
    def store(self, settings: "Settings") -> "Iterator[Store]":
        """The store, opened and closed."""
        from publisher.store.engine import open_store
        from publisher.workflow.people import users_database

        store = open_store(settings.store_url, users_database(settings), by_id=settings.by_id)
        try:
            yield store
        finally:
            store.close()

    @contextmanager
    def store_if_any(self, settings: "Settings") -> "Iterator[Store | None]":
        """The store, or None when its file was never made: looking must not create it."""
        from publisher.store.engine import sqlite_file

        file = sqlite_file(settings.store_url)
        if file is not None and not file.exists():
            yield None
            return
        with self.store(settings) as store:
            yield store


pass_desk = click.make_pass_decorator(Desk)
