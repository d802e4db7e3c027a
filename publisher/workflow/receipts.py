"""Receipts: what a provider says of the messages that it was handed."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.config import Settings
from publisher.delivery.answers import redacted
from publisher.delivery.provider_events import EVENTS
from publisher.delivery.verp import handles, is_genuine, parse_token
from publisher.domain.handoff import COPY, ProviderReceipt
from publisher.domain.notice import NoticeId
from publisher.errors import Fault, Place, PublisherError
from publisher.workflow import hooks
from publisher.workflow.bounces import judge_returns
from publisher.workflow.pace import backoff
from publisher.workflow.secret_key import secret_key

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.store.engine import Store
    from publisher.store.handoffs import Effect, Found

_TOGETHER = 500
"""Receipts that are recorded by one statement, where they say no more than that a message was accepted."""

MOST_ERRORS = 100
"""Errors told of one file; then reading stops, for the file as a whole is not what it should be."""


@dataclass(slots=True)
class ReceiptSummary:
    """How many receipts did what.

    `foreign` are about none of our messages; `refused` counts new refusals by notice; `late` are those whose notice
    was complete already, and stays so; `paused` are notices that were paused, `troubles` what a person should see to.
    """

    read: "Counter[Effect]" = field(default_factory=Counter)
    foreign: int = 0
    refused: Counter[NoticeId] = field(default_factory=Counter)
    late: int = 0
    paused: list[NoticeId] = field(default_factory=list)
    troubles: list[Fault] = field(default_factory=list)


def apply_receipts(
    connection: "Connection",
    key: bytes,
    given: Iterable[ProviderReceipt],
    at: datetime,
    due_again: Callable[[int], datetime],
    *,
    only: NoticeId | None = None,
    unknown: Callable[[int], None] = lambda _: None,
) -> ReceiptSummary:
    """Records receipts in an open transaction.

    Args:
        connection: an open transaction.
        key: the installation's key, from which the messages' ids derive.
        given: the receipts, in the order in which they count.
        at: the instant of those that have none of their own.
        due_again: when a message that came back is due again, by the number of its attempts.
        only: the notice that they may be about; None: any.
        unknown: is told the place of each that is about none of our messages, and about no copy or test mail either.
    """
    from publisher.store import handoffs, with_provider

    summary = ReceiptSummary()
    by_handle = handles(key, with_provider.notice_ids(connection) if only is None else (only,))
    plain: dict[tuple[str, str], tuple[handoffs.Found, ProviderReceipt]] = {}

    def write() -> None:
        handoffs.record_plain(connection, list(plain.values()), at)
        plain.clear()

    for place, said in enumerate(given):
        if said.id.startswith(COPY):
            summary.foreign += 1
            continue
        found = _message_of(connection, key, by_handle, said)
        if found is None:
            if _is_reduced(connection, by_handle, said):
                summary.read[handoffs.Effect.KNOWN] += 1
                continue
            summary.foreign += 1
            unknown(place)
            continue
        if found.key in plain:
            write()
            found = _message_of(connection, key, by_handle, said) or found
        receipt = _nameless(found.address, said)
        if handoffs.is_plain(found, receipt):
            plain[found.key] = found, receipt
            summary.read[handoffs.Effect.ACCEPTED] += 1
            if len(plain) >= _TOGETHER:
                write()
            continue
        effect = handoffs.record(connection, found, receipt, at, due_again)
        summary.read[effect] += 1
        if effect is handoffs.Effect.REFUSED:
            summary.refused[found.notice] += 1
    write()
    return summary


def _message_of(
    connection: "Connection", key: bytes, by_handle: Mapping[bytes, NoticeId], receipt: ProviderReceipt
) -> "Found | None":
    """The message that a receipt proves to be about."""
    from publisher.store import handoffs

    token = parse_token(receipt.id)
    notice = by_handle.get(token.handle) if token is not None else None
    if token is None or notice is None:
        return None
    return handoffs.find(connection, notice, token.prefix, lambda recipient: is_genuine(key, token, notice, recipient))


def _is_reduced(connection: "Connection", by_handle: Mapping[bytes, NoticeId], receipt: ProviderReceipt) -> bool:
    """Whether a receipt names a notice of which receipts have become counts: it changes none."""
    from publisher.store import forgetting

    token = parse_token(receipt.id)
    notice = by_handle.get(token.handle) if token is not None else None
    return notice is not None and forgetting.is_reduced(connection, notice)


def take_receipts(
    settings: Settings, store: "Store", given: Iterable[ProviderReceipt], *, now: datetime
) -> ReceiptSummary:
    """Records the receipts of one call; those about none of our messages are counted, and nothing else.

    Raises:
        PublisherError: the key or the store cannot be used.
    """
    key = secret_key(settings.path(settings.secrets.key_file))
    with store.begin() as connection:
        summary = apply_receipts(connection, key, given, now, lambda attempts: _due_again(now, attempts))
        _judge(connection, summary, now)
    summary.troubles.extend(hooks.alert(settings, summary.troubles, now=now))
    return summary


def import_receipts(
    settings: Settings, store: "Store", file: Path, *, format_name: str = "publisher", now: datetime
) -> ReceiptSummary:
    """Records the receipts of a file, in one transaction; with an error in the file, none.

    In the product's own format an id that is none of ours is an error; a provider's events may be about other mails.

    Raises:
        PublisherError: with every error of the file.
    """
    from publisher.importers.receipts import Aside, Line, read_receipts

    key = secret_key(settings.path(settings.secrets.key_file))
    errors: list[Fault] = []
    lines: list[int] = []
    aside = 0

    def sound() -> Iterable[ProviderReceipt]:
        nonlocal aside
        with file.open("rb") as stream:
            for entry in read_receipts(stream, file.name, EVENTS.get(format_name)):
                if len(errors) >= MOST_ERRORS:
                    errors.append(_too_many(file.name))
                    return
                if isinstance(entry, Fault):
                    errors.append(entry)
                elif isinstance(entry, Aside):
                    aside += 1
                elif isinstance(entry, Line):
                    lines.append(entry.number)
                    yield entry.receipt

    def unknown(place: int) -> None:
        if format_name == "publisher":
            errors.append(_unknown(Place(file.name, lines[place])))

    with store.begin() as connection:
        summary = apply_receipts(
            connection, key, sound(), now, lambda attempts: _due_again(now, attempts), unknown=unknown
        )
        if errors:
            raise PublisherError(sorted(errors, key=lambda fault: fault.place.line or 0))
        _judge(connection, summary, now)
    summary.foreign += aside
    summary.troubles.extend(hooks.alert(settings, summary.troubles, now=now))
    return summary


def _nameless(address: str, given: ProviderReceipt) -> ProviderReceipt:
    """A receipt as the record keeps it: nobody's address in what the provider says, and not in its id either.

    Where the address is not known here, nothing is kept of the words but the code: they may hold it.
    """
    if not given.reply and not given.provider_id:
        return given
    local = address.rpartition("@")[0].casefold()
    named = bool(local) and local in given.provider_id.casefold()
    reply = redacted(given.reply, address) if address else str(given.enhanced or "")
    return replace(given, reply=reply, provider_id="" if named else given.provider_id)


def _judge(connection: "Connection", summary: ReceiptSummary, now: datetime) -> None:
    paused, troubles, late = judge_returns(connection, summary.refused, now)
    summary.paused.extend(paused)
    summary.troubles.extend(troubles)
    summary.late += late


def _due_again(now: datetime, attempts: int) -> datetime:
    return now + backoff(attempts, random.random)


def _unknown(place: Place) -> Fault:
    return Fault(
        "receipts-unknown",
        "The receipt is about no message that was handed over from this store.",
        "Give back the ids of the batch as they were handed over; leave out what is about other mails.",
        place,
    )


def _too_many(name: str) -> Fault:
    return Fault(
        "receipts-too-many-faults",
        f"{MOST_ERRORS} errors were found; the rest of the file was not read.",
        "Mend these first.",
        Place(name),
    )
