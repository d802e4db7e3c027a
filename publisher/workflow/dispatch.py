"""One delivery pass as the settings want it: transport, sender, key, connections and rate."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING

from publisher.config import Settings
from publisher.delivery import Transport
from publisher.delivery.transports import check_transport, is_handoff, open_transport
from publisher.errors import Fault, PublisherError
from publisher.workflow import hooks
from publisher.workflow.careful_start import CarefulStart
from publisher.workflow.deliver import DeliveryReport, deliver
from publisher.workflow.delivery_report import OF_THE_SERVER, Bar, Unseen, added
from publisher.workflow.journal import Journal
from publisher.workflow.passes import LOCK, refuse_rolled_back, remember_pass
from publisher.workflow.records import refuse_parted
from publisher.workflow.secret_key import secret_key
from publisher.workflow.seeds import Seeding
from publisher.workflow.webhooks import call_webhooks
from publisher.workflow.workspace import open_workspace

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
    url = settings.email.transport
    faults = check_transport(url)
    if faults:
        raise PublisherError(faults)
    refuse_rolled_back(settings, store)
    refuse_parted(open_workspace(settings), store)
    sender = parseaddr(settings.email.sender)[1]
    domain = sender.rpartition("@")[2]
    key = secret_key(settings.path(settings.secrets.key_file))

    def transports() -> Transport:
        return open_transport(url, settings.root)

    pushed = _pushed(settings, store, now, stopping, urgent=True)
    journal = Journal(progress or Unseen())
    if is_handoff(url):
        return _handed_over(settings, store, journal, pushed, now=now, key=key, rate=rate, stopping=stopping)
    seeding = Seeding(store, settings.delivery.seeds, transports, now, sender, domain, key)
    report = deliver(
        store,
        transports,
        now=now,
        sender=sender,
        domain=domain,
        key=key,
        bounces=settings.email.bounces,
        rate=settings.email.rate if rate is None else rate,
        connections=settings.email.connections,
        resend=settings.email.in_doubt == "resend",
        progress=journal,
        stopping=stopping,
        begun=lambda number: remember_pass(settings, store.identity, number),
        start=CarefulStart(settings.delivery),
        first=seeding.send,
    )
    report = replace(report, copies=seeding.sent, reasons=(*seeding.faults, *report.reasons))
    return _wound_up(settings, store, journal, report, pushed, now=now, stopping=stopping)


def _handed_over(
    settings: Settings,
    store: "Store",
    journal: Journal,
    pushed: DeliveryReport | Fault | None,
    *,
    now: Callable[[], datetime],
    key: bytes,
    rate: int | None,
    stopping: Callable[[], bool],
) -> DeliveryReport:
    """The same through a provider that takes batches."""
    from publisher.workflow.handoff import hand_over
    from publisher.workflow.handoff_far_side import provider_of

    report = hand_over(
        store,
        provider_of(settings),
        now=now,
        key=key,
        send_addresses=settings.email.send_addresses,
        rate=settings.email.rate if rate is None else rate,
        resend=settings.email.in_doubt == "resend",
        progress=journal,
        stopping=stopping,
        begun=lambda number: remember_pass(settings, store.identity, number),
        start=CarefulStart(settings.delivery),
    )
    return _wound_up(settings, store, journal, report, pushed, now=now, stopping=stopping)


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
    _remember_halt(store, report, now())
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


def _remember_halt(store: "Store", report: DeliveryReport, at: datetime) -> None:
    """Why the mail server took nothing stays shown until something was handed to it again."""
    from publisher.store import halts

    with store.begin() as connection:
        if report.stopped is not None and report.stopped.code in OF_THE_SERVER:
            halts.remember(connection, LOCK, report.stopped, at)
        elif report.heard:
            halts.forget(connection, LOCK)
