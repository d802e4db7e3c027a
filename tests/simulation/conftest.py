"""How many sequences are run, and that the end of a run says so."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.postgresql import Server
from tests.simulation.copies import Copies, PostgresqlCopies, SqliteCopies
from tests.simulation.crashing import Watch
from tests.simulation.workspace import made


@pytest.fixture(scope="session")
def watch() -> Iterator[Watch]:
    watching = Watch()
    yield watching
    watching.close()


class Beginnings:
    """A workspace made once, from which every sequence gets a copy of its own with its own database."""

    def __init__(self, folder: Path, server: Server | None) -> None:
        self._folder = folder
        self._server = server
        self._pristine = server.new() if server else None
        self.copies: Copies = PostgresqlCopies(server) if server else SqliteCopies()
        made(folder / "pristine", self._pristine)

    @contextmanager
    def one(self) -> Iterator[tuple[Path, str | None]]:
        """A workspace and the URL of its store; None: the one of its settings."""
        folder = self._folder / "workspace"
        shutil.copytree(self._folder / "pristine", folder)
        url = self._server.copied(self._pristine) if self._server and self._pristine else None
        try:
            yield folder, url
        finally:
            for left in self._folder.glob("workspace*"):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            if self._server and url:
                self.copies.forget(url)
                self._server.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def beginnings(request: pytest.FixtureRequest, tmp_path: Path) -> Beginnings:
    server = request.getfixturevalue("postgresql_server") if request.param == "postgresql" else None
    return Beginnings(tmp_path, server)
