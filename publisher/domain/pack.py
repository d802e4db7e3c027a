"""Rule packs: dated data that say what a regime treats as material, and why; an organisation may write its own."""

from dataclasses import dataclass
from enum import StrEnum

from publisher.domain.assessment import FindingKind, Limb, RulePack


class Turn(StrEnum):
    """Where the words of a pattern must stand to be noticed: among those that came, that went, or either."""

    CAME = "came"
    WENT = "went"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Treatment:
    """A kind of finding that a pack treats as material, why in a sentence, and whether it needs fresh consent."""

    kind: FindingKind
    why: str
    consent: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words that a lawyer wants to be told of, whatever the rules think of them.

    Attributes:
        name: short, unique within its pack; the finding's rule is `<pack>:<name>`.
        limb: what the words are about: A rights, B collection and use.
        kind: the kind of the finding.
        turn: whether the words must have come, gone, or either.
        language: the language that they are in, with all below it: `zh` reads zh-CN too; empty for every one.
        expression: the words as a regular expression of RE2 over the sentence as it stands, upper and lower case alike.
        why: the finding's reason, in one sentence.
    """

    name: str
    limb: Limb
    kind: FindingKind
    turn: Turn
    language: str
    expression: str
    why: str


@dataclass(frozen=True, slots=True)
class Pack:
    """What one regime treats as material.

    A pack is never edited once it has been used; a newer one with a later date stands beside it, so that what was
    judged under the old one stays explainable.

    Attributes:
        name: the regime's name, as policy.toml lists it.
        dated: the day on which it was made, YYYY-MM-DD; the newest of a name counts.
        source: where the duty comes from.
        note: what it asks for, in our words.
        treatments: the kinds of finding that it treats as material.
        patterns: its own words to look for, whose findings are material under it and under no other.
        any_change: why every other change of words is material too; empty where it is not.
        extends: the pack that this one begins with, as `name@date`; empty for none.
        switched_off: kinds and patterns of that one which this one leaves out.
    """

    name: str
    dated: str
    source: str
    note: str
    treatments: tuple[Treatment, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    any_change: str = ""
    extends: str = ""
    switched_off: tuple[str, ...] = ()

    @property
    def material(self) -> frozenset[FindingKind]:
        """The kinds of finding that it treats as material."""
        return frozenset(treatment.kind for treatment in self.treatments)

    @property
    def consent(self) -> frozenset[FindingKind]:
        """The kinds that need fresh consent under it; empty when it knows none."""
        return frozenset(treatment.kind for treatment in self.treatments if treatment.consent)

    @property
    def reference(self) -> RulePack:
        """How an assessment records it."""
        return RulePack(self.name, self.dated)

    @property
    def citation(self) -> str:
        """`gdpr@2026-11-25`: this very pack, whatever comes after it."""
        return f"{self.name}@{self.dated}"
