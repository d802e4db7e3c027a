"""Whether a message needs its user's address: not where a provider is handed users by their ids alone."""

from sqlalchemy import Connection

from publisher.domain.notice import Channel

BY_ID_OPTION = "publisher_by_id"
"""Set on every connection of a store whose mails go by the users' ids."""


def needs_address(connection: Connection, channel: Channel) -> bool:
    """Whether users without an address cannot be reached on a channel."""
    return channel is Channel.EMAIL and not connection.get_execution_options().get(BY_ID_OPTION, False)
