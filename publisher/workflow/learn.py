"""Learning from labelled revisions: weights, and what they add, tried on documents that they were not learnt from."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from publisher.assessing import differences
from publisher.domain.labels import LabelledRevision
from publisher.domain.scoring import Outcome, Score, outcome, score
from publisher.languages.duties import known
from publisher.materiality import judge
from publisher.materiality.examples import examples_of
from publisher.materiality.learning import Example, fit
from publisher.materiality.weighing import Weights

THRESHOLDS = (1.0, 0.5, 0.0, -0.5, -1.0)
"""Sums that are tried beside the chosen one, above which a difference is told."""
_REGIMES = ("section-8",)
_PENALTY = 5.0
_PARTS = 8
"""Parts that the documents are dealt into for the trial; each is judged with what the others teach."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Figures for revisions that nothing was learnt from: of the rules alone, and with weights at each threshold.

    `by` says what is never parted between learning and trial: `document`, or `source`.
    """

    by: str
    alone: Score
    weighed: tuple[tuple[float, Score], ...]


@dataclass(frozen=True, slots=True)
class Learnt:
    """The weights that all revisions teach, how much they were, and the trials."""

    weights: Weights
    revisions: int
    examples: int
    marked: int
    sources: tuple[str, ...]
    trials: tuple[Trial, ...]


@dataclass(frozen=True, slots=True)
class _Studied:
    """A revision with its examples and how the rules alone judge it."""

    revision: LabelledRevision
    examples: tuple[Example, ...]
    alone: Outcome


def learn(
    revisions: Sequence[LabelledRevision], *, threshold: float, advance: Callable[[int], None] = lambda _: None
) -> Learnt:
    """Weights from all revisions that are not ambiguous and in a language with a vocabulary.

    Args:
        revisions: what people labelled.
        threshold: the sum above which a difference is told.
        advance: is told of each revision that was judged; each is, three times, or twice when there is one source.
    """
    told = [one for one in revisions if not one.ambiguous and known(one.language)]
    studied: list[_Studied] = []
    for one in told:
        studied.append(_study(one))
        advance(1)
    tried = tuple(sorted({*THRESHOLDS, threshold}, reverse=True))
    trials = [_trial("document", studied, _dealt(studied), tried, advance)]
    sources = sorted({one.source for one in told})
    if len(sources) > 1:
        by_source = {one.revision.id: one.revision.source for one in studied}
        trials.append(_trial("source", studied, by_source, tried, advance))
    examples = [example for one in studied for example in one.examples]
    return Learnt(
        weights=Weights(fit(examples, _PENALTY), threshold),
        revisions=len(told),
        examples=len(examples),
        marked=sum(example.marked for example in examples),
        sources=tuple(sources),
        trials=tuple(trials),
    )


def _study(revision: LabelledRevision) -> _Studied:
    changes, old, new = differences(revision.old, revision.new, revision.language)
    findings = judge(changes, old, new, regimes=_REGIMES, weights=None).findings
    return _Studied(
        revision,
        tuple(examples_of(changes, old, new, revision.labels)),
        outcome(revision, bool(findings), findings),
    )


def _dealt(studied: Sequence[_Studied]) -> dict[str, str]:
    """The part that each revision is tried in: documents whole, the largest first, each into the smallest part."""
    sizes = Counter(one.revision.document for one in studied)
    loads = [0] * _PARTS
    part: dict[str, int] = {}
    for document in sorted(sizes, key=lambda name: (-sizes[name], name)):
        part[document] = loads.index(min(loads))
        loads[part[document]] += sizes[document]
    return {one.revision.id: str(part[one.revision.document]) for one in studied}


def taught_by_others(revisions: Sequence[LabelledRevision], threshold: float) -> dict[str, Weights]:
    """For each revision by id what the other documents teach; for those that nothing is learnt from, what all do.

    Args:
        revisions: what people labelled.
        threshold: the sum above which a difference is told.
    """
    studied = [_study(one) for one in revisions if not one.ambiguous and known(one.language)]
    parts = _dealt(studied)
    taught = _taught(studied, parts)
    every = fit([example for one in studied for example in one.examples], _PENALTY)
    return {one.id: Weights(taught[parts[one.id]] if one.id in parts else every, threshold) for one in revisions}


def _taught(studied: Sequence[_Studied], parts: dict[str, str]) -> dict[str, dict[str, float]]:
    """For each part what the others teach."""
    return {
        part: fit([example for one in studied if parts[one.revision.id] != part for example in one.examples], _PENALTY)
        for part in sorted(set(parts.values()))
    }


def _trial(
    by: str,
    studied: Sequence[_Studied],
    parts: dict[str, str],
    thresholds: Sequence[float],
    advance: Callable[[int], None],
) -> Trial:
    judged: dict[float, list[Outcome]] = {threshold: [] for threshold in thresholds}
    taught = _taught(studied, parts)
    for one in studied:
        for threshold, found in _judged(one.revision, taught[parts[one.revision.id]], thresholds):
            judged[threshold].append(found)
        advance(1)
    return Trial(
        by, score(one.alone for one in studied), tuple((threshold, score(found)) for threshold, found in judged.items())
    )


def _judged(
    revision: LabelledRevision, taught: dict[str, float], thresholds: Sequence[float]
) -> Iterator[tuple[float, Outcome]]:
    changes, old, new = differences(revision.old, revision.new, revision.language)
    for threshold in thresholds:
        findings = judge(changes, old, new, regimes=_REGIMES, weights=Weights(taught, threshold)).findings
        yield threshold, outcome(revision, bool(findings), findings)


def as_module(learnt: Learnt, provenance: Iterable[str]) -> str:
    """The weights as the text of a Python module, a weight a line, sorted by name.

    Args:
        learnt: what was learnt.
        provenance: a line for each source: whose texts they are, and under which licence.
    """
    trial = learnt.trials[0]
    shown = next((found for threshold, found in trial.weighed if threshold == learnt.weights.threshold), None)
    lines = [
        '"""What was learnt, a weight a line. Written by `publisher learn`; never by hand.',
        "",
        f"From {learnt.marked} marked ones among {learnt.examples} differences in {learnt.revisions} revisions:",
        *(f"  {line}" for line in provenance),
        "",
        f"On documents not learnt from: the rules alone {_said(trial.alone)}",
        *([f"with these weights {_said(shown)}"] if shown else []),
        '"""',
        "",
        "from publisher.materiality.weighing import Weights",
        "",
        "WEIGHTS = Weights(",
        "    {",
        *(f'        "{name}": {value},' for name, value in sorted(learnt.weights.weights.items())),
        "    },",
        f"    threshold={learnt.weights.threshold},",
        ")",
    ]
    return "\n".join(lines) + "\n"


def _said(found: Score) -> str:
    return (
        f"recall {found.recall:.3f}, precision {found.precision:.3f},"
        f" places {found.anchor_recall:.3f}, limb {found.limb_accuracy:.3f}"
    )
