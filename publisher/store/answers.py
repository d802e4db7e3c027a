"""What readers answered: banners put away, consent given or declined. Answers to consent are only ever added."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Subquery, and_, exists, func, literal, select

from publisher.domain.consent import Answer, ConsentRecord
from publisher.store.schema import acknowledgement, consent, person, users
from publisher.store.source import source_of


def acknowledge(connection: Connection, notice: str, recipient: str, at: datetime) -> bool:
    """Records that a reader put a banner away; says whether it was new."""
    known = connection.execute(
        select(literal(1)).where(acknowledgement.c.notice == notice, acknowledgement.c.recipient == recipient)
    ).first()
    if known is None:
        connection.execute(acknowledgement.insert().values(notice=notice, recipient=recipient, at=at))
    return known is None


def acknowledged(connection: Connection, recipient: str, notices: Iterable[str]) -> frozenset[str]:
    """Those of the notices whose banner the reader put away."""
    rows = select(acknowledgement.c.notice).where(
        acknowledgement.c.recipient == recipient, acknowledgement.c.notice.in_(list(notices))
    )
    return frozenset(connection.execute(rows).scalars())


def answer(
    connection: Connection, policy: str, version: str, recipient: str, *, given: Answer, digest: str, at: datetime
) -> bool:
    """Records a reader's answer to a version; the same answer to the same text again adds nothing.

    Returns:
        Whether it was new.
    """
    of_reader = (
        consent.c.policy == policy,
        consent.c.version == version,
        consent.c.recipient == recipient,
    )
    last = connection.execute(select(consent).where(*of_reader).order_by(consent.c.no.desc()).limit(1)).first()
    if last is not None and (last.answer, last.digest) == (given.value, digest):
        return False
    connection.execute(
        consent.insert().values(
            policy=policy,
            version=version,
            recipient=recipient,
            no=(last.no + 1) if last is not None else 1,
            answer=given.value,
            digest=digest,
            at=at,
        )
    )
    return True


def records(connection: Connection, policy: str, version: str) -> Iterator[ConsentRecord]:
    """Every user's standing answer to a version, in order of id, those who said nothing too; streamed."""
    latest = _latest(policy, version)
    known = person if source_of(connection) is not None else users
    rows = (
        select(known.c.id, latest.c.answer, latest.c.digest, latest.c.at)
        .join_from(known, latest, latest.c.recipient == known.c.recipient, isouter=True)
        .order_by(known.c.id)
        .execution_options(yield_per=1000)
    )
    for row in connection.execute(rows):
        yield ConsentRecord(row.id, Answer(row.answer) if row.answer else Answer.NONE, row.digest, row.at)


def counts(connection: Connection, policy: str, version: str) -> dict[Answer, int]:
    """How many users accepted, declined, and said nothing."""
    latest = _latest(policy, version)
    known = person if source_of(connection) is not None else users
    rows = connection.execute(
        select(latest.c.answer, func.count())
        .join_from(known, latest, latest.c.recipient == known.c.recipient, isouter=True)
        .group_by(latest.c.answer)
    )
    found = dict.fromkeys(Answer, 0)
    for said, number in rows:
        found[Answer(said) if said else Answer.NONE] += number
    return found


def _latest(policy: str, version: str) -> Subquery:
    later = consent.alias("later")
    newer: ColumnElement[bool] = exists(
        select(literal(1)).where(
            and_(
                later.c.policy == consent.c.policy,
                later.c.version == consent.c.version,
                later.c.recipient == consent.c.recipient,
                later.c.no > consent.c.no,
            )
        )
    )
    return select(consent).where(consent.c.policy == policy, consent.c.version == version, ~newer).subquery("latest")
