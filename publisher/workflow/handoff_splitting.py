"""Which messages a provider will not take: those that it names, and where it names none, found by halves."""

from collections import deque
from collections.abc import Sequence

from publisher.delivery.handoff import Handed
from publisher.domain.notice import Message

_UNPROVEN = 24
"""So many refusals, and nothing taken yet: then it is the batches that are wrong, and not a reader's address."""


class Splitting:
    """The parts of a group that are still to be handed over, and who was refused alone or by name."""

    def __init__(self, group: Sequence[Message]) -> None:
        self._parts = deque([tuple(group)])
        self._refusals = 0
        self._taken = self._guessed = False
        self.refused: list[tuple[Message, Handed]] = []

    @property
    def is_proven(self) -> bool:
        """Whether those refused are to blame: others were taken, or the provider names each of them."""
        return self._taken or not self._guessed

    def next_part(self) -> tuple[Message, ...] | None:
        """What is to be handed over next; None when nothing is left."""
        return self._parts.popleft() if self._parts else None

    def taken(self) -> None:
        """A part was taken."""
        self._taken = True

    def split(self, part: Sequence[Message], handed: Handed) -> bool:
        """A part was refused as a whole; says whether it is worth going on."""
        self._refusals += 1
        offending = {place for place in handed.offending if place < len(part)}
        if offending:
            self.refused.extend((part[place], handed) for place in sorted(offending))
            rest = tuple(message for place, message in enumerate(part) if place not in offending)
            if rest:
                self._parts.appendleft(rest)
            return True
        if not handed.divisible or (self._refusals >= _UNPROVEN and not self._taken):
            return False
        if len(part) == 1:
            self._guessed = True
            self.refused.append((part[0], handed))
            return True
        half = len(part) // 2
        self._parts.extendleft((tuple(part[half:]), tuple(part[:half])))
        return True
