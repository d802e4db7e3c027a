"""What readers can do about a coming version, and what happens if they do nothing."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.domain.assessment import FindingKind
from publisher.render.points import ABOUT_DATA, worst_first

if TYPE_CHECKING:
    from publisher.domain.notice import ToldChange


@dataclass(frozen=True, slots=True)
class Choice:
    """A label, and the changes that it names, the worst first, where it names any."""

    label: str
    names: "tuple[ToldChange, ...]" = ()


def choices(
    told: "Iterable[ToldChange]", *, consent_needed: bool, consents: Collection[FindingKind], material: bool
) -> tuple[Choice, ...]:
    """The choices of a reader who is told of some changes.

    Args:
        told: what the reader is told of.
        consent_needed: whether part of the version needs fresh consent.
        consents: the kinds of change that do; none of those told may be among them where people said so by hand.
        material: whether the version is material, whatever of it this reader is told.
    """
    ranked = worst_first(told)
    kinds = frozenset(kind for change in ranked for kind in change.reasons)
    found: list[Choice] = []
    if consent_needed:
        asked = tuple(change for change in ranked if not frozenset(consents).isdisjoint(change.reasons))
        found.append(Choice("means.consent", asked) if asked else Choice("means.consent_some"))
    if kinds or material:
        found.append(Choice("means.object_data" if kinds & ABOUT_DATA else "means.object"))
    found.append(Choice("means.nothing_else" if consent_needed else "means.nothing"))
    return tuple(found)


def short_name(change: "ToldChange") -> str:
    """The last part of where a change stands: its clause's number or heading."""
    return change.where.rpartition(" › ")[2] or change.clause
