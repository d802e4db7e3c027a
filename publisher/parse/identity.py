"""Ids of clauses: at first appearance, given anew, or taken over from the authoritative text.

A fresh id is the author's anchor, else the number by value, else the parent's id with the kind and ordinal:

- `4.1.3`: a Western dotted number, whatever it lies in; `4` and `133-1`: 第四条 and 第一百三十三条之一.
- `part1`, `ch2`, `ch2s1`: 编, 章 and 节. `1`: 一、 at the top or under an unnumbered heading.
- `4.1(a)`, `4(1)`: numbers that only count within their parent, in the letters or digits of their value.
- `4.1-p2`, `-i2`, `-r2`, `-h2`: the second unnumbered paragraph, item, row, heading of 4.1; at the top `preamble-p1`
  and, for headings, `h1`.

Any id used before in the text gets `~2`, `~3`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from publisher.domain.clause import Clause, ClauseKind, ClauseTree, Mark, MarkKind
from publisher.errors import Fault, Place
from publisher.languages.numbering import Style
from publisher.parse.draft import Draft

TITLE = "title"
_LETTERS = {ClauseKind.PARAGRAPH: "p", ClauseKind.ITEM: "i", ClauseKind.ROW: "r", ClauseKind.HEADING: "h"}


class Ids:
    """Hands out ids, each once."""

    def __init__(self, used: Sequence[str] = ()) -> None:
        self._used = set(used)
        self._counts: dict[str, int] = {}

    def take(self, wanted: str) -> str:
        """`wanted`, or the first of `wanted~2`, `wanted~3` that is free."""
        found = wanted
        while found in self._used:
            self._counts[wanted] = self._counts.get(wanted, 1) + 1
            found = f"{wanted}~{self._counts[wanted]}"
        self._used.add(found)
        return found


def identify(top: Sequence[Draft]) -> tuple[Fault, ...]:
    """Gives every draft its id, in reading order."""
    faults: list[Fault] = []
    anchors: dict[str, Draft] = {}
    for draft in walk(top):
        if draft.anchor is None:
            continue
        if draft.anchor in anchors or draft.anchor == TITLE:
            faults.append(_duplicate(draft, anchors.get(draft.anchor)))
        anchors.setdefault(draft.anchor, draft)
    ids = Ids((TITLE, *anchors))
    stack: list[tuple[Sequence[Draft], Draft | None]] = [(top, None)]
    while stack:
        drafts, parent = stack.pop()
        if parent is not None:
            _identify_one(parent, ids, anchors)
        counts: dict[str, int] = {}
        for draft in drafts:
            if draft.numeral is None and not draft.id:
                letter = _LETTERS[draft.kind]
                counts[letter] = counts.get(letter, 0) + 1
                draft.id = f"{letter}{counts[letter]}"
        stack.extend((draft.children, draft) for draft in reversed(drafts))
        for draft in drafts:
            draft.parent = parent
    return tuple(faults)


def _identify_one(draft: Draft, ids: Ids, anchors: dict[str, Draft]) -> None:
    if draft.id == TITLE:
        return
    if draft.anchor is not None and anchors.get(draft.anchor) is draft:
        draft.id = draft.anchor
        return
    parent = draft.parent
    if draft.anchor is not None:
        wanted = draft.anchor
    elif draft.numeral is not None:
        wanted = _by_number(draft, parent)
    elif draft.id.startswith("fn-"):
        wanted = draft.id
    elif parent is not None:
        wanted = f"{parent.id}-{draft.id}"
    else:
        wanted = draft.id if draft.kind is ClauseKind.HEADING else f"preamble-{draft.id}"
    draft.id = ids.take(wanted)


def _by_number(draft: Draft, parent: Draft | None) -> str:
    numeral = draft.numeral
    if numeral is None:
        return ""
    value = numeral.value
    above = parent.id if parent is not None else ""
    numbered = above if parent is not None and parent.numeral is not None else ""
    dotted = ".".join(str(part) for part in value)
    letters = numeral.number.strip("()（）.")
    wanted = {
        Style.DOTTED: f"{numbered}.{dotted}" if numbered and len(value) == 1 else dotted,
        Style.ARTICLE: dotted if "." in dotted and "之" not in numeral.number else "-".join(dotted.split(".")),
        Style.PART: f"part{dotted}",
        Style.CHAPTER: f"ch{dotted}",
        Style.SECTION: f"{numbered}s{dotted}",
        Style.HAN: f"{numbered}({dotted})" if numbered else dotted,
        Style.LISTED: f"{numbered}({dotted})" if numbered else dotted,
        Style.LETTER: f"{numbered}.{letters}" if numbered else letters,
        Style.ROMAN: f"{numbered}.{letters}" if numbered else letters,
        Style.PAREN_LETTER: f"{above}({letters.lower()})",
        Style.PAREN_ROMAN: f"{above}({letters.lower()})",
    }
    return wanted.get(numeral.style, f"{above}({dotted})")


def _duplicate(draft: Draft, first: Draft | None) -> Fault:
    where = f"already names the clause on line {first.line}" if first is not None else "is the title's own name"
    return Fault(
        "anchor-duplicate",
        f"{{#{draft.anchor}}} {where}.",
        "Give each clause a name of its own.",
        Place(line=draft.line),
    )


def walk(top: Sequence[Draft]) -> Iterator[Draft]:
    """Every draft in reading order."""
    stack = list(reversed(top))
    while stack:
        draft = stack.pop()
        yield draft
        stack.extend(reversed(draft.children))


def with_ids(tree: ClauseTree, ids: Sequence[str]) -> ClauseTree:
    """The same tree with these ids in reading order.

    Raises:
        ValueError: there are more or fewer ids than clauses.
    """
    clauses = [placed.clause for placed in tree.walk()]
    if len(ids) != len(clauses):
        raise ValueError(f"{len(ids)} ids for {len(clauses)} clauses")
    return renamed(tree, {id(clause): own for clause, own in zip(clauses, ids, strict=True)})


def renamed(tree: ClauseTree, given: Mapping[int, str]) -> ClauseTree:
    """The tree with each clause under its given id, keyed by the object; footnote marks follow their notes."""
    moved = {placed.clause.id: given[id(placed.clause)] for placed in tree.walk()}
    return replace(tree, clauses=_renamed(tree.clauses, given, moved))


def _renamed(clauses: Sequence[Clause], given: Mapping[int, str], moved: Mapping[str, str]) -> tuple[Clause, ...]:
    return tuple(
        replace(
            clause,
            id=given[id(clause)],
            marks=tuple(_following(mark, moved) for mark in clause.marks),
            children=_renamed(clause.children, given, moved),
        )
        for clause in clauses
    )


def _following(mark: Mark, moved: Mapping[str, str]) -> Mark:
    if mark.kind is not MarkKind.NOTE or moved.get(mark.target, mark.target) == mark.target:
        return mark
    return replace(mark, target=moved[mark.target])
