"""Drafts to a tree: numbers give the nesting, whatever the Markdown nesting is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from publisher.domain.clause import Block, ClauseKind
from publisher.languages.numbering import RANKS, Numeral, Style
from publisher.parse.draft import Draft
from publisher.parse.inline import without_start
from publisher.parse.numbered import counts, runs_on

_UNNUMBERED_BLOCKS = (Block.QUOTE, Block.CODE, Block.FOOTNOTE, Block.TERM)


@dataclass(slots=True)
class _Scope:
    """The clauses that are open at a point of the text, the outermost first, and what they lie in."""

    root: Draft | None
    top: list[Draft]
    open: list[Draft] = field(default_factory=list)

    def append(self, draft: Draft) -> None:
        (self.open[-1].children if self.open else self.top).append(draft)

    def enter(self, draft: Draft, depth: int) -> None:
        """Makes a draft the last child at a depth and opens it there."""
        del self.open[depth:]
        self.append(draft)
        self.open.append(draft)

    def last(self, style: Style, *, short: bool) -> Draft | None:
        """The innermost open clause of a style."""
        for draft in reversed(self.open):
            numeral = draft.numeral
            if numeral is not None and numeral.style is style and (len(numeral.value) == 1 or not short):
                return draft
        return None


@dataclass(slots=True)
class _Nester:
    top: list[Draft] = field(default_factory=list)
    scope: _Scope = field(init=False)
    scopes: dict[int, _Scope] = field(default_factory=dict)
    dissolved: set[int] = field(default_factory=set)
    last_dotted: tuple[int, ...] = ()
    counting: dict[int, Style] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.scope = _Scope(None, self.top)

    def place(self, draft: Draft) -> None:
        scope = self._scope_of(draft.holder)
        if draft.block is Block.FOOTNOTE:
            self.top.append(draft)
            return
        if draft.numeral is None:
            self._read_number(draft, scope)
        numeral = draft.numeral
        if numeral is not None:
            if len(numeral.value) > 1 and numeral.style is Style.DOTTED and scope is not self.scope:
                self._dissolve(draft.holder)
                scope = self.scope
            if draft.kind is ClauseKind.ITEM:
                draft.kind, draft.block = ClauseKind.PARAGRAPH, Block.PLAIN
            scope.enter(draft, _depth(numeral, draft, scope))
            if numeral.style is Style.DOTTED:
                self.last_dotted = numeral.value
        elif draft.kind is ClauseKind.HEADING:
            scope.enter(draft, _level_depth(draft.level, scope))
        else:
            scope.append(draft)

    def _scope_of(self, holder: Draft | None) -> _Scope:
        """Where a draft is put: a numbered clause or heading opens no place of its own beside the open clauses."""
        while holder is not None and (
            id(holder) in self.dissolved or holder.numeral is not None or holder.kind is ClauseKind.HEADING
        ):
            holder = holder.holder
        if holder is None:
            return self.scope
        if id(holder) not in self.scopes:
            self.scopes[id(holder)] = _Scope(holder, holder.children)
        return self.scopes[id(holder)]

    def _dissolve(self, holder: Draft | None) -> None:
        while holder is not None:
            self.dissolved.add(id(holder))
            holder = holder.holder

    def _read_number(self, draft: Draft, scope: _Scope) -> None:
        if not draft.readings() or draft.block in _UNNUMBERED_BLOCKS or draft.recovered:
            return
        if draft.kind is ClauseKind.ROW or (draft.kind is ClauseKind.ITEM and draft.block is Block.ORDERED):
            return
        text = draft.words.text
        heading = draft.kind is ClauseKind.HEADING
        fitting: list[tuple[int, Numeral]] = []
        for numeral in draft.readings():
            short = len(numeral.value) == 1
            before = scope.last(numeral.style, short=short)
            near = before.numeral.value[-1] if before is not None and before.numeral is not None else None
            within = self._within(numeral.value)
            counted = self.counting.get(draft.level) if heading and _bare(numeral) else None
            if counted is not None:
                if numeral.style is counted and runs_on(numeral, text):
                    fitting.append((-1, numeral))
            elif counts(numeral, text, heading=heading, near=near, within=within):
                fitting.append((_likelihood(numeral, near), numeral))
        if fitting:
            draft.numeral = min(fitting, key=lambda pair: pair[0])[1]
            draft.words = without_start(draft.words, draft.numeral.rest)
            draft.label = draft.numeral.label

    def _within(self, value: tuple[int, ...]) -> bool:
        """Whether a dotted number goes on from the numbers so far."""
        if len(value) < 2:
            return False
        if any(
            draft.numeral is not None and draft.numeral.value == value[: len(draft.numeral.value)]
            for draft in self.scope.open
        ):
            return True
        last = self.last_dotted
        return bool(last) and (last[0] == value[0] or (value[0] == last[0] + 1 and set(value[1:]) == {1}))


def _counting(drafts: Sequence[Draft]) -> dict[int, Style]:
    """The heading levels that count throughout in letters, Roman numerals or bare integers, whatever stands between.

    A level does when a first and another number are there, or three: so a run that lost, won or moved a heading still
    counts.
    """
    seen: dict[tuple[int, Style], set[int]] = {}
    for draft in drafts:
        if draft.kind is ClauseKind.HEADING and draft.holder is None and draft.block not in _UNNUMBERED_BLOCKS:
            for numeral in draft.readings():
                if _bare(numeral) and runs_on(numeral, draft.words.text):
                    seen.setdefault((draft.level, numeral.style), set()).add(numeral.value[0])
    found: dict[int, Style] = {}
    for (level, style), values in sorted(seen.items(), key=lambda entry: len(entry[1])):
        if len(values) > 2 or (len(values) == 2 and 1 in values):
            found[level] = style
    return found


def _bare(numeral: Numeral) -> bool:
    """Whether only the numbers around it tell that this is one: `B.` and `2 `, unlike `2.` and `2.1`."""
    if numeral.style in (Style.LETTER, Style.ROMAN):
        return True
    return numeral.style is Style.DOTTED and len(numeral.value) == 1 and not numeral.closed


def _likelihood(numeral: Numeral, near: int | None) -> int:
    """How well a reading fits, 0 best: the next number, a first number, one near its neighbour, any other."""
    value = numeral.value[-1]
    if near is not None and value == near + 1:
        return 0
    return 1 if value == 1 else 2 if near is not None else 3


def _level_depth(level: int, scope: _Scope) -> int:
    """How many open clauses stay open under a heading that only its Markdown level places."""
    for depth in range(len(scope.open), 0, -1):
        above = scope.open[depth - 1]
        if above.kind is ClauseKind.HEADING and above.level < level:
            return depth
    return 0


def _depth(numeral: Numeral, draft: Draft, scope: _Scope) -> int:
    """How many open clauses stay open above a numbered clause."""
    if numeral.style in RANKS:
        return _ranked_depth(RANKS[numeral.style], draft, scope)
    if numeral.style is Style.DOTTED and len(numeral.value) > 1:
        return _dotted_depth(numeral.value, draft, scope)
    return _sibling_depth(numeral, draft, scope)


def _dotted_depth(value: tuple[int, ...], draft: Draft, scope: _Scope) -> int:
    """Below the open clause whose number is the longest beginning of this one, else below the enclosing heading."""
    best = (0, 0)
    for depth, above in enumerate(scope.open, start=1):
        known = above.numeral.value if above.numeral is not None else ()
        if known and len(known) < len(value) and value[: len(known)] == known and _absolute(above):
            best = max(best, (len(known), depth))
    if best[0]:
        return best[1]
    depth = len(scope.open)
    for position, above in enumerate(scope.open):
        if above.numeral is not None and above.numeral.style is Style.DOTTED and len(above.numeral.value) >= len(value):
            depth = position
            break
    if draft.kind is ClauseKind.HEADING:
        return min(depth, _level_depth(draft.level, scope))
    while depth and scope.open[depth - 1].kind is not ClauseKind.HEADING:
        depth -= 1
    return depth


def _absolute(draft: Draft) -> bool:
    """Whether dotted numbers can continue this clause's number."""
    return draft.numeral is not None and draft.numeral.style in (
        Style.DOTTED,
        Style.LISTED,
        Style.HAN,
        Style.ARTICLE,
        Style.CHAPTER,
        Style.SECTION,
    )


def _ranked_depth(rank: int, draft: Draft, scope: _Scope) -> int:
    for position, above in enumerate(scope.open):
        if above.numeral is not None and RANKS.get(above.numeral.style, 0) >= rank:
            return position
    if draft.kind is ClauseKind.HEADING:
        for depth in range(len(scope.open), 0, -1):
            above = scope.open[depth - 1]
            ranked = above.numeral is not None and above.numeral.style in RANKS
            if ranked or (above.kind is ClauseKind.HEADING and above.level < draft.level):
                return depth
        return 0
    depth = len(scope.open)
    while depth and scope.open[depth - 1].kind is not ClauseKind.HEADING and not _ranked(scope.open[depth - 1]):
        depth -= 1
    return depth


def _ranked(draft: Draft) -> bool:
    return draft.numeral is not None and draft.numeral.style in RANKS


def _sibling_depth(numeral: Numeral, draft: Draft, scope: _Scope) -> int:
    """Beside the open clause of the same style that this number follows; where there is none, below what is open."""
    heading = draft.kind is ClauseKind.HEADING
    value = numeral.value[0]
    same = [
        (depth, above, above.numeral.value[0])
        for depth, above in enumerate(scope.open)
        if above.numeral is not None and above.numeral.style is numeral.style and len(above.numeral.value) == 1
    ]
    if not heading:
        for depth, above, known in reversed(same):
            if above.kind is not ClauseKind.HEADING or value == known + 1:
                return depth
        return len(scope.open)
    for depth, above, _ in reversed(same):
        if above.kind is ClauseKind.HEADING and above.level == draft.level:
            return depth
    for depth, _, known in reversed(same):
        if value == known + 1:
            return depth
    return _level_depth(draft.level, scope)


def _promoted(drafts: Sequence[Draft]) -> None:
    """Turns ordered items that further numbers continue (`1.` before `1.1`) into numbered clauses."""
    recent: dict[int, Draft] = {}
    lists: dict[int, list[Draft]] = {}
    chosen: set[int] = set()
    last = 0
    for draft in drafts:
        if draft.kind is ClauseKind.HEADING:
            recent, last = {}, 0
            if draft.holder is None and draft.block is Block.ORDERED:
                _number_item(draft)
            continue
        if draft.kind is ClauseKind.ITEM and draft.block is Block.ORDERED and draft.holder is None:
            marker = int(draft.label[:-1])
            lists.setdefault(draft.listed, []).append(draft)
            recent[marker] = draft
            if draft.listed in chosen or (last and draft.first_listed and marker == last + 1):
                chosen.add(draft.listed)
                _number_item(draft)
                last = marker
            continue
        for found in _dotted(draft):
            item = recent.get(found[0])
            if item is not None and item.numeral is None:
                chosen.add(item.listed)
                for sibling in lists[item.listed]:
                    _number_item(sibling)
                last = max(last, int(lists[item.listed][-1].label[:-1]))


def _dotted(draft: Draft) -> Iterator[tuple[int, ...]]:
    if not draft.readings() or draft.block in _UNNUMBERED_BLOCKS or draft.kind is ClauseKind.ROW:
        return
    text = draft.words.text
    for numeral in draft.readings():
        if (
            numeral.style is Style.DOTTED
            and len(numeral.value) > 1
            and (counts(numeral, text, heading=False, near=None, within=True))
        ):
            yield numeral.value


def _number_item(item: Draft) -> None:
    marker = item.label
    item.numeral = Numeral(Style.DOTTED, (int(marker[:-1]),), marker[:-1], marker, 0, closed=True, spaced=True)
    item.block = Block.PLAIN
    if item.kind is ClauseKind.ITEM:
        item.kind = ClauseKind.PARAGRAPH


def nest(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts as a tree: the top ones, each with its children."""
    _promoted(drafts)
    nester = _Nester(counting=_counting(drafts))
    for draft in drafts:
        nester.place(draft)
    return _without_hollow(nester.top)


def _without_hollow(drafts: Sequence[Draft]) -> list[Draft]:
    """The tree without items that have no words: those that only hold other items give them their place."""
    kept: list[Draft] = []
    for draft in drafts:
        draft.children = _without_hollow(draft.children)
        hollow = draft.kind is ClauseKind.ITEM and not draft.words.text and not draft.words.marks
        if hollow and all(child.kind is ClauseKind.ITEM for child in draft.children):
            kept.extend(draft.children)
        else:
            kept.append(draft)
    return kept
