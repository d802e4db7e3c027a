"""Cross references: what a text cites of itself, and whether it is there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from publisher.domain.clause import Clause, ClauseKind, ClauseTree, MarkKind
from publisher.errors import Fault, Place, Severity
from publisher.languages.numbering import RANKS, Numeral, Style, readings, style_of, value_of
from publisher.parse.numbered import counts

_NUMBER = r"[0-9]{1,4}(?:\.[0-9]{1,3})*(?:\((?:[a-z]{1,4}|[0-9]{1,2})\))*(?![\w%])(?!\.[0-9])"
_WESTERN = re.compile(
    rf"(?:\b(?P<word>sections?|sub-?sections?|clauses?|sub-?clauses?|articles?|paragraphs?)|(?P<sign>§§?))[ ]?"
    rf"(?P<numbers>{_NUMBER}(?:(?:\s?[,–-]\s?|,?\s(?:and|or|to|through)\s){_NUMBER})*)",
    re.IGNORECASE,
)
_ONE_NUMBER = re.compile(
    r"(?P<number>[0-9]{1,4}(?:\.[0-9]{1,3})*)(?P<parts>(?:\((?:[a-z]{1,4}|[0-9]{1,2})\))*)", re.IGNORECASE
)
_CHINESE = re.compile(
    r"第\s?(?P<number>[0-9０-９]{1,4}(?:[.．][0-9０-９]{1,3})*|[〇零一二两三四五六七八九十百千]{1,7})\s?(?P<unit>[条节章款项])"
)
_QUOTED = re.compile(r"“(?P<double>[^“”]{2,120})”|\"(?P<plain>[^\"]{2,120})\"|「(?P<corner>[^「」]{2,120})」")
_OF_ANOTHER = re.compile(
    r"\s?(?:\([^()]{1,20}\)\s?)*"
    r"(?:,?\s?of\s(?!this\b|these\b)|(?:lit\.?|para(?:graph)?s?\.?|\([^()]*\)|[a-z])?\s?[A-Z]{2,}(?![a-z]))"
)
_LAW_BEFORE = re.compile(
    r"(?:\b(?:GDPR|CCPA|CPRA|PIPL|DSA|Act|Code|Law|Regulations?|Directive|Convention|Treaty|Rules?|Constitution|Statute"
    r"|Agreement|Terms|Addendum|Annex|Schedule|DPA|SCCs?|U\.S\.C\.|Stat\.|Title)"
    r"(?:[’']s)?[,]?\s?(?:\(|under |at |in )?)$"
)
_LAW_BEFORE_CHINESE = re.compile(
    r"(?:》(?:（[^（）]{0,30}）)?(?:的|中|之)?|(?:该|本|国家)?(?:法|条例|规定|办法|准则|规范|细则|标准)|[A-Z]{3,})\s?(?:的|中|之)?\s?$"
)
_CHAINED = re.compile(r"\s?(?:[,，、和及与或至–-]|,?\s?(?:and|or|to|through)\s)*\s?$")
_ARTICLES = ("article",)


@dataclass(frozen=True, slots=True)
class Reference:
    """One citation of a clause by its number.

    Attributes:
        text: the words that cite.
        clause: the id of the clause in which they stand.
        line: its line.
        start, end: where the words stand in the clause's text.
        value: the number cited, by value.
        target: the id of the clause cited; None when there is none.
        fault: what is wrong with the citation, or None.
    """

    text: str
    clause: str
    line: int
    start: int
    end: int
    value: tuple[int, ...]
    target: str | None
    fault: Fault | None = None


@dataclass(slots=True)
class _Index:
    """A tree's clauses by number."""

    by_value: dict[tuple[int, ...], Clause] = field(default_factory=dict)
    by_rank: dict[tuple[Style, int], Clause] = field(default_factory=dict)
    titles: dict[str, Clause] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)


def references(tree: ClauseTree) -> tuple[Reference, ...]:
    """Every citation of this text's own clauses, in reading order; laws and other documents are left alone."""
    index = _indexed(tree)
    found: list[Reference] = []
    for placed in tree.walk():
        clause = placed.clause
        if clause.text:
            found.extend(_in_clause(clause, index))
    return tuple(found)


def reference_faults(tree: ClauseTree) -> tuple[Fault, ...]:
    """The broken citations of a text, and its links to places that it does not have."""
    broken = [reference.fault for reference in references(tree) if reference.fault is not None]
    ids = {placed.clause.id for placed in tree.walk()}
    anchors = {placed.clause.anchor for placed in tree.walk()}
    for placed in tree.walk():
        for mark in placed.clause.marks:
            place = mark.target.removeprefix("#")
            if mark.kind is MarkKind.LINK and mark.target.startswith("#") and place not in ids and place not in anchors:
                broken.append(_dead_link(mark.target, placed.clause))
    return tuple(sorted(broken, key=lambda fault: fault.place.line or 0))


def _dead_link(target: str, clause: Clause) -> Fault:
    return Fault(
        "link-broken",
        f"The link to {target} leads to no clause of this text.",
        "Link to a clause's id, such as #4.1, or give the clause an anchor of that name.",
        Place(line=clause.line, clause=clause.id),
        Severity.WARNING,
    )


def _indexed(tree: ClauseTree) -> _Index:
    index = _Index(names=[tree.title.casefold()] if tree.title else [])
    for placed in tree.walk():
        clause = placed.clause
        if clause.number is None:
            continue
        style = style_of(clause.label, clause.value)
        if style in RANKS:
            index.by_rank.setdefault((style, clause.value[0]), clause)
        if style in (Style.DOTTED, Style.LISTED, Style.HAN, Style.ARTICLE):
            index.by_value.setdefault(clause.value, clause)
        if clause.kind is ClauseKind.HEADING:
            index.titles.setdefault(_plain(clause.text), clause)
    return index


def _in_clause(clause: Clause, index: _Index) -> Iterator[Reference]:
    text = clause.text
    if not index.by_value and not index.by_rank:
        return
    if "“" in text or '"' in text or "「" in text:
        yield from _quoted(clause, index)
    western = list(_WESTERN.finditer(text))
    yield from _western(clause, western, index)
    if "第" in text:
        yield from _chinese(clause, index)


def _western(clause: Clause, matches: list[re.Match[str]], index: _Index) -> Iterator[Reference]:
    text = clause.text
    foreign = [False] * len(matches)
    for number in range(len(matches) - 1, -1, -1):
        match = matches[number]
        following = matches[number + 1] if number + 1 < len(matches) else None
        chained = following is not None and _CHAINED.fullmatch(text[match.end() : following.start()]) is not None
        foreign[number] = (
            _of_another(text[match.end() : match.end() + 120], index)
            or _LAW_BEFORE.search(text[max(0, match.start() - 60) : match.start()]) is not None
            or (chained and foreign[number + 1])
        )
    for match, elsewhere in zip(matches, foreign, strict=True):
        if elsewhere:
            continue
        word = (match["word"] or "§").lower().rstrip("s")
        offset = match.start("numbers")
        for one in _ONE_NUMBER.finditer(match["numbers"]):
            value = value_of(one["number"])
            target = index.by_value.get(value)
            if target is None and _elsewhere(word, value, index):
                continue
            start = match.start() if offset + one.start() == match.start("numbers") else offset + one.start()
            end = offset + one.end()
            parts = re.findall(r"\(([^()]+)\)", one["parts"])
            fault = None
            if target is None:
                fault = _missing(text[start:end], clause, index)
            elif parts and not _has_part(target, parts[0]):
                fault = _no_part(text[start:end], target, parts[0], clause)
            yield Reference(
                text[start:end], clause.id, clause.line, start, end, value, target.id if target else None, fault
            )


def _of_another(after: str, index: _Index) -> bool:
    if _OF_ANOTHER.match(after) is None:
        return False
    of = re.match(r"[\s,(]*(?:\([^()]*\)\s?)*of\s(?:the|our)\s(?P<name>.{1,80})", after)
    return of is None or not any(name and of["name"].casefold().startswith(name) for name in index.names)


def _elsewhere(word: str, value: tuple[int, ...], index: _Index) -> bool:
    """Whether a number that the text does not have is likelier another document's: a statute's, a law's article."""
    if not value or max(value) >= 100:
        return True
    if word.startswith("paragraph"):
        return True
    return word in _ARTICLES and not any(style is Style.ARTICLE for style, _ in index.by_rank)


def _has_part(target: Clause, part: str) -> bool:
    marker = f"({part})".casefold()
    stack = [target]
    while stack:
        clause = stack.pop()
        if marker in clause.text.casefold() or clause.label.casefold().strip("().") == part.casefold():
            return True
        stack.extend(clause.children)
    return False


def _chinese(clause: Clause, index: _Index) -> Iterator[Reference]:
    text = clause.text
    before_foreign = False
    before_end = -1
    for match in _CHINESE.finditer(text):
        chained = before_end >= 0 and _CHAINED.fullmatch(text[before_end : match.start()]) is not None
        foreign = (chained and before_foreign) or (
            _LAW_BEFORE_CHINESE.search(text[max(0, match.start() - 40) : match.start()]) is not None
            and not _own_before(text[: match.start()], index)
        )
        before_foreign, before_end = foreign, match.end()
        if foreign or match["unit"] in "款项":
            continue
        value = value_of(match["number"])
        if not value or max(value) >= 1_000:
            continue
        target = _chinese_target(match["unit"], value, index)
        fault = _missing(match[0], clause, index) if target is None else None
        yield Reference(
            match[0], clause.id, clause.line, match.start(), match.end(), value, target.id if target else None, fault
        )


def _own_before(before: str, index: _Index) -> bool:
    """Whether the text named right before is this very one: 本《隐私政策》第四条."""
    return any(name and before.casefold().rstrip("》 的中之").endswith(name) for name in index.names)


def _chinese_target(unit: str, value: tuple[int, ...], index: _Index) -> Clause | None:
    style = {"条": Style.ARTICLE, "节": Style.SECTION, "章": Style.CHAPTER}[unit]
    if len(value) == 1 and (style, value[0]) in index.by_rank:
        return index.by_rank[style, value[0]]
    if style is Style.ARTICLE and any(known is Style.ARTICLE for known, _ in index.by_rank):
        return index.by_value.get(value) if len(value) > 1 else None
    return index.by_value.get(value)


def _quoted(clause: Clause, index: _Index) -> Iterator[Reference]:
    for match in _QUOTED.finditer(clause.text):
        inner = " ".join((match["double"] or match["plain"] or match["corner"]).split())
        numeral = _heading_number(inner)
        if numeral is None or not inner[numeral.rest :]:
            continue
        if _of_another(clause.text[match.end() : match.end() + 120], index):
            continue
        if _LAW_BEFORE_CHINESE.search(clause.text[max(0, match.start() - 40) : match.start()]):
            continue
        title = _plain(inner[numeral.rest :])
        target = (
            index.by_rank.get((numeral.style, numeral.value[0]))
            if numeral.style in RANKS
            else index.by_value.get(numeral.value)
        )
        fault = None
        if target is None:
            fault = _missing(match[0], clause, index, title)
        elif _plain(target.text) != title and not (
            target.kind is not ClauseKind.HEADING and _plain(target.text).startswith(title)
        ):
            fault = _retitled(match[0], target, title, clause, index)
        yield Reference(
            match[0],
            clause.id,
            clause.line,
            match.start(),
            match.end(),
            numeral.value,
            target.id if target else None,
            fault,
        )


def _heading_number(words: str) -> Numeral | None:
    for numeral in readings(words):
        clear = numeral.closed or len(numeral.value) > 1 or numeral.style in RANKS
        known = numeral.style in RANKS or numeral.style in (Style.DOTTED, Style.HAN, Style.LISTED)
        if clear and known and counts(numeral, words, heading=True, near=numeral.value[-1] - 1, within=True):
            return numeral
    return None


def _plain(words: str) -> str:
    return re.sub(r"[\W_]+", "", words.casefold())


def _missing(cited: str, clause: Clause, index: _Index, title: str = "") -> Fault:
    known = index.titles.get(title) if title else None
    remedy = (
        f"That title is now number {known.number}: write so."
        if known is not None
        else "Write the number that the clause has now; if another document is meant, name it right there."
    )
    return Fault("reference-broken", f"{cited} is cited, but this text has no such clause.", remedy, _place(clause))


def _no_part(cited: str, target: Clause, part: str, clause: Clause) -> Fault:
    return Fault(
        "reference-broken",
        f"{cited} is cited, but {target.number} has no ({part}).",
        "Write the number that the clause has now.",
        _place(clause),
    )


def _retitled(cited: str, target: Clause, title: str, clause: Clause, index: _Index) -> Fault:
    known = index.titles.get(title)
    remedy = (
        f"That title is now number {known.number}: write so."
        if known is not None
        else f"Write “{target.heading_line[:80]}”, or the number of the clause that is meant."
    )
    return Fault(
        "reference-broken",
        f"{cited} is cited, but {target.number} reads “{target.text[:60]}”.",
        remedy,
        _place(clause),
    )


def _place(clause: Clause) -> Place:
    return Place(line=clause.line, clause=clause.id)
