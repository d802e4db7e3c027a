"""Clauses that are the same beyond doubt: by identity, by the author's anchor, by their very words."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable

from publisher.diff.pairing import FREE, Pairing, short

_Key = Callable[[int], Hashable]
"""What two clauses must have in common, by their position; None leaves a clause out."""
_Pairs = Callable[[Pairing, _Key, _Key], None]


def pair_by_identity(pairing: Pairing) -> None:
    """Pairs clauses with equal ids, which is right only for trees whose ids the ledger keeps."""
    _pair_unique(pairing, lambda i: pairing.old.clause(i).id, lambda j: pairing.new.clause(j).id)


def pair_by_anchor(pairing: Pairing) -> None:
    """Pairs clauses that bear the same author's anchor, and the titles of the two texts."""
    if pairing.old.placed and pairing.new.placed:
        first, second = pairing.old.clause(0), pairing.new.clause(0)
        if first.id == second.id == "title" and pairing.fits(0, 0):
            pairing.pair(0, 0)
    _pair_unique(pairing, lambda i: pairing.old.clause(i).anchor, lambda j: pairing.new.clause(j).anchor)


def pair_by_words(pairing: Pairing) -> None:
    """Pairs clauses of equal words: those that occur once, their neighbours, then repeated ones in the same place.

    A short clause means little without what stands above it ("Within 30 days."), so one that turns up in another place
    is left for the search by likeness, which weighs it against what stands in its old place now.
    """
    old, new = pairing.old, pairing.new
    if _in_step(pairing):
        for position in range(len(new)):
            pairing.pair(position, position)
        return
    _pair_unique(
        pairing,
        lambda i: (old.codes[i], old.heading(i)) if not pairing.short_old(i) else None,
        lambda j: (new.codes[j], new.heading(j)) if not pairing.short_new(j) else None,
    )
    _grow(pairing)
    for headings in (True, False):
        _pair_in_place(pairing, _pair_unique, headings=headings)
        _grow(pairing)
        _pair_in_place(pairing, _pair_in_order, headings=headings)
        _grow(pairing)
    _pair_in_order(
        pairing,
        lambda i: (old.codes[i], old.heading(i)) if not pairing.short_old(i) else None,
        lambda j: (new.codes[j], new.heading(j)) if not pairing.short_new(j) else None,
    )


def pair_what_is_left(pairing: Pairing) -> None:
    """Pairs the rest of the clauses of equal words, wherever they stand, in order."""
    old, new = pairing.old, pairing.new
    _pair_in_order(
        pairing,
        lambda i: (old.codes[i], old.heading(i)) if old.codes[i] else None,
        lambda j: (new.codes[j], new.heading(j)) if new.codes[j] else None,
    )


def pair_across_kinds(pairing: Pairing) -> None:
    """Pairs what is left where a heading became a paragraph of the same words, or the other way round.

    In its place with its number whatever its words are; elsewhere when the words are enough to be known by.
    """
    old, new = pairing.old, pairing.new
    _pair_in_order(
        pairing,
        lambda i: (old.codes[i], old.clause(i).value, old.placed[i].path) if old.codes[i] else None,
        lambda j: (new.codes[j], new.clause(j).value, new.placed[j].path) if new.codes[j] else None,
    )
    _pair_unique(
        pairing,
        lambda i: None if short(old.clause(i).text) else old.codes[i],
        lambda j: None if short(new.clause(j).text) else new.codes[j],
    )


def _in_step(pairing: Pairing) -> bool:
    """Whether both texts hold the same words in the same clauses from beginning to end."""
    old, new = pairing.old, pairing.new
    return (
        (old.codes, old.parents) == (new.codes, new.parents)
        and all(old.heading(position) == new.heading(position) for position in range(len(new)))
        and all(partner in (FREE, position) for position, partner in enumerate(pairing.to_new))
        and all(partner in (FREE, position) for position, partner in enumerate(pairing.to_old))
    )


def _pair_in_place(pairing: Pairing, how: _Pairs, *, headings: bool) -> None:
    """Pairs clauses of equal words under the same parent; those without words by their number."""
    old, new = pairing.old, pairing.new

    def key_of_old(i: int) -> Hashable:
        if old.heading(i) != headings:
            return None
        return old.codes[i], pairing.place_of_old(i), () if old.codes[i] else old.clause(i).value

    def key_of_new(j: int) -> Hashable:
        if new.heading(j) != headings:
            return None
        return new.codes[j], pairing.place_of_new(j), () if new.codes[j] else new.clause(j).value

    how(pairing, key_of_old, key_of_new)


def _pair_unique(pairing: Pairing, key_of_old: _Key, key_of_new: _Key) -> None:
    """Pairs free clauses whose key occurs once on either side."""
    olds = {i: key for i in pairing.free_old() if (key := key_of_old(i)) is not None}
    news = {j: key for j in pairing.free_new() if (key := key_of_new(j)) is not None}
    count_old, count_new = Counter(olds.values()), Counter(news.values())
    where = {key: i for i, key in olds.items() if count_old[key] == 1}
    for j, key in news.items():
        if count_new[key] == 1 and key in where:
            pairing.pair(where[key], j)


def _pair_in_order(pairing: Pairing, key_of_old: _Key, key_of_new: _Key) -> None:
    """Pairs free clauses of equal keys, first with first, second with second."""
    waiting: dict[Hashable, list[int]] = defaultdict(list)
    for i in pairing.free_old():
        waiting[key_of_old(i)].append(i)
    waiting.pop(None, None)
    for queue in waiting.values():
        queue.reverse()
    for j, key in [(j, key_of_new(j)) for j in pairing.free_new()]:  # pairing changes what keys rest on: all keys first
        queue = waiting.get(key, [])
        if queue:
            pairing.pair(queue.pop(), j)


def _grow(pairing: Pairing) -> None:
    """Pairs the neighbours of pairs as long as they have the same words."""
    for step, order in ((1, range(len(pairing.new))), (-1, range(len(pairing.new) - 1, -1, -1))):
        for j in order:
            i = pairing.to_old[j]
            if i == FREE:
                continue
            before, after = i + step, j + step
            if (
                0 <= before < len(pairing.old)
                and 0 <= after < len(pairing.new)
                and pairing.fits(before, after)
                and pairing.old.codes[before] == pairing.new.codes[after]
                and pairing.old.codes[before]
            ):
                pairing.pair(before, after)
