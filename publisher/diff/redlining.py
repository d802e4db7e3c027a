"""The redline: the words that a text lost and won, cut so that a person can read it."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from rapidfuzz.distance import LCSseq

from publisher.diff.outline import Vocabulary
from publisher.diff.rising import heaviest_rising
from publisher.domain.change import Edit, Op
from publisher.languages.words import HYPHENS, Words, protected, words

_LEAF = 4000 * 4000
"""The most cells that one exact comparison may have: its memory is an eighth of that in bytes."""
_WINDOWS = (4, 8, 16, 32, 64)
"""How many words in a row, occurring once in both texts, are trusted to be the same place in very long texts."""

_SENTENCE_ENDS = frozenset(".!?;。！？；")

Span = tuple[int, int, int, int]
"""Words of the old text from..to and words of the new text from..to."""

_NUMERALS = frozenset("〇零一二两三四五六七八九十百千万亿")


@dataclass(frozen=True, slots=True)
class _Pair:
    old: Words
    new: Words
    language: str


def redline(old_text: str, new_text: str, language: str) -> tuple[Edit, ...]:
    """The edits that turn one text into the other.

    Equal and inserted runs together are the new text, character for character. Equal and deleted runs together are the
    old text but for quote and dash style and white space, which are shown as the new text has them. A negation, a
    modal, a number or a date that did not change is never shown as changed.
    """
    pair = _Pair(_whole_numbers(words(_composed(old_text))), _whole_numbers(words(_composed(new_text))), language)
    vocabulary = Vocabulary()
    old, new = vocabulary.encode(pair.old.keys), vocabulary.encode(pair.new.keys)
    changed = list(differing(old, new))
    changed = _slid(changed, old, new, pair)
    changed = _readable(changed, pair)
    return _edits(_merged(_whole_compounds(changed, pair)), pair)


def differing(old: str, new: str) -> Iterator[Span]:
    """The spans where two encoded texts differ, in order; what lies between them is equal on both sides."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    pending: Span | None = None
    for span in _compared(old, new, start, len(old) - end, start, len(new) - end):
        if pending and pending[1] == span[0] and pending[3] == span[2]:
            pending = (pending[0], span[1], pending[2], span[3])
        else:
            if pending:
                yield pending
            pending = span
    if pending:
        yield pending


def _whole_numbers(cut: Words) -> Words:
    """The same words with each Chinese number in one piece: 十二 to 二十四 is one number for another."""
    if not any(key in _NUMERALS for key in cut.keys):
        return cut
    keys: list[str] = []
    spans: list[tuple[int, int]] = []
    for key, (start, end) in zip(cut.keys, cut.spans, strict=True):
        if key in _NUMERALS and keys and keys[-1][-1] in _NUMERALS and spans[-1][1] == start:
            keys[-1] += key
            spans[-1] = (spans[-1][0], end)
        else:
            keys.append(key)
            spans.append((start, end))
    return Words(cut.text, tuple(keys), tuple(spans))


def _composed(text: str) -> str:
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def _common(old: str, new: str) -> int:
    """How many characters two strings have in common at the start."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _compared(old: str, new: str, i1: int, i2: int, j1: int, j2: int) -> Iterator[Span]:
    """Cuts a long stretch at trusted places until each piece may be compared exactly."""
    waiting = [(i1, i2, j1, j2)]
    while waiting:
        i1, i2, j1, j2 = waiting.pop()
        if i1 == i2 or j1 == j2:
            if i1 != i2 or j1 != j2:
                yield i1, i2, j1, j2
        elif (i2 - i1) * (j2 - j1) <= _LEAF:
            yield from _exactly(old[i1:i2], new[j1:j2], i1, j1)
        else:
            waiting.extend(reversed(_pieces(old, new, i1, i2, j1, j2)))


def _exactly(old: str, new: str, at_old: int, at_new: int) -> Iterator[Span]:
    pending: Span | None = None
    for code in LCSseq.opcodes(old, new):
        if code.tag == "equal":
            if pending:
                yield pending
            pending = None
            continue
        i1, i2 = at_old + code.src_start, at_old + code.src_end
        j1, j2 = at_new + code.dest_start, at_new + code.dest_end
        pending = (pending[0], i2, pending[2], j2) if pending else (i1, i2, j1, j2)
    if pending:
        yield pending


def _pieces(old: str, new: str, i1: int, i2: int, j1: int, j2: int) -> list[Span]:
    """A stretch cut where the same run of words occurs once on either side, else in the middle."""
    for width in _WINDOWS:
        runs_old, runs_new = _runs(old, i1, i2, width), _runs(new, j1, j2, width)
        common = runs_old.keys() & runs_new.keys()
        if not common:
            break
        places = sorted((runs_new[run], runs_old[run]) for run in common if runs_new[run] >= 0 <= runs_old[run])
        kept = heaviest_rising([i for _, i in places], [1] * len(places))
        anchors = [place for index, place in enumerate(places) if index in kept]
        if anchors:
            return _between(anchors, old, new, (i1, i2, j1, j2))
    middle_old, middle_new = (i1 + i2) // 2, (j1 + j2) // 2
    return [(i1, middle_old, j1, middle_new), (middle_old, i2, middle_new, j2)]


def _between(anchors: Sequence[tuple[int, int]], old: str, new: str, whole: Span) -> list[Span]:
    i1, i2, j1, j2 = whole
    pieces: list[Span] = []
    for j, i in anchors:
        if i < i1 or j < j1:
            continue  # inside the equal run that the anchor before it grew into
        pieces.append((i1, i, j1, j))
        equal = _common(old[i : min(i2, i + 4096)], new[j : min(j2, j + 4096)])
        i1, j1 = i + equal, j + equal
    pieces.append((i1, i2, j1, j2))
    return [piece for piece in pieces if piece[0] != piece[1] or piece[2] != piece[3]]


def _runs(text: str, start: int, end: int, width: int) -> dict[str, int]:
    """The runs of a width in a stretch, each with its place, or -1 when it occurs more than once."""
    places: dict[str, int] = {}
    for at in range(start, end - width + 1):
        run = text[at : at + width]
        places[run] = -1 if run in places else at
    return places


def _slid(changed: Sequence[Span], old: str, new: str, pair: _Pair) -> list[Span]:
    """Moves pure insertions and deletions to where sentences and phrases begin, as far as the words around repeat."""
    placed: list[Span] = []
    for index, (i1, i2, j1, j2) in enumerate(changed):
        if (i1 == i2) == (j1 == j2):
            placed.append((i1, i2, j1, j2))
            continue
        text, start, end = (pair.new, j1, j2) if i1 == i2 else (pair.old, i1, i2)
        codes = new if i1 == i2 else old
        left = i1 - placed[-1][1] if placed else i1
        following = changed[index + 1][0] if index + 1 < len(changed) else len(old)
        back = 0
        while back < left and codes[start - back - 1] == codes[end - back - 1]:
            back += 1
        ahead = 0
        while ahead < following - i2 and codes[start + ahead] == codes[end + ahead]:
            ahead += 1
        best = max(
            range(-back, ahead + 1), key=lambda by: (_boundary(text, start + by) + _boundary(text, end + by), -abs(by))
        )
        placed.append((i1 + best, i2 + best, j1 + best, j2 + best))
    return placed


def _boundary(text: Words, at: int) -> int:
    """How natural a cut before a word is: at sentences, then phrases, then between words that white space parts."""
    if at in (0, len(text.keys)):
        return 4
    before = text.keys[at - 1]
    if before in ".!?。！？":
        return 4
    if before in ";:；：":
        return 3
    if before in ",，、(（":
        return 2
    return 1 if text.spans[at - 1][1] < text.spans[at][0] else 0


def _readable(changed: Sequence[Span], pair: _Pair) -> list[Span]:
    """Joins edits that are parted only by a few common words, so that a rewritten phrase reads as one.

    Words that decide the meaning part edits always.
    """
    weight_old, weight_new = _weights(pair.old.keys), _weights(pair.new.keys)

    def changed_weight(span: Span) -> int:
        return max(weight_old[span[1]] - weight_old[span[0]], weight_new[span[3]] - weight_new[span[2]])

    def negligible(before: Span, after: Span) -> bool:
        """Whether the equal words between two edits are less than what changed on either side of them."""
        start, end = before[3], after[2]
        if weight_new[end] - weight_new[start] > min(changed_weight(before), changed_weight(after)):
            return False
        return not any(key in _SENTENCE_ENDS or protected(key, pair.language) for key in pair.new.keys[start:end])

    joined: list[Span] = []
    for span in changed:
        current = span
        while joined and negligible(joined[-1], current):
            last = joined.pop()
            current = (last[0], current[1], last[2], current[3])
        joined.append(current)
    return joined


def _weights(keys: Sequence[str]) -> list[int]:
    """How many letters stand before each word; punctuation weighs nothing."""
    return list(accumulate((len(key) if key[0].isalnum() else 0 for key in keys), initial=0))


def _whole_compounds(changed: Sequence[Span], pair: _Pair) -> Iterator[Span]:
    """Widens each edit to whole hyphenated words: `third-party` is never cut."""
    for index, (i1, i2, j1, j2) in enumerate(changed):
        room_before = i1 - (changed[index - 1][1] if index else 0)
        room_after = (changed[index + 1][0] if index + 1 < len(changed) else len(pair.old.keys)) - i2
        back = 0
        while back < room_before and (_tied(pair.old, i1 - back) or _tied(pair.new, j1 - back)):
            back += 1
        ahead = 0
        while ahead < room_after and (_tied(pair.old, i2 + ahead) or _tied(pair.new, j2 + ahead)):
            ahead += 1
        yield i1 - back, i2 + ahead, j1 - back, j2 + ahead


def _tied(text: Words, at: int) -> bool:
    """Whether a hyphen ties the word at a place to the one before it."""
    if not 0 < at < len(text.keys) or text.spans[at - 1][1] != text.spans[at][0]:
        return False
    if text.keys[at] == "-":
        return _joins(text, at)
    return text.keys[at - 1] == "-" and _joins(text, at - 1)


def _joins(text: Words, at: int) -> bool:
    """Whether the dash at a place stands tight between two words."""
    start, end = text.spans[at]
    around = text.text[start - 1 : start] + text.text[end : end + 1]
    return text.text[start:end] in HYPHENS and len(around) == 2 and around.isalnum()


def _merged(changed: Iterator[Span]) -> list[Span]:
    """Joins edits that touch or overlap."""
    merged: list[Span] = []
    for span in changed:
        if merged and (span[0] <= merged[-1][1] and span[2] <= merged[-1][3]):
            last = merged[-1]
            merged[-1] = (last[0], max(last[1], span[1]), last[2], max(last[3], span[3]))
        else:
            merged.append(span)
    return merged


def _edits(changed: Sequence[Span], pair: _Pair) -> tuple[Edit, ...]:
    """Writes the edits out: every character of the new text, and of the old one what is not equal."""
    old, new = pair.old, pair.new
    written: list[Edit] = []

    def write(op: Op, text: str) -> None:
        if text and written and written[-1][0] is op:
            written[-1] = (op, written[-1][1] + text)
        elif text:
            written.append((op, text))

    reached = 0
    for i1, i2, j1, j2 in changed:
        from_old, to_old = _gaps(old, i1, i2)
        from_new, to_new = _gaps(new, j1, j2)
        if i1 == i2 or j1 == j2:
            from_old, to_old, from_new, to_new = _one_sided((from_old, to_old), (from_new, to_new), inserted=i1 == i2)
        else:
            if from_old[0] < from_old[1] and from_new[0] < from_new[1]:
                from_old, from_new = _nothing(from_old[1]), _nothing(from_new[1])
            if to_old[0] < to_old[1] and to_new[0] < to_new[1]:
                to_old, to_new = _nothing(to_old[0]), _nothing(to_new[0])
        write(Op.EQUAL, new.text[reached : from_new[0]])
        write(Op.DELETE, old.text[from_old[0] : to_old[1]])
        write(Op.INSERT, new.text[from_new[0] : to_new[1]])
        reached = to_new[1]
    write(Op.EQUAL, new.text[reached:])
    return tuple(written)


_Gap = tuple[int, int]
"""White space from..to."""


def _nothing(at: int) -> _Gap:
    return at, at


def _gaps(text: Words, start: int, end: int) -> tuple[_Gap, _Gap]:
    """The white space before and after a run of words; one and the same when the run is empty."""
    spans = text.spans
    begin = spans[start - 1][1] if start else 0
    close = spans[end][0] if end < len(spans) else len(text.text)
    if start == end:
        return (begin, close), (begin, close)
    return (begin, spans[start][0]), (spans[end - 1][1], close)


def _one_sided(old: tuple[_Gap, _Gap], new: tuple[_Gap, _Gap], *, inserted: bool) -> tuple[_Gap, _Gap, _Gap, _Gap]:
    """Decides which white space goes with an insertion or a deletion, so that both texts read exactly."""
    (before, after), (gap, _) = (new, old) if inserted else (old, new)
    width_before, width_after, width = before[1] - before[0], after[1] - after[0], gap[1] - gap[0]
    if not width:
        ours = (before, after)  # no white space is left behind: all of it goes along
        theirs = (_nothing(gap[0]), _nothing(gap[0]))
    elif width_before:
        ours = (_nothing(before[1]), after if width_after else _nothing(after[0]))
        theirs = (_nothing(gap[1]), _nothing(gap[1]))
    else:
        ours = (before, _nothing(after[0]))
        theirs = (_nothing(gap[0]), _nothing(gap[0]))
    return (*theirs, *ours) if inserted else (*ours, *theirs)
