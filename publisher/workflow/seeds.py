"""Copies of a notice for the organisation's own people, before anybody else gets one: as users of each language do."""

import hashlib
import hmac
import random
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from publisher.delivery.envelope import message_id
from publisher.delivery.single import SingleMails
from publisher.domain.notice import MailTemplate, Notice, Outcome, Receipt
from publisher.errors import Fault, Severity
from publisher.store import beginnings, notices, run_lock, seeds
from publisher.workflow.delivery_report import host_busy, sender_fault
from publisher.workflow.journal import code_of, note
from publisher.workflow.pace import backoff

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.store.engine import Store

_LOCK_KEPT = 15.0
"""Seconds between two commits while an answer is waited for; the run lock's lease is longer."""


@dataclass(slots=True)
class Seeding:
    """Sends the copies under a pass's run lock; `faults` tells staff of those that failed, `sent` counts the others.

    Each goes once a notice, at the first pass after the release, a delay or not: this is what the delay is for. One
    that is deferred is tried again by later passes. A notice that has begun without copies gets none any more.
    """

    store: "Store"
    addresses: Sequence[str]
    single: Callable[[], SingleMails]
    now: Callable[[], datetime]
    domain: str
    key: bytes
    faults: list[Fault] = field(default_factory=list)
    sent: int = 0

    def send(self, lock: run_lock.RunLock) -> Fault | None:
        """Sends what is due, and says why nothing may follow: when the mail server takes nothing at all."""
        if not self.addresses:
            return None
        with self.store.begin() as connection:
            run_lock.keep(connection, lock, self.now())
            seeds.doubt_interrupted(connection, self.now())
            due = [copy for notice in notices.open_notices(connection) for copy in self._due(connection, notice)]
        if not due:
            return None
        with closing(self.single()) as mails, ThreadPoolExecutor(1) as line:

            def send(mail: MailTemplate, to: str, name: str) -> Future[Receipt]:
                at = self.now()
                return line.submit(mails.send, mail, to, name, format_datetime(at), at)

            for key, address, mail in due:
                stopped = self._copy(lock, key, address, mail, send)
                if stopped is not None:
                    return stopped
        return None

    def is_due(self, notice: Notice) -> bool:
        """Whether copies of a notice are to be sent now."""
        if not self.addresses:
            return False
        with self.store.read() as connection:
            return bool(self._due(connection, notice))

    def _due(self, connection: "Connection", notice: Notice) -> list[tuple[seeds.SeedKey, str, MailTemplate]]:
        if not notices.is_open(connection, notice.id) or self.now() >= notice.deadline:
            return []
        known = {copy.key: copy for copy in seeds.of_notice(connection, notice.id)}
        mails: dict[tuple[str, str], MailTemplate] = {}
        for mail in notices.templates(connection, notice.id):
            mails.setdefault((mail.kind, mail.language), mail)
        wanted = [
            (seeds.SeedKey(notice.id, self._recipient(address), mail.kind, mail.language), address, mail)
            for address in dict.fromkeys(self.addresses)
            for mail in mails.values()
        ]
        missing = any(key not in known for key, _, _ in wanted)
        too_late = missing and beginnings.begun(connection, notice.id)[0] > 0
        return [
            (key, address, mail)
            for key, address, mail in wanted
            if (known[key].due(self.now()) if key in known else not too_late)
        ]

    def _copy(
        self,
        lock: run_lock.RunLock,
        key: seeds.SeedKey,
        address: str,
        mail: MailTemplate,
        line: Callable[[MailTemplate, str, str], Future[Receipt]],
    ) -> Fault | None:
        with self.store.begin() as connection:
            run_lock.keep(connection, lock, self.now())
            seeds.mark(connection, key, self.now())
        name = message_id(self.key, key.notice, f"{key.recipient} {key.kind} {key.language}", self.domain)
        try:
            sent = line(mail, address, name)
            while not wait((sent,), _LOCK_KEPT).done:
                with self.store.begin() as connection:
                    run_lock.keep(connection, lock, self.now())
            receipt = sent.result()
        except ValueError:
            receipt = Receipt(Outcome.REFUSED, 0, "the address cannot be written into a mail")
        with self.store.begin() as connection:
            run_lock.keep(connection, lock, self.now())
            seeds.record(connection, key, receipt, self.now(), self.now() + backoff(1, random.random))
        note(
            "seed.answered",
            notice=str(key.notice),
            kind=key.kind.value,
            language=key.language,
            outcome=receipt.outcome.value,
            code=code_of(receipt),
        )
        if receipt.outcome is Outcome.SENDER_FAULT:
            return sender_fault(receipt)
        if receipt.outcome is Outcome.HOST_BUSY:
            return host_busy(receipt)
        self.sent += receipt.outcome is Outcome.ACCEPTED
        if receipt.outcome is not Outcome.ACCEPTED:
            self.faults.append(self._fault(key, address, receipt))
        return None

    def _fault(self, key: seeds.SeedKey, address: str, receipt: Receipt) -> Fault:
        said = " ".join(part for part in (str(receipt.code) if receipt.code else "", receipt.reply) if part)
        number = list(dict.fromkeys(self.addresses)).index(address) + 1
        return Fault(
            "seed-failed",
            f"The copy of {key.notice} in {key.language} for seed {number} was {_BECAME[receipt.outcome]}: {said}.",
            "Correct [delivery] seeds if the address is wrong. The others are told all the same.",
            severity=Severity.WARNING,
        )

    def _recipient(self, address: str) -> str:
        return hmac.new(self.key, f"seed\0{address}".encode(), hashlib.sha256).hexdigest()


_BECAME = {
    Outcome.REFUSED: "refused",
    Outcome.DEFERRED: "deferred, and is tried again by a later pass",
    Outcome.IN_DOUBT: "sent, but whether it arrived is in doubt",
}
