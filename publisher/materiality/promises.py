"""What a policy itself promises about its changes: how long ahead, and by which ways users are told."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from publisher.domain.clause import Clause, ClauseTree, Placed
from publisher.languages.duties import lexicon
from publisher.languages.updates import UpdateWords, update_words
from publisher.materiality.periods import spans
from publisher.materiality.sentences import cut, fold, join


@dataclass(frozen=True, slots=True)
class UpdatePromise:
    """What the section on changes says.

    Attributes:
        section: the id of its topmost clause; `clauses` are all of its ids.
        line: where the promise stands in the source, the section's line when none is made.
        days: the longest time before a change in which it promises to tell, None when it gives no number.
        channels: the ways that it names, as policy.toml calls them.
        enough: how many of these ways must be used: one when they are a choice, else all.
    """

    section: str
    clauses: frozenset[str]
    line: int
    days: int | None
    channels: frozenset[str]
    enough: int


@dataclass(frozen=True, slots=True)
class DeemedAgreement:
    """A sentence that takes going on using the service for agreement."""

    clause: str
    line: int
    words: str


def update_promise(tree: ClauseTree) -> UpdatePromise | None:
    """The policy's own promise about changes; None when no section is about them, or the language is not known."""
    words = update_words(tree.language)
    if words is None:
        return None
    title = re.compile(words.title)
    sections = [placed for placed in tree.walk() if _titled(placed, title)]
    if not sections:
        return None
    section = sections[-1].clause
    clauses = tuple(_below(section))
    days: float | None = None
    line = section.line
    channels: set[str] = set()
    choice = False
    for clause in clauses:
        for sentence in _sentences(clause, tree.language):
            if not re.search(words.telling, sentence):
                continue
            found = {name for name, pattern in words.channels.items() if re.search(pattern, sentence)}
            if found and not channels:
                line = clause.line
            channels |= found
            choice = choice or bool(re.search(words.other, sentence)) or (len(found) > 1 and _chosen(sentence, words))
            ahead = _days_ahead(sentence, tree.language, words)
            if ahead is not None and (days is None or ahead > days):
                days, line = ahead, clause.line
    ids = frozenset(clause.id for clause in clauses)
    enough = min(1, len(channels)) if choice else len(channels)
    return UpdatePromise(section.id, ids, line, None if days is None else int(days), frozenset(channels), enough)


def deemed_agreements(tree: ClauseTree) -> tuple[DeemedAgreement, ...]:
    """Every sentence by which going on means agreement."""
    words = update_words(tree.language)
    if words is None:
        return ()
    pattern = re.compile(words.going_on)
    found: list[DeemedAgreement] = []
    for placed in tree.walk():
        clause = placed.clause
        for start, end in cut(clause.text, lexicon(tree.language).duties.abbreviations):
            if pattern.search(clause.text[start:end].lower()):
                found.append(DeemedAgreement(clause.id, clause.line, clause.text[start:end]))
    return tuple(found)


def _titled(placed: Placed, title: re.Pattern[str]) -> bool:
    clause = placed.clause
    return bool(clause.children) and len(clause.text) < 80 and title.search(clause.text.lower()) is not None


def _below(clause: Clause) -> Iterator[Clause]:
    yield clause
    for child in clause.children:
        yield from _below(child)


def _sentences(clause: Clause, language: str) -> Iterator[str]:
    for start, end in cut(clause.text, lexicon(language).duties.abbreviations):
        yield clause.text[start:end].lower()


def _chosen(sentence: str, words: UpdateWords) -> bool:
    return re.search(words.choice, sentence) is not None


def _days_ahead(sentence: str, language: str, words: UpdateWords) -> float | None:
    """The period by which a sentence tells ahead, in days."""
    if not re.search(words.ahead, sentence):
        return None
    vocabulary = lexicon(language)
    tokens, _ = fold(sentence, 0, len(sentence), vocabulary.duties)
    folded = join(tokens, vocabulary.duties.spaced)
    return max((span.days for span in spans(folded, vocabulary)), default=None)
