"""The changed words of a clause as a letter quotes them: what stayed is shortened, what changed is whole."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from publisher.domain.change import Edit, Op

KEPT = 90
"""Characters of unchanged words kept on each side of a change; Chinese says as much in a third of them."""

_WIDE_FROM = 0x2E80
_PAUSES = (re.compile(r"[.;!?] |[。；！？]"), re.compile(r"[,:] |[，、：]"), re.compile(" "))


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A clause's redline for a reader.

    `edits` never put two runs of one kind side by side. `added` and `removed` say that the clause is wholly new or
    wholly gone; `before` and `now` are the two readings, each run with whether it differs from the other reading.
    """

    edits: tuple[Edit, ...]
    added: bool
    removed: bool

    @property
    def before(self) -> tuple[tuple[bool, str], ...]:
        """The old reading: each run of words, and whether it is gone from the new one."""
        return tuple((op is Op.DELETE, words) for op, words in self.edits if op is not Op.INSERT)

    @property
    def now(self) -> tuple[tuple[bool, str], ...]:
        """The new reading: each run of words, and whether the old one lacked it."""
        return tuple((op is Op.INSERT, words) for op, words in self.edits if op is not Op.DELETE)


def excerpt(edits: Iterable[Edit], fold: str) -> Excerpt:
    """Shortens the long unchanged runs of a redline, `fold` standing for what is left out.

    A wholly new or removed clause is kept whole, for it is all change.
    """
    joined = _joined(edits)
    ops = {op for op, words in joined if words.strip()}
    shortened = [
        (op, _shortened(words, fold, opens=index == 0, closes=index == len(joined) - 1) if op is Op.EQUAL else words)
        for index, (op, words) in enumerate(joined)
    ]
    return Excerpt(tuple(shortened), added=ops == {Op.INSERT}, removed=ops == {Op.DELETE})


def _joined(edits: Iterable[Edit]) -> Sequence[Edit]:
    found: list[Edit] = []
    for op, words in edits:
        if not words:
            continue
        if found and found[-1][0] is op:
            found[-1] = (op, found[-1][1] + words)
        else:
            found.append((op, words))
    return found


def _shortened(words: str, fold: str, *, opens: bool, closes: bool) -> str:
    wide = 2 * sum(ord(character) >= _WIDE_FROM for character in words) > len(words)
    kept = KEPT // 3 if wide else KEPT
    head = 0 if opens else kept
    tail = 0 if closes else kept
    if opens and closes:
        head = kept
    if len(words) <= head + tail + kept // 2:
        return words
    start = _head(words, head) if head else ""
    end = _tail(words, tail) if tail else ""
    gap = "" if wide else " "
    return f"{start}{gap if start else ''}{fold}{gap if end else ''}{end}"


def _head(words: str, length: int) -> str:
    """The first words, to the end of a sentence near `length` if there is one."""
    return words[: _boundary(words, length)].rstrip()


def _tail(words: str, length: int) -> str:
    """The last words, from the beginning of a sentence near `length` from the end if there is one."""
    return words[_boundary(words, len(words) - length) :].lstrip()


def _boundary(words: str, wanted: int) -> int:
    """Where a reader would pause, as near to `wanted` as may be: after a sentence, else a part of one, else a word."""
    slack = min(wanted, len(words) - wanted, KEPT) // 2
    window = range(wanted - slack, wanted + slack + 1)
    for pause in _PAUSES:
        found = [end for match in pause.finditer(words, window.start, window.stop) if (end := match.end()) in window]
        if found:
            return min(found, key=lambda end: abs(end - wanted))
    return wanted
