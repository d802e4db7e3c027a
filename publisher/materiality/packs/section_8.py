"""The policy's own promise: users are told when their rights shrink or when collection and use grow."""

from publisher.domain.assessment import FindingKind as Kind
from publisher.domain.pack import Pack, Treatment

PACKS: tuple[Pack, ...] = (
    Pack(
        "section-8",
        "2026-11-01",
        source="The policy's own section on updates",
        note="Rights substantially reduced, or collection and use expanded.",
        treatments=(
            Treatment(Kind.NEW_DATA_TYPE, "More is collected about users than before."),
            Treatment(Kind.NEW_PURPOSE, "Information is used for more than before."),
            Treatment(Kind.NEW_RECIPIENT, "Information reaches people whom it did not reach before."),
            Treatment(Kind.CONSENT_WEAKENED, "Something happens now without the consent that it used to need."),
            Treatment(Kind.RETENTION_LONGER, "Information is kept, and so used, for longer."),
            Treatment(Kind.TRANSFER_LOCATION, "Information goes to, or lies in, other places."),
            Treatment(Kind.CHILDREN_AGE, "Children are collected from earlier, or protected less."),
            Treatment(Kind.RIGHT_REMOVED, "Users can no longer ask for something that they could ask for."),
            Treatment(Kind.RIGHT_WEAKENED, "A right has come under conditions, or costs more."),
            Treatment(Kind.OBLIGATION_WEAKENED, "What the organisation owed users became less or less certain."),
            Treatment(Kind.LIABILITY_REDUCED, "Users can hold the organisation to account for less."),
            Treatment(Kind.NOTICE_WEAKENED, "Users learn of something later, less plainly or not at all."),
            Treatment(Kind.DISPUTE_FORUM, "Where and how users are heard changes."),
            Treatment(Kind.USER_DUTY_ADDED, "Users must do, or leave, more than before."),
            Treatment(Kind.FEE_OR_REFUND, "Users pay more or get less back."),
            Treatment(Kind.OTHER, "In doubt a change is material."),
        ),
    ),
)
