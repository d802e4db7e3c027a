"""Summaries that make little of a change: the words for it in each language, and where a summary says them.

Each list may be read and extended without knowing the code: its entries are regular expressions over lower-case text
with straight quotes. A match that a negation stands before (`this is not a minor change`) is none, nor is one inside
quotation marks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from publisher.languages import fallbacks


@dataclass(frozen=True, slots=True)
class Making:
    """How one language makes little of something.

    Attributes:
        little: what is said.
        negations: words that turn it round when they stand right before.
        reach: how many characters before the words a negation still reaches them, within the same clause.
        ends: the characters that end a sentence or a part of one.
    """

    little: tuple[str, ...]
    negations: str
    reach: int
    ends: str


@dataclass(frozen=True, slots=True)
class Belittling:
    """Words of a summary that make little of a change, and the part of a sentence in which they stand."""

    words: str
    sentence: str


_CHANGE = (
    r"(?:change|update|edit|revision|amendment|correction|adjustment|modification|improvement|tweak|fix|alteration"
    r"|clarification|rewording)(?:e?s)?"
)
_SMALL = (
    r"(?:minor|small|slight|tiny|trivial|insignificant|immaterial|inconsequential|non-?material|non-?substantive"
    r"|editorial|cosmetic|housekeeping|administrative|typographical|grammatical|stylistic|linguistic|routine|formal)"
)
_MERELY = r"(?:only|just|merely|purely|simply|solely)"

_ENGLISH = Making(
    little=(
        r"\bclarif(?:y|ies|ied|ying|ications?)\b",
        rf"\b{_SMALL} (?:[\w-]+,? ){{0,3}}?{_CHANGE}\b",
        rf"\b(?:{_MERELY}|is|are|was|were|very|quite|rather|remains?) {_SMALL}\b(?! (?:child|user|account|data))",
        rf"^\W*{_SMALL}\W*$",
        (
            rf"\b(?:no|without(?: any)?|not any) (?:material|substantive|substantial|significant|real|important|major)"
            rf"(?: or [\w-]+)? (?:{_CHANGE}|impact|effect|difference)\b"
        ),
        (
            rf"\b(?:no|without(?: any)?|not any) (?:[\w-]+ )?(?:{_CHANGE}|impact|effect|difference|consequences?)"
            r"(?: (?:to|on|in|for|of|upon|from)) (?:[\w'-]+ ){0,3}?"
            r"(?:rights?|you|users?|customers?|members|practices|policy|privacy)\b"
        ),
        (
            r"\b(?:do|does|did|will|would|shall)(?: not|n't|n’t) (?:[\w-]+ )?"
            r"(?:affect|change|alter|impact|influence|reduce|limit|touch|restrict|diminish)"
            r" (?:[\w'-]+ ){0,3}?(?:rights?|you|users?|customers|members|anything|privacy|how we|the way we|what we)\b"
        ),
        (
            r"\brights? (?:[\w'-]+ ){0,4}?(?:(?:remain|stay|are|is)(?: \w+)? (?:the same|unchanged|unaffected|intact)"
            r"|(?:are|is|will|do|does)(?: not|n't) (?:be )?(?:affect|chang|reduc|limit|impact)\w*)"
        ),
        r"\b(?:everything|all else|the rest) (?:remains?|stays?) (?:the same|unchanged)\b",
        r"\bnothing (?:[\w-]+ ){0,3}?(?:changes|changed|is changing|new|different|to worry)\b",
        r"\b(?:easier|simpler) (?:to|for you to) (?:read|understand|follow)\b",
        r"\b(?:improv\w+|for) (?:the |its |better |greater |more )?(?:readability|clarity)\b",
        rf"\b{_MERELY} (?:[\w-]+ ){{0,3}}?(?:wording|language|phrasing|formatting|layout|style|typos?)\b",
        r"\b(?:wording|language|formatting) (?:changes? )?only\b",
    ),
    negations=(
        r"\b(?:not|no|never|nor|neither|hardly|beyond|more than|rather than|instead of|far from|cannot|\w+n['’]t)\b"
    ),
    reach=32,
    ends=r"[.!?;:,]+(?=\s|$)|\s[-–—]+\s|[—]",
)

_MODIFIED = r"(?:修改|修订|调整|更新|变更|变动|改动|更正|优化|完善|澄清|改写|说明)"
_LESS = (
    r"(?:轻微|细微|微小|小幅|少量|次要|非实质性?|文字性?|文本性?|编辑性|格式性?|形式性?|技术性|行政性|事务性|措辞|表述|用语"
    r"|语言|排版|笔误|例行)"
)
_CHINESE = Making(
    little=(
        r"澄清|厘清|阐明|说明性|解释性",
        r"進一步明確|进一步(?:明确|说明|细化|阐释)",
        rf"{_LESS}(?:的|上的|层面的|方面的)?(?:一些|部分|个别)?{_MODIFIED}",
        rf"(?<![不仅])(?:仅|只|仅仅|只是|仅是|只做了?|仅作了?|略作|稍作|稍有)[^，。；！？]{{0,6}}?(?:{_LESS}|{_MODIFIED})",
        (
            r"(?:没有|并无|毫无|无|不存在|不构成|不涉及|未发生|未有)(?:任何)?(?:实质(?:性|上)?的?|重大的?|重要的?)"
            rf"(?:影响|变化|改变|区别|{_MODIFIED})"
        ),
        r"(?:对|给)[^，。；！？]{0,10}(?:没有|并无|毫无|无|不产生|不造成|不会产生|不会造成)[^，。；！？]{0,6}?影响",
        (
            r"(?:不|未)(?:会|曾|致|因此|将)?(?:对)?(?:影响|改变|减损|削弱|变更|损害|减少|降低|限制|涉及)(?:到|了)?"
            r"[^，。；！？]{0,8}?(?:权利|权益|您|你|用户)"
        ),
        r"(?:权利|权益)[^，。；！？]{0,8}?(?:不变|不受影响|不受任何影响|没有变化|没有改变|未发生变化|未变|不会改变|不会受到影响)",
        r"(?:便于|方便)(?:您|你|用户|读者)?(?:阅读|理解)|更(?:加|为)?(?:清晰|清楚|易懂|通俗|明确)",
    ),
    negations=r"并非|不是|不仅|不只|不单|不止|绝非|而非|远非|非只|不属于|不限于|并不(?=仅|只)",
    reach=8,
    ends=r"[。！？；：，,;]+",
)

MAKING_LITTLE: tuple[tuple[str, Making], ...] = (("en", _ENGLISH), ("zh", _CHINESE))
"""Each language with its words; a language that is not here is not read."""

_QUOTED = re.compile(r"“[^“”]*”|„[^„“”]*[“”]|\"[^\"]*\"|«[^«»]*»|「[^「」]*」|『[^『』]*』|‘[^‘’]*’(?!\w)")


def belittlings(summary: str, language: str) -> Iterator[Belittling]:
    """Each place where a summary makes little of what changed; none for a language without words for it."""
    by_tag = dict(MAKING_LITTLE)
    making = next((by_tag[tag] for tag in fallbacks(language) if tag in by_tag), None)
    if making is None:
        return
    unquoted = _QUOTED.sub(lambda found: "\x00" * len(found[0]), summary)
    for start, end in _parts(unquoted, making.ends):
        folded = unquoted[start:end].lower()
        if len(folded) != end - start:  # a letter whose lower case is longer: places would not agree
            folded = unquoted[start:end]
        for fragment in making.little:
            found = next((m for m in re.finditer(fragment, folded) if not _denied(folded, m.start(), making)), None)
            if found is not None:
                words = summary[start + found.start() : start + found.end()].strip()
                yield Belittling(words, summary[_sentence(summary, start) : end].strip())
                break


def _denied(text: str, at: int, making: Making) -> bool:
    return re.search(making.negations, text[max(0, at - making.reach) : at]) is not None


def _parts(text: str, ends: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in re.finditer(ends, text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def _sentence(text: str, at: int) -> int:
    """Where the sentence begins that holds a place: what it cites before a comma counts for what follows."""
    begins = [found.end() for found in re.finditer(r"[.!?;]\s|[。！？；]", text) if found.end() <= at + 1]
    return begins[-1] if begins else 0
