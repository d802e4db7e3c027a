"""The store's schema, step by step; run inside the transaction of whoever opens the store."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

VERSION_TABLE = "publisher_schema"
"""Where the database says which step it has reached; a name of our own, since the database may be shared."""

HEAD = "0008"
"""The last step. Naming it here spares every start the reading of all steps."""


def upgrade(connection: "Connection") -> None:
    """Brings the schema to the last step, in the connection's open transaction."""
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)


def known_revisions() -> frozenset[str]:
    """Every step that this program knows."""
    from alembic.script import ScriptDirectory

    return frozenset(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def _config() -> "Config":
    from pathlib import Path

    from alembic.config import Config

    config = Config()
    # The option is read with % interpolation; a folder may have one in its name.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
