"""The promise that says how changes are announced: whoever changes it changes what every later notice is held to.

A sentence of that promise that was reworded or is gone is a finding of its own, unless the promise as a whole only
grew: more days, more ways to tell, none lost.
"""

import re
from collections.abc import Iterator

from publisher.domain.assessment import Finding, FindingKind, Limb, Side
from publisher.domain.change import ChangeSet, Grade
from publisher.domain.clause import ClauseTree
from publisher.languages.updates import UpdateWords, update_words
from publisher.materiality.matching import Match, Unit
from publisher.materiality.own_words import Noticed, Taken
from publisher.materiality.promises import UpdatePromise, update_promise
from publisher.materiality.sentences import Sentence

RULE = "update-clause"


def update_clause(
    match: Match, changes: ChangeSet, old: ClauseTree, new: ClauseTree, taken: Taken
) -> Iterator[Noticed]:
    """What came of the old text's promise about its own changes, in the order of the differences.

    Args:
        match: the sentences that differ.
        changes: the clauses that differ; where only the spelling does, nothing is found.
        old: the text before.
        new: the text after.
        taken: the findings so far: words that one of them quotes are not found again.
    """
    before, words = update_promise(old), update_words(old.language)
    if before is None or words is None:
        return
    after = update_promise(new)
    lost = _lost(before, after)
    if not lost and after is not None and _grew(before, after):
        return
    spelled = {change.id for change in changes.changes if change.grade is Grade.EDITORIAL}
    for unit in match.units:
        sentence = unit.old
        if sentence is None or sentence.heading or sentence.clause.id not in before.clauses - spelled:
            continue
        if _promises(sentence, words) and not _found_already(unit, taken):
            finding = _finding(unit, sentence, lost, taken)
            if finding is not None:
                yield finding


def _promises(sentence: Sentence, words: UpdateWords) -> bool:
    """Whether a sentence tells how changes are announced, and not how to write to the organisation."""
    said = sentence.text.lower()
    return bool(re.search(words.telling, said)) and bool(re.search(f"{words.title}|{words.ahead}", said))


def _lost(before: UpdatePromise, after: UpdatePromise | None) -> str:
    """What the promise as a whole no longer gives, in words; empty when that cannot be said."""
    if after is None:
        return "the section that promises it is gone"
    if before.days is not None and (after.days is None or after.days < before.days):
        left = "no number of days" if after.days is None else f"{after.days} days"
        return f"{left} instead of {before.days}"
    if before.channels - after.channels:
        return "a way of telling users is no longer promised"
    return "what was promised together is now a choice" if after.enough < before.enough else ""


def _grew(before: UpdatePromise, after: UpdatePromise) -> bool:
    longer = after.days is not None and (before.days is None or after.days > before.days)
    return longer or before.channels < after.channels or after.enough > before.enough


def _found_already(unit: Unit, taken: Taken) -> bool:
    """Whether a rule quotes these words already and says that users learn less."""
    sides = ((Side.OLD, unit.old), (Side.NEW, unit.new))
    return any(
        finding.kind is FindingKind.NOTICE_WEAKENED and finding.quote in sentence.text
        for side, sentence in sides
        if sentence is not None
        for finding in taken.get((sentence.clause.id, side), ())
    )


def _finding(unit: Unit, sentence: Sentence, lost: str, taken: Taken) -> Noticed | None:
    side, shown, runs = Side.OLD, sentence, unit.deleted
    if unit.new is not None:
        side, shown, runs = Side.NEW, unit.new, unit.inserted
    clause = shown.clause
    others = taken.get((clause.id, side), ())
    first, last = runs[0] if runs else (0, len(shown.tokens) - 1)
    quotes = (shown.quote(first, last), shown.phrase(first, last), shown.words(first, last))
    quote = next((quote for quote in quotes if quote and all(quote != other.quote for other in others)), None)
    if quote is None:
        return None
    why = "How users are told of changes is itself changed" + (f": {lost}." if lost else ".")
    kind = FindingKind.NOTICE_WEAKENED
    return Noticed(
        Finding(Limb.RIGHTS, kind, Grade.MATERIAL, clause.id, clause.text, side, quote, why, RULE), shown.order
    )
