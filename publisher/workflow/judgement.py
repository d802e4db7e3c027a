"""What answers mean for the messages that follow: whether a pass goes on, waits, or ends with a reason."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from publisher.domain.notice import Notice, NoticeId, NoticeKind, Outcome, Receipt
from publisher.errors import Fault
from publisher.workflow.delivery_report import host_busy, many_refused, sender_fault, too_many_refused
from publisher.workflow.lanes import Lanes

REFUSALS_WINDOW = 200
REFUSALS_JUDGED = 100
REFUSALS_SHARE = 0.05
"""When more than this share of the last answers refuse for good, something is wrong with the list, not with people."""

_RESTS = (1.0, 5.0, 15.0)


@dataclass(slots=True)
class _Window:
    """The last answers of a notice, and how many of them were refusals for good."""

    last: deque[bool] = field(default_factory=deque)
    refused: int = 0

    def add(self, refused: bool) -> bool:
        """Counts an answer; says whether there are too many refusals now."""
        self.last.append(refused)
        self.refused += refused
        if len(self.last) > REFUSALS_WINDOW:
            self.refused -= self.last.popleft()
        return len(self.last) >= REFUSALS_JUDGED and self.refused > REFUSALS_SHARE * len(self.last)


@dataclass(slots=True)
class Judgement:
    """What a pass has made of its answers so far.

    Attributes:
        clock: seconds that only grow.
        stopped: why the whole pass ends early; None while it does not.
        halted: notices that this pass sends no more of, and why it paused them where it was this pass.
        warned: notices of incidents that go on although too many refuse: they are told to everybody whatever comes.
        rest_until: the instant of the clock before which nothing new begins.
    """

    clock: Callable[[], float]
    stopped: Fault | None = None
    halted: dict[NoticeId, Fault | None] = field(default_factory=dict)
    warned: dict[NoticeId, Fault] = field(default_factory=dict)
    rest_until: float = 0.0
    _heard: bool = False
    _rests: int = 0
    _windows: dict[NoticeId, _Window] = field(default_factory=dict)

    def over(self, notice: NoticeId) -> bool:
        """Whether nothing more of a notice goes out in this pass."""
        return self.stopped is not None or notice in self.halted

    def hear(self, notice: Notice, lane: int, receipt: Receipt, lanes: Lanes) -> None:
        """Takes an answer in. A busy host gets fewer connections; on the last one the pass rests, and then ends."""
        outcome = receipt.outcome
        if outcome is Outcome.SENDER_FAULT:
            self.stopped = self.stopped or sender_fault(receipt)
        elif outcome is Outcome.HOST_BUSY:
            if lanes.size > 1:
                lanes.shrink(lane)
            elif self._heard and self._rests < len(_RESTS):
                self.rest_until = self.clock() + _RESTS[self._rests]
                self._rests += 1
            else:
                self.stopped = self.stopped or host_busy(receipt)
        else:
            self._heard, self._rests = True, 0
            if outcome in (Outcome.ACCEPTED, Outcome.REFUSED):
                window = self._windows.setdefault(notice.id, _Window())
                if not window.add(outcome is Outcome.REFUSED):
                    return
                if notice.kind is NoticeKind.INCIDENT:
                    self.warned.setdefault(notice.id, many_refused(notice, window.refused, len(window.last)))
                else:
                    self.halted[notice.id] = too_many_refused(notice, window.refused, len(window.last))
