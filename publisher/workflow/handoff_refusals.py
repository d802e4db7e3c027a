"""When a provider refuses too many of a notice's messages one by one: then it is the list that is wrong, not people."""

from collections import deque
from dataclasses import dataclass, field

from publisher.domain.notice import Notice, NoticeId, NoticeKind
from publisher.errors import Fault
from publisher.workflow.delivery_report import many_refused, too_many_refused
from publisher.workflow.judgement import REFUSALS_JUDGED, REFUSALS_SHARE, REFUSALS_WINDOW


@dataclass(slots=True)
class Refusals:
    """Of the last messages of each notice, in groups as they were handed over, how many were refused for good.

    Attributes:
        told: what a person should see to, and has not been told of yet.
    """

    told: list[Fault] = field(default_factory=list)
    _last: dict[NoticeId, deque[tuple[int, int]]] = field(default_factory=dict)
    _warned: set[NoticeId] = field(default_factory=set)

    def hear(self, notice: Notice, refused: int, of: int) -> Fault | None:
        """Counts a group that was answered; says why the notice is to be paused, if it is.

        One of an incident goes on: it is told to everybody whatever comes. Whoever resumes a notice has it judged anew.
        """
        last = self._last.setdefault(notice.id, deque())
        last.append((refused, of))
        while sum(number for _, number in last) - last[0][1] >= REFUSALS_WINDOW:
            last.popleft()
        bad, judged = (sum(column) for column in zip(*last, strict=True))
        if judged < REFUSALS_JUDGED or bad <= REFUSALS_SHARE * judged:
            return None
        if notice.kind is NoticeKind.INCIDENT:
            if notice.id not in self._warned:
                self._warned.add(notice.id)
                self.told.append(many_refused(notice, bad, judged))
            return None
        del self._last[notice.id]
        why = too_many_refused(notice, bad, judged)
        self.told.append(why)
        return why

    def take_told(self) -> tuple[Fault, ...]:
        """What is to be told, once."""
        told, self.told = tuple(self.told), []
        return told
