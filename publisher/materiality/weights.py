"""What was learnt, a weight a line. Written by `publisher learn`; never by hand."""

from publisher.materiality.weighing import Weights

WEIGHTS: Weights | None = None
"""Nothing has been learnt."""
