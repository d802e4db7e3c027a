"""Why delivery last stopped of itself, until it has gone on."""

from datetime import datetime

from sqlalchemy import Connection, select

from publisher.errors import Fault
from publisher.store.schema import halt


def remember(connection: Connection, name: str, fault: Fault, at: datetime) -> None:
    """Notes why work stopped; in place of what was noted before."""
    forget(connection, name)
    connection.execute(
        halt.insert().values(name=name, at=at, code=fault.code, message=fault.message, remedy=fault.remedy)
    )


def forget(connection: Connection, name: str) -> None:
    """The work has gone on."""
    connection.execute(halt.delete().where(halt.c.name == name))


def last(connection: Connection, name: str) -> tuple[datetime, Fault] | None:
    """When and why work stopped; None when it has gone on since, or never stopped."""
    row = connection.execute(select(halt).where(halt.c.name == name)).first()
    return (row.at, Fault(row.code, row.message, row.remedy)) if row is not None else None
