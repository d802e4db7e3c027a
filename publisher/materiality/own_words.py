"""Words that somebody asked to be told of: patterns of packs, the organisation's terms, any change at all.

They come after the rules and never stand in for them: words that a rule has found already are found again only where
the kind is another one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from publisher.domain.assessment import Finding, FindingKind, Limb, Side
from publisher.domain.change import Grade
from publisher.domain.pack import Pack, Pattern, Turn
from publisher.languages import fallbacks
from publisher.languages.duties import Lexicon, lexicon
from publisher.materiality.matching import Match, Run, Unit
from publisher.materiality.packs import patterns_of
from publisher.materiality.sentences import Sentence, fold

Taken = Mapping[tuple[str, Side], Sequence[Finding]]
"""The findings so far, by clause and side; it grows while patterns are looked for."""

OWN_TERM = "own-term"


@dataclass(frozen=True, slots=True)
class Noticed:
    """A finding and the place of its sentence in the text."""

    finding: Finding
    order: int


@dataclass(frozen=True, slots=True)
class _Draft:
    """What was noticed: words of a sentence of one side, and what they mean."""

    rule: str
    limb: Limb
    kind: FindingKind
    side: Side
    sentence: Sentence
    run: Run
    why: str


def own_words(
    match: Match, packs: Sequence[Pack], language: str, terms: Sequence[str], taken: Taken
) -> Iterator[Noticed]:
    """What was asked for and came or went, in the order of the differences."""
    patterns = [(rule, pattern) for rule, pattern in patterns_of(packs) if _reads(pattern.language, language)]
    names = _names(terms, language)
    known = (
        frozenset(name for name in names if any(_run(s, name) for s in match.old.sentences)) if names else frozenset()
    )
    any_change = next((pack for pack in packs if pack.any_change), None)
    for unit in match.whole:
        drafts = [draft for rule, pattern in patterns if (draft := _matched(unit, rule, pattern)) is not None]
        drafts.extend(_named(unit, names, known))
        for draft in drafts:
            finding = _finding(draft, taken.get((draft.sentence.clause.id, draft.side), ()))
            if finding is not None:
                yield Noticed(finding, draft.sentence.order)
    if any_change is not None:
        yield from _any(match, any_change, lexicon(language), taken)


def _reads(pattern: str, language: str) -> bool:
    return not pattern or pattern.lower() in fallbacks(language)


def _matched(unit: Unit, rule: str, pattern: Pattern) -> _Draft | None:
    """The first place of a pattern among the words that came, or went."""
    from publisher.languages.expressions import places

    sides = {
        Turn.CAME: ((Side.NEW, unit.new, unit.inserted),),
        Turn.WENT: ((Side.OLD, unit.old, unit.deleted),),
        Turn.EITHER: ((Side.NEW, unit.new, unit.inserted), (Side.OLD, unit.old, unit.deleted)),
    }[pattern.turn]
    for side, sentence, runs in sides:
        if sentence is None or sentence.heading or not runs:
            continue
        for start, end in places(pattern.expression, sentence.text):
            run = _tokens(sentence, sentence.start + start, sentence.start + end)
            if run is not None and any(a <= run[1] and run[0] <= b for a, b in runs):
                return _Draft(rule, pattern.limb, pattern.kind, side, sentence, run, pattern.why)
    return None


def _tokens(sentence: Sentence, start: int, end: int) -> Run | None:
    """The words of a sentence that a stretch of its clause touches."""
    touched = [index for index, (low, high) in enumerate(sentence.spans) if low < end and high > start]
    return (touched[0], touched[-1]) if touched else None


def _names(terms: Sequence[str], language: str) -> tuple[tuple[str, ...], ...]:
    """The organisation's terms cut into words the way sentences are."""
    duties = lexicon(language).duties
    cut = (fold(term, 0, len(term), duties)[0] for term in terms)
    return tuple(dict.fromkeys(name for name in cut if name))


def _named(unit: Unit, names: Sequence[tuple[str, ...]], known: frozenset[tuple[str, ...]]) -> Iterator[_Draft]:
    """The organisation's own terms that the old text does not have."""
    sentence = unit.new
    if sentence is None:
        return
    for name in names:
        run = _run(sentence, name) if name not in known else None
        if run is not None:
            words = sentence.clause.text[sentence.spans[run[0]][0] : sentence.spans[run[1]][1]]
            why = f"“{words}”, a term that the organisation asked to be told of, is new to the text."
            yield _Draft(OWN_TERM, Limb.COLLECTION, FindingKind.OTHER, Side.NEW, sentence, run, why)


def _run(sentence: Sentence, name: tuple[str, ...]) -> Run | None:
    """Where a name stands in a sentence, word by word; the last word may be in the plural."""
    tokens, length = sentence.tokens, len(name)
    if name[0] not in tokens and length > 1:
        return None
    for at in range(len(tokens) - length + 1):
        if tokens[at : at + length - 1] == name[:-1] and _same(tokens[at + length - 1], name[-1]):
            return (at, at + length - 1)
    return None


def _same(token: str, word: str) -> bool:
    return token == word or (word.isascii() and token in (f"{word}s", f"{word}es", f"{word}'s"))


def _any(match: Match, pack: Pack, words: Lexicon, taken: Taken) -> Iterator[Noticed]:
    """Under a regime that has every change told: one finding for each changed clause that has none."""
    told: set[tuple[str, Side]] = set()
    for unit in match.whole:
        sentence, side = (unit.new, Side.NEW) if unit.new is not None else (unit.old, Side.OLD)
        if sentence is None or sentence.heading or words.has("dated", sentence.folded):
            continue
        clause = sentence.clause.id
        if any(taken.get((clause, either)) for either in Side) or (clause, side) in told:
            continue
        told.add((clause, side))
        runs = unit.inserted if side is Side.NEW else unit.deleted
        run = runs[0] if runs else (0, len(sentence.tokens) - 1)
        rule = f"{pack.name}:any-change"
        finding = _finding(_Draft(rule, Limb.RIGHTS, FindingKind.OTHER, side, sentence, run, pack.any_change), ())
        if finding is not None:
            yield Noticed(finding, sentence.order)


def _finding(draft: _Draft, others: Sequence[Finding]) -> Finding | None:
    """The finding, unless its clause has one of the same kind on these words.

    One limb for each clause and quote: where the other limb has the sentence, shorter quotes are tried.
    """
    sentence, (first, last) = draft.sentence, draft.run
    clause = sentence.clause
    core = clause.text[sentence.spans[first][0] : sentence.spans[last][1]]
    same = (other for other in others if core in other.quote)
    if any(draft.rule == OWN_TERM or (other.kind, other.limb) == (draft.kind, draft.limb) for other in same):
        return None
    barred = {other.quote for other in others if other.limb is not draft.limb or other.kind is draft.kind}
    quotes = (sentence.quote(first, last), sentence.phrase(first, last), sentence.words(first, last), core)
    quote = next((quote for quote in quotes if quote and quote not in barred and len(quote.split()) <= 60), None)
    if quote is None:
        return None
    return Finding(
        draft.limb, draft.kind, Grade.MATERIAL, clause.id, clause.text, draft.side, quote, draft.why, draft.rule
    )
