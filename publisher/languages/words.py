"""Words: what one word of a text is, when two spellings are the same, and which words must never be overlooked."""

import re
import unicodedata
from dataclasses import dataclass

from publisher.languages import fallbacks

_QUOTES = "\"'“”„‟‘’‚‛«»‹›「」『』″′＂＇ʼ`´"
_DASHES = "-‐‑‒–—―−﹣－"
HYPHENS = frozenset("-‐‑–－﹣")
"""Dashes that tie two words into one when nothing else stands between them."""

_FOLD = {ord(quote): "'" for quote in _QUOTES} | {ord(dash): "-" for dash in _DASHES}

_IDEOGRAPHS = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_SIGNS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0980-\u0dff"
)
_LETTER = rf"(?:(?![{_IDEOGRAPHS}{_UNSPACED}])[^\W_]|[{_SIGNS}])"
_TOKEN = re.compile(
    rf"(?:https?://|www\.)[!-~]*[A-Za-z0-9/]"  # a web address is one word
    r"|[A-Za-z0-9_.+]{1,64}@[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)+"
    r"|\d+(?:(?:[.,:/]\d+)+(?:\s?[%％‰])?|\s?[%％‰])"
    r"|(?:[A-Za-z]\.){2,}"
    rf"|{_LETTER}+(?:'{_LETTER}+)*"
    rf"|[{_UNSPACED}][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u17b4-\u17d3]*"
    r"|\.{3,}|…+|-{2,3}(?!-)"
    r"|\S"
)
_RUNS = {"---": "-", "--": "-"}


@dataclass(frozen=True, slots=True)
class Words:
    """A text cut into words: Latin words and numbers whole, each ideograph and each punctuation mark on its own.

    `keys` says when two words are the same: quote and dash style make no difference, and white space is no word.
    `spans` tells where each stands in the text.
    """

    text: str
    keys: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


def words(text: str) -> Words:
    """Cuts a text in composed form (NFC) into its words."""
    keys: list[str] = []
    spans: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(_fold(text)):
        keys.append(_key(match[0]))
        spans.append(match.span())
    return Words(text, tuple(keys), tuple(spans))


def word_keys(text: str) -> tuple[str, ...]:
    """The keys alone: two texts with the same keys are the same words."""
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return tuple(map(_key, _TOKEN.findall(_fold(text))))


def _fold(text: str) -> str:
    """The same text, character for character, in one quote and one dash style."""
    return text.replace('"', "'").replace("`", "'") if text.isascii() else text.translate(_FOLD)


def _key(token: str) -> str:
    first = token[0]
    if first == "." and len(token) > 2:
        return "…"
    if first == "…":
        return "…"
    if first == "-":
        return _RUNS.get(token, token)
    return "".join(token.split()) if token[-1] in "%％‰" else token


def is_number(key: str) -> bool:
    """Whether a word is written with digits: `30`, `1,000`, `4.1.3`, `30%`, `３０`."""
    return any(map(str.isdecimal, key))


def number_value(key: str) -> str:
    """A number as its value, whatever digits it is written with: `３０` and `30` are the same."""
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in key).replace("％", "%")


_ENGLISH = frozenset(
    """
    not no non never none nor neither cannot without unless except excluding only solely
    shall will must may might can could should would ought
    any all each every both either always sometimes
    before after until within least most more less fewer than
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion
    half double twice once
    january february march april june july august september october november december
    day days week weeks month months year years hour hours
    """.split()  # `may` the month is `may` the modal
)
_CHINESE = frozenset("不未无非勿莫没否可应须必得会将能禁仅只除均皆或一二三四五六七八九十百千万亿两半零〇年月日天周时")
_PROTECTED = {"en": _ENGLISH, "zh": _ENGLISH | _CHINESE}


def protected(key: str, language: str) -> bool:
    """Whether a word decides what a sentence means: negations, modals, limits, numbers and dates.

    A redline never folds such a word into its neighbour's edit, and no edit of one is mere spelling.
    """
    family = fallbacks(language)[-1]
    if is_number(key):
        return True
    lowered = key.lower()
    return lowered in _PROTECTED.get(family, _ENGLISH) or lowered.endswith("n't")
