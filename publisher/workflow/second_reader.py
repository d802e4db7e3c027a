"""The second reader: an external program that reads each change and may add findings; it can never take any away.

It gets one change a line as JSON and answers one finding a line: `{"clause": "2.1", "side": "new", "limb": "B", "kind":
"new-purpose", "quote": "words of that clause", "why": "one sentence"}`. What it added is frozen into the review, so
that nothing after the signature needs it again.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from publisher.assessing import with_findings
from publisher.config import Settings, setting_place
from publisher.domain.assessment import Assessment, Finding, FindingKind, RulePack, Side
from publisher.domain.change import Change, Grade, Op, Passage
from publisher.domain.pack import Pack
from publisher.domain.review import SECOND_READER, Review, seen_of
from publisher.errors import Fault, Place, Severity
from publisher.workflow.answers import answered
from publisher.workflow.bounded import run_bounded

MOST_OUTPUT = 1_000_000
"""Bytes that the program may answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the second reader is told beside the changes; `policy` and `version` are empty for loose files."""

    regimes: tuple[str, ...]
    packs: tuple[Pack, ...] = ()
    policy: str = ""
    version: str = ""


class Reading(Protocol):
    """How the second reader is heard: `second_reading`, or what it said before."""

    def __call__(  # noqa: D102  the class says it
        self, settings: Settings, assessment: Assessment, asked: Asked, review: Review | None, *, now: datetime
    ) -> tuple[Assessment, tuple[Fault, ...]]: ...


def second_reading(
    settings: Settings,
    assessment: Assessment,
    asked: Asked,
    review: Review | None,
    *,
    now: datetime,
    given_up: Callable[[], bool] = bool,
) -> tuple[Assessment, tuple[Fault, ...]]:
    """The assessment with what the second reader adds, and what went wrong with it, as warnings.

    Changes that a signed review has seen with a second reader are not asked about again: what it said then stands in
    the review. Without `[judge] command` only that is added. Once `given_up()`, the program is stopped.
    """
    changes = to_ask(settings, assessment, review)
    if not changes:
        return as_frozen(assessment, review), ()
    known = with_frozen(assessment, review)
    ran = run_bounded(
        settings.judge.command,
        _questions(changes, assessment.language, asked),
        folder=settings.root,
        seconds=settings.judge.seconds,
        most_output=MOST_OUTPUT,
        handed_on=settings.judge.environment,
        given_up=given_up,
    )
    findings, refusals = answered(ran.output, _texts(changes), known.findings)
    place = setting_place(settings.root, "judge", "command")
    faults = [Fault("second-reader-answer", told, remedy, place, Severity.WARNING) for told, remedy in refusals]
    if ran.trouble:
        faults.insert(0, _failed(ran.trouble, ran.errors, len(findings), place))
    merged = with_findings(known, findings, _consent(findings, asked))
    rules = () if ran.trouble else (RulePack(SECOND_READER, now.astimezone(UTC).date().isoformat()),)
    return replace(merged, rules=(*merged.rules, *rules)), tuple(faults)


def as_frozen(assessment: Assessment, review: Review | None) -> Assessment:
    """The assessment with what a second reader said before, and as read by it; nothing is asked."""
    known = with_frozen(assessment, review)
    return replace(known, rules=(*known.rules, *_recorded(review)))


def with_frozen(assessment: Assessment, review: Review | None) -> Assessment:
    """The assessment with what a second reader said before and the review keeps, where its words still stand."""
    if review is None:
        return assessment
    texts = _texts(assessment.changes)
    kept = [
        Finding(
            entry.limb,
            entry.kind,
            Grade.MATERIAL,
            entry.clause,
            texts[entry.clause, entry.side],
            entry.side,
            entry.words,
            entry.why,
            SECOND_READER,
        )
        for entry in review.decisions
        if entry.rule == SECOND_READER and entry.words in texts.get((entry.clause, entry.side), "")
    ]
    kept += [
        replace(finding, clause_text=texts[finding.clause, finding.side])
        for finding in review.left_open
        if finding.rule == SECOND_READER and finding.quote in texts.get((finding.clause, finding.side), "")
    ]
    return with_findings(assessment, kept)


def to_ask(settings: Settings, assessment: Assessment, review: Review | None) -> tuple[Change, ...]:
    """What the second reader, if there is one, has to read: changes in whose words anything differs.

    Left out are those that it was asked about before they were signed.
    """
    if not settings.judge.command:
        return ()
    seen = set(review.seen) if review is not None and review.sign_offs and _recorded(review) else set()
    shown = seen_of(assessment.changes)
    return tuple(
        change
        for change, entry in zip(assessment.changes, shown, strict=True)
        if entry not in seen and any(op is not Op.EQUAL for op, _ in change.edits)
    )


def _recorded(review: Review | None) -> tuple[RulePack, ...]:
    return tuple(pack for pack in (review.rules if review else ()) if pack.name == SECOND_READER)


def _questions(changes: Sequence[Change], language: str, asked: Asked) -> Iterator[str]:
    from publisher.reports.in_json import change_record

    for change in changes:
        question = {
            "policy": asked.policy or None,
            "version": asked.version or None,
            "language": language,
            "regimes": asked.regimes,
            "kinds": list(FindingKind),
            "change": change_record(change),
        }
        yield json.dumps(question, ensure_ascii=False)


def _texts(changes: Sequence[Change]) -> Mapping[tuple[str, Side], str]:
    """The words of each changed clause, by its id and the side on which it stands."""
    texts: dict[tuple[str, Side], str] = {}
    for change in changes:
        for side, passage in ((Side.OLD, change.old), (Side.NEW, change.new)):
            for part in _parts(passage):
                texts.setdefault((part.id, side), part.text)
                texts.setdefault((change.id, side), part.text)
    return texts


def _parts(passage: Passage | None) -> tuple[Passage, ...]:
    return () if passage is None else passage.parts or (passage,)


def _consent(findings: Sequence[Finding], asked: Asked) -> bool:
    from publisher.materiality.packs import needs_consent, packs_for

    return needs_consent(packs_for(asked.regimes, asked.packs), (finding.kind for finding in findings))


def _failed(trouble: str, errors: str, kept: int, place: Place) -> Fault:
    from publisher.reports.phrases import counted, visible

    last = next((line.strip() for line in reversed(errors.splitlines()) if line.strip()), "")
    said = f" It said: {visible(last)[:200]}." if last else ""
    return Fault(
        "second-reader-failed",
        f"The second reader did not finish: {trouble}.{said}",
        f"Mend it and look again; {counted(kept, 'finding')} of it stood until then, and nothing of the rules is lost.",
        place,
        Severity.WARNING,
    )
