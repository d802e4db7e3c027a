"""From what changed to what a notice says, in one language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from publisher.domain.assessment import Finding, FindingKind, Side
from publisher.domain.change import Change, ChangeSet, Edit, Op, Passage
from publisher.domain.citation import at_clause
from publisher.domain.clause import ClauseTree
from publisher.domain.notice import ToldChange
from publisher.domain.review import SETTINGS_CLAUSE, Decided, Review, added, upheld


@dataclass(frozen=True, slots=True)
class Reason:
    """Why readers are told of a clause: the kinds of what was found there, and what staff say of it in public."""

    clause: str
    side: Side
    kinds: tuple[FindingKind, ...]
    public_note: str = ""


@dataclass(frozen=True, slots=True)
class Links:
    """Absolute addresses, without a clause, of the new and the old version in one language."""

    new: str
    old: str


def reasons(findings: Sequence[Finding], review: Review | None) -> tuple[Reason, ...]:
    """What stands after people have decided: every finding that nobody lowered, and those they added, clause by clause.

    Without a review (a preview of a draft) every finding counts.
    """
    decisions = review.decisions if review else ()
    standing: list[tuple[str, Side, FindingKind, str]] = []
    for finding in upheld(findings, decisions):
        decided = review.decided(finding) if review else None
        standing.append((finding.clause, finding.side, finding.kind, decided.public_note if decided else ""))
    standing.extend(_added(decisions))
    by_clause: dict[str, list[tuple[str, Side, FindingKind, str]]] = {}
    for entry in standing:
        by_clause.setdefault(entry[0], []).append(entry)
    return tuple(
        Reason(
            clause=clause,
            side=Side.NEW if any(side is Side.NEW for _, side, _, _ in entries) else Side.OLD,
            kinds=tuple(dict.fromkeys(kind for _, _, kind, _ in entries)),
            public_note=" ".join(dict.fromkeys(note for *_, note in entries if note)),
        )
        for clause, entries in by_clause.items()
    )


def reasons_since(
    passed: Sequence[Sequence[Reason]], whole: ChangeSet | None, last: ChangeSet | None
) -> tuple[Reason, ...]:
    """Why a reader is told who last knew an older version, clause by clause, of what still differs from that version.

    Args:
        passed: the reasons at each version since, the oldest first.
        whole: what changed from the version that they know, all in one.
        last: what changed from the version before the newest.
    """
    differing = _by_clause(whole.changes if whole else ())
    stepped = _by_clause(last.changes if last else ())
    found: dict[str, Reason] = {}
    for place, entries in enumerate(passed, start=1):
        for reason in entries:
            change = differing.get(reason.clause)
            if place == len(passed):
                told = change is not None or reason.clause not in stepped
            else:
                told = change is not None and _words_differ(change)
            if told:
                found[reason.clause] = _together(found.get(reason.clause), reason)
    return tuple(found.values())


def _together(before: Reason | None, reason: Reason) -> Reason:
    if before is None:
        return reason
    notes = dict.fromkeys(note for note in (before.public_note, reason.public_note) if note)
    kinds = tuple(dict.fromkeys((*before.kinds, *reason.kinds)))
    return Reason(reason.clause, reason.side, kinds, " ".join(notes))


def told_changes(
    found: Sequence[Reason], changes: ChangeSet | None, new: ClauseTree, old: ClauseTree | None, links: Links
) -> tuple[ToldChange, ...]:
    """The clauses that matter, as a reader of one language is shown them, in reading order.

    `changes`, `new` and `old` are in that language; where there is no older text in it, clauses are shown as they now
    read.
    """
    by_clause = _by_clause(changes.changes if changes else ())
    order = {placed.clause.id: index for index, placed in enumerate(new.walk())}
    told: list[tuple[int, ToldChange]] = []
    merged: dict[int, list[Reason]] = {}
    shown: dict[int, Change] = {}
    for reason in found:
        change = by_clause.get(reason.clause)
        if change is None:
            told.append((order.get(reason.clause, len(order)), _unchanged(reason, new, old, links)))
            continue
        merged.setdefault(id(change), []).append(reason)
        shown[id(change)] = change
    for key, group in merged.items():
        change = shown[key]
        position = order.get(change.new.id, len(order)) if change.new else _before(change, order)
        told.append((position, _changed(change, group, links)))
    return tuple(entry for _, entry in sorted(told, key=lambda entry: entry[0]))


def corrected_changes(changes: ChangeSet, link: str) -> tuple[ToldChange, ...]:
    """The clauses whose words a correction mended, as readers of one language are told of them."""
    links = Links(new=link, old=link)
    return tuple(_changed(change, (), links) for change in changes.changes if _words_differ(change))


def _added(decisions: Iterable[Decided]) -> list[tuple[str, Side, FindingKind, str]]:
    return [
        (entry.clause, entry.side, entry.kind, entry.public_note)
        for entry in added(decisions)
        if entry.clause != SETTINGS_CLAUSE
    ]


def _by_clause(changes: Iterable[Change]) -> Mapping[str, Change]:
    """Each change under every clause id that it speaks of, parts of splits and merges included."""
    found: dict[str, Change] = {}
    for change in changes:
        ids = [change.id]
        for passage in (change.new, change.old):
            if passage is not None:
                ids.extend([passage.id, *(part.id for part in passage.parts)])
        for name in ids:
            if name not in found or _words_differ(change) > _words_differ(found[name]):
                found[name] = change
    return found


def _words_differ(change: Change) -> bool:
    return any(op is not Op.EQUAL for op, _ in change.edits)


def _changed(change: Change, group: Sequence[Reason], links: Links) -> ToldChange:
    passage = change.new or change.old
    if passage is None:
        raise ValueError("a change without either side")
    return ToldChange(
        clause=passage.id,
        where=_where(passage),
        reasons=tuple(dict.fromkeys(kind for reason in group for kind in reason.kinds)),
        edits=change.edits,
        link=at_clause(links.new if change.new else links.old, passage.id),
        public_note=" ".join(dict.fromkeys(reason.public_note for reason in group if reason.public_note)),
    )


def _unchanged(reason: Reason, new: ClauseTree, old: ClauseTree | None, links: Links) -> ToldChange:
    """A clause of which this language knows no change: shown as it reads, so that nobody is told of nothing."""
    placed = new.by_id().get(reason.clause)
    gone = placed is None and old is not None
    if gone and old is not None:
        placed = old.by_id().get(reason.clause)
    if placed is None:
        return ToldChange(reason.clause, reason.clause, reason.kinds, (), links.new, reason.public_note)
    passage = Passage(placed.clause.id, placed.clause.number, placed.path, placed.clause.text)
    edits: tuple[Edit, ...] = ((Op.DELETE if gone else Op.EQUAL, placed.clause.text),)
    base = links.old if gone else links.new
    return ToldChange(
        clause=passage.id,
        where=_where(passage),
        reasons=reason.kinds,
        edits=edits,
        link=at_clause(base, passage.id),
        public_note=reason.public_note,
    )


def _where(passage: Passage) -> str:
    """`4. Sharing › 4.1.3`, as far as the place has names."""
    own = passage.text if passage.heading else passage.number or ""
    return " › ".join(name for name in (*passage.path, own) if name)


def _before(change: Change, order: Mapping[str, int]) -> int:
    """A removed clause goes where its parent was: by its own id if that lives on elsewhere, else to the end."""
    return order.get(change.id, len(order))
