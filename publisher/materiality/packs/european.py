"""Europe: what the GDPR has told to the people whose data are processed."""

from publisher.domain.assessment import FindingKind as Kind
from publisher.domain.assessment import Limb
from publisher.domain.pack import Pack, Pattern, Treatment, Turn

_WHO_ANSWERS = "The text now names another controller, or says otherwise who it is (Art. 13(1)(a))."
_HOW_RIGHTS = "How users exercise their rights, or reach those who answer for their data, has changed (Art. 12(2))."
_ON_WHAT_GROUNDS = "The ground on which data are processed has changed, and with it what users may object to (Art. 6)."
_AUTOMATED = "Decisions by machines alone, or profiling, are spoken of where they were not (Art. 13(2)(f), 22)."

PACKS: tuple[Pack, ...] = (
    Pack(
        "gdpr",
        "2026-11-25",
        source="Regulation (EU) 2016/679, Art. 12 to 14; WP260 rev.01, paragraphs 29 to 32",
        note="Whatever Articles 13 and 14 ask to be told, above all purposes, controller and how rights are exercised.",
        treatments=(
            Treatment(Kind.NEW_PURPOSE, "A further purpose is told before processing for it begins (Art. 13(3))."),
            Treatment(Kind.NEW_DATA_TYPE, "The categories of data are part of what is told (Art. 14(1)(d))."),
            Treatment(Kind.NEW_RECIPIENT, "Recipients and their categories are told (Art. 13(1)(e))."),
            Treatment(
                Kind.TRANSFER_LOCATION, "Transfers to third countries and their safeguards are told (Art. 13(1)(f))."
            ),
            Treatment(Kind.RETENTION_LONGER, "How long data are stored is told (Art. 13(2)(a))."),
            Treatment(Kind.CONSENT_WEAKENED, "Consent and its withdrawal are told (Art. 7, 13(2)(c))."),
            Treatment(Kind.CHILDREN_AGE, "Children need particular protection (Art. 8, recital 38)."),
            Treatment(Kind.RIGHT_REMOVED, "The rights of the people concerned are told (Art. 13(2)(b))."),
            Treatment(Kind.RIGHT_WEAKENED, "How rights are exercised is a substantive matter (WP260, paragraph 29)."),
            Treatment(Kind.OBLIGATION_WEAKENED, "A safeguard that was told may not fade silently (Art. 5(1)(a))."),
            Treatment(Kind.NOTICE_WEAKENED, "Changes are told by a means that people notice (WP260, paragraph 29)."),
            Treatment(Kind.DISPUTE_FORUM, "Complaint and remedy are told (Art. 13(2)(d), 77 to 79)."),
        ),
        patterns=(
            Pattern(
                "controller",
                Limb.RIGHTS,
                Kind.OTHER,
                Turn.EITHER,
                "en",
                r"\b(?:data )?controllers?\b (?:of|for|is|are|means)\b.{0,80}|\b(?:is|are|now) controlled by\b.{0,60}"
                r"|\brepresentative in the (?:EU|European Union|EEA|UK|Union)\b.{0,80}",
                _WHO_ANSWERS,
            ),
            Pattern(
                "rights-exercise",
                Limb.RIGHTS,
                Kind.RIGHT_WEAKENED,
                Turn.EITHER,
                "en",
                r"\b(?:data protection officer|DPO|supervisory authority)\b.{0,80}"
                r"|\bto exercise (?:your|any|these|those|this)\b.{0,120}|\bexercise your rights?\b.{0,120}",
                _HOW_RIGHTS,
            ),
            Pattern(
                "legal-basis",
                Limb.COLLECTION,
                Kind.CONSENT_WEAKENED,
                Turn.CAME,
                "en",
                r"\b(?:legitimate interests?|public interest|vital interests?|legal basis|lawful basis)\b",
                _ON_WHAT_GROUNDS,
            ),
            Pattern(
                "automated-decisions",
                Limb.COLLECTION,
                Kind.NEW_PURPOSE,
                Turn.CAME,
                "en",
                r"\b(?:automated (?:decision|processing|individual)|profiling|solely by automated)\w*",
                _AUTOMATED,
            ),
        ),
    ),
)
