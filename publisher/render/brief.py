"""A text for a narrow place in parts that are cut where a reader would pause: after a sentence, else at a word."""

import re
from collections.abc import Iterator

from publisher.languages.sentences import sentences

NARROW = 130
"""What three lines of a banner hold on a phone, in signs."""

WIDE = 390
"""What they hold where a banner is at its widest."""

_WIDE_FROM = 0x2E80
_FULL_WIDTH = 2.15
"""For how many signs one of full width counts."""

_PAUSES = (re.compile(r"[;:](?= )|[；：]"), re.compile(r",(?= )|[，、]"), re.compile(r"(?= )"))
_CLOSING = "，。；：、！？）》”’」』】％%)]}.,;:!?"
_OPENING = "（《“‘「『【([{"


def in_parts(text: str) -> tuple[str, ...]:
    """What is always shown, what is shown where there is room for it, and the rest; together they are the text."""
    narrow = _cut(text, NARROW)
    wide = max(narrow, _cut(text, WIDE))
    parts = [text[:narrow], text[narrow:wide], text[wide:]]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return tuple(parts)


def _cut(text: str, room: int) -> int:
    """Where a text ends that has so much room."""
    limit = _reach(text, room)
    if limit == len(text):
        return limit
    whole = [end for end in _ends(text) if end <= limit]
    if whole:
        return whole[-1]
    for pause in _PAUSES:
        ends = [found.end() for found in pause.finditer(text, limit // 3, limit + 1) if found.end() <= limit]
        if ends:
            return ends[-1]
    return next((place for place in range(limit, limit // 2, -1) if not _joined(text, place)), limit)


def _reach(text: str, room: int) -> int:
    left = float(room)
    for place, sign in enumerate(text):
        left -= _FULL_WIDTH if ord(sign) >= _WIDE_FROM else 1
        if left < 0:
            return place
    return len(text)


def _ends(text: str) -> Iterator[int]:
    place = 0
    for sentence in sentences(text):
        found = text.find(sentence, place)
        if found < 0:
            return
        place = found + len(sentence)
        yield place


def _joined(text: str, place: int) -> bool:
    """Whether the signs on both sides of a place belong on one line."""
    before, after = text[place - 1], text[place]
    return after in _CLOSING or before in _OPENING or (before.isascii() and after.isascii() and after.isalnum())
