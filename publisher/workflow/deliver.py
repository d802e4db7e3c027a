"""Delivery: one pass over what is due, resuming where the last one stopped."""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.delivery import Transport
from publisher.delivery.verp import senders
from publisher.errors import Fault
from publisher.store import run_lock
from publisher.workflow.alone import sending_alone
from publisher.workflow.careful_start import AT_ONCE, CarefulStart
from publisher.workflow.delivery_report import DeliveryReport, Progress, Unseen
from publisher.workflow.judgement import Judgement
from publisher.workflow.lanes import Lanes
from publisher.workflow.one_pass import Pass
from publisher.workflow.outgoing import refuse_domain
from publisher.workflow.pace import Pace
from publisher.workflow.pass_report import pass_report
from publisher.workflow.sender import Sender

if TYPE_CHECKING:
    from publisher.store.engine import Store

__all__ = ["DeliveryReport", "Progress", "deliver"]


def deliver(
    store: "Store",
    transports: Callable[[], Transport],
    *,
    now: Callable[[], datetime],
    sender: str,
    domain: str,
    key: bytes,
    bounces: str = "",
    rate: float = 0,
    pace: Pace | None = None,
    connections: int = 4,
    resend: bool = True,
    progress: Progress | None = None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
    chance: Callable[[], float] = random.random,
    stopping: Callable[[], bool] = lambda: False,
    begun: Callable[[int], None] = lambda _: None,
    start: CarefulStart = AT_ONCE,
    first: Callable[[run_lock.RunLock], Fault | None] = lambda _: None,
) -> DeliveryReport:
    """Sends what is due, once.

    Args:
        store: the store; nobody else makes a pass over it meanwhile, and workers have other batches in hand.
        transports: opens a connection, lazily; called once for each.
        now: the clock of instants.
        sender: the envelope sender's address, where bounces have none of their own.
        domain: the domain of Message-IDs.
        key: the installation's key, from which Message-IDs derive.
        bounces: the address at which bounces arrive, or nothing.
        rate: messages a second over all connections; 0 is no limit.
        pace: the limit, where it is shared with others; None is one for this pass alone.
        connections: how many messages may be under way at once.
        resend: whether a message in doubt is sent once more, after everything else; otherwise it is held at once.
        progress: who draws how far it has come.
        sleep: waits for some seconds.
        clock: seconds that only grow.
        chance: a number from 0 to 1, by which waiting times are spread.
        stopping: whether a person or the system wants the pass to end; what is under way is answered first.
        begun: is given the number of the pass before anything is sent.
        start: says how many messages of a notice may go now.
        first: sends under the lock what goes before anything else, and says why nothing may follow it, if so.

    Raises:
        BusyError: another process delivers from this store.
        PublisherError: the store cannot be used, or `domain` is none.
    """
    refuse_domain(key, domain)
    with sending_alone(store, now) as sending:
        hands = Sender(
            store=store,
            holder=sending.holder,
            keep=sending.keep,
            now=now,
            key=key,
            domain=domain,
            sender_of=senders(key, bounces, sender),
            progress=progress or Unseen(),
            sleep=sleep,
            clock=clock,
            chance=chance,
            pace=pace or Pace(rate, clock),
            stopping=stopping,
            judgement=Judgement(clock),
            start=start,
            resend=resend,
        )
        run = Pass(store, hands, now, start, resend)
        try:
            begun(sending.lock.fence)
            hands.judgement.stopped = first(sending.lock)
            due = run.due() if hands.judgement.stopped is None else 0
            hands.progress.begin(due)
            if due:
                hands.lanes = Lanes(transports, max(1, min(connections, due)), sender)
                run.all()
        finally:
            hands.wind_up()
    with store.read() as connection:
        found = pass_report(connection, hands.tally, now=now, start=start, resend=resend)
    judged = hands.judgement
    return replace(
        found,
        skipped=hands.skipped,
        interrupted=sending.interrupted + hands.interrupted,
        stopped=judged.stopped,
        reasons=(*(fault for fault in judged.halted.values() if fault is not None), *judged.warned.values()),
    )
