"""How many mails a relay may be given, shared by all who send: each takes a slice of time as long as its mails last.

Slices never overlap, so that no number of senders together exceeds the rate, however unlike their speeds are.
"""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Connection, case, select, type_coerce

from publisher.store.schema import allowance, instant_number


def open_relay(connection: Connection, relay: str, now: datetime) -> None:
    """Makes sure that a relay's time can be shared out; in a transaction that is the only one that writes."""
    known = connection.execute(select(allowance.c.relay).where(allowance.c.relay == relay)).first()
    if known is None:
        connection.execute(allowance.insert().values(relay=relay, until=now))


def share(connection: Connection, relay: str, length: timedelta, now: datetime) -> datetime:
    """Takes the next slice of a relay's time; time that nobody took is lost.

    Args:
        connection: a transaction that may write.
        relay: the relay's name, without a password.
        length: how long the slice is: the number of mails over the rate.
        now: the instant, by the clock that all share.

    Returns:
        When the slice begins; not before now.
    """
    until = type_coerce(allowance.c.until, BigInteger)
    begins = case((until > instant_number(now), until), else_=instant_number(now))
    ends: datetime = connection.execute(
        allowance.update()
        .where(allowance.c.relay == relay)
        .values(until=begins + length // timedelta(microseconds=1))
        .returning(allowance.c.until)
    ).scalar_one()
    return ends - length
