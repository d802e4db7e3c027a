"""Duty words: what a language says when it commits, permits, forbids, collects, shares, keeps and notifies.

Each field of `Duties` is a tuple of fragments, any of which may stand in a sentence. Fragments are regular expressions
over folded text: lower case, words apart by one space (none between ideographs), no punctuation, short forms written
out (`don't` is `do not`). A lawyer may read and extend them without knowing the rules that use them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache

from publisher.languages import fallbacks


def fragments(text: str, **names: str) -> tuple[str, ...]:
    """The fragments of a list as it is written in a language's file: apart by ` | `, over as many lines as it takes.

    `<who>` in a fragment stands for the fragment given as `who`.
    """
    for name, fragment in names.items():
        text = text.replace(f"<{name}>", fragment)
    return tuple(piece for part in re.split(r"\s\|\s", text) if (piece := part.strip()))


def pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Words and what stands for them, as a language's file lists them: `can't=can not | won't=will not`."""
    listed = (piece.partition("=") for piece in fragments(text))
    return tuple((word.strip(), meaning.strip()) for word, _, meaning in listed)


def numbers(text: str) -> tuple[tuple[str, float], ...]:
    """Words and their values, as a language's file lists them: `one=1 | two=2`."""
    return tuple((word, float(value)) for word, value in pairs(text))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Duties:
    """The vocabulary of commitments of one language. Every field may be empty."""

    spaced: bool = True
    """Whether words are apart by spaces; else each ideograph is a word of its own."""
    settle: Callable[[list[str], list[tuple[int, int]]], None] | None = None
    """Brings the words of a sentence, and where they stand, into the one form that the fragments are written in."""
    equals: tuple[tuple[str, str], ...] = ()
    """Words and the word they are equal to in a comparison; those equal to nothing make no difference."""
    aside: frozenset[str] = frozenset()
    """Words that may come or go alone without harm, but stand for nothing else: you, we."""
    doubts: bool = False
    """Whether an edit is shown to a person when no rule sees a reason and none can tell that it is harmless."""
    vocabulary: tuple[str, ...] = ()
    """Further words, for a script that does not set words apart."""
    us: tuple[str, ...] = ()
    """The organisation speaking."""
    actor: tuple[str, ...] = ()
    """The organisation as the one who acts: `we`, not `our`."""
    you: tuple[str, ...] = ()
    """The people it speaks to."""
    users_act: tuple[str, ...] = ()
    """What stands before a verb when it is users who act: `you may`, `allow you to`."""
    to_users: tuple[str, ...] = ()
    """What stands behind a verb when users are the ones to whom it is done: `send it to you`."""
    suffered: tuple[str, ...] = ()
    """Verbs by which users act and are worse off: lose, forfeit."""
    negation: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    """Permission or possibility."""
    must: tuple[str, ...] = ()
    """Firm duty or firm statement."""
    soft: tuple[str, ...] = ()
    """Words that turn a duty into an endeavour or a choice."""
    firm: tuple[str, ...] = ()
    """Words that make a promise firm: guarantee, ensure."""
    tense: tuple[str, ...] = ()
    """Firm words that say no more than that something is done: `we will notify` is `we notify`."""
    absolute: tuple[str, ...] = ()
    """Words that let no exception stand: always, never, only."""
    limiting: tuple[str, ...] = ()
    """Words that keep a practice within bounds: only, limited to, solely."""
    exception: tuple[str, ...] = ()
    """Words that open an exception or a condition."""
    collect: tuple[str, ...] = ()
    use: tuple[str, ...] = ()
    share: tuple[str, ...] = ()
    retain: tuple[str, ...] = ()
    """Keeping data."""
    delete: tuple[str, ...] = ()
    """Ending data, or making it nobody's."""
    data: tuple[str, ...] = ()
    """Data about people."""
    data_item: tuple[str, ...] = ()
    """Single kinds of data, each of which is new when it comes."""
    sensitive: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()
    purpose: tuple[str, ...] = ()
    """Purposes by name."""
    purpose_mark: tuple[str, ...] = ()
    """Words that open a purpose."""
    country: tuple[str, ...] = ()
    transfer: tuple[str, ...] = ()
    """Sending or keeping data elsewhere."""
    consent: tuple[str, ...] = ()
    strong_consent: tuple[str, ...] = ()
    """What makes consent more than consent: separate, express, written."""
    deemed: tuple[str, ...] = ()
    """Consent by doing nothing, or by going on."""
    right: tuple[str, ...] = ()
    mere_right: tuple[str, ...] = ()
    """What users can do with a service, which is a right only where it is about their data, money or choice."""
    source: tuple[str, ...] = ()
    """Words before a place from which something comes."""
    done: tuple[str, ...] = ()
    """What stands before a verb when something is done to what stands further ahead: `are`, `is not`."""
    gather: tuple[str, ...] = ()
    """Collecting, by words that mean nothing else."""
    notice: tuple[str, ...] = ()
    no_notice: tuple[str, ...] = ()
    promise: tuple[str, ...] = ()
    """The organisation binds itself."""
    protect: tuple[str, ...] = ()
    """Security and safeguards."""
    discretion: tuple[str, ...] = ()
    """The organisation keeps a choice to itself."""
    every: tuple[str, ...] = ()
    """Words before a time by which something comes again and again."""
    ahead: tuple[str, ...] = ()
    """Words before a time that users are given beforehand."""
    afterwards: tuple[str, ...] = ()
    """Words behind a time after which something takes effect."""
    served: tuple[str, ...] = ()
    """Words by which data are kept for the users' own sake."""
    unless_used: tuple[str, ...] = ()
    """Words by which a time is one of doing nothing."""
    beforehand: tuple[str, ...] = ()
    """Words right behind a time that users are given beforehand."""
    granted: tuple[str, ...] = ()
    """Words right before a time that users are given to act in."""
    claimed: tuple[str, ...] = ()
    """Words right before a time within which it is users who act: `you may appeal within`, `reported within`."""
    imposed: tuple[str, ...] = ()
    """Words by which a way of settling disputes is the only one."""
    purpose_tail: tuple[str, ...] = ()
    """How words begin that add a purpose to those before them: `and to`."""
    joint: tuple[str, ...] = ()
    """How words begin that join an item to a list: and, or."""
    least: tuple[str, ...] = ()
    exceeds: tuple[str, ...] = ()
    benefit: tuple[str, ...] = ()
    """What users have from the organisation: a warranty, a time to think it over."""
    measure: tuple[str, ...] = ()
    """What a measure may be written with: numbers, units, `within`, `at least`."""
    contact: tuple[str, ...] = ()
    """Where somebody can be reached."""
    vendor_header: tuple[str, ...] = ()
    """How the header of a table begins whose first column names suppliers."""
    self_told: tuple[str, ...] = ()
    """Sentences about the text itself: what it is for, and what it applies to."""
    law_told: tuple[str, ...] = ()
    """How a sentence begins that says what a law, or an authority, says or does."""
    shown: tuple[str, ...] = ()
    """Where to look and where to click."""
    defined: tuple[str, ...] = ()
    """How a sentence begins that says what a word means."""
    formal: tuple[str, ...] = ()
    """What contracts say of themselves: that they are the entire agreement, that headings mean nothing."""
    supposing: tuple[str, ...] = ()
    """How a part begins that only supposes something: if you, when you."""
    vendor: tuple[str, ...] = ()
    """What the name or the address of a supplier looks like in a table."""
    defines: tuple[str, ...] = ()
    """Patterns over a sentence as it stands in which the first group is what the organisation calls itself."""
    speaker: tuple[str, ...] = ()
    """Patterns over a folded sentence in which the first group may be what the organisation calls itself."""
    sanction: tuple[str, ...] = ()
    """What it may do to an account or to content."""
    licence: tuple[str, ...] = ()
    """Rights that users hand over."""
    liability: tuple[str, ...] = ()
    disclaimer: tuple[str, ...] = ()
    cap: tuple[str, ...] = ()
    """A limit of what is paid for damage."""
    dispute: tuple[str, ...] = ()
    request: tuple[str, ...] = ()
    """What users ask for."""
    scope: tuple[str, ...] = ()
    """What a text leaves out."""
    framework: tuple[str, ...] = ()
    """Laws, principles and certifications that a text says it follows."""
    entitlement: tuple[str, ...] = ()
    """Words by which a sentence plainly gives a right."""
    amendment: tuple[str, ...] = ()
    """Changes of the text itself."""
    forum: tuple[str, ...] = ()
    """A way of redress that is open to users."""
    fee: tuple[str, ...] = ()
    refund: tuple[str, ...] = ()
    duty: tuple[str, ...] = ()
    """The user must, or must not."""
    forbid: tuple[str, ...] = ()
    """A whole list or section of things forbidden."""
    favour: tuple[str, ...] = ()
    """Words that help users: free of charge, at any time."""
    minor: tuple[str, ...] = ()
    """Children."""
    age: tuple[str, ...] = ()
    """A person's age; the number is the first group."""
    within: tuple[str, ...] = ()
    """Words that make a period the latest time for an act."""
    period: tuple[str, ...] = ()
    """A stretch of time with its number; the number is the first group, the unit the second."""
    forever: tuple[str, ...] = ()
    open_ended: tuple[str, ...] = ()
    """A stretch of time that nobody can count."""
    unit_days: tuple[tuple[str, float], ...] = ()
    numerals: tuple[tuple[str, float], ...] = ()
    dated: tuple[str, ...] = ()
    """Lines that only say when a text was changed."""
    reference: tuple[str, ...] = ()
    """Words before the number of a section."""
    pointer: tuple[str, ...] = ()
    """Sentences that only point elsewhere: for more information, see."""
    service: tuple[str, ...] = ()
    """Lists of those who process data for the organisation."""
    function_words: frozenset[str] = frozenset()
    """Words without matter of their own; in languages without spaces, single characters."""
    short_forms: tuple[tuple[str, str], ...] = ()
    abbreviations: frozenset[str] = frozenset()
    """Words whose full stop ends no sentence."""


class Lexicon:
    """The vocabulary of a language: a pattern for each field, compiled when first asked; an empty one never matches."""

    __slots__ = ("_patterns", "duties", "words")

    def __init__(self, duties: Duties) -> None:
        self.duties = duties
        self._patterns = _Patterns(duties)
        self.words = {} if duties.spaced else _words(duties)
        """The words that a line without spaces is cut into, and the word that each is equal to."""

    def __getitem__(self, name: str) -> re.Pattern[str]:
        """The pattern of one field."""
        return self._patterns[name]

    def has(self, name: str, text: str) -> bool:
        """Whether a word of the field stands in a folded text."""
        return self._patterns[name].search(text) is not None

    def any(self, text: str, *names: str) -> bool:
        """Whether a word of any of the fields stands in a folded text."""
        return any(self._patterns[name].search(text) for name in names)


class _Patterns(dict[str, re.Pattern[str]]):
    """Fields to patterns."""

    def __init__(self, duties: Duties) -> None:
        super().__init__()
        self._duties = duties

    def __missing__(self, name: str) -> re.Pattern[str]:
        pattern = self[name] = _pattern(getattr(self._duties, name), self._duties.spaced)
        return pattern


def _pattern(fragments: tuple[str, ...], spaced: bool) -> re.Pattern[str]:
    if not fragments:
        return re.compile(r"(?!)")
    union = "|".join(fragments)
    return re.compile(rf"\b(?:{union})\b" if spaced else f"(?:{union})")


_LITERAL = re.compile(r"(?!您.|我们.|用户.)[\u4e00-\u9fff]{2,8}")


def _words(duties: Duties) -> dict[str, str]:
    """Every fragment that is a plain word, the further vocabulary, and what is equal to what."""
    found: dict[str, str] = {}
    for field in fields(duties):
        value = getattr(duties, field.name)
        if isinstance(value, tuple):
            found.update((item, item) for item in value if isinstance(item, str) and _LITERAL.fullmatch(item))
    found.update(duties.equals)
    return found


@cache
def lexicon(language: str) -> Lexicon:
    """The vocabulary that serves a language: its own, else the generic one, which knows no words at all."""
    family = fallbacks(language)[-1]
    if family == "en":
        from publisher.languages import en

        return Lexicon(en.DUTIES)
    if family == "zh":
        from publisher.languages import zh

        return Lexicon(zh.DUTIES)
    return Lexicon(Duties())


def known(language: str) -> bool:
    """Whether a language has a vocabulary of its own."""
    return fallbacks(language)[-1] in {"en", "zh"}
