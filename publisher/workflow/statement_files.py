"""Statements that the store holds and the folder lacks: their files, which the website is built from."""

from typing import TYPE_CHECKING

from publisher import library
from publisher.config import Settings
from publisher.domain.notice import NoticeKind
from publisher.domain.predicate import EVERYONE
from publisher.domain.statement import Statement

if TYPE_CHECKING:
    from publisher.store.engine import Store
    from publisher.store.statements import Sent


def completed_files(settings: Settings, store: "Store") -> tuple[str, ...]:
    """Writes what a run that was cut off between store and files left undone; says which files to commit."""
    from publisher.store import statements

    with store.read() as connection:
        missing = [
            sent
            for sent in statements.all_sent(connection)
            if not library.is_written(settings.root, sent.notice.id.policy, sent.notice.id)
        ]
    return tuple(
        file for sent in missing for file in library.write_statement(settings.root, statement_of(sent), sent.sources)
    )


def statement_of(sent: "Sent") -> Statement:
    """A notice of the store as its folder has it, its texts left to their files."""
    notice, first = sent.notice, sent.events[0]
    return Statement(
        id=notice.id,
        kind=notice.kind,
        sent=notice.created,
        until=first.until or notice.deadline,
        before=notice.effective if notice.kind is NoticeKind.TRANSFER else None,
        channels=notice.channels,
        everyone=notice.reach == EVERYONE,
        by=first.by,
        texts=(),
    )
