"""Per language: numbering, word and sentence breaks, duty words. A tag falls back from zh-CN to zh to the default."""

from collections.abc import Sequence


def fallbacks(tag: str) -> tuple[str, ...]:
    """The tags to look a language up under, tightest first, in lower case: `zh-Hant-TW` gives zh-hant-tw, zh-hant, zh.

    Source: RFC 4647, section 3.4 (lookup).
    """
    parts = tag.lower().replace("_", "-").split("-")
    return tuple("-".join(parts[:length]) for length in range(len(parts), 0, -1))


def best_match(wanted: str, available: Sequence[str], default: str) -> str:
    """The available language that serves a reader who wants `wanted`: the tightest, else a sister, else `default`.

    A reader of zh-TW is served zh-CN before a language they may not read at all.
    """
    by_tag = {tag.lower(): tag for tag in available}
    ladder = fallbacks(wanted)
    for tag in ladder:
        if tag in by_tag:
            return by_tag[tag]
    family = ladder[-1] if ladder else ""
    return next((tag for tag in available if family and fallbacks(tag)[-1] == family), default)
