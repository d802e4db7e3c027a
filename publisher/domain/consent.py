"""Consent, kept apart from notice: what a version asks of each reader, and whom it binds."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from publisher.domain.life import Standing, State


class Answer(StrEnum):
    """What a reader said to a version that needs their consent; `NONE` is silence, which is never agreement."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """One reader's standing answer: to which text (its digest), and when; both None while there is none."""

    user: str
    answer: Answer
    digest: str | None
    at: datetime | None


def binds(standing: Standing, answer: Answer) -> bool:
    """Whether a version binds a reader: it must be in force, and where it needs consent they must have given it.

    For a reader whom it does not bind the new processing may not start; the version before goes on for them.
    Source: PIPL Art. 14; FTC policy on retroactive material changes.
    """
    if standing.state is not State.IN_FORCE:
        return False
    return not standing.consent_needed or answer is Answer.ACCEPTED


def may_answer(standing: Standing) -> bool:
    """Whether readers can answer to a version now: it was announced or applies, and asks for consent."""
    asked = (State.ANNOUNCED, State.COMPLETE, State.HELD, State.IN_FORCE)
    return standing.consent_needed and standing.state in asked
