"""The United States: deception by a changed promise, and Colorado's rules for privacy notices."""

from publisher.domain.assessment import FindingKind as Kind
from publisher.domain.assessment import Limb
from publisher.domain.pack import Pack, Pattern, Treatment, Turn

_OPEN = "The rule's list is open: what matters to a consumer's choice is told."

PACKS: tuple[Pack, ...] = (
    Pack(
        "ftc",
        "2026-11-25",
        source="FTC Act, section 5, as the Commission applies it to retroactive changes (Gateway Learning, 2004)",
        note="Less protective than what was promised; for data already collected it needs affirmative express consent.",
        treatments=(
            Treatment(Kind.NEW_PURPOSE, "Data already held would be used for more than was said.", consent=True),
            Treatment(Kind.NEW_RECIPIENT, "Data already held would reach others than was said.", consent=True),
            Treatment(Kind.RETENTION_LONGER, "Data already held would be kept longer than was said.", consent=True),
            Treatment(Kind.TRANSFER_LOCATION, "Data already held would go elsewhere than was said.", consent=True),
            Treatment(Kind.CONSENT_WEAKENED, "What was done by choice only would be done without.", consent=True),
            Treatment(
                Kind.OBLIGATION_WEAKENED, "A protection promised at collection would be withdrawn.", consent=True
            ),
            Treatment(Kind.RIGHT_REMOVED, "A control promised at collection would be withdrawn.", consent=True),
            Treatment(Kind.RIGHT_WEAKENED, "A control promised at collection would be made harder.", consent=True),
            Treatment(Kind.CHILDREN_AGE, "Children's data would be treated with less care.", consent=True),
            Treatment(Kind.NEW_DATA_TYPE, "More is collected from now on; nothing held already is touched."),
            Treatment(Kind.NOTICE_WEAKENED, "A change that nobody notices deceives."),
            Treatment(Kind.LIABILITY_REDUCED, "A term that changes what a reasonable consumer relied on."),
            Treatment(Kind.DISPUTE_FORUM, "A term that changes what a reasonable consumer relied on."),
            Treatment(Kind.USER_DUTY_ADDED, "A term that changes what a reasonable consumer relied on."),
            Treatment(Kind.FEE_OR_REFUND, "A term that changes what a reasonable consumer relied on."),
            Treatment(Kind.OTHER, "In doubt a change is material."),
        ),
        patterns=(
            Pattern(
                "retroactive",
                Limb.COLLECTION,
                Kind.NEW_PURPOSE,
                Turn.CAME,
                "en",
                r"\b(?:information|data|content)\b.{0,40}\b(?:already|previously|earlier) (?:been )?"
                r"(?:collected|provided|submitted|obtained|received|held)\b"
                r"|\b(?:already|previously) (?:collected|provided|submitted|obtained) (?:information|data)\b"
                r"|\b(?:regardless of|no matter|irrespective of) when\b.{0,40}\b(?:collected|provided|obtained)\b"
                r"|\b(?:collected|provided|obtained) (?:before|prior to)\b.{0,40}"
                r"\b(?:effective|date|change|update|revis)\w*",
                "The change reaches back to data that were collected under the earlier promise.",
            ),
        ),
    ),
    Pack(
        "colorado",
        "2026-11-25",
        source="Colorado Privacy Act Rules, 4 CCR 904-3, Rule 6.04",
        note="Categories of data, purposes, the controller, sharing and its recipients, how rights are exercised.",
        treatments=(
            Treatment(Kind.NEW_DATA_TYPE, "The categories of personal data changed."),
            Treatment(Kind.NEW_PURPOSE, "The purposes of processing changed."),
            Treatment(Kind.NEW_RECIPIENT, "Sharing, or the categories of those shared with, changed."),
            Treatment(Kind.RIGHT_REMOVED, "How consumers exercise their rights changed."),
            Treatment(Kind.RIGHT_WEAKENED, "How consumers exercise their rights changed."),
            Treatment(Kind.CONSENT_WEAKENED, _OPEN),
            Treatment(Kind.RETENTION_LONGER, _OPEN),
            Treatment(Kind.TRANSFER_LOCATION, _OPEN),
            Treatment(Kind.CHILDREN_AGE, _OPEN),
            Treatment(Kind.OBLIGATION_WEAKENED, _OPEN),
            Treatment(Kind.NOTICE_WEAKENED, _OPEN),
            Treatment(Kind.DISPUTE_FORUM, _OPEN),
        ),
        patterns=(
            Pattern(
                "controller",
                Limb.RIGHTS,
                Kind.OTHER,
                Turn.EITHER,
                "en",
                r"\b(?:is|are|now) (?:owned|operated|controlled)(?: and operated)? by\b.{0,60}"
                r"|\bcontrollers?\b (?:of|for|is|are|means)\b.{0,80}",
                "The controller's identity changed, or is said otherwise.",
            ),
            Pattern(
                "rights-requests",
                Limb.RIGHTS,
                Kind.RIGHT_WEAKENED,
                Turn.EITHER,
                "en",
                r"\b(?:to exercise|exercise your|submit(?:ting)? (?:a|your) request|appeal (?:a|our|the) decision"
                r"|authorized agent|opt[- ]out (?:link|mechanism|signal|form)|universal opt)\b.{0,120}",
                "The methods by which consumers exercise their rights changed.",
            ),
        ),
    ),
)
