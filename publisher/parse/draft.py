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


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a stretch of text was read as: drafts that are never changed, their lines counted from 0.

    `holders` gives for each draft the place of the one that it lies in, or -1; `lists` is how many lists there are.
    """

    pattern: tuple[Draft, ...]
    holders: tuple[int, ...]
    told: tuple[Fault, ...]
    lists: int

    @classmethod
    def of(cls, drafts: Sequence[Draft], faults: Sequence[Fault]) -> "Stretch":
        """The drafts of a stretch, which nothing else keeps."""
        places = {id(draft): place for place, draft in enumerate(drafts)}
        for draft in drafts:
            draft.readings()
        holders = tuple(places[id(draft.holder)] if draft.holder is not None else -1 for draft in drafts)
        return cls(tuple(drafts), holders, tuple(faults), max((draft.listed for draft in drafts), default=0))

    def drafts(self, line: int, lists: int) -> list[Draft]:
        """Fresh drafts for a stretch that begins on `line`, after so many lists."""
        fresh: list[Draft] = []
        for known, holder in zip(self.pattern, self.holders, strict=True):
            fresh.append(
                Draft(
                    known.kind,
                    known.line + line,
                    known.end_line + line,
                    known.words,
                    known.block,
                    known.level,
                    known.label,
                    known.anchor,
                    fresh[holder] if holder >= 0 else None,
                    known.listed + lists if known.listed else 0,
                    known.first_listed,
                    recovered=known.recovered,
                    beginnings=known.beginnings,
                )
            )
        return fresh

    def faults(self, line: int) -> list[Fault]:
        """The faults, on their lines."""
        return [replace(fault, place=replace(fault.place, line=(fault.place.line or 0) + line)) for fault in self.told]
