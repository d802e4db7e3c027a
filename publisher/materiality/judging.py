"""Judging: every rule over every difference, one finding for each place, and what the regimes make of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from publisher.domain.assessment import Finding, FindingKind, Limb, RulePack, Side
from publisher.domain.change import ChangeSet, Grade
from publisher.domain.clause import ClauseTree
from publisher.languages.duties import known, lexicon
from publisher.materiality.matching import match
from publisher.materiality.packs import needs_consent, packs_for
from publisher.materiality.reading import Draft, Facts, Reading
from publisher.materiality.rules import RULES, UNKNOWN_LANGUAGE
from publisher.materiality.sentences import Pieces, Sentence, read

_COLLECTION = frozenset(
    {
        FindingKind.NEW_DATA_TYPE,
        FindingKind.NEW_PURPOSE,
        FindingKind.NEW_RECIPIENT,
        FindingKind.CONSENT_WEAKENED,
        FindingKind.RETENTION_LONGER,
        FindingKind.TRANSFER_LOCATION,
    }
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a revision means for users: the findings, whether fresh consent is needed, and the packs that were used."""

    findings: tuple[Finding, ...]
    consent_needed: bool
    rules: tuple[RulePack, ...]


def judge(
    changes: ChangeSet, old: ClauseTree, new: ClauseTree, *, regimes: Sequence[str], terms: Sequence[str] = ()
) -> Judgement:
    """Judges the changes between two texts.

    Args:
        changes: the differences, each with the ids of its clauses on either side.
        old: the text before, as clauses.
        new: the text after; clauses that are the same carry the same id.
        regimes: the presets that apply; unknown names are passed over.
        terms: the organisation's own words (products, names of data) that are material when they come.
    """
    packs = packs_for(regimes)
    material = frozenset().union(*(pack.material for pack in packs))
    findings: list[Finding] = []
    if changes.changes:
        words = lexicon(changes.language)
        cut: dict[tuple[str, bool], Pieces] = {}
        found = match(changes, read(old, words, cut), read(new, words, cut), words, changes.language)
        facts = Facts(found, words, changes.language, tuple(terms))
        table = RULES if known(changes.language) else UNKNOWN_LANGUAGE
        for unit in found.units:
            reading = Reading(unit, facts)
            drafts = [(name, draft) for name, rule in table for draft in rule(reading) if draft.kind in material]
            sides = {Side.OLD: unit.old, Side.NEW: unit.new}
            for name, draft in drafts:
                sentence = sides[draft.side]
                if sentence is not None:
                    _add(findings, _finding(sentence, draft, name))
    order = {s.clause.id: s.order for s in reversed(found.new.sentences)} if changes.changes else {}
    findings.sort(key=lambda finding: (finding.side is Side.OLD, order.get(finding.clause, 0)))
    consent = needs_consent(packs, (finding.kind for finding in findings))
    return Judgement(tuple(findings), consent, tuple(pack.reference for pack in packs))


def _finding(sentence: Sentence, draft: Draft, rule: str) -> tuple[Finding, ...]:
    """The finding with its quote, and with the shorter quote to fall back on when another limb has the longer one."""
    first, last = draft.run
    limb = Limb.COLLECTION if draft.kind in _COLLECTION else Limb.RIGHTS
    return tuple(
        Finding(
            limb,
            draft.kind,
            Grade.MATERIAL,
            sentence.clause.id,
            sentence.clause.text,
            draft.side,
            quote,
            draft.why,
            rule,
        )
        for quote in (sentence.quote(first, last), sentence.phrase(first, last))
    )


def _add(findings: list[Finding], candidates: tuple[Finding, ...]) -> None:
    """Adds a finding unless its clause already has one of the kind for these words, or of the other limb."""
    for candidate in candidates:
        rivals = [
            f for f in findings if (f.clause, f.side, f.quote) == (candidate.clause, candidate.side, candidate.quote)
        ]
        if any(f.limb is candidate.limb for f in rivals):
            return
        if not rivals:
            findings.append(candidate)
            return
