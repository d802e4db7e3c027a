"""A clause while the parser makes it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from publisher.domain.clause import Block, ClauseKind
from publisher.errors import Fault
from publisher.languages.numbering import Numeral, readings
from publisher.parse.inline import NO_WORDS, Words


@dataclass(slots=True, eq=False)
class Draft:
    """A clause being made. Mutable, and never handed out of the parser.

    `holder` is the item, term or footnote that it lies in; `listed` numbers the list that an item belongs to;
    `children`, `numeral` and `id` are filled as the tree is built. `beginnings` are the ways to read its first words as
    a number, once somebody asked.
    """

    kind: ClauseKind
    line: int
    end_line: int
    words: Words = NO_WORDS
    block: Block = Block.PLAIN
    level: int = 0
    label: str = ""
    anchor: str | None = None
    holder: "Draft | None" = None
    listed: int = 0
    first_listed: bool = False
    numeral: Numeral | None = None
    recovered: bool = False
    id: str = ""
    parent: "Draft | None" = None
    children: list["Draft"] = field(default_factory=list)
    beginnings: tuple[Numeral, ...] | None = None

    def readings(self) -> tuple[Numeral, ...]:
        """Every way to read the beginning of its words as a number, while they are all still there."""
        if self.beginnings is None:
            self.beginnings = readings(self.words.text)
        return self.beginnings


_Made = tuple[
    ClauseKind,
    int,
    int,
    Words,
    Block,
    int,
    str,
    str | None,
    int,
    bool,
    bool,
    tuple[Numeral, ...],
    int,
]
"""What a draft was made of, in the order of its fields; at last the place of the draft that it lies in, or -1."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a stretch of text was read as, its lines counted from 0; `lists` is how many lists there are."""

    made: tuple[_Made, ...]
    told: tuple[Fault, ...]
    lists: int

    @classmethod
    def of(cls, drafts: Sequence[Draft], faults: Sequence[Fault], line: int, lists: int) -> "Stretch":
        """A stretch that begins on `line`, after so many lists, by the drafts and faults that it was read as."""
        places = {id(draft): place for place, draft in enumerate(drafts)}
        made = tuple(
            (
                draft.kind,
                draft.line - line,
                draft.end_line - line,
                draft.words,
                draft.block,
                draft.level,
                draft.label,
                draft.anchor,
                draft.listed - lists if draft.listed else 0,
                draft.first_listed,
                draft.recovered,
                draft.readings(),
                places[id(draft.holder)] if draft.holder is not None else -1,
            )
            for draft in drafts
        )
        listed = max((draft.listed for draft in drafts), default=0)
        return cls(made, tuple(_moved(fault, -line) for fault in faults), listed - lists if listed else 0)

    def drafts(self, line: int, lists: int) -> list[Draft]:
        """Fresh drafts for a stretch that begins on `line`, after so many lists."""
        fresh: list[Draft] = []
        for (
            kind,
            first,
            last,
            words,
            block,
            level,
            label,
            anchor,
            listed,
            begins,
            recovered,
            beginnings,
            holder,
        ) in self.made:
            fresh.append(
                Draft(
                    kind,
                    first + line,
                    last + line,
                    words,
                    block,
                    level,
                    label,
                    anchor,
                    fresh[holder] if holder >= 0 else None,
                    listed + lists if listed else 0,
                    begins,
                    recovered=recovered,
                    beginnings=beginnings,
                )
            )
        return fresh

    def faults(self, line: int) -> list[Fault]:
        """The faults, on their lines."""
        return [_moved(fault, line) for fault in self.told]


def _moved(fault: Fault, lines: int) -> Fault:
    return replace(fault, place=replace(fault.place, line=(fault.place.line or 0) + lines))
