"""Backups of a store: made, put back, or lost with the store."""

import shutil
import sqlite3
from pathlib import Path
from typing import Protocol

from tests.postgresql import Server


class Copies(Protocol):
    """What can become of a store behind the product's back; nobody has it open meanwhile."""

    def save(self, url: str, place: Path) -> None:
        """Keeps a copy of the store as it is now."""

    def restore(self, url: str, place: Path) -> None:
        """Puts the copy in the store's place."""

    def lose(self, url: str) -> None:
        """Leaves nothing of the store."""

    def forget(self, url: str) -> None:
        """Leaves nothing of the copy."""


class SqliteCopies:
    """A file, copied as its documentation says."""

    def save(self, url: str, place: Path) -> None:
        source, target = sqlite3.connect(_file(url)), sqlite3.connect(place / "saved.db")
        source.backup(target)
        source.close()
        target.close()

    def restore(self, url: str, place: Path) -> None:
        self.lose(url)
        shutil.copy(place / "saved.db", _file(url))

    def lose(self, url: str) -> None:
        for end in ("", "-wal", "-shm"):
            _file(url).with_name(_file(url).name + end).unlink(missing_ok=True)

    def forget(self, url: str) -> None:
        """The copy goes with its folder."""


class PostgresqlCopies:
    """A database made from another one as its template."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def save(self, url: str, place: Path) -> None:  # noqa: ARG002  the copy lies in the server
        self._server.copied(url, self._saved(url))

    def restore(self, url: str, place: Path) -> None:  # noqa: ARG002  as above
        self._server.copied(self._saved(url), url)

    def lose(self, url: str) -> None:
        self._server.emptied(url)

    def forget(self, url: str) -> None:
        self._server.drop(self._saved(url))

    @staticmethod
    def _saved(url: str) -> str:
        return url.replace("?", "_saved?")


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))
