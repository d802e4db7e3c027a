"""How Alembic runs the steps: on the connection it is given, inside that connection's transaction."""

from alembic import context

from publisher.store.migrations import VERSION_TABLE
from publisher.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
)
with context.begin_transaction():
    context.run_migrations()
