"""The report that programs read."""

import json

from publisher.domain.assessment import Assessment, Finding
from publisher.domain.change import Change, Passage
from publisher.reports.phrases import escaped


def json_report(assessment: Assessment) -> str:
    """The assessment as JSON, the same for the same texts.

    Characters that command a terminal or cannot be seen are written as JSON escapes: programs read the same words.
    """
    written = json.dumps(
        {
            "old": {"digest": assessment.old_digest},
            "new": {"digest": assessment.new_digest},
            "language": assessment.language,
            "grade": assessment.grade,
            "material": assessment.material,
            "consent_needed": assessment.consent_needed,
            "changes": [change_record(change) for change in assessment.changes],
            "findings": [_finding(finding) for finding in assessment.findings],
        },
        ensure_ascii=False,
        indent=2,
    )
    return escaped(written)


def change_record(change: Change) -> dict[str, object]:
    """One change as programs read it."""
    return {
        "kind": change.kind,
        "kinds": list(change.kinds),
        "grade": change.grade,
        "id": change.id,
        "old": _passage(change.old),
        "new": _passage(change.new),
        "edits": [[op, text] for op, text in change.edits],
    }


def _passage(passage: Passage | None) -> dict[str, object] | None:
    if passage is None:
        return None
    shown = _place(passage)
    if passage.parts:
        shown["parts"] = [{"id": part.id, **_place(part)} for part in passage.parts]
    return shown


def _place(passage: Passage) -> dict[str, object]:
    return {"number": passage.number, "path": list(passage.path), "text": passage.text}


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "limb": finding.limb,
        "kind": finding.kind,
        "grade": finding.grade,
        "clause": finding.clause,
        "side": finding.side,
        "quote": finding.quote,
        "why": finding.why,
        "rule": finding.rule,
    }
