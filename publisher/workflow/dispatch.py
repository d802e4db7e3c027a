"""One delivery pass as the settings want it: transport, sender, key, connections and rate."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.config import Settings
from publisher.delivery.transports import is_handoff
from publisher.errors import Fault, PublisherError
from publisher.workflow import hooks
from publisher.workflow.careful_start import CarefulStart
from publisher.workflow.deliver import DeliveryReport, deliver
from publisher.workflow.delivery_report import OF_THE_SERVER, Bar, Unseen, added
from publisher.workflow.journal import Journal
from publisher.workflow.outgoing import Outgoing, outgoing
from publisher.workflow.passes import LOCK, remember_pass
from publisher.workflow.seeds import Seeding
from publisher.workflow.shared_pace import batch_pace, shared_pace
from publisher.workflow.webhooks import call_webhooks

if TYPE_CHECKING:
    from publisher.store.engine import Store


def dispatch(
    settings: Settings,
    store: "Store",
    *,
    now: Callable[[], datetime],
    rate: int | None = None,
    progress: Bar | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> DeliveryReport:
    """Sends what is due, once, through the transport of the settings.

    Args:
        settings: the workspace's settings.
        store: its store.
        now: the clock.
        rate: mails a second; None takes the settings' rate.
        progress: who draws how far it has come.
        stopping: whether the pass is to end early.

    Raises:
        PublisherError: the transport, the key or the store cannot be used, a ledger file and the store tell different
            stories, or the store was restored from an older backup.
    """
    mail = outgoing(settings, store)
    wanted = settings.email.rate if rate is None else rate
    pushed = _pushed(settings, store, now, stopping, urgent=True)
    journal = Journal(progress or Unseen())
    seeding = Seeding(store, settings.delivery.seeds, mail.single, now, mail.domain, mail.key)
    if is_handoff(settings.email.transport):
        report = _handed_over(settings, store, journal, seeding, now=now, key=mail.key, rate=wanted, stopping=stopping)
    else:
        report = _sent(settings, store, journal, seeding, mail, now=now, rate=wanted, stopping=stopping)
    report = replace(report, copies=seeding.sent, reasons=(*seeding.faults, *report.reasons))
    return _wound_up(settings, store, journal, report, pushed, now=now, stopping=stopping)


def _sent(
    settings: Settings,
    store: "Store",
    journal: Journal,
    seeding: Seeding,
    mail: Outgoing,
    *,
    now: Callable[[], datetime],
    rate: int,
    stopping: Callable[[], bool],
) -> DeliveryReport:
    """Mails one by one, over connections."""
    return deliver(
        store,
        mail.transports,
        now=now,
        sender=mail.sender,
        domain=mail.domain,
        key=mail.key,
        bounces=mail.bounces,
        rate=rate,
        pace=shared_pace(store, settings.email.transport, rate, now) if store.is_shared else None,
        connections=settings.email.connections,
        resend=settings.email.in_doubt == "resend",
        progress=journal,
        stopping=stopping,
        begun=lambda number: remember_pass(settings, store.identity, number),
        start=CarefulStart(settings.delivery),
        first=seeding.send,
    )


def _handed_over(
    settings: Settings,
    store: "Store",
    journal: Journal,
    seeding: Seeding,
    *,
    now: Callable[[], datetime],
    key: bytes,
    rate: int,
    stopping: Callable[[], bool],
) -> DeliveryReport:
    """The same through a provider that takes batches."""
    from publisher.workflow.handoff import hand_over
    from publisher.workflow.handoff_far_side import provider_of

    return hand_over(
        store,
        provider_of(settings),
        now=now,
        key=key,
        send_addresses=settings.email.send_addresses,
        room=batch_pace(store, settings.email.transport, rate, now),
        resend=settings.email.in_doubt == "resend",
        progress=journal,
        stopping=stopping,
        begun=lambda number: remember_pass(settings, store.identity, number),
        start=CarefulStart(settings.delivery),
        first=seeding.send,
    )


def _wound_up(
    settings: Settings,
    store: "Store",
    journal: Journal,
    report: DeliveryReport,
    pushed: DeliveryReport | Fault | None,
    *,
    now: Callable[[], datetime],
    stopping: Callable[[], bool],
) -> DeliveryReport:
    """After the mails: the webhook's calls, and people told of what they should see to."""
    remember_halt(store, report.stopped, heard=report.heard, at=now())
    for called in (pushed, _pushed(settings, store, now, stopping)):
        if isinstance(called, Fault):
            report = replace(report, stopped=report.stopped or called)
        elif called is not None:
            report = added(report, called)
    waits = (fault for wait in report.waits if (fault := wait.fault(now())) is not None)
    reasons = (*report.reasons, *waits)
    troubles = (*reasons, *((report.stopped,) if report.stopped and not stopping() else ()))
    report = replace(report, reasons=(*reasons, *hooks.alert(settings, troubles, now=now())))
    journal.ended(report)
    return report


def _pushed(
    settings: Settings,
    store: "Store",
    now: Callable[[], datetime],
    stopping: Callable[[], bool],
    *,
    urgent: bool = False,
) -> DeliveryReport | Fault | None:
    """The webhook's calls; why there were none, where they cannot be made: mails go all the same."""
    if stopping():
        return None
    try:
        return call_webhooks(settings, store, now=now, stopping=stopping, urgent=urgent)
    except PublisherError as failed:
        return failed.faults[0]


def remember_halt(store: "Store", stopped: Fault | None, *, heard: bool, at: datetime) -> None:
    """Why the mail server took nothing stays shown until something was handed to it again."""
    from publisher.store import halts

    with store.begin() as connection:
        if stopped is not None and stopped.code in OF_THE_SERVER:
            halts.remember(connection, LOCK, stopped, at)
        elif heard:
            halts.forget(connection, LOCK)
