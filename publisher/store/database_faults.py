"""What a database says when something is wrong with it, in words."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.exc import DatabaseError, OperationalError

from publisher.errors import BusyError, Fault, PublisherError, one

_BUSY_STATES = frozenset({"55P03", "40001", "40P01"})  # lock not available, serialization failure, deadlock
_DISK_FULL = "53100"
_FORBIDDEN_STATES = frozenset({"42501", "25006"})  # insufficient privilege, read only


@contextmanager
def told(url: URL) -> Iterator[None]:
    """Faults of the database in words; anything else is a bug and passes."""
    try:
        yield
    except DatabaseError as fault:
        found = _fault(_name(url), fault)
        if found is None:
            raise
        raise found from fault


def _fault(name: str, raised: DatabaseError) -> PublisherError | None:
    """What a database says, in words; None when it is none of the world's faults.

    PostgreSQL says it by SQLSTATE (PostgreSQL documentation, appendix A), SQLite in words.
    """
    state, said = getattr(raised.orig, "sqlstate", None), " ".join(str(raised.orig).split())
    # a session that the server ended for standing still is told as an internal error
    operational = isinstance(raised, OperationalError) or raised.connection_invalidated
    if state in _BUSY_STATES or (operational and state is None and ("locked" in said or "busy" in said)):
        return BusyError(
            (
                Fault(
                    "store-busy",
                    f"Another process has been writing to the store {name} for too long.",
                    "Wait until it is done and run this again; see who has the database open.",
                ),
            )
        )
    if state == _DISK_FULL or (operational and state is None and "full" in said):
        return one("store-full", f"There is no room for the store {name}.", "Make room on its disk and run this again.")
    if state in _FORBIDDEN_STATES:
        return one(
            "store-forbidden",
            f"The store {name} may not be written: {said}.",
            "Use a database that may be written, and make its user the owner: ALTER DATABASE name OWNER TO user.",
        )
    if operational:
        return one("store-unusable", f"The store {name} cannot be used: {said}.", "Check [store] url and the database.")
    if type(raised) is DatabaseError:
        remedy = "Restore it from a backup; check the disk."
        return one("store-damaged", f"The store {name} cannot be used: {said}.", remedy)
    return None


def belonging(path: Path) -> str:
    """Whose a file is, or the folder that it would be made in, and as whom this program runs."""
    there = next((found for found in (path, *path.parents) if found.exists()), Path("/"))
    return f"{there} belongs to {_account(there.stat().st_uid)}, and this runs as {_account(os.geteuid())}."


def _account(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # in a container numbers may have no name
        return f"the user {number}"


def _name(url: URL) -> str:
    return url.render_as_string(hide_password=True)
