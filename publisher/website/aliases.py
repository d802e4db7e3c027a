"""Ids of earlier texts: once published, a link to a clause leads to what stands for that clause now."""

from collections.abc import Mapping, Sequence

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

    def of(self, tree: ClauseTree) -> tuple[tuple[str, str], ...]:
        """The ids of remembered texts that this one no longer has, each with the clause of this one in its place.

        That is the nearest clause above it, in the last text that had it, which is still there; empty when none is.
        """
        here: dict[str, _Chain] = {}
        _chain(tree.clauses, None, here)
        return tuple((name, _standing_for(chain, here)) for name, chain in self._last.items() if name not in here)


def aliases(tree: ClauseTree, earlier: Sequence[ClauseTree]) -> tuple[tuple[str, str], ...]:
    """The aliases of a text whose `earlier` ones go from the oldest to the newest; see `Aliases.of`."""
    known = Aliases()
    for old in earlier:
        known.remember(old)
    return known.of(tree)


def _chain(clauses: Sequence[Clause], above: _Chain | None, found: dict[str, _Chain]) -> None:
    for clause in clauses:
        found[clause.id] = own = (clause.id, above)
        if clause.children:
            _chain(clause.children, own, found)


def _standing_for(chain: _Chain | None, here: Mapping[str, _Chain]) -> str:
    while chain is not None and chain[0] not in here:
        chain = chain[1]
    return chain[0] if chain is not None else ""
