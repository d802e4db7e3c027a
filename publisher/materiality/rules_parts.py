"""In doubt: parts between commas that came, went or were reworded, where no other rule saw a reason.

A language without spaces strings its statements together with commas, and every language names things in more ways than
a vocabulary holds. What is told here is what a part is: a commitment to users, a practice, or a burden on them. A
commitment that loses words, a practice or a burden that gains some, is shown to a person.
"""

from collections.abc import Iterator

from publisher.domain.assessment import FindingKind, Side
from publisher.materiality.matching import Run
from publisher.materiality.measures import measured
from publisher.materiality.parts import Theme, adds, conditions, denied_practice, incidental, listed, part_of, theme_of
from publisher.materiality.reading import Draft, Reading
from publisher.materiality.sentences import Sentence, join

_MOST = 0.6
"""Share of a part from which words that came are the part."""
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
        if measured(reading, run_old, run_new) or incidental(reading, run_old, run_new):
            continue
        alone = run_old is None or run_new is None
        came = run_new if run_new is not None and adds(reading, new, run_new, old, alone=alone) else None
        if came is not None and reading.bracketed(came):
            came = None
        went = run_old if run_old is not None and adds(reading, old, run_old, new, alone=alone) else None
        draft = _lost(reading, old, went, came) or _gained(reading, new, came) or _turned(reading, new, went, came)
        if draft is not None:
            yield draft


def alone(reading: Reading) -> Iterator[Draft]:
    """The same for words that came or went with nothing in their place, as where a sentence says more or less."""
    tense = reading.lexicon["tense"]
    on_users = reading.lexicon.has("duty", reading.new) and not reading.by_us(reading.new)
    bounded = on_users or reading.turned_about or reading.unprotected
    for draft in parts(reading):
        went = draft.side is Side.OLD
        sentence = reading.unit.old if went else reading.unit.new
        single = ((draft.run, None) if went else (None, draft.run)) in reading.unit.swaps
        if sentence is None or not single or (bounded and draft.why == _LIMITED):
            continue
        if tense.sub("", join(sentence.tokens[draft.run[0] : draft.run[1] + 1], reading.lexicon.duties.spaced)).strip():
            yield draft


def _turned(reading: Reading, new: Sentence, went: Run | None, came: Run | None) -> Draft | None:
    """Other words for words of which nothing says what they are: only where the sentence speaks of people or of us."""
    if went is None or came is None or theme_of(reading, new, came) != Theme():
        return None
    if not (reading.lexicon.any(reading.new, "you", "data") and (reading.by_us(reading.new) or reading.novel)):
        return None
    return Draft(FindingKind.OBLIGATION_WEAKENED, Side.NEW, came, _LOST)


def _lost(reading: Reading, old: Sentence, went: Run | None, came: Run | None) -> Draft | None:
    if went is None:
        return None
    lexicon, theme = reading.lexicon, theme_of(reading, old, went, lost=True)
    if conditions(old, went) and theme.practice is not None:
        return Draft(FindingKind.OBLIGATION_WEAKENED, Side.OLD if came is None else Side.NEW, came or went, _LOST)
    if theme.commitment is None:
        return None
    words = join(old.tokens[went[0] : went[1] + 1], lexicon.duties.spaced)
    if theme.practice is not None and came is None and lexicon.has("limiting", words) and not theme.denied:
        return Draft(theme.practice, Side.OLD, went, _LOST)
    bounds = lexicon.any(words, "consent", "strong_consent", "limiting", "absolute", "you")
    narrowed = theme.practice is not None and not theme.given and not bounds and listed(old, went)
    if narrowed or _firmer(reading, words, came):
        return None
    if came is not None and reading.unit.new is not None:
        now = theme_of(reading, reading.unit.new, came)
        turned = now.practice if theme.denied and not now.denied else None
        asked = FindingKind.CONSENT_WEAKENED if lexicon.has("consent", words) else None
        return Draft(asked or turned or theme.commitment, Side.NEW, came, _LOST)
    kind = denied_practice(reading, old, went) if theme.denied and listed(old, went) else None
    return Draft(kind or theme.commitment, Side.OLD, went, _LOST)


def _firmer(reading: Reading, went: str, run: Run | None) -> bool:
    """Whether a consent or a denial took the place of one that is no stronger: separate for express, never for not."""
    lexicon, new = reading.lexicon, reading.unit.new
    if lexicon.has("strong_consent", went) and lexicon.has("strong_consent", reading.came):
        return not lexicon.has("deemed", reading.came)
    if new is None or run is None:
        return False
    came = join(new.tokens[run[0] : run[1] + 1], lexicon.duties.spaced)
    said = lexicon["absolute"].sub("", lexicon["negation"].sub("", came))
    return lexicon.has("negation", went) and lexicon.any(came, "absolute") and not reading.matter_of(said)


def _gained(reading: Reading, new: Sentence, came: Run | None) -> Draft | None:
    if came is None:
        return None
    lexicon, theme = reading.lexicon, theme_of(reading, new, came)
    low, high = part_of(new, came)
    if (came[1] - came[0] + 1) < _MOST * (high - low + 1):
        low, high = max(came[0] - 1, 0), came[1]
    words = join(new.tokens[low : high + 1], lexicon.duties.spaced)
    if theme.commitment is not None:
        limits = lexicon.any(words, "exception", "soft", "negation", "open_ended")
        strengthens = lexicon.any(words, "absolute", "limiting", "consent", "strong_consent")
        denies_less = lexicon.duties.doubts and theme.denied and not listed(new, came)
        if limits or (denies_less and not strengthens):
            return Draft(theme.commitment, Side.NEW, came, _LIMITED)
    if theme.given or lexicon.any(words, "limiting", "consent", "strong_consent", "protect"):
        return None
    of_money = theme.burden is FindingKind.FEE_OR_REFUND and not lexicon.has("fee", words)
    if theme.burden is not None and not (of_money and theme.practice is not None):
        return Draft(theme.burden, Side.NEW, came, _BURDENED)
    if theme.practice is not None:
        return Draft(theme.practice, Side.NEW, came, _GAINED)
    return None


def whole(reading: Reading) -> Iterator[Draft]:
    """A sentence or an item that came or went, by what it is and what introduces it."""
    old, new = reading.unit.old, reading.unit.new
    if old is not None and new is None and not old.heading:
        theme = theme_of(reading, old, (0, len(old.tokens) - 1))
        binds = theme.commitment is not None and (theme.given or theme.practice is None)
        if binds and theme.commitment is not None and theme.burden is None and reading.lost:
            kind = FindingKind.RIGHT_REMOVED if theme.commitment is FindingKind.RIGHT_WEAKENED else theme.commitment
            yield Draft(kind, Side.OLD, (0, len(old.tokens) - 1), _LOST)
    elif new is not None and old is None and not new.heading and not reading.idle and reading.novel:
        theme = theme_of(reading, new, (0, len(new.tokens) - 1))
        if theme.burden is not None and theme.commitment is None:
            yield Draft(theme.burden, Side.NEW, (0, len(new.tokens) - 1), _BURDENED)
        elif theme.practice is not None and not theme.given:
            yield Draft(theme.practice, Side.NEW, (0, len(new.tokens) - 1), _GAINED)
