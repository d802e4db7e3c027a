"""Hand-off: one pass over what is due, in batches that a provider takes and answers for later, message by message."""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.delivery.handoff import Provider
from publisher.errors import Fault
from publisher.store import run_lock
from publisher.workflow.alone import sending_alone
from publisher.workflow.careful_start import AT_ONCE, CarefulStart
from publisher.workflow.delivery_report import DeliveryReport, Progress, Unseen
from publisher.workflow.handoff_sender import BatchSender
from publisher.workflow.one_pass import Pass
from publisher.workflow.pass_report import pass_report

if TYPE_CHECKING:
    from publisher.store.engine import Store


def hand_over(
    store: "Store",
    provider: Provider,
    *,
    now: Callable[[], datetime],
    key: bytes,
    send_addresses: bool = False,
    room: Callable[[int], float] = lambda _: 0.0,
    resend: bool = True,
    progress: Progress | None = None,
    sleep: Callable[[float], None] = time.sleep,
    chance: Callable[[], float] = random.random,
    stopping: Callable[[], bool] = lambda: False,
    begun: Callable[[int], None] = lambda _: None,
    start: CarefulStart = AT_ONCE,
    first: Callable[[run_lock.RunLock], Fault | None] = lambda _: None,
) -> DeliveryReport:
    """Hands over what is due, once.

    Args:
        store: the store; nobody else makes a pass over it meanwhile, and workers have other batches in hand.
        provider: takes the batches.
        now: the clock of instants.
        key: the installation's key, from which ids derive.
        send_addresses: whether addresses may leave.
        room: takes the provider's time for so many messages, and says in how many seconds it begins.
        resend: whether a message in doubt is handed over once more; otherwise it is held at once.
        progress: who draws how far it has come.
        sleep: waits for some seconds.
        chance: a number from 0 to 1, by which waiting times are spread.
        stopping: whether the pass is to end after the batch in hand.
        begun: is given the number of the pass before anything is handed over.
        start: says how many messages of a notice may go now.
        first: sends under the lock what goes before anything else, and says why nothing may follow it, if so.

    Raises:
        BusyError: another process delivers from this store.
        PublisherError: the store cannot be used.
    """
    with sending_alone(store, now) as sending:
        sender = BatchSender(
            store=store,
            provider=provider,
            holder=sending.holder,
            keep=sending.keep,
            now=now,
            key=key,
            send_addresses=send_addresses,
            room=room,
            resend=resend,
            progress=progress or Unseen(),
            sleep=sleep,
            chance=chance,
            stopping=stopping,
            start=start,
        )
        run = Pass(store, sender, now, start, resend)
        try:
            begun(sending.lock.fence)
            sender.stopped = first(sending.lock)
            sender.progress.begin(run.due())
            run.all()
        finally:
            sender.close()
    with store.read() as connection:
        found = pass_report(connection, sender.tally, now=now, start=start, resend=resend)
    return replace(
        found,
        skipped=sender.skipped,
        handed=sender.handed,
        interrupted=sending.interrupted + sender.interrupted,
        stopped=sender.stopped,
        reasons=sender.refusals.take_told(),
    )
