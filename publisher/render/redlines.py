"""Two versions of a text as one: what was removed, inserted, moved, in the reading order of the new one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter

from publisher.domain.assessment import FindingKind
from publisher.domain.change import Change, ChangeKind, Edit, Op, Passage
from publisher.domain.citation import at_clause
from publisher.domain.clause import Clause, ClauseKind, ClauseTree
from publisher.domain.notice import ToldChange
from publisher.domain.redline import Row, rows_of, stretches
from publisher.render.points import gravest
from publisher.render.wording import Strings

EXCERPT_LENGTH = 48


def judged_tags(changes: Iterable[Change]) -> Mapping[str, tuple[str, ...]]:
    """The labels of what happened to each clause, by its id: those of the authoritative text serve every language."""
    return {change.id: tags(change.kinds, change.edits) for change in changes}


def tags(kinds: Iterable[ChangeKind], edits: Iterable[Edit]) -> tuple[str, ...]:
    """The labels of what happened to a clause: of one that is only reworded, whether words came, went, or both."""
    ops = {op for op, _ in edits} - {Op.EQUAL}
    only = {frozenset({Op.INSERT}): "change.words-added", frozenset({Op.DELETE}): "change.words-removed"}
    return tuple(
        only.get(frozenset(ops), f"change.{kind}") if kind is ChangeKind.REWORDED else f"change.{kind}"
        for kind in kinds
    )


@dataclass(frozen=True, slots=True)
class Note:
    """What happened to a clause besides its words: a key of the labels and the places it speaks of."""

    key: str
    old: str = ""
    new: str = ""

    def said(self, words: Strings) -> str:
        """The note as a sentence."""
        plain = words["redline.unnumbered"]
        return words.say(
            self.key,
            place=self.old or self.new or words["redline.beginning"],
            places=self.old or self.new,
            old=self.old or plain,
            new=self.new or plain,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One clause of the redline.

    Attributes:
        id: the clause's id when this is its place; empty for the old place of a moved one.
        also: further ids that end here (the other parts of a split clause).
        number: its printed number, empty when it has none.
        away: where a moved clause stands now, when this is its old place.
        depth: how deep it stands, counted from 0.
        heading: whether it is a heading.
        edits: its words.
        change: its place among the changes, counted from 1; 0 when nothing changed.
        where: what the list of changes calls it.
        kinds: what happened to it.
        tags: the labels of that.
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
    tags: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    reasons: tuple[FindingKind, ...] = ()
    public_note: str = ""
    away: str = ""

    @property
    def anchor(self) -> str:
        """Its address within the version's page: `#4.1.3`."""
        return at_clause("", self.id)

    @property
    def shape(self) -> str:
        """`gained` and `lost` stand in one text alone, `same` reads alike in both, `both` differs."""
        ops = {op for op, _ in self.edits}
        if ops <= {Op.EQUAL}:
            return "same"
        return {frozenset({Op.INSERT}): "gained", frozenset({Op.DELETE}): "lost"}.get(frozenset(ops), "both")

    def reading(self, gone: Op) -> str:
        """Its words in the old text (`gone` is INSERT) or in the new one (DELETE)."""
        return "".join(text for op, text in self.edits if op is not gone)


@dataclass(frozen=True, slots=True)
class Block:
    """A changed clause or a heading (`folded` is False), or a run of unchanged clauses."""

    lines: tuple[Line, ...]
    folded: bool


def redline_blocks(
    old: ClauseTree,
    new: ClauseTree,
    changes: Sequence[Change],
    told: Iterable[ToldChange],
    judged: Mapping[str, tuple[str, ...]] | None = None,
) -> tuple[Block, ...]:
    """The whole text with every change in its place, the unchanged clauses under each heading gathered for folding.

    `judged` are the labels of the changes in the authoritative language, where this is a translation.
    """
    reasons = {entry.clause: entry for entry in told}
    labels = judged or {}
    blocks: list[Block] = []
    count = 0
    for stretch in stretches(rows_of(old, new, changes)):
        lines: list[Line] = []
        for row in stretch.rows:
            count += row.changed
            line = _line(row)
            lines.append(_reasoned(line, count, reasons, labels) if line.kinds else line)
        for heading, together in groupby(lines, attrgetter("heading")):
            if stretch.folded and not heading:
                blocks.append(Block(tuple(together), folded=True))
            else:
                blocks.extend(Block((line,), folded=False) for line in together)
    return tuple(blocks)


def plain_changes(listed: Iterable[Line], words: Strings) -> str:
    """Every change in plain words, to be copied into a letter: where, what happened, the old words and the new."""
    told = []
    for line in listed:
        kinds = words["site.comma"].join(words[tag] for tag in line.tags)
        rows = [words.say("site.pair", role=line.where, name=kinds)]
        if line.reasons:
            why = words["site.comma"].join(words[f"kinds.{kind}"] for kind in line.reasons)
            rows.append(words.say("site.pair", role=words["redline.important"], name=why))
        if line.public_note:
            rows.append(line.public_note)
        for role, gone in (("redline.old_text", Op.INSERT), ("redline.new_text", Op.DELETE)):
            text = line.reading(gone)
            if text and line.shape != "same":
                rows.append(words.say("site.pair", role=words[role], name=text))
        rows.extend(note.said(words) for note in line.notes)
        told.append("\n".join(rows))
    return "\n\n".join(told)


def _line(row: Row) -> Line:
    clause, change = row.clause, row.change
    plain = Line(clause.id, _number(clause), row.depth, _heads(clause), ((Op.EQUAL, clause.text),))
    if change is None:
        return plain
    if not row.gone:
        return _changed(plain, change)
    if change.new is None:
        return replace(plain, edits=change.edits, where=_where(change.old), kinds=change.kinds)
    away = at_clause("", change.new.id)
    return replace(plain, id="", edits=(), away=away, notes=(Note("redline.moved_away", new=_where(change.new)),))


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


def _reasoned(line: Line, count: int, reasons: Mapping[str, ToldChange], labels: Mapping[str, tuple[str, ...]]) -> Line:
    """The line with its change numbered and its reasons beside it."""
    why = [reasons[name] for name in (line.id, *line.also) if name in reasons]
    return replace(
        line,
        change=count,
        tags=labels.get(line.id) or tags(line.kinds, line.edits),
        reasons=gravest(kind for entry in why for kind in entry.reasons),
        public_note=" ".join(dict.fromkeys(entry.public_note for entry in why if entry.public_note)),
    )


def _where(passage: Passage | None) -> str:
    """`4. Sharing › 4.1.3`; of an unnumbered clause its first words."""
    if passage is None:
        return ""
    return " › ".join(name for name in (*passage.path, short_name(passage)) if name)


def short_name(passage: Passage | None) -> str:
    """Its number, a heading's number and words, or of an unnumbered clause its first words."""
    if passage is None:
        return ""
    if passage.heading and passage.number:
        return f"{passage.number} {passage.text}".strip()
    return passage.text if passage.heading else passage.number or _excerpt(passage.text)


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
