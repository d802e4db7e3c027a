"""Parts: what stands between two commas: whether it binds the organisation, tells what it does or burdens users."""

import re
from dataclasses import dataclass

from publisher.domain.assessment import FindingKind
from publisher.domain.clause import MarkKind
from publisher.materiality.matching import Run
from publisher.materiality.reading import Reading
from publisher.materiality.sentences import SECTIONS, Sentence, join

_COMMA = re.compile(r"[,;:，；：—–]")
_PERSONS = frozenset({"您", "我们"})
_LIFTED = (FindingKind.FEE_OR_REFUND, FindingKind.RIGHT_WEAKENED, FindingKind.CONSENT_WEAKENED)
"""Burdens that a denial lifts."""
_JOINTS = ("、", "和", "及", "与", "或", "以及", "并", "并且", "或者")
"""What stands between the items of a list within a sentence."""
_NAMED = (("“", "”"), ("【", "】"), ("「", "」"), ('"', '"'), ("《", "》"), ("[", "]"))
_LONGEST_NAME = 40
_NEAR = 6
"""Words before an edit that may say that it is an address."""
_PRACTICES = (
    ("share", FindingKind.NEW_RECIPIENT),
    ("collect", FindingKind.NEW_DATA_TYPE),
    ("retain", FindingKind.RETENTION_LONGER),
    ("use", FindingKind.NEW_PURPOSE),
)
_BURDENS = (
    ("disclaimer", FindingKind.LIABILITY_REDUCED),
    ("discretion", FindingKind.RIGHT_WEAKENED),
    ("deemed", FindingKind.CONSENT_WEAKENED),
    ("fee", FindingKind.FEE_OR_REFUND),
    ("sanction", FindingKind.RIGHT_WEAKENED),
    ("duty", FindingKind.USER_DUTY_ADDED),
)
_GIVEN = (
    ("entitlement", FindingKind.RIGHT_WEAKENED),
    ("delete", FindingKind.RETENTION_LONGER),
    ("refund", FindingKind.FEE_OR_REFUND),
    ("forum", FindingKind.DISPUTE_FORUM),
    ("notice", FindingKind.NOTICE_WEAKENED),
    ("right", FindingKind.RIGHT_WEAKENED),
    ("protect", FindingKind.OBLIGATION_WEAKENED),
)
_BOUNDS = (
    ("consent", FindingKind.CONSENT_WEAKENED),
    ("limiting", FindingKind.OBLIGATION_WEAKENED),
    ("absolute", FindingKind.OBLIGATION_WEAKENED),
)


@dataclass(frozen=True, slots=True)
class Theme:
    """What a part of a sentence is, as the kind of finding that its loss or growth would be; None where it is not."""

    commitment: FindingKind | None = None
    practice: FindingKind | None = None
    burden: FindingKind | None = None
    given: bool = False
    """Whether it gives users something, so that more of it harms nobody; else it only bounds a practice."""
    denied: bool = False
    """Whether it says that something is not done."""


def adds(reading: Reading, sentence: Sentence, run: Run, other: Sentence, *, alone: bool) -> bool:
    """Whether an edit has a word that makes a difference and that the other sentence does not have.

    A word aside, you or we, makes one only where it took the place of another: not `alone`.
    """
    cutter = reading.facts.stemmer.cutter
    there = {word for word, _, _ in cutter.parts(other.tokens)}
    return any(
        (word in _PERSONS and not alone) or (word not in there and word not in cutter.aside)
        for word, first, last in cutter.parts(sentence.tokens)
        if run[0] <= first and last <= run[1]
    )


def theme_of(reading: Reading, sentence: Sentence, run: Run, *, lost: bool = False) -> Theme:
    """What the part around some words is; where it says nothing of itself, what introduces it decides."""
    low, high = part_of(sentence, run)
    spaced = reading.lexicon.duties.spaced
    text = join(sentence.tokens[low : high + 1], spaced)
    before = f"{sentence.lead} {join(sentence.tokens[:low], spaced)}"
    theme = _read(reading, text, before)
    if theme.given or theme.practice is not None or theme.burden is not None:
        return theme
    wider = [sentence.lead, *reversed(sentence.section.split(SECTIONS))]
    if lost or run[0] > low + 1 or run[1] < high or reading.lexicon.has("exception", text):
        wider.insert(0, sentence.folded)
    found = (_read(reading, text, "") for text in wider)
    return next((wide for wide in found if wide != Theme()), theme)


def _read(reading: Reading, text: str, before: str) -> Theme:
    lexicon = reading.lexicon
    if not text:
        return Theme()
    denied = lexicon.has("negation", text)
    supposed = lexicon["supposing"].match(text) is not None
    done = (kind for field, kind in _PRACTICES if reading.affirmed(field, text) is not None)
    practice = None if supposed else next(done, None)
    burden = next((kind for field, kind in _BURDENS if _bears(reading, field, text, before)), None)
    strong = next((kind for field, kind in _GIVEN if lexicon.has(field, text)), None)
    if practice is FindingKind.NEW_RECIPIENT and strong is FindingKind.NOTICE_WEAKENED:
        strong = None  # others are told, not users
    weak = next((kind for field, kind in _BOUNDS if lexicon.has(field, text)), None)
    if denied and burden in _LIFTED and not lexicon.has("discretion", text):
        burden = None
    if denied and burden is None:
        strong = strong or FindingKind.OBLIGATION_WEAKENED
    must = lexicon["must"].search(text)
    subject = before + text[: must.start()] if must is not None else ""
    if must is not None and burden is None and lexicon.has("you", subject) and not reading.by_us(subject):
        burden = FindingKind.USER_DUTY_ADDED
    bound = reading.by_us(before + text) and lexicon.any(text, "promise", "must")
    if strong is None and weak is None and practice is None and burden is None and bound:
        strong = FindingKind.OBLIGATION_WEAKENED
    return Theme(strong or weak, practice, burden, given=strong is not None, denied=denied)


def _bears(reading: Reading, field: str, text: str, before: str) -> bool:
    found = reading.affirmed(field, text) if field in ("fee", "sanction") else reading.lexicon[field].search(text)
    if found is None:
        return False
    if field == "fee" and reading.lexicon.has("refund", text):
        return False
    if field == "sanction":
        return reading.by_us(before + text) and reading.lexicon.any(text, "may", "discretion", "sanction")
    if field == "duty":
        return reading.lexicon.has("you", found[0]) or not reading.acts(before + text[: found.start()])
    return True


def part_of(sentence: Sentence, run: Run) -> Run:
    """The words between the commas around some words."""
    text = sentence.clause.text
    low, high = run
    while low > 0 and not _COMMA.search(text, sentence.spans[low - 1][1], sentence.spans[low][0]):
        low -= 1
    last = len(sentence.tokens) - 1
    while high < last and not _COMMA.search(text, sentence.spans[high][1], sentence.spans[high + 1][0]):
        high += 1
    return low, high


def incidental(reading: Reading, run_old: Run | None, run_new: Run | None) -> bool:
    """Whether an edit only changes a name or an address: who the organisation is, where to reach it, what to press."""
    edited = [
        (sentence, run)
        for sentence, run in ((reading.unit.old, run_old), (reading.unit.new, run_new))
        if sentence is not None and run is not None
    ]
    alone = len(edited) == 1
    return all(
        _reached(reading, sentence, run)
        or _introduced(reading, sentence, run)
        or _pressed(sentence, run)
        or names_vendor(reading, sentence, run)
        or (alone and reading.facts.us.fullmatch(join(sentence.tokens[run[0] : run[1] + 1], sentence.spaced)))
        for sentence, run in edited
    )


def _reached(reading: Reading, sentence: Sentence, run: Run) -> bool:
    low, high = part_of(sentence, run)
    near = join(sentence.tokens[max(min(low, run[0] - _NEAR), 0) : high + 1], sentence.spaced)
    return reading.lexicon.has("contact", near) and not reading.lexicon.any(near, "collect", "use", "share", "right")


def _introduced(reading: Reading, sentence: Sentence, run: Run) -> bool:
    """Whether the words stand before those by which the organisation names itself."""
    pattern = "|".join(reading.lexicon.duties.defines)
    found = re.search(pattern, sentence.text) if pattern else None
    words = join(sentence.tokens[run[0] : run[1] + 1], sentence.spaced)
    if found is None or reading.lexicon.has("recipient", words):
        return False
    return sentence.spans[run[1]][1] <= sentence.start + found.end()


def _pressed(sentence: Sentence, run: Run) -> bool:
    """Whether the words stand within quotes or brackets that name a button or a page."""
    text = sentence.clause.text
    before, after = text[: sentence.spans[run[0]][0]], text[sentence.spans[run[1]][1] :]
    for opening, closing in _NAMED:
        start, end = before.rfind(opening), after.find(closing)
        if start >= 0 and end >= 0 and closing not in before[start + 1 :] and opening not in after[:end]:
            return len(before) - start + end < _LONGEST_NAME
    return False


def names_vendor(reading: Reading, sentence: Sentence, run: Run) -> bool:
    """Whether the words stand in cells of a table that only name a supplier or point to it."""
    text, lexicon = sentence.clause.text, reading.lexicon
    first, last = sentence.spans[run[0]][0], sentence.spans[run[1]][0]
    cells = [mark for mark in sentence.clause.marks if mark.kind is MarkKind.CELL]
    headed = lexicon["vendor_header"].match(sentence.lead) is not None
    touched = [(place, mark) for place, mark in enumerate(cells) if mark.start <= last and first < mark.end]
    return bool(touched) and all(
        lexicon.has("vendor", text[mark.start : mark.end].casefold()) or (place == 0 and headed)
        for place, mark in touched
    )


def conditions(sentence: Sentence, run: Run) -> bool:
    """Whether the words are what must come first: checked by us, then."""
    return sentence.clause.text[sentence.spans[run[1]][1] :].lstrip().startswith(("后", "後", "之后", "之後"))


def listed(sentence: Sentence, run: Run) -> bool:
    """Whether words stand as an item of their own between others, not as what narrows one of them."""
    text = sentence.clause.text
    before = text[: sentence.spans[run[0]][0]].rstrip()
    after = text[sentence.spans[run[1]][1] :].lstrip()
    return (
        before.endswith(_JOINTS)
        or after.startswith(_JOINTS)
        or text[sentence.spans[run[0]][0] :].startswith(_JOINTS[1:])
    )


def denied_practice(reading: Reading, sentence: Sentence, run: Run) -> FindingKind | None:
    """What it would be a finding of to do what the part around some words denies."""
    low, high = part_of(sentence, run)
    text = join(sentence.tokens[low : high + 1], reading.lexicon.duties.spaced)
    return next((kind for field, kind in _PRACTICES if reading.lexicon.has(field, text)), None)
