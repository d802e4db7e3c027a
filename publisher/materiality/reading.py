"""What a rule is given: one difference of one sentence, read with the vocabulary of its language."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from publisher.domain.assessment import FindingKind, Side
from publisher.materiality.facts import Facts
from publisher.materiality.matching import Run, Unit
from publisher.materiality.sentences import Sentence, join

_BEFORE = 5
"""How many words before a verb a negation still reaches it."""


_ACTS = frozenset({"collect", "gather", "use", "share", "retain", "delete", "sanction"})
"""What the organisation, or users, may do."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a rule noticed: a kind, the side and the words that fired, and the reason."""

    kind: FindingKind
    side: Side
    run: Run
    why: str


class Reading:
    """One unit with its words in reach: what came, what went, and what stands around them."""

    def __init__(self, unit: Unit, facts: Facts) -> None:
        self.unit = unit
        self.facts = facts
        self.lexicon = facts.lexicon

    @property
    def sentence(self) -> Sentence:
        """The new sentence, or the old one when it is gone."""
        sentence = self.unit.new or self.unit.old
        if sentence is None:
            raise ValueError("a unit has at least one side")
        return sentence

    @cached_property
    def old(self) -> str:
        """The old sentence, folded; empty for a new one."""
        return self.unit.old.folded if self.unit.old else ""

    @cached_property
    def new(self) -> str:
        """The new sentence, folded; empty for a gone one."""
        return self.unit.new.folded if self.unit.new else ""

    @cached_property
    def came(self) -> str:
        """The words that came, folded, edits apart by ` / `."""
        return self._words(self.unit.new, self.unit.inserted)

    @cached_property
    def went(self) -> str:
        """The words that went, folded, edits apart by ` / `."""
        return self._words(self.unit.old, self.unit.deleted)

    @cached_property
    def lead(self) -> str:
        """What introduces the list that the sentence belongs to, folded."""
        return self.sentence.lead

    @cached_property
    def whole_new(self) -> str:
        """The new sentence after the words that introduce its list."""
        return f"{self.lead} {self.new}".strip()

    @cached_property
    def whole_old(self) -> str:
        """The old sentence after the words that introduce its list."""
        return f"{self.unit.old.lead if self.unit.old else ''} {self.old}".strip()

    @cached_property
    def novel(self) -> tuple[tuple[str, int], ...]:
        """The words with matter that came and stand nowhere in the old text, and where they stand."""
        return self._unknown(self.unit.new, self.unit.inserted, self.facts.match.old.stems)

    @cached_property
    def lost(self) -> tuple[tuple[str, int], ...]:
        """The words with matter that went and stand nowhere in the new text."""
        return self._unknown(self.unit.old, self.unit.deleted, self.facts.match.new.stems)

    @cached_property
    def matter(self) -> tuple[tuple[str, int], ...]:
        """The words with matter among those that came."""
        return self._unknown(self.unit.new, self.unit.inserted, frozenset())

    @cached_property
    def fresh(self) -> float:
        """How much of the new sentence's neighbouring words stands nowhere in the old text, 0 to 1."""
        if self.unit.new is None:
            return 0.0
        couples = list(pairwise(self.unit.new.tokens))
        if not couples:
            return 1.0
        return sum(couple not in self.facts.match.old.neighbours for couple in couples) / len(couples)

    @property
    def run(self) -> Run:
        """Where the change is: the first to the last word of the first edit on the side that is read."""
        if self.unit.inserted and self.unit.new is not None:
            return self.unit.inserted[0]
        if self.unit.deleted and self.unit.new is None:
            return self.unit.deleted[0]
        return (0, len(self.sentence.tokens) - 1)

    def by_us(self, text: str) -> bool:
        """Whether the organisation is named in a folded text."""
        return self.facts.us.search(text) is not None

    def acts(self, text: str) -> bool:
        """Whether the organisation acts in a folded text."""
        return self.facts.actor.search(text) is not None

    def acts_last(self, subject: str) -> bool:
        """Whether the words before a verb end with the organisation: it is the one who acts."""
        rest = [subject[found.end() :].strip() for found in self.facts.actor.finditer(subject)]
        if not rest or not self.lexicon.duties.spaced:
            return "" in rest
        return not self.lexicon.has("you", rest[-1])

    @cached_property
    def on_users(self) -> bool:
        """Whether the new sentence only says what users must or must not do."""
        duty = self.lexicon["duty"].search(self.new)
        if self.lead and self.lexicon.has("forbid", self.lead) and not self.acts(self.lead):
            return not self.acts(self.new)
        return duty is not None and self.lexicon.has("you", self.new[: duty.end()]) and not self.acts(self.new)

    @cached_property
    def practice(self) -> bool:
        """Whether the new sentence says what is done with data.

        It does not when it points elsewhere or dates the text, when it binds users only, when it plainly gives a right,
        when it says which law is followed, or when it denies the practice.
        """
        lexicon, text = self.lexicon, self.new
        if lexicon.has("dated", text) or self.on_users:
            return False
        given, first = lexicon["entitlement"].search(text), self._first_practice
        if given is not None and first is not None and given.start() <= first.start():
            return False
        if self.unit.edited:
            return given is None or self.unit.new is None or self.run[0] < self.unit.new.token_at(given.start())
        pointer = lexicon["pointer"].search(text)
        if pointer is not None and pointer.start() < 12:
            return False
        if given is not None and not lexicon.has("exception", text):
            return False
        if lexicon.has("framework", text) and not lexicon.has("may", text):
            return False
        denied = first is not None and self.denied(text, first.start())
        return not denied or lexicon.has("exception", text)

    @cached_property
    def _first_practice(self) -> re.Match[str] | None:
        """The first word of the new sentence that says what is done with data."""
        found = (self.lexicon[field].search(self.new) for field in ("collect", "use", "share", "retain"))
        return min((match for match in found if match is not None), key=lambda match: match.start(), default=None)

    def affirmed(self, field: str, text: str, lead: str = "") -> re.Match[str] | None:
        """The first word of a field in a folded text that no negation denies and that users do not do, or None."""
        if lead and self.lexicon.has("negation", lead) and not self.lexicon.has("exception", lead):
            return None
        for match in self.lexicon[field].finditer(text):
            if not self.denied(text, match.start()) and not (field in _ACTS and self.by_users(text, match)):
                return match
        return None

    def by_users(self, text: str, verb: re.Match[str]) -> bool:
        """Whether it is users who do what a verb says: `you may delete`, `allows you to upload`."""
        if self.lexicon.has("suffered", verb[0]) or self.lexicon.has("you", verb[0]):
            return False
        before, after = text[: verb.start()].rstrip()[-80:], text[verb.end() :][:40].lstrip()
        return self.lexicon.has("users_act", before) or self.lexicon.has("to_users", after)

    def denied(self, text: str, at: int) -> bool:
        """Whether a negation stands right before a place of a folded text."""
        before = text[:at]
        spaced = self.lexicon.duties.spaced
        window = " ".join(before.split()[-_BEFORE:]) if spaced else before[-_BEFORE - 1 :]
        return self.lexicon.has("negation", window)

    def said(self, field: str) -> bool:
        """Whether a word of a field stands, undenied, in the new sentence or in what introduces its list."""
        if self.affirmed(field, self.new, self.lead) is not None:
            return True
        return bool(self.lead) and self.affirmed(field, self.lead) is not None

    def says_more(self, run: Run) -> bool:
        """Whether the edit that holds some words of the new sentence says more than who acts, or that it is done."""
        sentence = self.unit.new
        if sentence is None or not self.lexicon.duties.doubts:
            return True
        edits = ((a, b) for a, b in self.unit.inserted if a <= run[1] and run[0] <= b)
        return not all(self.facts.stemmer.cutter.plain(sentence.tokens[a : b + 1]) for a, b in edits)

    def inside(self, run: Run) -> bool:
        """Whether words of the new sentence are among those that came."""
        return any(a <= run[1] and run[0] <= b for a, b in self.unit.inserted)

    def came_of(self, field: str) -> Run | None:
        """Where the first word of a field stands among the words that came."""
        sentence = self.unit.new
        if sentence is None or sentence.heading:
            return None
        for match in self.lexicon[field].finditer(sentence.folded):
            run = self.run_of(sentence, match)
            if any(a <= run[1] and run[0] <= b for a, b in self.unit.inserted):
                return run
        return None

    @property
    def idle(self) -> bool:
        """Whether a new sentence only points elsewhere or dates the text."""
        match = self.lexicon["pointer"].search(self.new)
        return self.lexicon.has("dated", self.new) or (match is not None and match.start() < 12)

    def novel_in(self, run: Run) -> bool:
        """Whether some of these words stand nowhere in the old text."""
        if self.unit.edited and self.lexicon.duties.doubts:
            return False  # the rules for what is in doubt read the part around the words
        return any(run[0] <= at <= run[1] for _, at in self.novel)

    def first_unknown(self, field: str, known: frozenset[str]) -> Run | None:
        """Where the first word of a field stands that came, undenied, and that the old text does not have."""
        sentence = self.unit.new
        if sentence is None:
            return None
        for match in self.lexicon[field].finditer(sentence.folded):
            run = self.run_of(sentence, match)
            if (
                self.inside(run)
                and not self.clarifies(run)
                and self.facts.stems_of(match[0]) not in known
                and not self.denied(sentence.folded, match.start())
            ):
                return run
        return self.own_term()

    def clarifies(self, run: Run) -> bool:
        """Whether words that came fill a bracket of their own: an example, or another name for what stands before."""
        return self.lexicon.duties.doubts and self.bracketed(run)

    def bracketed(self, run: Run) -> bool:
        """Whether words that came fill a bracket and set no bounds, in any language."""
        sentence = self.unit.new
        if sentence is None or not self.unit.edited:
            return False
        first, last = next(((a, b) for a, b in self.unit.inserted if a <= run[0] and run[1] <= b), run)
        text = sentence.clause.text
        before = text[: sentence.spans[first][0]].rstrip("例比如即指 ")
        after = text[sentence.spans[last][1] :].lstrip("等 ")
        inside = join(sentence.tokens[first : last + 1], self.lexicon.duties.spaced)
        if self.lexicon.any(inside, "period", "exception", "negation"):
            return False
        return before.endswith(("(", "（")) and after.startswith((")", "）"))

    @cached_property
    def turned_about(self) -> bool:
        """Whether `only if` became `not unless`, or the other way round: the same bounds, said otherwise."""
        lexicon = self.lexicon
        bounds = [lexicon.any(text, "limiting", "absolute") for text in (self.went, self.came)]
        denials = [
            lexicon.has("negation", text) and lexicon.any(whole, "exception", "consent")
            for text, whole in ((self.went, self.old), (self.came, self.new))
        ]
        return self.unit.edited and (
            (bounds[0] and denials[1] and not denials[0]) or (denials[0] and bounds[1] and not denials[1])
        )

    @cached_property
    def unprotected(self) -> bool:
        """Whether all that the old sentence says of a safeguard is that there is none: an exception brings it back."""
        if not self.lexicon.duties.spaced or self.lexicon.any(self.old, "right", "notice", "refund", "must"):
            return False
        found = self.lexicon["protect"].search(self.old)
        return found is not None and self.denied(self.old, found.start())

    def own_term(self) -> Run | None:
        """Where one of the organisation's own terms stands that the old text does not have."""
        sentence = self.unit.new
        found = self.facts.terms.search(sentence.folded) if sentence is not None else None
        if sentence is None or found is None or any(found[0] in s.folded for s in self.facts.match.old.sentences):
            return None
        return self.run_of(sentence, found)

    def run_of(self, sentence: Sentence, match: re.Match[str]) -> Run:
        """The words of a sentence that a match over its folded text covers."""
        return (sentence.token_at(match.start()), sentence.token_at(max(match.end() - 1, match.start())))

    def swaps(self) -> Iterator[tuple[str, str, Run | None, Run | None]]:
        """Each edit as the words that went and came, folded, and where they stand."""
        for went, came in self.unit.swaps:
            yield (
                self._words(self.unit.old, (went,) if went else ()),
                self._words(self.unit.new, (came,) if came else ()),
                went,
                came,
            )

    def around(self, sentence: Sentence, run: Run, reach: int = 3) -> str:
        """The words of a run with a few on either side, folded."""
        low, high = max(run[0] - reach, 0), min(run[1] + reach, len(sentence.tokens) - 1)
        return join(sentence.tokens[low : high + 1], self.lexicon.duties.spaced)

    def matter_of(self, folded: str) -> bool:
        """Whether some folded words have matter of their own."""
        tokens = tuple(folded.split()) if self.lexicon.duties.spaced else tuple(folded)
        return bool(self.facts.stemmer.features(tokens))

    def _harmless(self, sentence: Sentence) -> frozenset[int]:
        """Where names stand that took the place of names, one supplier for another, and words that came as a limit."""
        old, new = self.unit.old, self.unit.new
        if old is None or new is None or not self.lexicon.duties.spaced:
            return frozenset()
        renamed = ((old, went, new, came) for went, came in self.unit.swaps if went is not None and came is not None)
        pairs = ((went, came) for a, went, b, came in renamed if a.names(*went) and b.names(*came))
        at = 0 if sentence is old else 1
        runs = [pair[at] for pair in pairs]
        if sentence is new:
            runs += [came for went, came in self.unit.swaps if went is None and came is not None and self._limits(came)]
        return frozenset(index for first, last in runs for index in range(first, last + 1))

    def _limits(self, run: Run) -> bool:
        """Whether words that came begin by keeping what is done within bounds: `only while you use it`."""
        return self.lexicon["limiting"].match(self._words(self.unit.new, (run,))) is not None

    def _words(self, sentence: Sentence | None, runs: tuple[Run, ...]) -> str:
        if sentence is None:
            return ""
        return " / ".join(join(sentence.tokens[a : b + 1], self.lexicon.duties.spaced) for a, b in runs)

    def _unknown(
        self, sentence: Sentence | None, runs: tuple[Run, ...], known: frozenset[str]
    ) -> tuple[tuple[str, int], ...]:
        if sentence is None:
            return ()
        spaced = self.lexicon.duties.spaced
        inside = {index for a, b in runs for index in range(a, b + 1)} - self._harmless(sentence)
        return tuple(
            (feature, index)
            for feature, index in self.facts.stemmer.features(sentence.tokens)
            if index in inside and feature not in known and (spaced or feature.isascii() or index + 1 in inside)
        )
