"""A redline of whole texts: every clause of both in one reading order, the unchanged ones gathered for folding."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from publisher.domain.change import Change, ChangeKind
from publisher.domain.clause import Clause, ClauseKind, ClauseTree


@dataclass(frozen=True, slots=True)
class Row:
    """One clause of two texts that are read as one.

    Attributes:
        clause: the clause as it stands in the new text; in the old one when it is `gone`.
        depth: how deep it stands there, counted from 0.
        change: what happened to it; None when nothing did.
        gone: it stood here in the old text: it was removed, or moved to where its own row is.
    """

    clause: Clause
    depth: int
    change: Change | None = None
    gone: bool = False

    @property
    def changed(self) -> bool:
        """Whether this is the one place where its change is shown: of a moved clause, where it stands now."""
        return self.change is not None and not (self.gone and self.change.new is not None)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows in reading order that are all in sight, or all folded away because nothing happened to them."""

    rows: tuple[Row, ...]
    folded: bool


def rows_of(old: ClauseTree, new: ClauseTree, changes: Sequence[Change]) -> tuple[Row, ...]:
    """Every clause of the new text, and those of the old one that are gone from where they stood.

    Clauses that became parts of a split stand in its row.
    """
    here: dict[str, Change] = {}
    for change in changes:
        if change.new is not None:
            here.setdefault(change.new.id, change)
    inside = {part.id for change in changes if change.new for part in change.new.parts[1:]}
    gone = _gone(old, changes)
    rows: list[Row] = list(gone.get("", ()))
    for placed in new.walk():
        clause = placed.clause
        if clause.id in here or clause.id not in inside:
            rows.append(Row(clause, placed.depth, here.get(clause.id)))
        rows.extend(gone.get(clause.id, ()))
    return tuple(rows)


def _gone(old: ClauseTree, changes: Sequence[Change]) -> Mapping[str, list[Row]]:
    """What stood in the old text alone, under the id of the clause of the new text after which it is shown."""
    away = {change.old.id: change for change in changes if change.old is not None and ChangeKind.MOVED in change.kinds}
    removed = {change.old.id: change for change in changes if change.old is not None and change.new is None}
    merged = {part.id for change in changes if change.old and change.new for part in change.old.parts[1:]}
    found: dict[str, list[Row]] = {}
    anchor, leaving = "", -1
    for placed in old.walk():
        clause = placed.clause
        if leaving >= 0 and placed.depth > leaving and clause.id not in removed:
            continue
        if placed.depth <= leaving:
            leaving = -1
        if clause.id in removed:
            found.setdefault(anchor, []).append(Row(clause, placed.depth, removed[clause.id], gone=True))
        elif clause.id in away:
            found.setdefault(anchor, []).append(Row(clause, placed.depth, away[clause.id], gone=True))
            leaving = placed.depth
        elif clause.id not in merged:
            anchor = clause.id
    return found


def stretches(rows: Sequence[Row], context: int | None = 0, *, lead: bool = True) -> tuple[Stretch, ...]:
    """The rows with unchanged ones folded.

    Args:
        rows: as `rows_of` gives them.
        context: how many unchanged clauses stay in sight on each side of a change; None: all of them.
        lead: whether headings that lead to something in sight stay in sight with it.
    """
    seen = [context is None or row.change is not None for row in rows]
    if context:
        near = [index for index, shown in enumerate(seen) if shown]
        for index in near:
            for other in range(max(0, index - context), min(len(rows), index + context + 1)):
                seen[other] = True
    if lead:
        _show_headings_above(rows, seen)
    return tuple(_gathered(zip(rows, seen, strict=True)))


def _show_headings_above(rows: Sequence[Row], seen: list[bool]) -> None:
    waiting: set[int] = set()
    for index in range(len(rows) - 1, -1, -1):
        depth = rows[index].depth
        # Depths of rows in sight further down for which no clause above has been met yet.
        if any(below > depth for below in waiting):
            waiting = {below for below in waiting if below <= depth}
            if rows[index].clause.kind is ClauseKind.HEADING:
                seen[index] = True
            else:
                waiting.add(depth)
        if seen[index]:
            waiting.add(depth)


def _gathered(rows: Iterable[tuple[Row, bool]]) -> Iterator[Stretch]:
    run: list[Row] = []
    open_run = False
    for row, shown in rows:
        if run and shown is not open_run:
            yield Stretch(tuple(run), folded=not open_run)
            run = []
        open_run = shown
        run.append(row)
    if run:
        yield Stretch(tuple(run), folded=not open_run)
