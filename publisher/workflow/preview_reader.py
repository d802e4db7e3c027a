"""What the second reader said of the drafts on the screen: it may be slow and cost money, so a save never asks it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from publisher.config import JudgeSettings, Settings, setting_place
from publisher.domain.assessment import Assessment
from publisher.domain.review import Review
from publisher.errors import Fault, Severity
from publisher.workflow.second_reader import Asked, as_frozen, second_reading, to_ask

UNASKED = "second-reader-unasked"
"""The code of the note that it has not read these changes."""

Answer = tuple[Assessment, tuple[Fault, ...]]


@dataclass(frozen=True, slots=True)
class _Question:
    """All that an answer rests on: as long as it is the same, so is the answer."""

    judge: JudgeSettings
    assessment: Assessment
    asked: Asked
    review: Review | None


@dataclass(slots=True)
class Answers:
    """The last answer on each draft; `given_up` says that nobody waits any more."""

    given_up: Callable[[], bool]
    _held: dict[tuple[str, str], tuple[_Question, Answer]] = field(default_factory=dict)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def get(self, question: _Question) -> Answer | None:
        """The answer to this very question, if it was the draft's last."""
        held = self._held.get((question.asked.policy, question.asked.version))
        return held[1] if held is not None and held[0] == question else None

    def ask(self, settings: Settings, question: _Question, *, now: datetime, again: bool) -> Answer:
        """Runs the second reader, one at a time, unless the answer is there and nobody wants another."""
        with self._turn:
            known = None if again else self.get(question)
            if known is not None:
                return known
            answer = second_reading(
                settings, question.assessment, question.asked, question.review, now=now, given_up=self.given_up
            )
            self._held[question.asked.policy, question.asked.version] = (question, answer)
            return answer


@dataclass(frozen=True, slots=True)
class Reader:
    """The second reader as one page hears it.

    Attributes:
        answers: what it said before.
        asks: whether it may be run, where it has not read these changes.
        again: whether it is run even though it has.
    """

    answers: Answers
    asks: bool = False
    again: bool = False

    def __call__(
        self, settings: Settings, assessment: Assessment, asked: Asked, review: Review | None, *, now: datetime
    ) -> Answer:
        """As `second_reading`; what was not asked is said as a warning."""
        if not to_ask(settings, assessment, review):
            return as_frozen(assessment, review), ()
        question = _Question(settings.judge, assessment, asked, review)
        if self.asks:
            return self.answers.ask(settings, question, now=now, again=self.again)
        return self.answers.get(question) or (as_frozen(assessment, review), (_unasked(settings),))


def _unasked(settings: Settings) -> Fault:
    return Fault(
        UNASKED,
        "The second reader has not read these changes.",
        "Ask it beside the signature; signing asks it too.",
        setting_place(settings.root, "judge", "command"),
        Severity.WARNING,
    )
