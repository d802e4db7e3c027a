"""Regimes: dated presets of how long users must know of a material change before it takes effect.

Every number is a starting point for legal staff, who may always promise more in policy.toml. None has been confirmed by
counsel until an organisation's own settings say who did.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Regime:
    """One preset of lead times.

    Attributes:
        name: as policy.toml names it.
        dated: the day on which the preset was last read against its source, YYYY-MM-DD.
        law_days: the least number of days that the source itself gives; None when it gives no number.
        house_days: the days between completed notice and effect that this product proposes.
        knows_consent: whether some changes need fresh consent, not only notice.
        source: where the duty comes from.
        note: what the source asks for, in our words.
    """

    name: str
    dated: str
    law_days: int | None
    house_days: int
    knows_consent: bool
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Counsel:
    """An organisation's lawyer on one regime: who says that its lead time is right, in which role, since when.

    `days` takes the place of the house default; None leaves it as it is.
    """

    regime: str
    by: str
    role: str
    at: date
    days: int | None = None


@dataclass(frozen=True, slots=True)
class LeadTime:
    """What one regime asks for, under the settings of one policy: `days` as they count, and who confirmed them."""

    regime: Regime
    days: int
    counsel: Counsel | None

    @property
    def told(self) -> str:
        """The lead time in one line, with its source and whether counsel has confirmed it."""
        law = (
            f"law's minimum {self.regime.law_days} days" if self.regime.law_days is not None else "law gives no number"
        )
        confirmed = "not confirmed by counsel"
        if self.counsel is not None:
            role = f", {self.counsel.role}" if self.counsel.role else ""
            confirmed = f"confirmed by {self.counsel.by}{role} on {self.counsel.at}"
        source = f"{self.regime.source}, read {self.regime.dated}"
        return f"{self.regime.name} {self.days} days ({law}; source: {source}), {confirmed}"


REGIMES: tuple[Regime, ...] = (
    Regime(
        "section-8",
        "2026-11-01",
        None,
        30,
        knows_consent=False,
        source="The policy's own section on updates",
        note="Promises a prominent reminder before the revision takes effect and gives no number; 30 days is common.",
    ),
    Regime(
        "gdpr",
        "2026-11-01",
        None,
        30,
        knows_consent=False,
        source="GDPR Art. 12 to 14; WP260 rev.01 on transparency",
        note="Users are told well in advance and by a means they will notice; a new purpose before processing for it.",
    ),
    Regime(
        "cn-ecommerce",
        "2026-11-01",
        7,
        7,
        knows_consent=False,
        source="E-Commerce Law of the PRC, Art. 34",
        note="A platform publishes amended terms at least seven days before they apply and asks for comments.",
    ),
    Regime(
        "pipl",
        "2026-11-01",
        None,
        0,
        knows_consent=True,
        source="Personal Information Protection Law of the PRC, Art. 14",
        note="A change of purpose, method or kind of data needs fresh consent; the lead time is the other regimes'.",
    ),
    Regime(
        "gb-t-35273",
        "2026-11-01",
        None,
        0,
        knows_consent=False,
        source="GB/T 35273-2020, Annex D",
        note="Names six categories of change that users are to be told of; the lead time is the other regimes'.",
    ),
    Regime(
        "eu-p2b",
        "2026-11-01",
        15,
        15,
        knows_consent=False,
        source="Regulation (EU) 2019/1150, Art. 3",
        note="Business users are told of any change on a durable medium; 30 days where they must adapt.",
    ),
    Regime(
        "psd2",
        "2026-11-01",
        60,
        62,
        knows_consent=False,
        source="Directive (EU) 2015/2366, Art. 54",
        note="A change of a framework contract is proposed at least two months before it applies.",
    ),
    Regime(
        "eu-2019-770",
        "2026-11-01",
        30,
        31,
        knows_consent=False,
        source="Directive (EU) 2019/770, Art. 19",
        note="A consumer may end the contract within 30 days of a change that is worse for them.",
    ),
    Regime(
        "eecc",
        "2026-11-01",
        30,
        31,
        knows_consent=False,
        source="Directive (EU) 2018/1972, Art. 105",
        note="End-users are told one month before a change of their contract's conditions.",
    ),
    Regime(
        "dsa",
        "2026-11-01",
        None,
        15,
        knows_consent=False,
        source="Regulation (EU) 2022/2065, Art. 14",
        note="Recipients are told of any significant change of the terms; the number of days is ours.",
    ),
    Regime(
        "colorado",
        "2026-11-01",
        None,
        15,
        knows_consent=False,
        source="Colorado Privacy Act Rules, 4 CCR 904-3",
        note="Substantive changes of a privacy notice are told to consumers; the number of days is ours.",
    ),
    Regime(
        "ftc",
        "2026-11-01",
        None,
        0,
        knows_consent=True,
        source="FTC Act, section 5, as the Commission applies it",
        note="A material, less protective change for data already collected needs affirmative express consent.",
    ),
)
"""Every preset, by name unique."""

_BY_NAME = {preset.name: preset for preset in REGIMES}


def regime(name: str) -> Regime | None:
    """The preset of that name, or None."""
    return _BY_NAME.get(name)


def known_regimes() -> tuple[str, ...]:
    """The names that policy.toml may use."""
    return tuple(_BY_NAME)


def lead_times(names: Iterable[str], counsel: Sequence[Counsel] = ()) -> tuple[LeadTime, ...]:
    """What each of these regimes asks for, in their order; unknown names ask for nothing."""
    said = {entry.regime: entry for entry in counsel}
    return tuple(
        LeadTime(preset, _days(preset, said.get(preset.name)), said.get(preset.name))
        for preset in (_BY_NAME[name] for name in names if name in _BY_NAME)
    )


def floor_days(names: Iterable[str], notice_days: int, counsel: Sequence[Counsel] = ()) -> int:
    """The least days between completed notice and effect: the longest of the regimes' and the policy's promise.

    Unknown names add nothing: whoever reads policy.toml reports them.
    """
    return max(notice_days, 0, *(found.days for found in lead_times(names, counsel)))


def law_days(names: Iterable[str]) -> int:
    """The longest of the numbers of days that the sources themselves give; 0 when none gives any."""
    return max((_BY_NAME[name].law_days or 0 for name in names if name in _BY_NAME), default=0)


def stricter(names: Iterable[str], one: Sequence[Counsel], other: Sequence[Counsel]) -> tuple[Counsel, ...]:
    """For each regime the word of counsel under which its lead time is longer; that of `one` when both are alike."""
    kept: list[Counsel] = []
    for ours, theirs in zip(lead_times(names, one), lead_times(names, other), strict=True):
        found = theirs.counsel if theirs.days > ours.days else ours.counsel
        if found is not None:
            kept.append(found)
    return tuple(kept)


def _days(preset: Regime, counsel: Counsel | None) -> int:
    """Nobody's word goes below the law's minimum."""
    days = preset.house_days if counsel is None or counsel.days is None else counsel.days
    return max(days, preset.law_days or 0)
