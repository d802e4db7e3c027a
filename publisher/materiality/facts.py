"""Facts: the revision as a whole: its vocabulary, both texts, who speaks, and what the old text names."""

import re
from collections import Counter
from functools import cached_property

from publisher.languages.duties import Lexicon
from publisher.materiality.matching import Match, Stemmer
from publisher.materiality.paraphrase import Retold
from publisher.materiality.periods import spans
from publisher.materiality.sentences import Sentence, fold, join


class Facts:
    """The revision as a whole: vocabulary, both texts, who speaks, and the organisation's own terms."""

    def __init__(self, match: Match, lexicon: Lexicon, language: str, terms: tuple[str, ...] = ()) -> None:
        self.match = match
        self.lexicon = lexicon
        self.language = language
        self.stemmer = Stemmer(lexicon)
        self.retold = Retold(match.old.sentences, match.new.sentences, lexicon, self.stemmer)
        names = sorted(_speakers(match) | _self_names(match, lexicon))
        spoken = [*lexicon.duties.us, *(re.escape(name) for name in names)]
        body = "|".join(spoken) if spoken else r"(?!)"
        self.us = re.compile(rf"\b(?:{body})\b" if lexicon.duties.spaced else f"(?:{body})")
        acting = "|".join([*lexicon.duties.actor, *(re.escape(name) for name in names)]) or r"(?!)"
        self.actor = re.compile(rf"\b(?:{acting})\b" if lexicon.duties.spaced else f"(?:{acting})")
        cut = (join(fold(term, 0, len(term), lexicon.duties)[0], lexicon.duties.spaced) for term in terms)
        own = "|".join(re.escape(term) for term in cut if term)
        self.terms = re.compile(rf"(?<![a-z0-9])(?:{own})(?![a-z0-9])") if own else re.compile(r"(?!)")

    @cached_property
    def longest_deadline(self) -> float | None:
        """The longest time, in days, in which the sentences that went said that data would be deleted."""
        return max(
            (
                span.days
                for unit in self.match.units
                if unit.old is not None and self.lexicon.has("delete", unit.old.folded)
                for span in spans(unit.old.folded, self.lexicon)
            ),
            default=None,
        )

    @cached_property
    def old_items(self) -> frozenset[str]:
        """The kinds of data that the old text names."""
        return self._named("data_item", self.match.old.sentences)

    @cached_property
    def old_recipients(self) -> frozenset[str]:
        """The recipients that the old text names."""
        return self._named("recipient", self.match.old.sentences)

    @cached_property
    def old_purposes(self) -> frozenset[str]:
        """The purposes that the old text names."""
        return self._named("purpose", self.match.old.sentences)

    def stems_of(self, phrase: str) -> str:
        """A phrase in one form: singular and plural alike."""
        return " ".join(self.stemmer.stem(word) for word in phrase.split())

    def _named(self, field: str, sentences: tuple[Sentence, ...]) -> frozenset[str]:
        pattern = self.lexicon[field]
        return frozenset(self.stems_of(found) for s in sentences for found in pattern.findall(s.folded))


def _speakers(match: Match) -> set[str]:
    """Names that act like the organisation in the text: `Acme will`, `Acme collects`."""
    counts: Counter[str] = Counter()
    for sentence in match.new.sentences:
        counts.update(name.casefold() for name in _SPEAKER.findall(sentence.text))
    return {name for name, count in counts.items() if count >= 2 and name not in _NO_SPEAKER}


def _self_names(match: Match, lexicon: Lexicon) -> set[str]:
    """What the organisation calls itself: as the text defines it, or as it begins sentence after sentence."""
    duties = lexicon.duties
    defines, speaker = map(re.compile, ("|".join(duties.defines) or r"(?!)", "|".join(duties.speaker) or r"(?!)"))
    names: set[str] = set()
    counts: Counter[str] = Counter()
    for sentence in match.new.sentences:
        for found in defines.finditer(sentence.text):
            name = next((group for group in found.groups() if group), "")
            tokens, _ = fold(name, 0, len(name), duties)
            names.add(join(tokens, duties.spaced))
        counts.update(group for found in speaker.finditer(sentence.folded) for group in found.groups() if group)
    names |= {name for name, count in counts.items() if count >= 3}
    return {name for name in names if len(name) > 1 and not lexicon.any(name, "you", "minor", "recipient", "data")}


_SPEAKER = re.compile(
    r"\b([A-Z][A-Za-z0-9]{2,})(?= (?:may|will|shall|does|do|collects?|uses|provides|reserves|complies|stores|shares|"
    r"processes|can|retains|receives|has the right)\b)"
)
_NO_SPEAKER = frozenset(
    """
    you your user users customer customers this these that those they members member subscribers individuals people
    section sections cookies information data content organization organizations owners visitors there services service
    developers publishers participants and but which who what when how anyone everyone partners law accounts account
    third parties party some such terms agreement neither nothing nobody vendors affiliates candidates applicants
    learners licensees licensee sponsors administrators employees children parents
    """.split()
)
