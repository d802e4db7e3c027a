"""Why versions are material, as earlier builds found it: to judge a long text again takes a tenth of a second.

What was found is kept with the policy's part of the website, by the digest of all that it follows from; this program's
own code and the rule packs are held against those of the last build by whoever hands on what that build kept.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from publisher.domain.assessment import FindingKind, Side
from publisher.notices.plan import Reason


class Judged:
    """The reasons that earlier builds found, and those that this one asked for."""

    def __init__(self, known: Mapping[str, Any] | None = None) -> None:
        """`known` is what the last build's `asked` held; see there."""
        self._known = known or {}
        self.asked: dict[str, list[list[Any]]] = {}
        """What is kept for the next build, as plain JSON values."""

    def reasons(self, made_of: object, find: Callable[[], Sequence[Reason]]) -> tuple[Reason, ...]:
        """The reasons that follow from `made_of`, whose `repr` tells all of it; where they are not known, found."""
        key = hashlib.sha256(repr(made_of).encode()).hexdigest()
        record = self._known.get(key)
        found = tuple(find() if record is None else map(_of_record, record))
        self.asked[key] = [_record(reason) for reason in found]
        return found


def _record(reason: Reason) -> list[Any]:
    return [reason.clause, reason.side.value, [kind.value for kind in reason.kinds], reason.public_note]


def _of_record(record: Sequence[Any]) -> Reason:
    clause, side, kinds, note = record
    return Reason(clause, Side(side), tuple(map(FindingKind, kinds)), note)
