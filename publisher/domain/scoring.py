"""Scores: how findings stand beside what people marked in the same revisions.

A missed material revision is the costly error, hence F2, which weighs recall twice as much as precision.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from publisher.domain.assessment import Finding, Limb
from publisher.domain.labels import LabelledRevision

_TARGET = re.compile(r"\]\([^)]*\)")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Hit:
    """A marked place, and the rules and limbs of the findings that meet it; none for a place that was missed."""

    limb: Limb
    rules: frozenset[str]
    limbs: frozenset[Limb]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One revision as it was judged: whether it is called material, by which rules, and each marked place."""

    revision: LabelledRevision
    judged: bool
    rules: tuple[str, ...]
    hits: tuple[Hit, ...]

    @property
    def missed(self) -> bool:
        """Whether it is material and passed as a clarification."""
        return self.revision.material and not self.judged

    @property
    def false(self) -> bool:
        """Whether it is not material and was called so."""
        return self.judged and not self.revision.material


@dataclass(frozen=True, slots=True)
class Score:
    """Shares from 0 to 1 over some revisions.

    Attributes:
        revisions, material: how many there are, and how many of them are material.
        recall: of the material ones, how many are called so; `precision`: of those called so, how many are.
        specificity: of those that are not, how many are not called so.
        anchor_recall: of the marked places, how many lie in the quote or the clause of a finding on the same side.
        limb_accuracy: of the places found, how many by a finding of the marked limb.
        false_findings: findings in each revision that is not material, on average.
    """

    revisions: int
    material: int
    recall: float
    precision: float
    f2: float
    specificity: float
    anchors: int
    anchor_recall: float
    limb_accuracy: float
    false_findings: float


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one rule adds to the others.

    Attributes:
        rule: its name.
        fired: its findings; `in_material` of them stand in material revisions.
        anchors: marked places that it found; `only_anchors` no other rule found.
        only_caught: material revisions that no other rule called so; `only_false` revisions that it alone calls so
            wrongly.
        precision_without, recall_without: of revisions, when its findings are left out.
    """

    rule: str
    fired: int
    in_material: int
    anchors: int
    only_anchors: int
    only_caught: int
    only_false: int
    precision_without: float
    recall_without: float


def outcome(revision: LabelledRevision, material: bool, findings: Sequence[Finding]) -> Outcome:
    """How one revision's findings stand beside its labels.

    Args:
        revision: what was judged.
        material: the verdict on the whole.
        findings: the reasons for it.
    """
    read = [(finding, words_alone(finding.quote), words_alone(finding.clause_text)) for finding in findings]
    hits: list[Hit] = []
    for label in revision.labels:
        anchor = words_alone(label.anchor)
        met = [one for one, quote, clause in read if one.side is label.side and (anchor in quote or anchor in clause)]
        hits.append(Hit(label.limb, frozenset(one.rule for one in met), frozenset(one.limb for one in met)))
    return Outcome(revision, material, tuple(finding.rule for finding in findings), tuple(hits))


def score(outcomes: Iterable[Outcome]) -> Score:
    """The shares over all revisions that are not ambiguous."""
    told = [one for one in outcomes if not one.revision.ambiguous]
    material = [one for one in told if one.revision.material]
    others = [one for one in told if not one.revision.material]
    caught, false = sum(one.judged for one in material), sum(one.judged for one in others)
    recall, precision = _share(caught, len(material)), _share(caught, caught + false)
    hits = [hit for one in material for hit in one.hits]
    found = [hit for hit in hits if hit.rules]
    return Score(
        revisions=len(told),
        material=len(material),
        recall=recall,
        precision=precision,
        f2=_share(5 * precision * recall, 4 * precision + recall),
        specificity=_share(len(others) - false, len(others)),
        anchors=len(hits),
        anchor_recall=_share(len(found), len(hits)),
        limb_accuracy=_share(sum(hit.limb in hit.limbs for hit in found), len(found)),
        false_findings=_share(sum(len(one.rules) for one in others), len(others)),
    )


def by_group(outcomes: Iterable[Outcome], attribute: str) -> dict[str, Score]:
    """The score of each group of revisions that share a source, a folder, a language or a document."""
    groups: defaultdict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        groups[getattr(one.revision, attribute)].append(one)
    return {name: score(members) for name, members in sorted(groups.items())}


def contributions(outcomes: Iterable[Outcome]) -> tuple[Contribution, ...]:
    """What each rule adds, the rule that fired most often first.

    Leaving out a rule's findings is the least that switching it off does: another rule may take over its words.
    """
    told = [one for one in outcomes if not one.revision.ambiguous]
    fired: defaultdict[str, int] = defaultdict(int)
    for one in told:
        for rule in one.rules:
            fired[rule] += 1
    return tuple(_contribution(rule, told) for rule in sorted(fired, key=lambda rule: (-fired[rule], rule)))


def _contribution(rule: str, told: Sequence[Outcome]) -> Contribution:
    material = [one for one in told if one.revision.material]
    others = [one for one in told if not one.revision.material]
    alone = [one for one in told if one.rules and set(one.rules) == {rule}]
    hits = [hit for one in material for hit in one.hits]
    only_caught = sum(one.revision.material for one in alone)
    only_false = len(alone) - only_caught
    caught = sum(one.judged for one in material) - only_caught
    false = sum(one.judged for one in others) - only_false
    return Contribution(
        rule=rule,
        fired=sum(one.rules.count(rule) for one in told),
        in_material=sum(one.rules.count(rule) for one in material),
        anchors=sum(rule in hit.rules for hit in hits),
        only_anchors=sum(hit.rules == {rule} for hit in hits),
        only_caught=only_caught,
        only_false=only_false,
        precision_without=_share(caught, caught + false),
        recall_without=_share(caught, len(material)),
    )


def words_alone(text: str) -> str:
    """The words of a text without its markup, so that an anchor cut from the source meets a quote cut from clauses."""
    return " ".join(_WORD.findall(_TARGET.sub("]", text).casefold()))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
