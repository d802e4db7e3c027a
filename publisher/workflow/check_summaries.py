"""Summaries judged against the findings: none may make little of a material change, or pass over its clause."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from publisher.domain.assessment import Assessment, Side
from publisher.domain.clause import Clause, ClauseKind, ClauseTree
from publisher.domain.policy import Manuscript, Policy, Version
from publisher.domain.review import SETTINGS_CLAUSE, Review, added, upheld
from publisher.errors import Fault, Place
from publisher.languages.citing import cited_ids, cited_numbers
from publisher.languages.summaries import belittlings
from publisher.workflow.texts import Trees

BELITTLED = "summary-belittles"
PASSED_OVER = "summary-silent"
OF_SUMMARIES = (BELITTLED, PASSED_OVER)
"""What is told of summaries: they are mended before the release, and keep no reviewer from the findings."""


def summary_faults(
    policy: Policy, version: Version, assessment: Assessment, review: Review | None, old: Trees, new: Trees
) -> Iterator[Fault]:
    """What the summaries of a version leave out or make little of, in every language.

    A finding that people lowered is no longer material; one that nobody decided yet is.
    """
    findings = _standing(assessment, review)
    if not findings:
        return
    language = policy.settings.language
    for text in version.texts:
        here = _Reading.of(new.get(text.language, new[language]))
        before = _Reading.of(old.get(text.language, old[language]))
        places = tuple(dict.fromkeys(_place(finding, here, before) for finding in findings))
        yield from _belittled(text, places, here)
        yield from _passed_over(text, places)


@dataclass(frozen=True, slots=True)
class _Named:
    """How a summary may name a clause: by a number, by a link to one of the ids, or by a heading's words."""

    clause: str
    shown: str
    value: tuple[int, ...]
    ids: tuple[str, ...]
    title: str

    def named(self, summary: str, numbers: Collection[tuple[int, ...]], ids: Collection[str]) -> bool:
        """Whether a summary with these numbers and links names it; a clause that has no name at all counts as named."""
        if not self.shown:
            return True
        if self.value in numbers or any(id_ in ids for id_ in self.ids):
            return True
        if self.title:
            return self.title.casefold() in summary.casefold()
        written = rf"(?<![\w.]){re.escape(self.shown)}(?!\w|\.[0-9])"
        return not self.shown.isdecimal() and re.search(written, summary) is not None


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text's clauses and what is above each, by id."""

    chains: Mapping[str, tuple[Clause, ...]]

    @classmethod
    def of(cls, tree: ClauseTree) -> "_Reading":
        chains: dict[str, tuple[Clause, ...]] = {}
        for placed in tree.walk():
            chains[placed.clause.id] = (placed.clause, *chains.get(placed.parent, ()))
        return cls(chains)

    def name(self, clause: str) -> _Named | None:
        """The clause's own number, else that of the nearest clause above whose number stands by itself."""
        chain = self.chains.get(clause)
        if chain is None:
            return None
        ids: list[str] = []
        title = ""
        for above in chain:
            ids.append(above.id)
            if above.number is not None and not above.label.startswith(("(", "（")) and above.value:
                return _Named(clause, above.number, above.value, tuple(ids), "")
            if above.kind is ClauseKind.HEADING and not title and above.id != "title":
                title = above.text
        return _Named(clause, title, (), tuple(ids), title)


def _standing(assessment: Assessment, review: Review | None) -> tuple[tuple[str, Side], ...]:
    """The clauses of the findings that stand, and those that a person added."""
    decisions = review.decisions if review is not None else ()
    standing = [(finding.clause, finding.side) for finding in upheld(assessment.findings, decisions)]
    standing += [(entry.clause, entry.side) for entry in added(decisions)]
    return tuple(dict.fromkeys(entry for entry in standing if entry[0] != SETTINGS_CLAUSE))


def _place(finding: tuple[str, Side], here: _Reading, before: _Reading) -> _Named:
    clause, side = finding
    order = (here, before) if side is Side.NEW or clause in here.chains else (before, here)
    named = order[0].name(clause) or order[1].name(clause)
    return named or _Named(clause, "", (), (), "")


def _belittled(text: Manuscript, places: Collection[_Named], here: _Reading) -> Iterator[Fault]:
    """Small words are allowed of clauses that are named right there and are not material."""
    listed = ", ".join(dict.fromkeys(place.shown or place.clause for place in places))
    known = {clause.value for chain in here.chains.values() for clause in chain if clause.value}
    for found in belittlings(text.front.summary, text.language):
        about = cited_numbers(found.sentence) & known
        if about and not any(_touches(value, place.value) for value in about for place in places):
            continue
        yield Fault(
            BELITTLED,
            f"The summary says “{found.words}”, and the change is material ({listed}).",
            "Say plainly what changes; if only a clause that reads differently is meant, name its number right there.",
            Place(text.path, text.front.line_of("summary")),
        )


def _touches(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    shorter = min(len(one), len(other))
    return shorter == 0 or one[:shorter] == other[:shorter]


def _passed_over(text: Manuscript, places: Collection[_Named]) -> Iterator[Fault]:
    summary = text.front.summary
    numbers, ids = cited_numbers(summary), cited_ids(summary)
    told: set[str] = set()
    for place in places:
        if place.shown in told or place.named(summary, numbers, ids):
            continue
        told.add(place.shown)
        name = f"clause {place.shown}" if place.value else f"“{place.shown}”"
        yield Fault(
            PASSED_OVER,
            f"The summary does not name {name}, which is material.",
            f"Say in it what changes there, and name the place: ({place.shown}).",
            Place(text.path, text.front.line_of("summary"), clause=place.clause),
        )
