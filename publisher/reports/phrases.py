"""How reports speak of changes and findings: one wording for every format."""

import re
from collections import Counter
from collections.abc import Iterable

from publisher.domain.assessment import Assessment, Finding, Limb
from publisher.domain.change import Change, ChangeKind, Edit, Op, Passage

LIMBS = {
    Limb.RIGHTS: "reduces users' rights",
    Limb.COLLECTION: "expands collection or use",
}
BETWEEN = " › "
"""What stands between the names of a path."""

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_AROUND = 60
"""How many characters of unchanged words are shown around an edit in long clauses."""
_WORTH_FOLDING = 20


def visible(text: str) -> str:
    """The text with each character that a reader cannot see, or that commands a terminal, written as `<U+202E>`."""
    return _UNSEEN.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 change`, `2 changes`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def summary(assessment: Assessment) -> str:
    """One sentence or two: how many changes of which kinds, the grade, how many findings, whether consent is needed."""
    if not assessment.changes:
        return "No changes."
    kinds = Counter(kind for change in assessment.changes for kind in change.kinds)
    listed = ", ".join(f"{kinds[kind]} {kind_label(kind)}" for kind in ChangeKind if kinds[kind])
    findings = f", with {counted(len(assessment.findings), 'finding')}" if assessment.findings else ""
    consent = " Fresh consent is needed." if assessment.consent_needed else ""
    return f"{counted(len(assessment.changes), 'change')}: {listed}. Grade: {assessment.grade}{findings}.{consent}"


def kind_label(kind: ChangeKind) -> str:
    """What a reader is told of a kind."""
    return "differently formatted" if kind is ChangeKind.FORMAT else str(kind)


def kinds_label(change: Change) -> str:
    """All kinds of a change as one phrase, beginning with a capital: `Moved, renumbered`."""
    phrase = ", ".join(kind_label(kind) for kind in change.kinds)
    return phrase[:1].upper() + phrase[1:]


def numbers_label(change: Change) -> str:
    """The clause's number; `4.2 → 4.3` when it changed, `4.2 → 4.2, 4.3` when it was split."""
    before, after = _numbers(change.old), _numbers(change.new)
    if before and after and before != after:
        return f"{before} → {after}"
    return after or before


def path_label(change: Change) -> str:
    """Where the clause stands; where it came from and went to when it moved elsewhere."""
    before = BETWEEN.join(change.old.path) if change.old else ""
    after = BETWEEN.join(change.new.path) if change.new else ""
    if ChangeKind.MOVED in change.kinds and before != after:
        return f"from {before or 'the top level'} to {after or 'the top level'}"
    return after if change.new else before


def heading(change: Change) -> str:
    """Kind, number and place in one line: `Reworded 4.1.3 (4. Sharing › 4.1 Sharing)`."""
    number, path = numbers_label(change), path_label(change)
    words = f"{kinds_label(change)} {number}".rstrip()
    return visible(f"{words} ({path})" if path else words)


def findings_by_change(assessment: Assessment) -> tuple[list[list[Finding]], list[Finding]]:
    """The findings of each change, and those that belong to none of them."""
    where: dict[tuple[str, str], int] = {}
    for index, change in enumerate(assessment.changes):
        for side, passage in (("old", change.old), ("new", change.new)):
            for clause in (change.id, *_ids(passage)):
                where.setdefault((side, clause), index)
    of_change: list[list[Finding]] = [[] for _ in assessment.changes]
    others: list[Finding] = []
    for finding in assessment.findings:
        place = where.get((finding.side, finding.clause))
        (others if place is None else of_change[place]).append(finding)
    return of_change, others


def folded(edits: Iterable[Edit]) -> list[Edit]:
    """The edits with long unchanged stretches cut down to the words next to an edit, `…` standing for the rest."""
    runs = list(edits)
    if len(runs) == 1 and runs[0][0] is Op.EQUAL:
        text = runs[0][1]
        return [(Op.EQUAL, text if len(text) <= 2 * _AROUND else f"{_first(text, 2 * _AROUND)} …")]
    shown: list[Edit] = []
    for index, (op, text) in enumerate(runs):
        room = _AROUND * ((index > 0) + (index < len(runs) - 1))
        if op is not Op.EQUAL or len(text) <= room + _WORTH_FOLDING:
            shown.append((op, text))
            continue
        head = f"{_first(text, _AROUND)} " if index else ""
        tail = f" {_last(text, _AROUND)}" if index < len(runs) - 1 else ""
        shown.append((op, f"{head}…{tail}"))
    return shown


def _first(text: str, length: int) -> str:
    """About so many characters from the beginning, ending with a whole word where words are parted by spaces."""
    start = text[:length]
    cut = start.rfind(" ")
    return (start[:cut] if cut > length // 2 else start).rstrip()


def _last(text: str, length: int) -> str:
    """About so many characters from the end, beginning with a whole word; white space before an edit is kept."""
    end = text[-length:]
    cut = end.find(" ")
    return (end[cut:] if 0 <= cut < length // 2 else end).lstrip()


def _numbers(passage: Passage | None) -> str:
    if passage is None:
        return ""
    return ", ".join(part.number for part in passage.parts or (passage,) if part.number)


def _ids(passage: Passage | None) -> tuple[str, ...]:
    return tuple(part.id for part in passage.parts or (passage,)) if passage else ()
