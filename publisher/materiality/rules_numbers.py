"""Numbers with a subject: periods of keeping, notice, refund and reply; ages; amounts. Direction decides."""

import re
from collections.abc import Iterator

from publisher.domain.assessment import FindingKind, Side
from publisher.languages.duties import Lexicon
from publisher.materiality.measures import changed
from publisher.materiality.periods import Period, number_of, spans
from publisher.materiality.reading import Draft, Reading
from publisher.materiality.sentences import Sentence

_AMOUNT = re.compile(r"\d[\d,]*(?:\.\d+)?%?")


def periods(reading: Reading) -> Iterator[Draft]:
    """A period in an edited sentence became longer or shorter, against the users."""
    old, new = reading.unit.old, reading.unit.new
    if old is None or new is None:
        return
    lexicon = reading.lexicon
    if lexicon.duties.doubts:
        yield from changed(reading)
        return
    before, after = spans(old.folded, lexicon), spans(new.folded, lexicon)
    text = f"{reading.whole_old} {reading.whole_new}"
    if len(before) == len(after):
        for was, now in zip(before, after, strict=True):
            if abs(was.days - now.days) < 0.01 * max(was.days, 1):
                continue
            draft = _judge(reading, new, was.days, now, text)
            if draft is not None:
                yield draft
    elif before and not after and lexicon.any(text, "delete", "retain", "notice", "refund"):
        if lexicon.has("favour", reading.came) and not lexicon.any(text, "delete", "retain"):
            return
        run = reading.run_of(old, _match(old, before[0]))
        if lexicon.any(text, "delete", "retain"):
            if lexicon.has("open_ended", reading.came) and not lexicon.has("forever", reading.new):
                return
            yield Draft(
                FindingKind.RETENTION_LONGER, Side.OLD, run, "The number that bounded how long data are kept is gone."
            )
        elif lexicon.has("promise", text):
            yield Draft(
                FindingKind.OBLIGATION_WEAKENED,
                Side.OLD,
                run,
                "The number of days that bound the organisation is gone.",
            )


_Verdict = tuple[FindingKind, str] | None
_NEAR = 24
"""Characters before a period in which words stand that belong to it."""
_KEPT: _Verdict = (FindingKind.RETENTION_LONGER, "Data are kept longer, or deleted later, than before.")
_TOLD: _Verdict = (FindingKind.NOTICE_WEAKENED, "Users are told later, or shorter beforehand, than before.")
_SLOWER: _Verdict = (FindingKind.OBLIGATION_WEAKENED, "The organisation gives itself longer to act.")
_HURRIED: _Verdict = (FindingKind.RIGHT_WEAKENED, "The time that users have became shorter.")
_SOONER: _Verdict = (FindingKind.RIGHT_WEAKENED, "The time before a measure against users became shorter.")
_LESS: _Verdict = (FindingKind.OBLIGATION_WEAKENED, "The organisation binds itself for less time than before.")
_CAPPED: _Verdict = (FindingKind.LIABILITY_REDUCED, "What the organisation is liable for is counted over less time.")


def _judge(reading: Reading, new: Sentence, was: float, now: Period, text: str) -> Draft | None:
    longer, shorter = _plainly(reading, new, now, text) or _directions(reading, text)
    verdict = longer if now.days > was else shorter
    return None if verdict is None else Draft(verdict[0], Side.NEW, reading.run_of(new, _match(new, now)), verdict[1])


def _plainly(reading: Reading, new: Sentence, now: Period, text: str) -> tuple[_Verdict, _Verdict] | None:
    """The same where the words right around the period say whose it is; None where they do not."""
    lexicon = reading.lexicon
    before, after = new.folded[: now.start].rstrip(), new.folded[now.end :].lstrip()
    kept = lexicon.any(text, "retain", "delete")
    if lexicon.has("beforehand", after) and (not kept or lexicon.has("least", before)):
        return None, _TOLD
    if lexicon.has("mere_right", after[:_NEAR]) and not lexicon.any(before, "retain", "delete", "actor"):
        return None, _HURRIED
    if lexicon.has("granted", before):
        return None, _HURRIED
    claimed = lexicon["claimed"].search(before)
    if claimed is not None and not reading.acts_last(before[: claimed.start()].rstrip()):
        return None, _HURRIED
    if kept:
        return None
    if lexicon.has("within", before[-_NEAR:]) and reading.acts(before):
        return (_TOLD if lexicon.has("notice", text) else _SLOWER), None
    if lexicon.has("least", before) and reading.acts(before) and lexicon.has("must", before):
        return None, _LESS
    return None


def _directions(reading: Reading, text: str) -> tuple[_Verdict, _Verdict]:
    """What a longer and what a shorter period means, by what the period is of."""
    lexicon = reading.lexicon
    if lexicon.any(text, "retain", "delete"):
        of_users = lexicon.has("sanction", text) and lexicon.has("you", text) and not lexicon.has("data", text)
        return (None, _HURRIED) if of_users else (_KEPT, None)
    within = lexicon.has("within", reading.new)
    if lexicon.has("notice", text):
        return (_TOLD, None) if within or lexicon.has("protect", text) else (None, _TOLD)
    if lexicon.any(text, "refund", "right"):
        return (_SLOWER if within and reading.by_us(text) else None), _HURRIED
    if lexicon.has("cap", text) and lexicon.has("liability", text):
        return None, _CAPPED
    ours = reading.by_us(text) and lexicon.has("promise", text)
    return (_SLOWER if ours else None), (_SOONER if lexicon.has("sanction", text) else None)


def ages(reading: Reading) -> Iterator[Draft]:
    """The age under which children are protected went down, or the age to use a service changed."""
    old, new = reading.unit.old, reading.unit.new
    if old is None or new is None or not reading.lexicon.has("minor", new.folded):
        return
    before, after = _ages(old, reading.lexicon), _ages(new, reading.lexicon)
    for (was, _), (now, match) in zip(before, after, strict=False):
        if now < was:
            yield Draft(
                FindingKind.CHILDREN_AGE,
                Side.NEW,
                reading.run_of(new, match),
                "The age that protects children went down.",
            )
            return


def _ages(sentence: Sentence, lexicon: Lexicon) -> list[tuple[float, re.Match[str]]]:
    found = []
    for match in lexicon["age"].finditer(sentence.folded):
        value = number_of(match[1], lexicon)
        if value is not None and 6 <= value <= 21:
            found.append((value, match))
    return found


def amounts(reading: Reading) -> Iterator[Draft]:
    """A sum went up for users to pay, or down for users to receive."""
    old, new = reading.unit.old, reading.unit.new
    if old is None or new is None:
        return
    lexicon = reading.lexicon
    text = f"{reading.whole_old} {reading.whole_new}"
    if lexicon.duties.doubts:
        return
    paid, capped = lexicon.has("fee", text), lexicon.has("cap", text) and lexicon.has("liability", text)
    if not paid and not capped:
        return
    for went, came, _, run in reading.swaps():
        if run is None:
            continue
        was, now = _sum(went), _sum(came)
        if was is None or now is None or was == now or lexicon.has("period", reading.around(new, run, 1)):
            continue
        if capped and now < was:
            yield Draft(
                FindingKind.LIABILITY_REDUCED,
                Side.NEW,
                run,
                "The most that the organisation pays for damage went down.",
            )
            return
        if paid and not capped and (now > was) is not lexicon.has("refund", text):
            yield Draft(FindingKind.FEE_OR_REFUND, Side.NEW, run, "A sum changed against the users.")
            return


def _sum(text: str) -> float | None:
    match = _AMOUNT.search(text)
    return None if match is None else float(match[0].rstrip("%").replace(",", "") or 0)


def _match(sentence: Sentence, period: Period) -> re.Match[str]:
    match = re.compile(re.escape(sentence.folded[period.start : period.end])).search(sentence.folded, period.start)
    if match is None:
        raise ValueError("a period stands where it was found")
    return match
