"""Measures: times, shares and sums by what the part of the sentence around them says of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from publisher.domain.assessment import FindingKind, Side
from publisher.languages.duties import Lexicon
from publisher.materiality.matching import Run
from publisher.materiality.parts import part_of
from publisher.materiality.periods import spans
from publisher.materiality.reading import Draft, Reading
from publisher.materiality.sentences import Sentence, join


class _Measure(NamedTuple):
    value: float
    run: Run
    period: bool


@dataclass(frozen=True, slots=True)
class Direction:
    """What it means that a measure grew, and that it shrank; None for what harms nobody."""

    grown: FindingKind | None
    shrunk: FindingKind | None


_HARMLESS = Direction(None, None)
_DOUBTED = Direction(FindingKind.RIGHT_WEAKENED, FindingKind.RIGHT_WEAKENED)
"""A time of which nothing says what it is of."""


def changed(reading: Reading) -> Iterator[Draft]:
    """A time, a share or a sum that changed against the users, or a time that is gone."""
    old, new = reading.unit.old, reading.unit.new
    if old is None or new is None or reading.lexicon.has("dated", f"{reading.old} {reading.new}"):
        return
    before, after = _measures(reading, old), _measures(reading, new)
    if len(before) == len(after):
        for was, now in zip(before, after, strict=True):
            if was.period is now.period and abs(was.value - now.value) > (0.01 if was.period else 1e-6) * max(
                was.value, 0.01
            ):
                direction = direction_of(reading, new, now)
                kind = direction.grown if now.value > was.value else direction.shrunk
                if kind is not None:
                    yield Draft(kind, Side.NEW, now.run, "A measure changed against the users.")
        return
    if len(before) < len(after):
        return
    values = {now.value for now in after}
    for was in before:
        if was.period and was.value not in values and _gone(reading, was.run):
            direction = direction_of(reading, old, was)
            kind = direction.grown or direction.shrunk
            if kind is None:
                continue
            came = _in_place_of(reading, was.run)
            if came is None:
                yield Draft(kind, Side.OLD, was.run, "The time that bounded this is gone.")
            else:
                yield Draft(kind, Side.NEW, came, "The time that bounded this is gone.")
            return


def measured(reading: Reading, run_old: Run | None, run_new: Run | None) -> bool:
    """Whether an edit only puts one measure in the place of another, or a measure where none stood."""
    old, new = reading.unit.old, reading.unit.new
    if old is None or new is None or run_new is None:
        return False
    if run_old is not None and _bare(reading, old, run_old) and _bare(reading, new, run_new):
        return True
    return (
        _has_number(new, run_new)
        and _bare(reading, new, run_new)
        and (run_old is None or not _has_number(old, run_old))
    )


def direction_of(reading: Reading, sentence: Sentence, measure: _Measure) -> Direction:
    """Which way a measure harms users, by the words of its part and those right around it: the first that holds."""
    lexicon, spaced, text = reading.lexicon, reading.lexicon.duties.spaced, sentence.folded
    first, last = measure.run
    low, high = part_of(sentence, measure.run)
    before, after = join(sentence.tokens[low:first], spaced), join(sentence.tokens[last + 1 : high + 1], spaced)
    part, rest = f"{before}#{after}", join(sentence.tokens[high + 1 :], spaced)
    if lexicon.has("age", join(sentence.tokens[first : last + 2], spaced)):
        return _HARMLESS
    if not measure.period:
        return _of_amount(lexicon, text)
    ours, least = reading.by_us(before), lexicon.has("least", before[-4:])
    within = lexicon.has("within", after[:3]) and not least
    follows = not reading.by_us(before) and lexicon.has("you", rest[:6]) and lexicon.has("may", rest[:8])
    asked = (
        follows
        or lexicon.has("entitlement", before)
        or (lexicon.any(after, "entitlement", "may", "request", "benefit") and not ours)
    )
    on_users = lexicon.has("duty", before) and lexicon.has("you", before) and not ours
    capped = lexicon.has("cap", text) and lexicon.has("liability", text) and not within
    effect = lexicon.has("afterwards", after[:4]) and lexicon.has("notice", part)
    kept = lexicon.any(part, "retain", "delete")
    money = FindingKind.FEE_OR_REFUND if lexicon.has("refund", text) else FindingKind.RIGHT_WEAKENED
    slower = FindingKind.NOTICE_WEAKENED if lexicon.has("notice", part) else FindingKind.OBLIGATION_WEAKENED
    promised = lexicon.any(part, "least", "benefit", "refund", "promise")
    late = lexicon.has("exceeds", before) and lexicon.any(rest, "refund", "right", "benefit")
    table: tuple[tuple[bool, Direction], ...] = (
        (sentence.tokens[first] in lexicon.duties.every, Direction(FindingKind.OBLIGATION_WEAKENED, None)),
        (lexicon.has("ahead", before[-6:]) or effect, Direction(None, FindingKind.NOTICE_WEAKENED)),
        (lexicon.has("served", before) and lexicon.has("retain", part), Direction(None, FindingKind.RIGHT_WEAKENED)),
        (capped, Direction(None, FindingKind.LIABILITY_REDUCED)),
        (lexicon.has("unless_used", part), Direction(None, FindingKind.RIGHT_WEAKENED)),
        (kept, Direction(FindingKind.RETENTION_LONGER, None)),
        (asked or on_users, Direction(None, money)),
        (within, Direction(slower, None)),
        (promised, Direction(None, FindingKind.RIGHT_WEAKENED)),
        (late, Direction(FindingKind.OBLIGATION_WEAKENED, None)),
        (lexicon.has("notice", text), Direction(None, FindingKind.NOTICE_WEAKENED)),
        (reading.by_us(text) and lexicon.has("promise", text), Direction(None, FindingKind.OBLIGATION_WEAKENED)),
    )
    return next((direction for holds, direction in table if holds), _DOUBTED)


def _of_amount(lexicon: Lexicon, text: str) -> Direction:
    if lexicon.has("liability", text):
        return Direction(None, FindingKind.LIABILITY_REDUCED)
    if lexicon.any(text, "refund", "least"):
        return Direction(None, FindingKind.FEE_OR_REFUND)
    return Direction(FindingKind.FEE_OR_REFUND, None) if lexicon.any(text, "fee", "cap") else _HARMLESS


def _measures(reading: Reading, sentence: Sentence) -> list[_Measure]:
    """Every time, share and sum of a sentence, in order."""
    found: dict[int, _Measure] = {}
    for span in spans(sentence.folded, reading.lexicon):
        run = (sentence.token_at(span.start), sentence.token_at(span.end - 1))
        found[run[0]] = _Measure(span.days, run, period=True)
    inside = {index for measure in found.values() for index in range(measure.run[0], measure.run[1] + 1)}
    for index, token in enumerate(sentence.tokens):
        number = token.rstrip("%").replace(",", "")
        if index not in inside and number.replace(".", "", 1).isdigit():
            found[index] = _Measure(float(number), (index, index), period=False)
    return [found[index] for index in sorted(found)]


def _gone(reading: Reading, run: Run) -> bool:
    return any(
        run_old is not None and run_old[0] <= run[1] and run[0] <= run_old[1] for run_old, _ in reading.unit.swaps
    )


def _in_place_of(reading: Reading, run: Run) -> Run | None:
    for run_old, run_new in reading.unit.swaps:
        if run_old is not None and run_old[0] <= run[1] and run[0] <= run_old[1]:
            return run_new
    return None


def _has_number(sentence: Sentence, run: Run) -> bool:
    return any(token[0].isdigit() for token in sentence.tokens[run[0] : run[1] + 1])


def _bare(reading: Reading, sentence: Sentence, run: Run) -> bool:
    """Whether some words are a measure and nothing else."""
    text = join(sentence.tokens[run[0] : run[1] + 1], reading.lexicon.duties.spaced)
    text = reading.lexicon["measure"].sub("", text)
    return not text.strip()
