"""Rule packs: dated data that say which kinds of finding a regime treats as material, and which need fresh consent.

A pack is never edited once it has been used; a newer one with a later date stands beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from publisher.domain.assessment import FindingKind, RulePack
from publisher.domain.regime import regime

_EVERY = frozenset(FindingKind)
_PRACTICES = frozenset(
    {
        FindingKind.NEW_DATA_TYPE,
        FindingKind.NEW_PURPOSE,
        FindingKind.NEW_RECIPIENT,
        FindingKind.CONSENT_WEAKENED,
        FindingKind.RETENTION_LONGER,
        FindingKind.TRANSFER_LOCATION,
        FindingKind.CHILDREN_AGE,
    }
)
_PRIVACY_RIGHTS = frozenset(
    {
        FindingKind.RIGHT_REMOVED,
        FindingKind.RIGHT_WEAKENED,
        FindingKind.OBLIGATION_WEAKENED,
        FindingKind.NOTICE_WEAKENED,
        FindingKind.DISPUTE_FORUM,
    }
)


@dataclass(frozen=True, slots=True)
class Pack:
    """What one regime treats as material.

    Attributes:
        name: the regime's name.
        dated: the day from which this pack is used, YYYY-MM-DD.
        material: the kinds of finding that it treats as material.
        consent: the kinds that need fresh consent under it; empty when it knows none.
        note: why, in our words.
    """

    name: str
    dated: str
    material: frozenset[FindingKind]
    consent: frozenset[FindingKind] = frozenset()
    note: str = ""

    @property
    def reference(self) -> RulePack:
        """How an assessment records it."""
        return RulePack(self.name, self.dated)


PACKS: tuple[Pack, ...] = (
    Pack("section-8", "2026-11-01", _EVERY, note="Rights substantially reduced, or collection and use expanded."),
    Pack("gdpr", "2026-11-01", _PRACTICES | _PRIVACY_RIGHTS, note="Whatever Articles 13 and 14 ask to be told."),
    Pack(
        "pipl",
        "2026-11-01",
        _PRACTICES | _PRIVACY_RIGHTS,
        consent=frozenset(
            {
                FindingKind.NEW_DATA_TYPE,
                FindingKind.NEW_PURPOSE,
                FindingKind.NEW_RECIPIENT,
                FindingKind.TRANSFER_LOCATION,
                FindingKind.CONSENT_WEAKENED,
                FindingKind.CHILDREN_AGE,
            }
        ),
        note="Purpose, method or kind of data changed; given to another; sent abroad; children.",
    ),
    Pack(
        "ftc",
        "2026-11-01",
        _EVERY,
        consent=_PRACTICES | {FindingKind.OBLIGATION_WEAKENED, FindingKind.RIGHT_REMOVED},
        note="Less protective than what was promised when the data were collected.",
    ),
    Pack(
        "gb-t-35273",
        "2026-11-01",
        _PRACTICES | _PRIVACY_RIGHTS | {FindingKind.OTHER},
        note="Service model, ownership, main recipients, users' rights, complaint channel, high-risk assessment.",
    ),
    Pack("colorado", "2026-11-01", _PRACTICES | _PRIVACY_RIGHTS, note="Categories, purposes, recipients and rights."),
    Pack("cn-ecommerce", "2026-11-01", _EVERY, note="Any change of the terms or the transaction rules."),
    Pack("eu-p2b", "2026-11-01", _EVERY, note="Any change of the terms of business users."),
    Pack("psd2", "2026-11-01", _EVERY, note="Any change of a framework contract."),
    Pack("eu-2019-770", "2026-11-01", _EVERY, note="Any change that is worse for the consumer."),
    Pack("eecc", "2026-11-01", _EVERY, note="Any change of the contract's conditions."),
    Pack("dsa", "2026-11-01", _EVERY, note="Any significant change of the terms."),
)
"""Every pack, the newest of each name last."""

_DEFAULT = "section-8"


def packs_for(regimes: Iterable[str]) -> tuple[Pack, ...]:
    """The newest pack of each known regime, in the order given; section-8's when none is known."""
    by_name = {pack.name: pack for pack in PACKS}
    chosen = tuple(dict.fromkeys(by_name[name] for name in regimes if name in by_name))
    return chosen or (by_name[_DEFAULT],)


def needs_consent(packs: Iterable[Pack], kinds: Iterable[FindingKind]) -> bool:
    """Whether any of the packs asks for fresh consent to any of these kinds."""
    found = frozenset(kinds)
    return any(
        (preset := regime(pack.name)) is not None and preset.knows_consent and bool(pack.consent & found)
        for pack in packs
    )
