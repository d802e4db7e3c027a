"""One delivery pass as the settings want it: transport, sender, key, connections and rate."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING

from publisher.config import Settings
from publisher.delivery.transports import check_transport, open_transport
from publisher.errors import PublisherError
from publisher.workflow import hooks
from publisher.workflow.deliver import DeliveryReport, Progress, deliver
from publisher.workflow.delivery_report import added
from publisher.workflow.passes import refuse_rolled_back, remember_pass
from publisher.workflow.records import refuse_parted
from publisher.workflow.secret_key import secret_key
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
    progress: Progress | None = None,
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
    report = deliver(
        store,
        lambda: open_transport(url, settings.root),
        now=now,
        sender=sender,
        domain=sender.rpartition("@")[2],
        key=secret_key(settings.path(settings.secrets.key_file)),
        rate=settings.email.rate if rate is None else rate,
        connections=settings.email.connections,
        progress=progress,
        stopping=stopping,
        begun=lambda number: remember_pass(settings, store.identity, number),
    )
    if not stopping():
        try:
            report = added(report, call_webhooks(settings, store, now=now, stopping=stopping))
        except PublisherError as fault:
            report = replace(report, stopped=report.stopped or fault.faults[0])
    troubles = (*report.reasons, *((report.stopped,) if report.stopped and not stopping() else ()))
    return replace(report, reasons=(*report.reasons, *hooks.alert(settings, troubles, now=now())))
