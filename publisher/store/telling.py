"""Which variant of a notice each user gets, as an expression on a table of users.

From the newest version down the first one counts that a user was told of or joined under; the database stops there, so
that of those who were told of the last version it looks at one message each.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Text, case, exists, false, func, literal, null, or_, select

from publisher.domain.notice import TOLD, MailTemplate, MessageState, NoticeId
from publisher.domain.predicate import EVERYONE, Reach
from publisher.domain.telling import PLAIN, Ladder, Step, prefix
from publisher.store import audience
from publisher.store.schema import outbox


@dataclass(frozen=True, slots=True)
class Apart:
    """How the readers of one notice are told apart, and what renders the mails of the variants that occur.

    The first ladder is that of the policy that the notice is named by, the others are of a campaign's other policies.
    """

    ladders: tuple[Ladder, ...]
    rendered: Callable[[Sequence[str]], Sequence[MailTemplate]]

    @property
    def is_plain(self) -> bool:
        """Whether all readers get the same."""
        return len(self.ladders) == 1 and self.ladders[0].is_plain


def reaches(ladders: Sequence[Ladder]) -> tuple[Reach, ...]:
    """The conditions that ladders ask of a user."""
    steps = [step for ladder in ladders for step in ladder.steps]
    groups = (Reach(None, group.members) for step in steps for group in step.groups)
    return (*(step.reach for step in steps if step.reach is not None), *groups)


def parts(ladders: Sequence[Ladder], readers: FromClause) -> tuple[ColumnElement[Any], ...]:
    """What each policy has to tell a user, a part of the variant each; null where nothing of it concerns them."""
    return tuple(_part(ladders, ladder, readers) for ladder in ladders)


def same_for_all(
    ladders: Sequence[Ladder], readers: FromClause
) -> tuple[ColumnElement[bool], ColumnElement[Any]] | None:
    """Whom a notice of one policy concerns, and their variant, where whom it concerns is no matter of what they know.

    Returns:
        None where it is.
    """
    asked = {step.reach for ladder in ladders for step in ladder.steps}
    if len(ladders) > 1 or len(asked) > 1:
        return None
    (reach,) = asked
    if reach is None:
        return None
    reached = audience.condition(reach, audience.columns_of(readers))
    return reached, _part(ladders, ladders[0], readers, reached=True)


def whole(ladders: Sequence[Ladder], found: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """The variant that its parts make; null for a user whom the notice does not concern.

    Args:
        ladders: one for each policy.
        found: the parts, as columns: they are looked at more than once.
    """
    if len(found) == 1:
        return found[0]
    joined: ColumnElement[Any] = func.coalesce(found[0], "")
    for part in found[1:]:
        joined = joined.concat(func.coalesce(part, ""))
    plain = "".join(prefix(ladders, ladder) + ladder.steps[0].version for ladder in ladders)
    return case({"": null(), plain: literal(PLAIN, Text)}, value=joined, else_=joined)


def concerned(ladders: Sequence[Ladder], readers: FromClause) -> ColumnElement[bool]:
    """Whether a notice concerns a user at all, by what changed since they last knew."""
    return or_(false(), *(part.is_not(None) for part in parts(ladders, readers)))


def told_condition(
    recipient: ColumnElement[str], notice_ids: Sequence[NoticeId], policy: str, *, waiting: bool = False
) -> ColumnElement[bool]:
    """Whether any of these notices told a recipient of a policy, or may have.

    Once in doubt, a later refusal settles nothing. `waiting`: what is still to be sent counts, too.
    """
    told = outbox.alias("told")
    states = sorted({*TOLD, MessageState.QUEUED} if waiting else TOLD)
    return exists(
        select(literal(1)).where(
            told.c.notice.in_([str(entry) for entry in notice_ids]),
            told.c.recipient == recipient,
            told.c.state.in_(states) | (told.c.doubts > 0),
            speaks_of(told.c.variant, policy),
        )
    )


def speaks_of(column: ColumnElement[Any], policy: str) -> ColumnElement[bool]:
    """Whether a message's variant says anything of a policy: in a campaign each is told to those it concerns."""
    return or_(column.is_(None), func.substr(column, 1, 1) != ";", func.replace(column, f";{policy}:", "") != column)


def _part(
    ladders: Sequence[Ladder], ladder: Ladder, readers: FromClause, *, reached: bool = False
) -> ColumnElement[Any]:
    """A policy's part: an arm for each version, the newest first. `reached`: of users known to be reached."""
    begins = prefix(ladders, ladder)
    said = [_said(begins, place, step, readers, reached=reached) for place, step in enumerate(ladder.steps)]
    arms = [
        (_known_by(ladder.policy, step, readers), value)
        for step, value in zip(ladder.steps[:-1], said[:-1], strict=True)
        if step.told_by or step.since is not None
    ]
    return case(*arms, else_=said[-1]) if arms else said[-1]


def _known_by(policy: str, step: Step, readers: FromClause) -> ColumnElement[bool]:
    ways: list[ColumnElement[bool]] = []
    if step.since is not None:
        ways.append(readers.c.joined >= step.since)
    if step.told_by:
        ways.append(told_condition(readers.c.recipient, step.told_by, policy, waiting=step.coming))
    return or_(false(), *ways)


def _said(begins: str, place: int, step: Step, readers: FromClause, *, reached: bool) -> ColumnElement[Any]:
    if step.reach is None:
        return null()
    of = audience.columns_of(readers)
    plain = not begins and not place and not step.groups
    text: ColumnElement[Any] = literal(PLAIN if plain else begins + step.version, Text)
    for group in step.groups:
        belongs = audience.condition(Reach(None, group.members), of)
        text = text.concat(case((belongs, f" {group.name}"), else_=""))
    if reached or step.reach == EVERYONE:
        return text
    return case((audience.condition(step.reach, of), text), else_=null())
