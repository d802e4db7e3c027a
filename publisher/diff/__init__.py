"""Two clause trees to a change set: which clauses are the same, what happened to each, and the words that changed."""

from publisher.diff.alignment import Alignment, align
from publisher.diff.comparing import compare
from publisher.diff.identities import carry_ids
from publisher.diff.redlining import redline

__all__ = ["Alignment", "align", "carry_ids", "compare", "redline"]
