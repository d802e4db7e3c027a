"""What a second reader answers, read with suspicion: one finding a line, each held against the words it quotes."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from publisher.domain.assessment import Finding, FindingKind, Limb, Side
from publisher.domain.change import Grade
from publisher.domain.characters import faults_of
from publisher.domain.review import SECOND_READER
from publisher.languages.words import words

MOST_FINDINGS = 200
_MOST_TOLD = 20
_LONGEST_QUOTE = 60
"""Words that a quote may have; each ideograph is one."""
_LONGEST_WHY = 400
_LONGEST_LINE = 20_000

Texts = Mapping[tuple[str, Side], str]
Told = tuple[str, str]
"""What is wrong with a line, and what to do about it."""


def answered(output: str, texts: Texts, known: Sequence[Finding]) -> tuple[tuple[Finding, ...], tuple[Told, ...]]:
    """The findings in a second reader's output, and what is wrong with the rest of it.

    Args:
        output: what the program wrote: one JSON object a line, empty lines between them allowed.
        texts: the words of each clause that it was asked about.
        known: the findings that there are already: a clause's words belong to one limb only.
    """
    findings: list[Finding] = []
    told: list[Told] = []
    limbs = {(finding.clause, finding.quote): finding.limb for finding in known}
    for number, line in enumerate(output.split("\n"), start=1):
        if not line.strip():
            continue
        if len(findings) == MOST_FINDINGS:
            told.append((f"It answered more than {MOST_FINDINGS} findings; the rest is left out.", "Name the gravest."))
            break
        finding, wrong = _finding(line, texts)
        told.extend((f"Line {number} of its answer: {message}", remedy) for message, remedy in wrong)
        if finding is not None:
            limb = limbs.setdefault((finding.clause, finding.quote), finding.limb)
            findings.append(replace(finding, limb=limb))
    if len(told) > _MOST_TOLD:
        told[_MOST_TOLD:] = [(f"{len(told) - _MOST_TOLD} more lines of its answer are faulty.", "Mend the program.")]
    return tuple(dict.fromkeys(findings)), tuple(told)


def _finding(line: str, texts: Texts) -> tuple[Finding | None, tuple[Told, ...]]:
    if len(line) > _LONGEST_LINE:
        return None, (("it is too long.", f"Write at most {_LONGEST_LINE:,} characters a finding."),)
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None, (("this is no JSON.", "Write one JSON object a line and nothing else; talk to standard error."),)
    if not isinstance(value, dict):
        return None, (("this is no JSON object.", 'Write {"clause": ..., "quote": ...}.'),)
    clause, quote = value.get("clause"), value.get("quote")
    side = Side.OLD if value.get("side") == Side.OLD else Side.NEW
    if not isinstance(clause, str) or (clause, side) not in texts:
        shown = _printable(str(clause))[:60]
        return None, ((f"no change that it was asked about has a clause '{shown}' in the {side} text.", "Use `id`."),)
    text = texts[clause, side]
    plain = " ".join(unicodedata.normalize("NFC", quote).split()) if isinstance(quote, str) else ""
    if not plain or plain not in text:
        shown = _printable(plain)[:60]
        return None, ((f"the {side} text of {clause} does not hold the words “{shown}”.", "Quote it as it stands."),)
    kind, limb, wrong = _kind_and_limb(value)
    why = _reason(value.get("why"))
    finding = Finding(limb, kind, Grade.MATERIAL, clause, text, side, _shortened(plain), why, SECOND_READER)
    return finding, tuple(wrong)


def _kind_and_limb(value: Mapping[str, Any]) -> tuple[FindingKind, Limb, list[Told]]:
    """The kind and limb; a finding is not lost over a word, but taken as another kind and told."""
    wrong: list[Told] = []
    kind, limb = value.get("kind"), value.get("limb")
    if kind not in tuple(FindingKind):
        wrong.append((f"there is no kind '{_printable(str(kind))[:40]}'; taken as 'other'.", "Use one of `kinds`."))
        kind = FindingKind.OTHER
    if limb not in tuple(Limb):
        wrong.append((f"there is no limb '{_printable(str(limb))[:10]}'; taken as 'A'.", "Write A or B."))
        limb = Limb.RIGHTS
    return FindingKind(kind), Limb(limb), wrong


def _reason(why: object) -> str:
    """Its reason as one line that can be shown and kept; what readers cannot see is left out."""
    plain = _printable(" ".join(unicodedata.normalize("NFC", why).split())) if isinstance(why, str) else ""
    if not plain or faults_of(plain):
        return "A second reader saw this and gave no reason that can be shown."
    return plain if len(plain) <= _LONGEST_WHY else plain[: _LONGEST_WHY - 1].rstrip() + "…"


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())


def _shortened(quote: str) -> str:
    """The first sixty words of a longer quote."""
    spans = [span for span in words(quote).spans if any(map(str.isalnum, quote[span[0] : span[1]]))]
    if len(spans) > _LONGEST_QUOTE:
        quote = quote[: spans[_LONGEST_QUOTE - 1][1]]
    return " ".join(quote.split(" ")[:_LONGEST_QUOTE])
