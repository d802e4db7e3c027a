"""Whether a release needs fresh consent: by what the rules found, and by what people and second readers added."""

from publisher.domain.assessment import Assessment, FindingKind
from publisher.domain.policy import Policy, PolicySettings
from publisher.domain.review import Review, added
from publisher.materiality.packs import needs_consent, packs_for


def consent_needed(policy: Policy, assessment: Assessment, review: Review | None) -> bool:
    """Whether a regime of the policy asks for fresh consent to what changed."""
    kinds = [entry.kind for entry in added(review.decisions if review is not None else ())]
    return assessment.consent_needed or needs_consent(packs_for(policy.settings.regimes, policy.packs), kinds)


def consent_kinds(policy: Policy, settings: PolicySettings) -> frozenset[FindingKind]:
    """The kinds of change to which the regimes of a release ask for fresh consent."""
    return frozenset[FindingKind]().union(*(pack.consent for pack in packs_for(settings.regimes, policy.packs)))
