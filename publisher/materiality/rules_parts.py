"""In doubt: parts between commas that came, went or were reworded, where no other rule saw a reason.

A language without spaces strings its statements together with commas, and names things in more ways than a vocabulary
holds. What is told here is what a part is: a commitment to users, a practice, or a burden on them. A commitment that
loses words, a practice or a burden that gains some, is shown to a person.
"""

from collections.abc import Iterator

from publisher.domain.assessment import FindingKind, Side
from publisher.materiality.matching import Run
from publisher.materiality.measures import measured
from publisher.materiality.parts import adds, contacts, denied_practice, listed, theme_of
from publisher.materiality.reading import Draft, Reading
from publisher.materiality.sentences import Sentence, join

_LOST = (
    "Words went out of something that bound the organisation or helped users; no rule could tell that this is harmless."
)
_GAINED = "Words came into a statement of what is done with data; no rule could tell that this is harmless."
_BURDENED = "Words came into something that users must bear; no rule could tell that this is harmless."
_LIMITED = "A limit, an exception or a denial came into something that bound the organisation or helped users."


def parts(reading: Reading) -> Iterator[Draft]:
    """Each edit of a sentence that stays, by what the part is in which it stands."""
    old, new = reading.unit.old, reading.unit.new
    if old is None or new is None or new.heading or reading.idle or reading.lexicon.has("self_told", reading.new):
        return
    for run_old, run_new in reading.unit.swaps:
        if measured(reading, run_old, run_new) or contacts(reading, run_old, run_new):
            continue
        alone = run_old is None or run_new is None
        came = run_new if run_new is not None and adds(reading, new, run_new, old, alone=alone) else None
        if came is not None and reading.clarifies(came):
            came = None
        went = run_old if run_old is not None and adds(reading, old, run_old, new, alone=alone) else None
        draft = _lost(reading, old, went, came) or _gained(reading, new, came)
        if draft is not None:
            yield draft


def _lost(reading: Reading, old: Sentence, went: Run | None, came: Run | None) -> Draft | None:
    if went is None:
        return None
    lexicon, theme = reading.lexicon, theme_of(reading, old, went)
    if theme.commitment is None:
        return None
    words = join(old.tokens[went[0] : went[1] + 1], lexicon.duties.spaced)
    stronger = lexicon.has("strong_consent", reading.came) and not lexicon.has("deemed", reading.came)
    if stronger and lexicon.has("strong_consent", words):
        return None
    if came is not None:
        return Draft(theme.commitment, Side.NEW, came, _LOST)
    kind = denied_practice(reading, old, went) if theme.denied and listed(old, went) else None
    return Draft(kind or theme.commitment, Side.OLD, went, _LOST)


def _gained(reading: Reading, new: Sentence, came: Run | None) -> Draft | None:
    if came is None:
        return None
    lexicon, theme = reading.lexicon, theme_of(reading, new, came)
    words = join(new.tokens[max(came[0] - 1, 0) : came[1] + 1], lexicon.duties.spaced)
    if theme.commitment is not None:
        limits = lexicon.any(words, "exception", "soft", "negation", "open_ended")
        strengthens = lexicon.any(words, "absolute", "limiting", "consent", "strong_consent")
        if limits or (theme.denied and not listed(new, came) and not strengthens):
            return Draft(theme.commitment, Side.NEW, came, _LIMITED)
    if theme.given or lexicon.any(words, "limiting", "consent", "strong_consent", "protect"):
        return None
    if theme.burden is not None:
        return Draft(theme.burden, Side.NEW, came, _BURDENED)
    if theme.practice is not None:
        return Draft(theme.practice, Side.NEW, came, _GAINED)
    return None


def whole(reading: Reading) -> Iterator[Draft]:
    """A sentence or an item that came or went, by what it is and what introduces it."""
    old, new = reading.unit.old, reading.unit.new
    if old is not None and new is None and not old.heading:
        theme = theme_of(reading, old, (0, len(old.tokens) - 1))
        if theme.commitment is not None and theme.burden is None and reading.lost:
            kind = FindingKind.RIGHT_REMOVED if theme.commitment is FindingKind.RIGHT_WEAKENED else theme.commitment
            yield Draft(kind, Side.OLD, (0, len(old.tokens) - 1), _LOST)
    elif new is not None and old is None and not new.heading and not reading.idle and reading.novel:
        theme = theme_of(reading, new, (0, len(new.tokens) - 1))
        if theme.burden is not None and theme.commitment is None:
            yield Draft(theme.burden, Side.NEW, (0, len(new.tokens) - 1), _BURDENED)
        elif theme.practice is not None and not theme.given:
            yield Draft(theme.practice, Side.NEW, (0, len(new.tokens) - 1), _GAINED)
