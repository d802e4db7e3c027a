"""Whether clause numbers run on: duplicates, gaps, numbers out of order."""

from collections.abc import Sequence

from publisher.domain.clause import Block, Clause, ClauseKind
from publisher.errors import Fault, Place, Severity
from publisher.languages.numbering import RANKS, Style, style_of


def numbering_faults(clauses: Sequence[Clause]) -> list[Fault]:
    """The faults of all numbers in a tree."""
    faults: list[Fault] = []
    articles: list[Clause] = []
    stack: list[tuple[Sequence[Clause], Clause | None]] = [(clauses, None)]
    while stack:
        siblings, parent = stack.pop()
        runs: dict[Style, list[Clause]] = {}
        for clause in siblings:
            style = style_of(clause.label, clause.value) if clause.number is not None else None
            if style is Style.ARTICLE:
                articles.append(clause)
            elif style is not None:
                runs.setdefault(style, []).append(clause)
        for style, run in runs.items():
            faults += _run(run, parent, from_one=style not in RANKS)
        faults += _items(siblings)
        stack.extend((clause.children, clause) for clause in reversed(siblings))
    return faults + _run(articles, None, from_one=False)


def _run(run: Sequence[Clause], parent: Clause | None, *, from_one: bool) -> list[Fault]:
    faults: list[Fault] = []
    seen: dict[tuple[int, ...], Clause] = {}
    before: Clause | None = None
    for clause in run:
        if clause.value in seen:
            faults.append(_duplicate(clause, seen[clause.value]))
            continue
        seen[clause.value] = clause
        fault = _step(before, clause, parent, from_one=from_one)
        if fault is not None:
            faults.append(fault)
        if before is None or clause.value > before.value:
            before = clause
    return faults


def _step(before: Clause | None, clause: Clause, parent: Clause | None, *, from_one: bool) -> Fault | None:
    value = clause.value
    if before is None:
        if parent is None or not from_one or value[-1] <= 1:
            return None
        above = parent.number if parent.number is not None else f"“{parent.text[:40]}”"
        return _warning("number-gap", f"{clause.number} is the first number under {above}.", clause)
    known = before.value
    if value < known:
        return _warning("number-order", f"{clause.number} comes after {before.number}.", clause)
    shared = 0
    while shared < min(len(value), len(known)) and value[shared] == known[shared]:
        shared += 1
    expected = known[shared] + 1 if shared < len(known) else 1
    if shared < len(value) and value[shared] > expected:
        return _warning("number-gap", f"{clause.number} follows {before.number}.", clause)
    return None


def _warning(code: str, message: str, clause: Clause) -> Fault:
    return Fault(
        code,
        message,
        "If a clause is missing, add it; if the numbers are meant to be so, leave them.",
        Place(line=clause.line, clause=clause.id),
        Severity.WARNING,
    )


def _duplicate(clause: Clause, first: Clause) -> Fault:
    return Fault(
        "number-duplicate",
        f"{clause.number} is also the number of the clause on line {first.line}.",
        "Give each clause a number of its own.",
        Place(line=clause.line, clause=clause.id),
    )


def _items(siblings: Sequence[Clause]) -> list[Fault]:
    """One warning for each list whose markers do not count on: readers see them as they are written."""
    faults: list[Fault] = []
    before: Clause | None = None
    told = False
    for clause in siblings:
        if clause.kind is not ClauseKind.ITEM or clause.block is not Block.ORDERED:
            before, told = None, False
            continue
        if before is not None and not told and clause.label[-1] == before.label[-1]:
            value, known = int(clause.label[:-1]), int(before.label[:-1])
            if value != known + 1 and not (value == 1 and known > 1):
                told = True
                faults.append(_warning("item-order", _unordered(before, clause), clause))
        before = clause
    return faults


def _unordered(before: Clause, clause: Clause) -> str:
    return f"A list item marked {clause.label} comes after one marked {before.label} and would be shown so."
