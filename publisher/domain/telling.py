"""What different readers of one notice know already: since which version, and which changes concern them.

A variant of a notice is a short text, the same for all readers who are told the same. It names the version that changes
are shown since and the audiences whose clauses are shown (`v1`, `v1 located`, `v2 located kept`), for several policies
one after the other (`;privacy:v1;terms:v2 kept`). The plain variant is empty: everything that changed since the version
before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from publisher.domain.notice import NoticeId
from publisher.domain.predicate import Member, Reach

PLAIN = ""
"""The variant that shows everything since the version before, of every policy that the notice is about."""


@dataclass(frozen=True, slots=True)
class Group:
    """Audiences that the same clauses concern: whoever belongs to any of them is shown these clauses."""

    members: tuple[Member, ...]

    @property
    def name(self) -> str:
        """The audiences' names, without spaces."""
        return ",".join(member.name for member in self.members)


@dataclass(frozen=True, slots=True)
class Step:
    """A version that readers may last have known a policy by, and what has changed since.

    Attributes:
        version: the version.
        told_by: the notices that told of it.
        coming: whether its own messages still go out, before those of any later version.
        since: the date from which it applied; None when it does not apply.
        reach: whom the changes since concern; None: nobody.
        groups: those whose clauses only they are shown; none when all who are reached are shown the same.
    """

    version: str
    told_by: tuple[NoticeId, ...] = ()
    coming: bool = False
    since: date | None = None
    reach: Reach | None = None
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Ladder:
    """The versions by which readers may know a policy, the newest first; the last one is everybody else's."""

    policy: str
    steps: tuple[Step, ...]

    @property
    def is_plain(self) -> bool:
        """Whether all readers are told the same."""
        return len(self.steps) == 1 and not self.steps[0].groups


@dataclass(frozen=True, slots=True)
class Known:
    """What one variant says of one policy: since which version, with the clauses of which groups."""

    policy: str
    version: str
    groups: tuple[str, ...]


def prefix(ladders: Sequence[Ladder], ladder: Ladder) -> str:
    """What a policy's part of a variant begins with; nothing where the notice is about one policy."""
    return f";{ladder.policy}:" if len(ladders) > 1 else ""


def known_of(variant: str, ladders: Sequence[Ladder]) -> tuple[Known, ...]:
    """What a variant says, policy by policy; a policy that does not concern its readers is left out.

    Raises:
        ValueError: no reader of these policies has such a variant.
    """
    if variant == PLAIN:
        return tuple(
            Known(ladder.policy, ladder.steps[0].version, tuple(group.name for group in ladder.steps[0].groups))
            for ladder in ladders
        )
    if variant.startswith(";"):
        parts = [part.partition(":")[::2] for part in variant[1:].split(";")]
    else:
        parts = [(ladders[0].policy, variant)]
    found = []
    for policy, text in parts:
        version, *groups = text.split(" ")
        if not any(ladder.policy == policy and _has(ladder, version) for ladder in ladders):
            raise ValueError(f"no variant of {', '.join(ladder.policy for ladder in ladders)}: {variant!r}")
        found.append(Known(policy, version, tuple(groups)))
    return tuple(found)


def _has(ladder: Ladder, version: str) -> bool:
    return any(step.version == version for step in ladder.steps)
