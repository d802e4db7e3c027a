"""Users in and out of the store's own table."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.domain.users import User
from publisher.errors import Fault, PublisherError, Severity

if TYPE_CHECKING:
    from publisher.store.engine import Store

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did. `kept_aside` counts addresses that are none; their users are left to the banner."""

    imported: int
    kept_aside: int
    warnings: tuple[Fault, ...]


def import_users(store: "Store", file: Path, *, progress: Callable[[int], None] = lambda _: None) -> ImportReport:
    """Inserts or updates every user of a file, in one transaction; with an error in the file, none.

    Raises:
        PublisherError: with every error of the file.
    """
    from publisher.importers.users import read_users
    from publisher.store import users

    errors: list[Fault] = []
    warnings: list[Fault] = []
    aside = 0

    def sound() -> Iterator[User]:
        nonlocal aside
        with file.open("rb") as stream:
            for number, entry in enumerate(read_users(stream, file.name), start=1):
                if number % CHUNK == 0:
                    progress(CHUNK)
                if isinstance(entry, Fault):
                    (errors if entry.severity is Severity.ERROR else warnings).append(entry)
                elif not errors:
                    aside += entry.aside is not None
                    yield entry

    with store.begin() as connection:
        imported = users.upsert(connection, sound())
        if errors:
            raise PublisherError(errors)
    return ImportReport(imported.total, aside, tuple(warnings))


def erase_user(store: "Store", identity: str) -> bool:
    """Erases a user with address and secret; says whether there was one."""
    from publisher.store import users

    with store.begin() as connection:
        erased = users.erase(connection, identity)
    store.tidy()
    return erased
