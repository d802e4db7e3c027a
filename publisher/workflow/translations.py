"""Whether languages say the same where words need not be understood: kinds of clauses, numbers, links."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from publisher.domain.clause import Clause, ClauseTree, MarkKind
from publisher.domain.policy import Manuscript, Policy, Version
from publisher.errors import Fault, Place, Severity
from publisher.languages import fallbacks
from publisher.languages.numbering import han_value
from publisher.workflow.texts import Trees

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
_GROUPED_AND_PARTS = re.compile(r"(\d{1,3}(?:,\d{3})+)\.(\d+)|(\d{1,3}(?:\.\d{3})+),(\d+)")
_HAN = re.compile("[〇零一二两三四五六七八九十百千万]+")
_LATIN_WORD = re.compile(r"[a-z]+")
_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SPELLED = {word: value for value, word in enumerate(_UNITS)} | {
    word: value for value, word in zip(range(20, 100, 10), _TENS, strict=True)
}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "once": 1, "twice": 2, "both": 2, "half": 2, "hundred": 100}
_MONTHS = 12

_MEANING = {
    "numbers": ("translation-number", "numbers"),
    "links": ("translation-link", "links"),
    "kind": ("translation-kind", "kind"),
    "value": ("translation-value", "number"),
}


def translation_faults(policy: Policy, version: Version, trees: Trees) -> Iterator[Fault]:
    """Clauses of a version that differ between its authoritative text and a translation."""
    language = policy.settings.language
    authoritative = version.text(language)
    if authoritative is None or language not in trees:
        return
    for text in version.texts:
        if text.language != language and text.language in trees:
            yield from _between(authoritative, trees[language], text, trees[text.language])


def _between(
    authoritative: Manuscript, there: ClauseTree, translation: Manuscript, here: ClauseTree
) -> Iterator[Fault]:
    from deepdiff import DeepDiff

    ours = {name: placed.clause for name, placed in there.by_id().items()}
    theirs = {name: placed.clause for name, placed in here.by_id().items()}
    common = [name for name in ours if name in theirs]
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for name in common:
        old[name], new[name] = _facts(ours[name], there.language, theirs[name], here.language)
    found = DeepDiff(old, new, view="tree")
    differing: dict[tuple[str, str], None] = {}
    for levels in found.values():
        for level in levels:
            path = level.path(output_format="list")
            differing[str(path[0]), str(path[1])] = None
    order = {name: position for position, name in enumerate(common)}
    for name, fact in sorted(differing, key=lambda entry: (order[entry[0]], entry[1])):
        code, _ = _MEANING[fact]
        yield Fault(
            code,
            _told(fact, old[name][fact], new[name][fact], ours[name], authoritative, translation),
            "Correct the text that is wrong; the authoritative one counts.",
            Place(translation.path, theirs[name].line, None, name),
            Severity.ERROR if fact in ("kind", "value") else Severity.WARNING,
        )


def _facts(
    ours: Clause, our_language: str, theirs: Clause, their_language: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What must be the same on both sides; a number in digits may be spelled out in the other language."""
    our_digits, their_digits = _numbers(ours.text), _numbers(theirs.text)
    only_ours = our_digits - their_digits - _spelled(theirs.text, their_language)
    only_theirs = their_digits - our_digits - _spelled(ours.text, our_language)
    return (
        {"kind": ours.kind.value, "value": ours.value, "links": _links(ours), "numbers": sorted(only_ours.elements())},
        {
            "kind": theirs.kind.value,
            "value": theirs.value,
            "links": _links(theirs),
            "numbers": sorted(only_theirs.elements()),
        },
    )


def _told(fact: str, ours: Any, theirs: Any, clause: Clause, authoritative: Manuscript, translation: Manuscript) -> str:
    where = f"{authoritative.path}:{clause.line}"
    name = clause.number or clause.id
    if fact == "numbers":
        sides = [
            f"{text.language} has {', '.join(values)}"
            for text, values in ((authoritative, ours), (translation, theirs))
            if values
        ]
        other = "the other has not" if len(sides) == 1 else ""
        return f"The numbers in clause {name} differ: {'; '.join([*sides, other]).rstrip('; ')} ({where})."
    if fact == "links":
        gone, extra = [link for link in ours if link not in theirs], [link for link in theirs if link not in ours]
        parts = [f"it lacks {', '.join(gone)}"] * bool(gone) + [f"it adds {', '.join(extra)}"] * bool(extra)
        return f"The links in clause {name} differ from {where}: {' and '.join(parts) or 'their number'}."
    if fact == "kind":
        return f"Clause {name} is a {theirs} here and a {ours} in {where}."
    return f"Clause {name} carries another number here than in {where}."


def _links(clause: Clause) -> list[str]:
    """Where a clause's links lead; those into the same site may differ by language and are left out."""
    return sorted(
        mark.target
        for mark in clause.marks
        if mark.kind is MarkKind.LINK and (mark.target.startswith(("https:", "http:", "mailto:")))
    )


def _numbers(text: str) -> Counter[str]:
    return Counter(_plain(match[0]) for match in _NUMBER.finditer(_half_width(text)))


def _plain(number: str) -> str:
    """A number by value as far as its writing tells: 1,000 and 1.000 are 1000, 2,5 is 2.5, 4.1.3 stays."""
    mixed = _GROUPED_AND_PARTS.fullmatch(number)
    if mixed:
        whole, parts = (mixed[1], mixed[2]) if mixed[1] else (mixed[3], mixed[4])
        return f"{re.sub('[.,]', '', whole)}.{parts}"
    if _GROUPED.fullmatch(number) and not number.startswith("0"):
        return re.sub("[.,]", "", number)
    parts = [part.lstrip("0") or "0" for part in re.split("[.,]", number)]
    return ".".join(parts) if len(parts) > 1 else parts[0]


def _half_width(text: str) -> str:
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text.replace("．", "."))


def _spelled(text: str, language: str) -> Counter[str]:
    """Numbers that a text may mean by its words: number words, Chinese numerals, names of months."""
    lowered = text.lower()
    words = _LATIN_WORD.findall(lowered)
    values: list[int] = []
    for index, word in enumerate(words):
        if word in _SPELLED:
            value = _SPELLED[word]
            values.append(value)
            following = _SPELLED.get(words[index + 1], 0) if index + 1 < len(words) else 0
            if word in _TENS and 0 < following < 10:
                values.append(value + following)
        elif word in _ORDINALS:
            values.append(_ORDINALS[word])
    values.extend(worth for match in _HAN.finditer(text) if (worth := han_value(match[0])) is not None)
    for month, names in enumerate(_month_names(language), start=1):
        values.extend([month] * max((len(re.findall(rf"\b{re.escape(name)}\b", lowered)) for name in names), default=0))
    return Counter(map(str, values))


@lru_cache(maxsize=32)
def _month_names(language: str) -> Sequence[frozenset[str]]:
    """Each month's names in a language, lower case; none where they are numbers or the language is not known."""
    from babel import Locale, UnknownLocaleError
    from babel.dates import get_month_names

    for tag in fallbacks(language):
        try:
            locale = Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
        tables: list[Mapping[int, str]] = [
            get_month_names(width, context, locale)
            for width in ("wide", "abbreviated")
            for context in ("format", "stand-alone")
        ]
        return tuple(
            frozenset(name for table in tables if (name := table[month].lower().rstrip(".")) and name.isalpha())
            for month in range(1, _MONTHS + 1)
        )
    return ()
