"""Where the users are: the store's own table, or a database of the organisation's."""

from typing import TYPE_CHECKING

from publisher.config import Settings, setting_place
from publisher.errors import PublisherError, one

if TYPE_CHECKING:
    from publisher.store.source import Source


def users_database(settings: Settings) -> "Source | None":
    """The users' database of the settings, not connected to yet; None when the users are the store's own.

    Raises:
        PublisherError: with every fault of [users].
    """
    if not settings.users.url:
        return None
    from publisher.importers.users import address_of
    from publisher.store.source import open_source

    return open_source(
        settings.users_url,
        settings.users.query,
        url_place=setting_place(settings.root, "users", "url"),
        query_place=setting_place(settings.root, "users", "query"),
        address_of=address_of,
    )


def no_import(settings: Settings) -> PublisherError | None:
    """Why users cannot be imported: with a database of their own, an import would be read by nobody."""
    if not settings.users.url:
        return None
    return one(
        "users-elsewhere",
        "The users are read from the database in [users]; an import would be used by nobody.",
        "Change them there, or remove [users] url and query from publisher.toml.",
        setting_place(settings.root, "users", "url"),
    )
