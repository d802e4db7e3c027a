"""Ids of earlier texts: once published, a link to a clause leads to what stands for that clause now."""

from collections.abc import Mapping, Sequence
from itertools import filterfalse

from publisher.domain.clause import Clause, ClauseTree

_Chain = tuple[str, "_Chain | None"]
"""A clause's id, and the chain of the clause above it."""


class Aliases:
    """Remembers the clauses of a policy's texts, from the oldest to the newest."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: dict[str, _Chain] = {}

    def remember(self, tree: ClauseTree) -> None:
        """Takes in one more text."""
        chains: dict[str, _Chain] = {}
        _chain(tree.clauses, None, chains)
        self._last.update(chains)

    def of(self, tree: ClauseTree) -> Mapping[str, Sequence[str]]:
        """The ids of remembered texts that this one no longer has, by the clause of this one in their place.

        That is the nearest clause above it, in the last text that had it, which is still there; empty when none is.
        """
        here: dict[str, _Chain] = {}
        _chain(tree.clauses, None, here)
        # Of a long history thousands are gone, most of which lay in few clauses: these are asked after once.
        standing: dict[int, list[str]] = {}
        found: dict[str, list[str]] = {}
        for name in filterfalse(here.__contains__, self._last):
            above = self._last[name][1]
            names = standing.get(id(above))
            if names is None:
                names = standing[id(above)] = found.setdefault(_standing_for(above, here), [])
            names.append(name)
        return found


def _chain(clauses: Sequence[Clause], above: _Chain | None, found: dict[str, _Chain]) -> None:
    for clause in clauses:
        found[clause.id] = own = (clause.id, above)
        if clause.children:
            _chain(clause.children, own, found)


def _standing_for(chain: _Chain | None, here: Mapping[str, _Chain]) -> str:
    while chain is not None and chain[0] not in here:
        chain = chain[1]
    return chain[0] if chain is not None else ""
