"""The job engine's own tables on PostgreSQL: made once, and brought up when a newer engine is installed.

How far they are is noted on the engine's first table, where it goes with them into every copy and backup.
"""

from sqlalchemy import Connection, text

from publisher.errors import one

_TABLE = "procrastinate_jobs"
_NEEDED = ("procrastinate_defer_jobs_v1", "procrastinate_fetch_job_v2")


def has_engine(connection: Connection) -> bool:
    """Whether jobs can be made in this database; only PostgreSQL has them."""
    return connection.dialect.name == "postgresql"


def prepare(connection: Connection) -> tuple[str, ...]:
    """Makes the engine's tables, or brings them up to the engine that is installed; without PostgreSQL nothing.

    Returns:
        The steps that were taken.

    Raises:
        PublisherError: the engine is not installed, or the database has an older one that is not this store's.
    """
    if not has_engine(connection):
        return ()
    try:
        from procrastinate.schema import SchemaManager, migrations_path
    except ModuleNotFoundError as fault:
        raise one(
            "store-driver",
            f"The job engine cannot be loaded: '{fault.name}' is not installed.",
            "Run: pip install 'policy-publisher[postgres]'",
        ) from None
    steps = sorted(path.name for path in migrations_path.glob("*.sql"))
    there = connection.execute(text("SELECT to_regclass(:name) IS NOT NULL"), {"name": _TABLE}).scalar_one()
    if not there:
        connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
        _note(connection, steps[-1])
        return tuple(steps)
    reached = connection.execute(
        text("SELECT obj_description(to_regclass(:name), 'pg_class')"), {"name": _TABLE}
    ).scalar()
    if reached is None:
        _refuse_unfit(connection)
        return ()
    missing = tuple(name for name in steps if name > reached)
    for name in missing:
        connection.exec_driver_sql((migrations_path / name).read_text("utf-8").replace("%", "%%"))
    if missing:
        _note(connection, missing[-1])
    return missing


def _note(connection: Connection, step: str) -> None:
    if not all(character.isalnum() or character in "._" for character in step):
        raise ValueError(f"{step!r} is no name of a step")
    connection.exec_driver_sql(f"COMMENT ON TABLE {_TABLE} IS '{step}'")


def _refuse_unfit(connection: Connection) -> None:
    """Tables that somebody else made are used as they are, when they are of a fitting engine."""
    found = connection.execute(
        text("SELECT count(DISTINCT proname) FROM pg_proc WHERE proname = ANY(:names)"), {"names": list(_NEEDED)}
    ).scalar_one()
    if found < len(_NEEDED):
        raise one(
            "store-foreign-tables",
            "The database already has an older job engine's tables that are not this program's.",
            "Bring them up as the documentation of Procrastinate says, or give the store a database of its own.",
        )
