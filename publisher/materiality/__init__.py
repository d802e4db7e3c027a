"""Changes to findings: what a revision takes from users or adds to what is collected, with the words and the reason."""

from publisher.materiality.judging import Judgement, judge

__all__ = ["Judgement", "judge"]
