"""Comparing: what happened to each clause of an alignment."""

from collections.abc import Iterable
from dataclasses import replace

from publisher.diff.alignment import Alignment, Match
from publisher.diff.identities import carried_ids
from publisher.diff.markup import formatted_differently, linked_differently
from publisher.diff.moving import moved, renumbered
from publisher.diff.outline import Outline
from publisher.diff.pairing import FREE
from publisher.diff.redlining import redline
from publisher.diff.references import followed, renumbering
from publisher.diff.spelling import Speller
from publisher.domain.change import Change, ChangeKind, ChangeSet, Edit, Grade, Op, Passage
from publisher.languages.words import word_keys

_Place = tuple[int, int, int]


def compare(alignment: Alignment) -> ChangeSet:
    """All changes between two aligned texts, in the reading order of the new one, removed clauses where they stood."""
    comparison = _Comparison(alignment)
    partners = alignment.partners_of_new()
    found: list[tuple[_Place, Change]] = []
    for match in alignment.matches:
        change = comparison.changed(match)
        if change is not None:
            found.append(((match.new[0], 0, 0), change))
    found.extend(((j, 0, 0), comparison.added(j)) for j, i in enumerate(partners) if i == FREE)
    found.extend((_where_it_stood(comparison, i), comparison.removed(i)) for i in comparison.lost)
    found.sort(key=lambda entry: entry[0])
    return ChangeSet(alignment.new.tree.language, tuple(change for _, change in found))


class _Comparison:
    """What is known of two aligned texts as a whole when their clauses are compared one by one."""

    def __init__(self, alignment: Alignment) -> None:
        self.alignment = alignment
        self.language = alignment.new.tree.language
        self.moved = moved(alignment)
        self.to_new = alignment.partners_of_old()
        self.lost = tuple(i for i, j in enumerate(self.to_new) if j == FREE)
        self._renumbered = renumbered(alignment)
        self._numbers = renumbering(alignment)
        self._ids = carried_ids(alignment)
        self._became = {
            alignment.old.clause(i).id: alignment.new.clause(j).id for i, j in enumerate(self.to_new) if j != FREE
        }
        self._speller = Speller(alignment.old, self.language)

    def added(self, j: int) -> Change:
        passage = self._passage(self.alignment.new, j, self._ids[j])
        edits = _written((Op.INSERT, passage.text))
        return Change((ChangeKind.ADDED,), Grade.CLARIFICATION, passage.id, None, passage, edits)

    def removed(self, i: int) -> Change:
        passage = self._passage(self.alignment.old, i, self.alignment.old.clause(i).id)
        edits = _written((Op.DELETE, passage.text))
        return Change((ChangeKind.REMOVED,), Grade.CLARIFICATION, passage.id, passage, None, edits)

    def changed(self, match: Match) -> Change | None:
        """What happened to a clause of both texts, or None when nothing did."""
        same_keys = self._same_words(match)
        same_words = same_keys or self._followed(match)
        kinds = self._kinds(match, same_words=same_words)
        if not kinds:
            return None
        old = self._side(self.alignment.old, match.old, [self.alignment.old.clause(i).id for i in match.old])
        new = self._side(self.alignment.new, match.new, [self._ids[j] for j in match.new])
        edits = _written((Op.EQUAL, new.text)) if same_keys else redline(old.text, new.text, self.language)
        grade = Grade.EDITORIAL if same_words else self._speller.grade(edits)
        return Change(kinds, grade, new.id, old, new, edits)

    def _followed(self, match: Match) -> bool:
        """Whether the words differ only in numbers that follow a renumbering."""
        if not self._numbers:
            return False
        before = _joined(self.alignment.old.clause(i).text for i in match.old)
        after = _joined(self.alignment.new.clause(j).text for j in match.new)
        return word_keys(followed(before, self._numbers)) == word_keys(after)

    def _same_words(self, match: Match) -> bool:
        before = "".join(self.alignment.old.codes[i] for i in match.old)
        return before == "".join(self.alignment.new.codes[j] for j in match.new)

    def _kinds(self, match: Match, *, same_words: bool) -> tuple[ChangeKind, ...]:
        j = match.new[0]
        kinds: set[ChangeKind] = set()
        if len(match.new) > 1:
            kinds.add(ChangeKind.SPLIT)
        if len(match.old) > 1:
            kinds.add(ChangeKind.MERGED)
        if not same_words:
            kinds.add(ChangeKind.RETITLED if self.alignment.new.heading(j) else ChangeKind.REWORDED)
        if j in self.moved:
            kinds.add(ChangeKind.MOVED)
        if j in self._renumbered:
            kinds.add(ChangeKind.RENUMBERED)
        if len(match.old) == len(match.new) == 1 and self._formatted(match, same_words=same_words):
            kinds.add(ChangeKind.FORMAT)
        return tuple(kind for kind in ChangeKind if kind in kinds) if kinds else ()

    def _formatted(self, match: Match, *, same_words: bool) -> bool:
        before, after = self.alignment.old.clause(match.old[0]), self.alignment.new.clause(match.new[0])
        if not same_words:
            return linked_differently(before, after, self._became)
        return formatted_differently(before, after, self._became, in_place=not self._under_a_move(match.new[0]))

    def _under_a_move(self, j: int) -> bool:
        while j >= 0 and j not in self.moved:
            j = self.alignment.new.parents[j]
        return j >= 0

    def _side(self, side: Outline, places: tuple[int, ...], ids: list[str]) -> Passage:
        parts = tuple(self._passage(side, place, given) for place, given in zip(places, ids, strict=True))
        if len(parts) == 1:
            return parts[0]
        return replace(parts[0], text=_joined(part.text for part in parts), parts=parts)

    @staticmethod
    def _passage(side: Outline, place: int, given: str) -> Passage:
        entry = side.placed[place]
        return Passage(
            id=given,
            number=entry.clause.number,
            path=entry.path,
            text=entry.clause.text,
            line=entry.clause.line,
            heading=side.heading(place),
        )


def _joined(texts: Iterable[str]) -> str:
    return " ".join(text for text in texts if text)


def _written(edit: Edit) -> tuple[Edit, ...]:
    return (edit,) if edit[1] else ()


def _where_it_stood(comparison: _Comparison, i: int) -> _Place:
    """Right after the clause before it that stayed where it was."""
    before = i - 1
    while before >= 0 and (comparison.to_new[before] == FREE or comparison.to_new[before] in comparison.moved):
        before -= 1
    return (comparison.to_new[before] if before >= 0 else -1, 1, i)
