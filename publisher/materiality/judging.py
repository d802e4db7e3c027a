"""Judging: every rule over every difference, one finding for each place, and what the regimes make of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from publisher.domain.assessment import Finding, FindingKind, Limb, RulePack, Side
from publisher.domain.change import ChangeSet, Grade
from publisher.domain.clause import ClauseTree
from publisher.domain.pack import Pack
from publisher.languages.duties import known, lexicon
from publisher.materiality.commitments import commits
from publisher.materiality.facts import Facts
from publisher.materiality.favouring import favours
from publisher.materiality.matching import match
from publisher.materiality.own_words import own_words
from publisher.materiality.packs import needs_consent, packs_for
from publisher.materiality.reading import Draft, Reading
from publisher.materiality.rules import ALONE, IN_DOUBT, RULES, UNKNOWN_LANGUAGE, Rule
from publisher.materiality.sentences import Pieces, Sentence, join, read
from publisher.materiality.update_clause import update_clause
from publisher.materiality.weighing import RULE, Weights, proposed
from publisher.materiality.weights import WEIGHTS

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
    changes: ChangeSet,
    old: ClauseTree,
    new: ClauseTree,
    *,
    regimes: Sequence[str],
    terms: Sequence[str] = (),
    packs: Sequence[Pack] = (),
    weights: Weights | None = WEIGHTS,
) -> Judgement:
    """Judges the changes between two texts.

    Args:
        changes: the differences, each with the ids of its clauses on either side.
        old: the text before, as clauses.
        new: the text after; clauses that are the same carry the same id.
        regimes: the presets that apply; unknown names are passed over.
        terms: the organisation's own words (products, names of data) that are material when they come.
        packs: the organisation's own packs, which `regimes` may name.
        weights: what was learnt of differences that no rule tells; None: the rules alone.
    """
    used = packs_for(regimes, packs)
    findings = _findings(changes, old, new, used, tuple(terms), weights) if changes.changes else ()
    consent = needs_consent(used, (finding.kind for finding in findings))
    return Judgement(findings, consent, tuple(pack.reference for pack in used))


def _findings(
    changes: ChangeSet,
    old: ClauseTree,
    new: ClauseTree,
    packs: Sequence[Pack],
    terms: tuple[str, ...],
    weights: Weights | None,
) -> tuple[Finding, ...]:
    material = frozenset().union(*(pack.material for pack in packs))
    language = changes.language
    words = lexicon(language)
    cut: dict[tuple[str, bool], Pieces] = {}
    found = match(changes, read(old, words, cut), read(new, words, cut), words, language)
    facts = Facts(found, words, language, terms)
    table = RULES if known(language) else UNKNOWN_LANGUAGE
    kept: list[tuple[bool, int, Finding]] = []
    taken: dict[tuple[str, Side], list[Finding]] = defaultdict(list)
    for unit in found.units:
        sides = {Side.OLD: unit.old, Side.NEW: unit.new}
        reading = Reading(unit, facts)
        if facts.retold(unit) or not commits(unit, facts):
            continue
        for name, draft in _reasons(reading, table) or _unruled(reading, weights):
            sentence = sides[draft.side]
            if sentence is None or draft.kind not in material:
                continue
            finding = _finding(sentence, draft, name, taken[sentence.clause.id, draft.side], unit.edited)
            if finding is not None:
                taken[sentence.clause.id, draft.side].append(finding)
                kept.append((draft.side is Side.OLD, sentence.order, finding))
    beside = (update_clause(found, changes, old, new, taken), own_words(found, packs, language, terms, taken))
    for noticed in chain.from_iterable(beside):
        finding = noticed.finding
        taken[finding.clause, finding.side].append(finding)
        kept.append((finding.side is Side.OLD, noticed.order, finding))
    kept.sort(key=lambda item: item[:2])
    return tuple(finding for _, _, finding in kept)


def _reasons(reading: Reading, table: Sequence[tuple[str, Rule]]) -> list[tuple[str, Draft]]:
    """What the rules notice in one unit; in languages that ask for it, what is in doubt and both faces of an edit."""
    told = [(name, draft) for name, rule in table for draft in rule(reading)]
    if not reading.lexicon.duties.doubts:
        return told or [(name, draft) for name, rule in ALONE for draft in rule(reading) if not favours(reading)]
    if not told and not favours(reading):
        told = [(name, draft) for name, rule in IN_DOUBT for draft in rule(reading)]
    if all(draft.side is Side.OLD for _, draft in told):
        told += [(name, face) for name, draft in told[:1] if (face := _other_face(reading, draft)) is not None]
    return told


def _unruled(reading: Reading, weights: Weights | None) -> list[tuple[str, Draft]]:
    """A difference that no rule tells, where it is like those that people marked; nothing in unknown languages."""
    if weights is None or not known(reading.facts.language):
        return []
    draft = proposed(reading, weights)
    return [(RULE, draft)] if draft is not None else []


def _other_face(reading: Reading, draft: Draft) -> Draft | None:
    """The words that came for those that a rule quotes from the old text, when they say something."""
    new, swaps = reading.unit.new, reading.unit.swaps
    if new is None:
        return None
    edits = [(went, came) for went, came in swaps if came is not None]
    near = [came for went, came in edits if went and went[0] <= draft.run[1] and draft.run[0] <= went[1]]
    for came in near or [came for _, came in edits]:
        words = join(new.tokens[came[0] : came[1] + 1], reading.lexicon.duties.spaced)
        plain = reading.facts.stemmer.cutter.plain(new.tokens[came[0] : came[1] + 1])
        if not plain or reading.by_us(words) or reading.lexicon.has("you", words):
            return replace(draft, side=Side.NEW, run=came)
    return None


def _finding(sentence: Sentence, draft: Draft, rule: str, others: Sequence[Finding], edited: bool) -> Finding | None:
    """The finding, unless its clause has one of the same limb that quotes these words already.

    Where the other limb has the sentence, a shorter quote is tried: one limb for each clause and quote.
    """
    first, last = draft.run
    limb = Limb.COLLECTION if draft.kind in _COLLECTION else Limb.RIGHTS
    core = sentence.clause.text[sentence.spans[first][0] : sentence.spans[last][1]]
    if any(other.limb is limb and core in other.quote and other.quote in sentence.text for other in others):
        return None
    quotes = [sentence.quote(first, last), sentence.phrase(first, last)]
    if edited and draft.side is Side.NEW:
        quotes.append(sentence.words(first, last))
    taken = {other.quote for other in others}
    quote = next((quote for quote in quotes if quote not in taken), None)
    if quote is None:
        return None
    clause = sentence.clause
    return Finding(limb, draft.kind, Grade.MATERIAL, clause.id, clause.text, draft.side, quote, draft.why, rule)
