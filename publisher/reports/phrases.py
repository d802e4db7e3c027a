"""How reports speak of changes and findings: one wording for every format."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from publisher.domain.assessment import Assessment, Finding, Limb
from publisher.domain.change import Change, ChangeKind, Edit, Op, Passage
from publisher.domain.clause import Clause, ClauseKind
from publisher.domain.comparison import Comparison

LIMBS = {
    Limb.RIGHTS: "reduces users' rights",
    Limb.COLLECTION: "expands collection or use",
}
BETWEEN = " › "
"""What stands between the names of a path."""

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0e\ufeff\uffa0\ufdd0-\ufdef\ufff0-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
AROUND = 60
"""How many characters of unchanged words are shown around an edit in long clauses."""
_WORTH_FOLDING = 20


def visible(text: str) -> str:
    """The text with each character that a reader cannot see, or that commands a terminal, written as `<U+202E>`."""
    return _UNSEEN.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)


def escaped(written: str) -> str:
    """JSON whose strings hold those characters as escapes; a program reads the same words."""
    return _UNSEEN.sub(lambda found: json.dumps(found[0])[1:-1], written)


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


def unchanged(number: int) -> str:
    """`12 clauses unchanged`."""
    return f"{counted(number, 'clause')} unchanged"


def title(comparison: Comparison) -> str:
    """`privacy v1 → privacy v2`."""
    return visible(f"{comparison.old.name} → {comparison.new.name}".replace("\n", "<U+000A>"))


def passage_label(passage: Passage | None) -> str:
    """A clause as notes speak of it: `4. Sharing › 4.1.3`; of an unnumbered one its first words."""
    if passage is None:
        return ""
    own = passage.number or ""
    if passage.heading:
        own = f"{own} {passage.text}".strip()
    elif not own:
        own = f"“{_first(passage.text, AROUND)}{'…' * (len(passage.text) > AROUND)}”"
    return visible(BETWEEN.join(name for name in (*passage.path, own) if name))


def clause_number(clause: Clause) -> str:
    """What stands before a clause's words: its number, or the marker of its list item."""
    if clause.kind is ClauseKind.ITEM:
        return clause.label if any(sign.isalnum() for sign in clause.label) else "•"
    return (clause.label or clause.number or "") if clause.number is not None else ""


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


@dataclass(frozen=True, slots=True)
class Run:
    """A run of words; `hidden` when it is the middle of a long unchanged stretch, left out or folded away."""

    op: Op
    text: str
    hidden: bool = False


def runs_of(edits: Iterable[Edit], around: int | None = AROUND) -> list[Run]:
    """The edits with the middle of each long unchanged stretch hidden.

    Args:
        edits: a change's words.
        around: how many characters of unchanged words stay in sight on each side of an edit; None: all.
    """
    found = list(edits)
    runs: list[Run] = []
    for index, (op, text) in enumerate(found):
        lone = len(found) == 1
        before, after = index > 0 or lone, index < len(found) - 1
        if lone and around is not None:
            head, tail = _first(text, 2 * around), ""
        elif around is not None:
            head, tail = _first(text, around) if before else "", _last(text, around) if after else ""
        room = 0 if around is None else around * ((2 if lone else before) + after)
        if around is None or op is not Op.EQUAL or len(text) <= room + _WORTH_FOLDING:
            runs.append(Run(op, text))
            continue
        middle = text[len(head) : len(text) - len(tail)]
        runs.extend(
            run for run in (Run(op, head), Run(op, middle, hidden=True), Run(op, tail)) if run.text or run.hidden
        )
    return runs


def folded(edits: Iterable[Edit], around: int | None = AROUND) -> list[Edit]:
    """The edits with `…` where a long unchanged stretch is left out."""
    return [
        (run.op, f"{' ' * run.text[:1].isspace()}…{' ' * run.text[-1:].isspace()}" if run.hidden else run.text)
        for run in runs_of(edits, around)
    ]


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
