"""Packs that newer ones have replaced, as they were: what was judged under them stays explainable."""

from publisher.domain.assessment import FindingKind as Kind
from publisher.domain.pack import Pack, Treatment

_PRACTICES = (
    Kind.NEW_DATA_TYPE,
    Kind.NEW_PURPOSE,
    Kind.NEW_RECIPIENT,
    Kind.CONSENT_WEAKENED,
    Kind.RETENTION_LONGER,
    Kind.TRANSFER_LOCATION,
    Kind.CHILDREN_AGE,
)
_RIGHTS = (
    Kind.RIGHT_REMOVED,
    Kind.RIGHT_WEAKENED,
    Kind.OBLIGATION_WEAKENED,
    Kind.NOTICE_WEAKENED,
    Kind.DISPUTE_FORUM,
)
_ASKED = frozenset(
    {
        Kind.NEW_DATA_TYPE,
        Kind.NEW_PURPOSE,
        Kind.NEW_RECIPIENT,
        Kind.TRANSFER_LOCATION,
        Kind.CONSENT_WEAKENED,
        Kind.CHILDREN_AGE,
    }
)


def _of(name: str, source: str, note: str, kinds: tuple[Kind, ...], consent: frozenset[Kind] = frozenset()) -> Pack:
    treatments = tuple(Treatment(kind, note, kind in consent) for kind in kinds)
    return Pack(name, "2026-11-01", source, note, treatments)


PACKS: tuple[Pack, ...] = (
    _of("gdpr", "GDPR Art. 12 to 14", "Whatever Articles 13 and 14 ask to be told.", (*_PRACTICES, *_RIGHTS)),
    _of(
        "pipl",
        "PIPL Art. 14",
        "Purpose, method or kind of data changed; given to another; sent abroad; children.",
        (*_PRACTICES, *_RIGHTS),
        _ASKED,
    ),
    _of(
        "ftc",
        "FTC Act, section 5",
        "Less protective than what was promised when the data were collected.",
        tuple(Kind),
        frozenset({*_PRACTICES, Kind.OBLIGATION_WEAKENED, Kind.RIGHT_REMOVED}),
    ),
    _of(
        "gb-t-35273",
        "GB/T 35273-2020, Annex D",
        "Service model, ownership, main recipients, users' rights, complaint channel, high-risk assessment.",
        (*_PRACTICES, *_RIGHTS, Kind.OTHER),
    ),
    _of("colorado", "4 CCR 904-3", "Categories, purposes, recipients and rights.", (*_PRACTICES, *_RIGHTS)),
    _of("cn-ecommerce", "E-Commerce Law, Art. 34", "Any change of the terms or the transaction rules.", tuple(Kind)),
    _of("eu-p2b", "Regulation (EU) 2019/1150", "Any change of the terms of business users.", tuple(Kind)),
    _of("psd2", "Directive (EU) 2015/2366, Art. 54", "Any change of a framework contract.", tuple(Kind)),
)
