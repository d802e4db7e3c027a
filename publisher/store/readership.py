"""Whom a notice would concern now: counted by language, and some of them."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from publisher.domain.notice import Channel
from publisher.domain.predicate import EVERYONE, Reach
from publisher.domain.telling import Ladder
from publisher.domain.users import User
from publisher.store import audience, people, telling
from publisher.store.addressing import needs_address
from publisher.store.schema import users
from publisher.store.source import source_of
from publisher.store.users import user_of


def languages(connection: Connection) -> tuple[str, ...]:
    """The languages that the users read, in order."""
    source = source_of(connection)
    if source is not None:
        with source.read() as reader:
            return reader.languages()
    return tuple(connection.execute(select(users.c.language).distinct().order_by(users.c.language)).scalars())


def counts(
    connection: Connection, reach: Reach = EVERYONE, ladders: Sequence[Ladder] = ()
) -> tuple[tuple[str, tuple[int, int]], ...]:
    """For each language of the users concerned, in order: how many can be written to, and how many have no address.

    `ladders` tell whom a notice concerns beyond those whom it reaches: by what changed since they last knew.

    Raises:
        PublisherError: the users' database cannot be read.
    """
    source, only = source_of(connection), _reach_alone(reach, ladders)
    by_address = needs_address(connection, Channel.EMAIL)
    if source is not None and only is not None:
        with source.read() as reader:
            found = reader.language_counts(only)
        return found if by_address else tuple((language, (sum(number), 0)) for language, number in found)
    with people.glimpsed(connection, (reach, *telling.reaches(ladders))) as (glimpse, readers):
        of = audience.columns_of(readers)
        concerned = telling.concerned(ladders, readers) if ladders else audience.condition(reach, of)
        reachable = func.count(readers.c.email) if by_address else func.count()
        rows = glimpse.execute(
            select(readers.c.language, reachable.label("reachable"), func.count().label("total"))
            .where(concerned)
            .group_by(readers.c.language)
            .order_by(readers.c.language)
        ).all()
    return tuple((language, (reachable, total - reachable)) for language, reachable, total in rows)


def sample(
    connection: Connection, size: int, reach: Reach = EVERYONE, ladders: Sequence[Ladder] = ()
) -> tuple[User, ...]:
    """Some of the users whom a notice concerns, the same ones each time.

    Of the store's own users their order says nothing about them; those of another database come in order of id.

    Raises:
        PublisherError: the users' database cannot be read.
    """
    source, only = source_of(connection), _reach_alone(reach, ladders)
    if source is None:
        concerned = telling.concerned(ladders, users) if ladders else audience.condition(reach)
        rows = connection.execute(select(users).where(concerned).order_by(users.c.recipient).limit(size))
        return tuple(user_of(row) for row in rows)
    if only is None:
        with people.glimpsed(connection, telling.reaches(ladders)) as (glimpse, readers):
            rows_of_ids = select(readers.c.id).where(telling.concerned(ladders, readers))
            ids = glimpse.execute(rows_of_ids.order_by(readers.c.id).limit(size)).scalars().all()
    with source.read() as reader:
        return reader.sample(size, only) if only is not None else tuple(reader.of_ids(ids).values())


def _reach_alone(reach: Reach, ladders: Sequence[Ladder]) -> Reach | None:
    """The condition by which alone somebody is concerned; None where it matters what they know already."""
    asked = {step.reach for ladder in ladders for step in ladder.steps} if ladders else {reach}
    return asked.pop() if len(ladders) <= 1 and len(asked) == 1 else None
