"""Two versions of a text as one: what was removed, inserted, moved, in the reading order of the new one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from publisher.domain.assessment import FindingKind
from publisher.domain.change import Change, ChangeKind, Edit, Op, Passage
from publisher.domain.clause import Clause, ClauseKind, ClauseTree
from publisher.domain.notice import ToldChange

EXCERPT_LENGTH = 48


@dataclass(frozen=True, slots=True)
class Note:
    """What happened to a clause besides its words: a key of the labels and the places it speaks of."""

    key: str
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One clause of the redline.

    Attributes:
        id: the clause's id when this is its place; empty for the old place of a moved one.
        also: further ids that end here (the other parts of a split clause).
        number: its printed number, empty when it has none.
        depth: how deep it stands, counted from 0.
        heading: whether it is a heading.
        edits: its words.
        change: its place among the changes, counted from 1; 0 when nothing changed.
        where: what the list of changes calls it.
        kinds: what happened to it.
        notes: what happened besides its words.
        reasons: why the change is material; empty when it is not.
        public_note: what staff say of it in public.
    """

    id: str
    number: str
    depth: int
    heading: bool
    edits: tuple[Edit, ...]
    where: str = ""
    also: tuple[str, ...] = ()
    change: int = 0
    kinds: tuple[ChangeKind, ...] = ()
    notes: tuple[Note, ...] = ()
    reasons: tuple[FindingKind, ...] = ()
    public_note: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A changed clause or the headings that lead to one (`folded` is False), or a run of unchanged clauses."""

    lines: tuple[Line, ...]
    folded: bool


def redline_blocks(
    old: ClauseTree, new: ClauseTree, changes: Sequence[Change], told: Iterable[ToldChange]
) -> tuple[Block, ...]:
    """The whole text with every change in its place, the unchanged parts gathered for folding."""
    reasons = {entry.clause: entry for entry in told}
    here = _by_new_id(changes)
    inside = {part.id for change in changes if change.new for part in change.new.parts[1:]}
    gone = _gone(old, changes)
    lines: list[Line] = list(gone.get("", ()))
    for placed in new.walk():
        clause = placed.clause
        if clause.id in inside and clause.id not in here:
            continue
        change = here.get(clause.id)
        plain = Line(clause.id, _number(clause), placed.depth, _heads(clause), ((Op.EQUAL, clause.text),))
        lines.append(_changed(plain, change) if change is not None else plain)
        lines.extend(gone.get(clause.id, ()))
    return _folded(_counted(lines, reasons))


def _by_new_id(changes: Sequence[Change]) -> Mapping[str, Change]:
    found: dict[str, Change] = {}
    for change in changes:
        if change.new is not None:
            found.setdefault(change.new.id, change)
    return found


def _gone(old: ClauseTree, changes: Sequence[Change]) -> Mapping[str, list[Line]]:
    """What stood in the old text alone, under the id of the clause of the new text after which it is shown."""
    away = {change.old.id: change for change in changes if change.old is not None and ChangeKind.MOVED in change.kinds}
    removed = {change.old.id: change for change in changes if change.old is not None and change.new is None}
    merged = {part.id for change in changes if change.old and change.new for part in change.old.parts[1:]}
    found: dict[str, list[Line]] = {}
    anchor, leaving = "", -1
    for placed in old.walk():
        clause = placed.clause
        if leaving >= 0 and placed.depth > leaving and clause.id not in removed:
            continue
        if placed.depth <= leaving:
            leaving = -1
        number = _number(clause)
        if clause.id in removed:
            change = removed[clause.id]
            line = Line(clause.id, number, placed.depth, _heads(clause), change.edits, where=_where(change.old))
            found.setdefault(anchor, []).append(replace(line, kinds=change.kinds))
        elif clause.id in away:
            change = away[clause.id]
            note = Note("redline.moved_away", new=_where(change.new))
            found.setdefault(anchor, []).append(Line("", number, placed.depth, _heads(clause), (), notes=(note,)))
            leaving = placed.depth
        elif clause.id not in merged:
            anchor = clause.id
    return found


def _changed(line: Line, change: Change) -> Line:
    notes: list[Note] = []
    old, new = change.old, change.new
    if old is not None and new is not None:
        if ChangeKind.MOVED in change.kinds:
            notes.append(Note("redline.moved_here", old=_where(old)))
        if ChangeKind.RENUMBERED in change.kinds and old.number != new.number:
            notes.append(Note("redline.renumbered", old=old.number or "", new=new.number or ""))
        if ChangeKind.SPLIT in change.kinds:
            notes.append(Note("redline.split", new=_places(new.parts)))
        if ChangeKind.MERGED in change.kinds:
            notes.append(Note("redline.merged", old=_places(old.parts)))
        if change.kinds == (ChangeKind.FORMAT,):
            notes.append(Note("redline.format"))
    return replace(
        line,
        edits=change.edits or line.edits,
        where=_where(new),
        also=tuple(part.id for part in new.parts[1:]) if new else (),
        kinds=change.kinds,
        notes=tuple(notes),
    )


def _counted(lines: Sequence[Line], reasons: Mapping[str, ToldChange]) -> tuple[Line, ...]:
    """The lines with their changes numbered and their reasons beside them."""
    counted: list[Line] = []
    count = 0
    for line in lines:
        if not line.kinds:
            counted.append(line)
            continue
        count += 1
        why = [reasons[name] for name in (line.id, *line.also) if name in reasons]
        counted.append(
            replace(
                line,
                change=count,
                reasons=tuple(dict.fromkeys(kind for entry in why for kind in entry.reasons)),
                public_note=" ".join(dict.fromkeys(entry.public_note for entry in why if entry.public_note)),
            )
        )
    return tuple(counted)


def _folded(lines: Sequence[Line]) -> tuple[Block, ...]:
    """Unchanged runs gathered; headings that lead to a change stay in sight."""
    seen = [bool(line.kinds or line.notes) for line in lines]
    leads_to: list[int] = []
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        # Depths of changes met further down for which no clause above has been met yet.
        leading = [depth for depth in leads_to if depth > line.depth]
        if leading:
            leads_to = [depth for depth in leads_to if depth <= line.depth]
            if line.heading:
                seen[index] = True
            else:
                leads_to.append(line.depth)
        if seen[index]:
            leads_to.append(line.depth)
        leads_to = sorted(set(leads_to))
    blocks: list[Block] = []
    run: list[Line] = []
    for line, shown in zip(lines, seen, strict=True):
        if not shown:
            run.append(line)
            continue
        if run:
            blocks.append(Block(tuple(run), folded=True))
            run = []
        blocks.append(Block((line,), folded=False))
    if run:
        blocks.append(Block(tuple(run), folded=True))
    return tuple(blocks)


def _where(passage: Passage | None) -> str:
    """`4. Sharing › 4.1.3`; of an unnumbered clause its first words."""
    if passage is None:
        return ""
    own = passage.number or ""
    if passage.heading:
        own = f"{passage.number} {passage.text}".strip() if passage.number else passage.text
    elif not own:
        own = _excerpt(passage.text)
    return " › ".join(name for name in (*passage.path, own) if name)


def _excerpt(text: str) -> str:
    if len(text) <= EXCERPT_LENGTH:
        return f"“{text}”" if text else ""
    cut = text[:EXCERPT_LENGTH]
    at_word = cut.rpartition(" ")[0] if text.isascii() or " " in cut[EXCERPT_LENGTH // 2 :] else cut
    return f"“{at_word or cut}…”"


def _places(parts: Iterable[Passage]) -> str:
    return ", ".join(part.number or _excerpt(part.text) for part in parts)


def _number(clause: Clause) -> str:
    if clause.kind is ClauseKind.ITEM:
        return clause.label if any(sign.isalnum() for sign in clause.label) else "•"
    return (clause.label or clause.number or "") if clause.number is not None else ""


def _heads(clause: Clause) -> bool:
    return clause.kind is ClauseKind.HEADING
