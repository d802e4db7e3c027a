"""Examples: the differences of a labelled revision, with what people marked among them."""

from collections.abc import Iterator, Sequence

from publisher.domain.assessment import Side
from publisher.domain.change import ChangeSet
from publisher.domain.clause import ClauseTree
from publisher.domain.labels import Label
from publisher.domain.scoring import words_alone
from publisher.languages.duties import lexicon
from publisher.materiality.features import features
from publisher.materiality.learning import Example
from publisher.materiality.matching import match
from publisher.materiality.reading import Facts, Reading
from publisher.materiality.sentences import Pieces, read

_UNMARKED = 0.3
"""How much a difference counts that nobody marked in a material revision: readers do not mark every place."""


def examples_of(changes: ChangeSet, old: ClauseTree, new: ClauseTree, labels: Sequence[Label]) -> Iterator[Example]:
    """Each difference between two texts as an example.

    Those of a long revision count less, each by itself. A difference in a clause of which another sentence is marked
    says nothing and is left out.

    Args:
        changes: the differences between the clauses.
        old: the text before.
        new: the text after; clauses that are the same carry the same id.
        labels: the places that people marked; none in a revision that is not material.
    """
    words = lexicon(changes.language)
    cut: dict[tuple[str, bool], Pieces] = {}
    found = match(changes, read(old, words, cut), read(new, words, cut), words, changes.language)
    facts = Facts(found, words, changes.language)
    marked = [(label.side, words_alone(label.anchor)) for label in labels]
    share = len(found.units) ** -0.5 if found.units else 1.0
    for unit in found.units:
        near = [
            (sentence, anchor)
            for side, anchor in marked
            if (sentence := unit.new if side is Side.NEW else unit.old) is not None
            and anchor in words_alone(sentence.clause.text)
        ]
        hit = any(anchor in words_alone(sentence.text) for sentence, anchor in near)
        if hit or not near:
            counts = 1.0 if hit else share * (_UNMARKED if labels else 1.0)
            yield Example(features(Reading(unit, facts)), hit, counts)
