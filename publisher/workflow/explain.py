"""A version's assessment explained, with what people decided on it."""

from datetime import datetime

from publisher import library
from publisher.domain.citation import Citation
from publisher.domain.days import local_date
from publisher.domain.explanation import Explained, Explanation, Weighed, why_not
from publisher.domain.review import graded
from publisher.errors import Place, one
from publisher.workflow.comparing import compare_cited
from publisher.workflow.texts import predecessor
from publisher.workflow.workspace import Workspace


def explain(workspace: Workspace, policy_name: str, version_name: str, *, now: datetime) -> Explanation:
    """What was judged material in a version and why, and what was not and why not.

    Raises:
        PublisherError: there is no such version, it is the first one, or its texts cannot be read.
    """
    policy, version = workspace.policy(policy_name), workspace.version(policy_name, version_name)
    before = predecessor(workspace.events(policy_name), version_name)
    if before is None:
        raise one(
            "explain-first",
            f"{policy_name} {version_name} is the first version: it was compared with nothing.",
            "Explain a later one.",
            Place(version.folder),
        )
    comparison = compare_cited(workspace, Citation(policy_name, before), Citation(policy_name, version_name))
    review, _ = library.read_review(workspace.settings.root / version.folder)
    assessment = comparison.assessment
    packs = " and ".join(f"{pack.name} ({pack.dated})" for pack in assessment.rules)
    entries: list[Explained] = []
    for change in assessment.changes:
        sides = [side for side in (change.old, change.new) if side is not None]
        clauses = {change.id, *(part.id for side in sides for part in (side, *side.parts))}
        found = tuple(
            Weighed(finding, review.decided(finding) if review else None)
            for finding in assessment.findings
            if finding.clause in clauses
        )
        entries.append(Explained(change, found, "" if found else why_not(change, packs)))
    decisions = review.decisions if review else ()
    return Explanation(
        policy=policy_name,
        version=version_name,
        day=local_date(now, policy.settings.timezone),
        comparison=comparison,
        material=tuple(entry for entry in entries if entry.found),
        others=tuple(entry for entry in entries if not entry.found),
        elsewhere=tuple(entry for entry in decisions if entry.added),
        review=review,
        grade=graded(assessment, decisions),
        lead_times=policy.settings.lead_times,
    )
