"""What senders and ticks do, as events for a log: notices, counts, codes, times; no address, name or reply."""

import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TypeAlias

from publisher.domain.notice import NoticeId, Receipt
from publisher.errors import Fault, Severity
from publisher.workflow.delivery_report import Bar, DeliveryReport

LOGGER = logging.getLogger("publisher.events")
LOGGER.addHandler(logging.NullHandler())
"""The standard library's logger of that name; nothing is written until somebody gives it a handler."""

_ENHANCED = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9.])")
"""An enhanced status code, as a reply begins with it (RFC 2034)."""

_MOST = 1000
_LONGEST = 10.0
"""Answers are told together: so many, or those of so many seconds."""

Fact: TypeAlias = str | int | float | bool | dict[str, int] | None


def note(event: str, level: int = logging.INFO, **facts: Fact) -> None:
    """One event with its facts; whoever calls this gives no words that a person or a far side wrote."""
    LOGGER.log(level, event, extra={"facts": facts})


def note_fault(event: str, fault: Fault) -> None:
    """An event that is a fault: by its code alone, for its words may repeat what a mail server said."""
    level = logging.ERROR if fault.severity is Severity.ERROR else logging.WARNING
    note(event, level, code=fault.code)


def code_of(receipt: Receipt) -> str:
    """An answer's codes, such as `550 5.1.1`; `none` when there was no answer."""
    enhanced = _ENHANCED.match(receipt.reply)
    return " ".join(part for part in (str(receipt.code or "none"), enhanced[0] if enhanced else "") if part)


@dataclass(slots=True)
class Journal:
    """Follows one delivery pass: hands its progress on to whoever draws it, and tells answers to the log, summed up."""

    bar: Bar
    clock: Callable[[], float] = time.monotonic
    began: float = 0.0
    _told_at: float = 0.0
    _outcomes: dict[NoticeId, Counter[str]] = field(default_factory=dict)
    _codes: dict[NoticeId, Counter[str]] = field(default_factory=dict)

    def begin(self, total: int) -> None:
        """Told once, before the first message: how many are due."""
        self.bar.begin(total)
        self.began = self._told_at = self.clock()
        note("deliver.begun", due=total)

    def advance(self, number: int) -> None:
        """Told whenever messages are done with in this pass."""
        self.bar.advance(number)

    def answered(self, notice: NoticeId, receipts: Sequence[Receipt]) -> None:
        """Told with each commit: what came back."""
        if not receipts:
            return
        self._outcomes.setdefault(notice, Counter()).update(receipt.outcome.value for receipt in receipts)
        self._codes.setdefault(notice, Counter()).update(code_of(receipt) for receipt in receipts)
        answers = sum(counted.total() for counted in self._outcomes.values())
        if answers >= _MOST or self.clock() - self._told_at >= _LONGEST:
            self.sum_up()

    def sum_up(self) -> None:
        """Tells the answers that were not told yet, an event a notice."""
        for notice, outcomes in self._outcomes.items():
            note("deliver.answers", notice=str(notice), outcomes=dict(outcomes), codes=dict(self._codes[notice]))
        self._outcomes.clear()
        self._codes.clear()
        self._told_at = self.clock()

    def ended(self, report: DeliveryReport) -> None:
        """Tells how the pass ended."""
        self.sum_up()
        for notice in report.paused:
            note("deliver.paused", logging.WARNING, notice=str(notice))
        for wait in report.waits:
            until = instant(wait.until)
            note("deliver.waits", notice=str(wait.notice), until=until, out=wait.out, left=wait.left)
        for notice in report.overdue:
            note("deliver.overdue", logging.WARNING, notice=str(notice))
        for fault in report.reasons:
            note_fault("deliver.trouble", fault)
        if report.stopped is not None:
            note_fault("deliver.stopped", report.stopped)
        note(
            "deliver.ended",
            handed=report.handed,
            accepted=report.accepted,
            refused=report.refused,
            deferred=report.deferred,
            in_doubt=report.in_doubt,
            skipped=report.skipped,
            webhook=asdict(report.called),
            interrupted=report.interrupted,
            held=report.held,
            next_at=instant(report.next_at),
            seconds=round(self.clock() - self.began, 3),
        )


def instant(at: datetime | None) -> str | None:
    """An instant as logs write it."""
    return at.isoformat() if at is not None else None
