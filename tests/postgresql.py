"""A PostgreSQL server of the tests' own: no network, no fsync, one for a whole run, a fresh database for each test."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError

from publisher.store.engine import open_store

MISSING = "there is no PostgreSQL server on this machine; on Debian: apt-get install postgresql"
_TEMPLATE = "store_as_migrated"


def programs() -> Path | None:
    """The folder of the newest server's programs; Debian keeps them out of PATH."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return installed[-1].parent if installed else None


@dataclass
class Server:
    """A running server. Its socket lies in `folder`, and only this machine's users can reach it."""

    folder: Path
    admin: Engine
    numbers: Iterator[int] = field(default_factory=count)
    migrated: bool = False

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    @contextmanager
    def database(self, *, migrated: bool = False) -> Iterator[str]:
        """The URL of a new database, empty or with the store's tables; it is gone afterwards."""
        if migrated and not self.migrated:
            self._run(f"CREATE DATABASE {_TEMPLATE}")
            open_store(self.url(_TEMPLATE)).close()
            self.migrated = True
        name = f"test_{next(self.numbers)}"
        self._run(f"CREATE DATABASE {name}" + (f" TEMPLATE {_TEMPLATE}" if migrated else ""))
        try:
            yield self.url(name)
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def new(self) -> str:
        """The URL of an empty database that stays until the server ends or it is dropped."""
        name = f"made_{next(self.numbers)}"
        self._run(f"CREATE DATABASE {name}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Ends a database, whoever is connected to it."""
        self._run(f"DROP DATABASE IF EXISTS {_name(url)} WITH (FORCE)")

    def copied(self, url: str, into: str | None = None) -> str:
        """The URL of a copy of a database that nobody uses now, a new one or in place of another one."""
        if into is not None:
            self.drop(into)
        name = _name(into) if into is not None else f"copy_{next(self.numbers)}"
        self._create(name, _name(url))
        return self.url(name)

    def emptied(self, url: str) -> None:
        """Puts an empty database in a database's place."""
        self.drop(url)
        self._create(_name(url), "template1")

    def _create(self, name: str, source: str) -> None:
        for _ in range(100):  # until the server has seen that nobody is connected to the source any more
            try:
                self._run(f"CREATE DATABASE {name} TEMPLATE {source}")
            except OperationalError:
                time.sleep(0.02)
            else:
                return
        raise TimeoutError(f"{source} is in use")

    def _run(self, statement: str) -> None:
        with self.admin.connect() as connection:
            connection.exec_driver_sql(statement)


def _name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


@contextmanager
def serving() -> Iterator[Server]:
    """Starts a server in a folder of its own, as another user when this one is root, and stops it at the end."""
    found = programs()
    if found is None:
        raise FileNotFoundError(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="publisher-pg-"))
    as_whom = _unprivileged(folder)
    data = folder / "data"
    _call(
        [found / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", *_collation()],
        as_whom,
    )
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "max_connections": "120",
    }
    options = " ".join(f"-c {name}={value or repr('')}" for name, value in settings.items())
    control: list[str | Path] = [found / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
    _call([*control, "start", "-o", options], as_whom)
    admin = create_engine(
        f"postgresql+psycopg://postgres@/postgres?host={folder}", isolation_level="AUTOCOMMIT", pool_size=1
    )
    try:
        yield Server(folder, admin)
    finally:
        admin.dispose()
        _call([*control, "stop", "-m", "immediate"], as_whom)
        shutil.rmtree(folder, ignore_errors=True)


def _collation() -> list[str]:
    """Words are ordered as people order them, as on most servers: what relied on the order of bytes would show."""
    return ["--locale", "C.UTF-8", "--locale-provider", "icu", "--icu-locale", "en-US"]


def _unprivileged(folder: Path) -> Mapping[str, Any]:
    """As whom the server runs: it refuses to be root."""
    if os.getuid() != 0:
        return {}
    user = next((entry for entry in pwd.getpwall() if entry.pw_name == "postgres"), None) or pwd.getpwnam("nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _call(command: list[str | Path], as_whom: Mapping[str, Any]) -> None:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        cwd="/",
        **as_whom,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr}")
