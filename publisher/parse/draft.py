"""A clause while the parser makes it."""

from dataclasses import dataclass, field

from publisher.domain.clause import Block, ClauseKind
from publisher.languages.numbering import Numeral
from publisher.parse.inline import NO_WORDS, Words


@dataclass(slots=True, eq=False)
class Draft:
    """A clause being made. Mutable, and never handed out of the parser.

    `holder` is the item, term or footnote that it lies in; `listed` numbers the list that an item belongs to;
    `children`, `numeral` and `id` are filled as the tree is built.
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
