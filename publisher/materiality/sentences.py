"""Sentences: a clause tree cut into the units that are compared across the whole text."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache

from publisher.domain.clause import Block, Clause, ClauseKind, ClauseTree, MarkKind
from publisher.languages.duties import Duties, Lexicon
from publisher.languages.words import words

_SENTENCE = 6
"""Words that a heading has at least when it is a whole sentence."""
_LONGEST_LEAD = 600
"""Characters of what introduces a list; nested lists add up."""
_LONGEST = 60
"""Words that a quote may have; each ideograph is one."""
_END = re.compile(r"[.!?。！？；…]+[\"'”’)\]）」』*_]*(?=\s|$)|[。！？；]+[”’）」』]*")
_ENDS = re.compile(r"[.!?。！？；;,，:：]")
SECTIONS = " / "
"""What stands between the headings above a sentence."""
_SEGMENT = re.compile(r"[,;:，、；：—–]\s*|\s[-–—]\s")
_ROMAN = re.compile(r"[ivxlc]{1,5}|[a-z]|#|\d[\w.]*(?:-\d+)?")
_BETWEEN = frozenset({"and", "or", "to", "through"})
"""Words between two section numbers."""
_SUFFIXES = frozenset({"n't", "'ll", "'re", "'ve", "'m", "'d", "'s"})
_LINK = re.compile(r"https?://|www\.|@")


@dataclass(frozen=True)
class Sentence:
    """One sentence of one clause.

    Attributes:
        clause: the clause it stands in.
        start, end: where it stands in the clause's text.
        tokens: its words, folded; section numbers read `#`.
        spans: where each word stands in the clause's text.
        lead: the folded sentence that introduces the list it belongs to; empty otherwise.
        section: the folded headings above.
        cells: for a table row, the folded text of each cell.
        order: its place in the text, counted from 0.
    """

    clause: Clause
    start: int
    end: int
    tokens: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    spaced: bool
    lead: str = ""
    section: str = ""
    cells: tuple[str, ...] = ()
    order: int = 0
    _starts: list[int] = field(default_factory=list, repr=False, compare=False)

    @property
    def text(self) -> str:
        """The sentence as it stands."""
        return self.clause.text[self.start : self.end]

    @property
    def heading(self) -> bool:
        """Whether it is a heading rather than a sentence: some texts set a whole promise as a heading."""
        if self.clause.kind is ClauseKind.HEADING:
            return not (len(self.tokens) >= _SENTENCE and self.text.endswith((".", "。")))
        numbered = self.clause.kind is ClauseKind.PARAGRAPH and self.clause.number is not None
        return not self.spaced and numbered and bool(self.clause.children) and not _ENDS.search(self.text)

    @property
    def key(self) -> tuple[str, ...]:
        """What two sentences share when they say the same in the same words."""
        return self.tokens

    @cached_property
    def folded(self) -> str:
        """Its words as one line: what the vocabulary's fragments read."""
        return join(self.tokens, self.spaced)

    def token_at(self, offset: int) -> int:
        """The index of the word that stands at an offset of `folded`."""
        if not self._starts:
            at = 0
            for index, token in enumerate(self.tokens):
                if index and (self.spaced or apart(self.tokens[index - 1], token)):
                    at += 1
                self._starts.append(at)
                at += len(token)
        return max(bisect_right(self._starts, offset) - 1, 0)

    def quote(self, first: int, last: int) -> str:
        """The sentence when it is short enough, else the parts between commas around `first` to `last`, verbatim."""
        if self._fits(self.start, self.end):
            return self.text
        return self._between_commas(first, last, grow=True)

    def phrase(self, first: int, last: int) -> str:
        """The part between two commas that holds the words `first` to `last`, at most 60 words, verbatim."""
        return self._between_commas(first, last, grow=False)

    def _between_commas(self, first: int, last: int, *, grow: bool) -> str:
        text, (low, _), (_, high) = self.clause.text, self.spans[first], self.spans[last]
        cuts = [self.start, *(match.end() for match in _SEGMENT.finditer(text, self.start, self.end)), self.end]
        left = max(place for place, cut in enumerate(cuts) if cut <= low)
        right = min(place for place, cut in enumerate(cuts) if cut >= high)
        if not self._fits(cuts[left], cuts[right]):
            return self._window(first, last, _LONGEST // 2)
        while grow:
            if right + 1 < len(cuts) and self._fits(cuts[left], cuts[right + 1]):
                right += 1
            elif left and self._fits(cuts[left - 1], cuts[right]):
                left -= 1
            else:
                break
        return text[cuts[left] : cuts[right]].strip().rstrip(",;:，、；：—– ")

    def _fits(self, start: int, end: int) -> bool:
        counted = bisect_left(self._places, end) - bisect_left(self._places, start)
        return counted <= _LONGEST and len(self.clause.text[start:end].split()) <= _LONGEST

    @cached_property
    def _places(self) -> list[int]:
        return [low for low, _ in self.spans]

    def names(self, first: int, last: int) -> bool:
        """Whether the words `first` to `last` are all written as names, none of them where the sentence begins."""
        return first > 0 and all(self.clause.text[low].isupper() for low, _ in self.spans[first : last + 1])

    def words(self, first: int, last: int) -> str:
        """The words `first` to `last` with a few around them, verbatim: the least that can be quoted."""
        return self._window(first, last, max(last - first + 1, 9))

    def _window(self, first: int, last: int, width: int) -> str:
        last = min(last, first + width - 1)
        spare = width - (last - first + 1)
        low = max(first - spare // 2, 0)
        high = min(low + width - 1, len(self.tokens) - 1)
        piece = self.clause.text[self.spans[low][0] : self.spans[high][1]]
        while len(piece.split()) > _LONGEST and high > last:
            high -= 1
            piece = self.clause.text[self.spans[low][0] : self.spans[high][1]]
        return " ".join(piece.split(" ")[:_LONGEST])


def join(tokens: tuple[str, ...] | list[str], spaced: bool) -> str:
    """Words as one line: apart by a space where the language or the script puts one."""
    if spaced:
        return " ".join(tokens)
    line: list[str] = []
    for index, token in enumerate(tokens):
        if index and apart(tokens[index - 1], token):
            line.append(" ")
        line.append(token)
    return "".join(line)


def apart(before: str, after: str) -> bool:
    """Whether a space stands between two words of a text without spaces: between Latin words only."""
    return before[-1:].isascii() and after[:1].isascii()


Pieces = tuple[tuple[int, int, tuple[str, ...], tuple[tuple[int, int], ...]], ...]


def read(tree: ClauseTree, lexicon: Lexicon, known: dict[tuple[str, bool], Pieces]) -> tuple[Sentence, ...]:
    """All sentences of a text, in reading order.

    Args:
        tree: the text.
        lexicon: the vocabulary of its language.
        known: what was cut before, so that a clause that stands in both texts is cut once; filled as it is read.
    """
    found: list[Sentence] = []
    leads: dict[str, str] = {}
    titles: dict[str, str] = {}
    duties = lexicon.duties
    for placed in tree.walk():
        clause = placed.clause
        row = clause.kind is ClauseKind.ROW
        listed = row or clause.kind is ClauseKind.ITEM
        lead = leads.get(placed.parent, "") if listed else ""
        pieces = known.get((clause.text, row))
        if pieces is None:
            pieces = known[clause.text, row] = tuple(_pieces(clause, duties))
        section = _section(placed.path, duties)
        if placed.parent in titles:
            section += SECTIONS + titles[placed.parent]
        cells = _cells(clause, duties) if row else ()
        opened = ""
        for start, end, tokens, spans in pieces:
            found.append(
                Sentence(
                    clause,
                    start,
                    end,
                    tokens,
                    spans,
                    duties.spaced,
                    lead=lead or opened,
                    section=section,
                    cells=cells,
                    order=len(found),
                )
            )
            if not duties.spaced:
                opened = _opens(clause.text, start, end, opened, found[-1].folded)
        if not duties.spaced and found and found[-1].clause is clause and found[-1].heading:
            titles[clause.id] = found[-1].folded
        _introduce(leads, clause, placed.parent, lead, found[-1].folded if pieces else "", len(pieces))
    return tuple(found)


def _section(path: tuple[str, ...], duties: Duties) -> str:
    if duties.spaced:
        return " ".join(path).lower()[-_LONGEST_LEAD:]
    folded = (join(fold(title, 0, len(title), duties)[0], spaced=False) for title in path)
    return SECTIONS.join(folded)[-_LONGEST_LEAD:]


def _opens(text: str, start: int, end: int, opened: str, folded: str) -> str:
    """What introduces the next piece of a clause whose list runs on in one line: `in these cases: a; b; c`."""
    if not text[start:end].rstrip().endswith(("；", ";")):
        return ""
    return opened or (folded if "：" in text[start:end] or ":" in text[start:end] else "")


def _pieces(clause: Clause, duties: Duties) -> Iterator[tuple[int, int, tuple[str, ...], tuple[tuple[int, int], ...]]]:
    whole = [(0, len(clause.text))] if clause.kind is ClauseKind.ROW else cut(clause.text, duties.abbreviations)
    for start, end in whole:
        tokens, spans = fold(clause.text, start, end, duties)
        if tokens:
            yield start, end, tokens, spans


def _introduce(leads: dict[str, str], clause: Clause, parent: str, lead: str, last: str, count: int) -> None:
    """Remembers what introduces the items that follow a clause, or stand below it."""
    if clause.block is Block.HEADER_ROW:
        leads[parent] = last
    elif clause.kind not in (ClauseKind.ITEM, ClauseKind.ROW):
        leads[parent] = last if clause.text.rstrip().endswith((":", "：")) or count == 1 else ""
    elif clause.children:
        leads[clause.id] = f"{lead} {last}".strip()[-_LONGEST_LEAD:]
    if clause.number is not None and clause.children and clause.kind is ClauseKind.PARAGRAPH:
        leads[clause.id] = last


def cut(text: str, abbreviations: frozenset[str]) -> list[tuple[int, int]]:
    """Where each sentence of a clause begins and ends."""
    pieces: list[tuple[int, int]] = []
    begin = 0
    for match in _END.finditer(text):
        if text[match.start()] == "." and _abbreviated(text, begin, match, abbreviations):
            continue
        _append(pieces, text, begin, match.end())
        begin = match.end()
    _append(pieces, text, begin, len(text))
    return pieces


def _append(pieces: list[tuple[int, int]], text: str, begin: int, end: int) -> None:
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    if begin < end:
        pieces.append((begin, end))


def _abbreviated(text: str, begin: int, match: re.Match[str], abbreviations: frozenset[str]) -> bool:
    """Whether this full stop belongs to a short form: `e.g.`, `U.S.`, `(a).`, `No.` before a number."""
    end = match.start()
    start = max(text.rfind(" ", begin, end) + 1, begin)
    word = text[start:end].lstrip("(\"'“‘*_[").lower()
    after = text[match.end() :].lstrip()[:1]
    if word in abbreviations:
        return True
    if len(word) == 1 and word.isalpha():
        return True
    return after.islower() and len(word) <= 4


def fold(text: str, start: int, end: int, duties: Duties) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...]]:
    """The words of a stretch of text and where they stand: folded, short forms written out, section numbers as `#`."""
    cutting = words(text[start:end])
    tokens: list[str] = []
    spans: list[tuple[int, int]] = []
    after_reference = False
    for key, (low, high) in zip(cutting.keys, cutting.spans, strict=True):
        if not any(map(str.isalnum, key)):
            continue
        word = "@" if _LINK.match(key.casefold()) else key.casefold()
        span = (start + low, start + high)
        if after_reference and _ROMAN.fullmatch(word):
            if tokens[-1] != "#":
                tokens.append("#")
                spans.append(span)
            continue
        if after_reference and word not in _BETWEEN:
            after_reference = False
        pieces = _spell_out(word, duties)
        tokens.extend(pieces)
        spans.extend([span] * len(pieces))
        after_reference = after_reference or _is_reference(word, duties.reference)
    if duties.settle is not None:
        duties.settle(tokens, spans)
    return tuple(tokens), tuple(spans)


@lru_cache(maxsize=4096)
def _is_reference(word: str, fragments: tuple[str, ...]) -> bool:
    return _references(fragments).fullmatch(word) is not None


@cache
def _references(fragments: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(fragments) or r"(?!)")


def _spell_out(word: str, duties: Duties) -> list[str]:
    """A word with its short form written out: `don't` is `do not`, `we'll` is `we will`, 你 is 您."""
    if duties.spaced and "'" not in word and word != "cannot":
        return [word]
    for short, full in duties.short_forms:
        if word == short:
            return full.split()
        if short in _SUFFIXES and word.endswith(short):
            return f"{word.removesuffix(short)} {full}".split() or [word]
    return [word]


def _cells(clause: Clause, duties: Duties) -> tuple[str, ...]:
    cells = []
    for mark in clause.marks:
        if mark.kind is MarkKind.CELL:
            tokens, _ = fold(clause.text, mark.start, mark.end, duties)
            cells.append(join(tokens, duties.spaced))
    return tuple(cells)
