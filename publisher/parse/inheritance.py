"""A translation takes over the authoritative ids: by number value, else by ordinal under the same parent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from publisher.domain.clause import Block, Clause, ClauseKind, ClauseTree
from publisher.errors import Fault, Place
from publisher.parse.identity import Ids, renamed

_NAMES = {
    ClauseKind.PARAGRAPH: "paragraph",
    ClauseKind.ITEM: "list item",
    ClauseKind.ROW: "table row",
    ClauseKind.HEADING: "heading",
}


def inherit(translation: ClauseTree, authoritative: ClauseTree) -> ClauseTree:
    """The translation with ids taken over, and its faults with the differences in structure added."""
    work = _Inheritance([placed.clause.id for placed in authoritative.walk()])
    here, there = _without_title(translation), _without_title(authoritative)
    if translation.title and authoritative.title:
        work.given[id(translation.clauses[0])] = authoritative.clauses[0].id
    else:
        here, there = translation.clauses, authoritative.clauses
    work.match(here, there, None, None)
    fresh = {id(clause): work.ids.take(clause.id) for clause in work.left}
    named = renamed(translation, {**work.given, **fresh})
    faults = sorted((*translation.faults, *work.faults), key=lambda fault: (fault.place.line or 0, fault.code))
    return replace(named, faults=tuple(faults))


def _without_title(tree: ClauseTree) -> tuple[Clause, ...]:
    return tree.clauses[1:] if tree.title else tree.clauses


@dataclass(slots=True)
class _Inheritance:
    used: Sequence[str]
    ids: Ids = field(init=False)
    given: dict[int, str] = field(default_factory=dict)
    left: list[Clause] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ids = Ids(self.used)

    def match(self, here: Sequence[Clause], there: Sequence[Clause], own: Clause | None, parent: Clause | None) -> None:
        """Matches the children of one matched pair of clauses, and theirs in turn."""
        pairs, extra, missing = _paired(here, there)
        for clause, counterpart in pairs:
            self.given[id(clause)] = counterpart.id
            self.match(clause.children, counterpart.children, clause, counterpart)
        for clause in extra:
            self._fault(f"The authoritative text has no {_called(clause)} {_under(parent)}.", clause.line)
            self.left.extend(_all(clause))
        line = own.line if own is not None else (here[-1].end_line if here else 1)
        for counterpart in missing:
            self._fault(
                f"The authoritative text has {_article(counterpart)} {_under(parent)} on its line {counterpart.line}; "
                "this translation has not.",
                line,
            )

    def _fault(self, message: str, line: int) -> None:
        remedy = "Give both texts the same clauses with the same numbers, in the same order."
        self.faults.append(Fault("translation-structure", message, remedy, Place(line=line)))


def _paired(
    here: Sequence[Clause], there: Sequence[Clause]
) -> tuple[list[tuple[Clause, Clause]], list[Clause], list[Clause]]:
    """Pairs of clauses, then what is left of each side in order."""
    found: dict[int, Clause] = {}
    taken: set[int] = set()
    for key in (_by_value, _by_last, _by_ordinal):
        open_here = [clause for clause in here if id(clause) not in found]
        open_there = [clause for clause in there if id(clause) not in taken]
        known: dict[tuple[object, ...], list[Clause]] = {}
        for name, clause in key(open_there):
            known.setdefault(name, []).append(clause)
        for name, clause in key(open_here):
            candidates = known.get(name)
            if candidates:
                found[id(clause)] = counterpart = candidates.pop(0)
                taken.add(id(counterpart))
    pairs = [(clause, found[id(clause)]) for clause in here if id(clause) in found]
    extra = [clause for clause in here if id(clause) not in found]
    return pairs, extra, [clause for clause in there if id(clause) not in taken]


_Keyed = Iterator[tuple[tuple[object, ...], Clause]]


def _by_value(clauses: Sequence[Clause]) -> _Keyed:
    return (((clause.value,), clause) for clause in clauses if clause.number is not None)


def _by_last(clauses: Sequence[Clause]) -> _Keyed:
    """`1.2` under 1 is the same as （二） under 一、."""
    return ((clause.value[-1:], clause) for clause in clauses if clause.number is not None)


def _by_ordinal(clauses: Sequence[Clause]) -> _Keyed:
    counts: dict[tuple[object, ...], int] = {}
    for clause in clauses:
        if clause.number is not None:
            continue
        kind = (clause.kind, clause.block is Block.FOOTNOTE)
        counts[kind] = counts.get(kind, 0) + 1
        yield (*kind, counts[kind]), clause


def _called(clause: Clause) -> str:
    if clause.number is not None:
        return f"clause {clause.number}"
    words = clause.text if len(clause.text) <= 40 else clause.text[:39] + "…"
    name = "footnote" if clause.block is Block.FOOTNOTE else _NAMES[clause.kind]
    return f"{name} “{words}”"


def _article(clause: Clause) -> str:
    return _called(clause) if clause.number is not None else f"the {_called(clause)}"


def _under(parent: Clause | None) -> str:
    if parent is None:
        return "at the top level"
    return f"under {parent.number}" if parent.number is not None else f"under “{parent.text[:40]}”"


def _all(clause: Clause) -> Iterator[Clause]:
    yield clause
    for child in clause.children:
        yield from _all(child)
