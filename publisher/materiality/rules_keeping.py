"""Limb B: how long data are kept, who is asked, and what is no longer denied."""

from collections.abc import Iterator

from publisher.domain.assessment import FindingKind, Side
from publisher.materiality.periods import spans
from publisher.materiality.reading import Draft, Reading


def deleted_later(reading: Reading) -> Iterator[Draft]:
    """A new sentence deletes data later than any sentence did that it may have taken the place of."""
    sentence, longest = reading.unit.new, reading.facts.longest_deadline
    if sentence is None or sentence.heading or reading.unit.edited or longest is None:
        return
    if not reading.affirmed("delete", reading.new) or not reading.lexicon.has("data", reading.whole_new):
        return
    for span in spans(sentence.folded, reading.lexicon):
        if span.days > 1.01 * longest:
            run = (sentence.token_at(span.start), sentence.token_at(span.end - 1))
            yield Draft(FindingKind.RETENTION_LONGER, Side.NEW, run, "Data are deleted later than the old text said.")
            return


def kept_longer(reading: Reading) -> Iterator[Draft]:
    """More is kept, on more grounds or without an end. Periods of edited sentences are compared in another rule."""
    sentence, lexicon = reading.unit.new, reading.lexicon
    if sentence is None or sentence.heading or not lexicon.has("data", reading.whole_new):
        return
    keeps = reading.affirmed("retain", reading.new) is not None
    item = reading.first_unknown("data_item", reading.facts.old_items) if keeps and reading.practice else None
    if item is not None and not lexicon.duties.doubts:
        why = "A kind of data that the old text does not name is now kept."
        yield Draft(FindingKind.NEW_DATA_TYPE, Side.NEW, item, why)
        return
    if not reading.unit.edited:
        known = reading.by_us(reading.whole_new) or lexicon.any(reading.new, "forever", "period")
        if keeps and known and reading.practice and (reading.novel or reading.fresh > 0.5):
            why = "A statement that data are kept is new to the text."
            yield Draft(FindingKind.RETENTION_LONGER, Side.NEW, reading.run, why)
        return
    if not keeps and not reading.affirmed("delete", reading.new):
        return
    for went, came, _, run in reading.swaps():
        if run is None:
            continue
        if lexicon.duties.spaced and lexicon.has("delete", came) and lexicon.has("period", came):
            continue
        if lexicon.any(came, "forever", "open_ended") and not lexicon.any(went, "forever", "open_ended"):
            why = "The end of the time for which data are kept was opened."
            yield Draft(FindingKind.RETENTION_LONGER, Side.NEW, run, why)
            return
        if keeps and reading.novel_in(run) and reading.practice:
            why = "More is kept, or on more grounds, than before."
            yield Draft(FindingKind.RETENTION_LONGER, Side.NEW, run, why)
            return


def deletion_narrowed(reading: Reading) -> Iterator[Draft]:
    """A kind of data, or a place where data lie, went out of a promise to delete."""
    old, new = reading.unit.old, reading.unit.new
    if (
        old is None
        or new is None
        or not reading.affirmed("delete", reading.old)
        or not reading.by_us(reading.whole_old)
    ):
        return
    if reading.lexicon.has("sanction", reading.whole_old) and not reading.lexicon.has("data", reading.whole_old):
        return
    for went, came, run, _ in reading.swaps():
        if run is not None and reading.lexicon.has("data", went) and not reading.matter_of(came):
            yield Draft(
                FindingKind.RETENTION_LONGER, Side.OLD, run, "What the organisation deletes no longer includes this."
            )
            return


def consent_dropped(reading: Reading) -> Iterator[Draft]:
    """A condition of consent, or of the user's choice, went."""
    lexicon = reading.lexicon
    old, new = reading.unit.old, reading.unit.new
    if old is None or old.heading or not lexicon.has("consent", reading.went):
        return
    why = "The old text asked for the user's consent or choice here; the new one does not."
    if new is None:
        match = lexicon["consent"].search(old.folded)
        practice = lexicon.any(reading.whole_old, "collect", "use", "share", "retain")
        if match is not None and practice and reading.by_us(reading.whole_old):
            yield Draft(FindingKind.CONSENT_WEAKENED, Side.OLD, reading.run_of(old, match), why)
        return
    still = lexicon.has("consent", reading.new)
    for went, came, run, _ in reading.swaps():
        if run is None or not lexicon.has("consent", went) or lexicon.has("consent", came):
            continue
        if not still or lexicon.any(went, "limiting", "absolute", "strong_consent"):
            yield Draft(FindingKind.CONSENT_WEAKENED, Side.OLD, run, why)
            return


def consent_lessened(reading: Reading) -> Iterator[Draft]:
    """Consent that was separate, express or written is now plain consent."""
    lexicon, old = reading.lexicon, reading.unit.old
    if old is None or reading.unit.new is None or not lexicon.has("consent", reading.new):
        return
    for went, came, run, _ in reading.swaps():
        if run is None or not lexicon.has("strong_consent", went) or lexicon.has("strong_consent", came):
            continue
        if lexicon.has("consent", reading.around(old, run, 4)):
            why = "A lesser consent now suffices than the old text asked for."
            yield Draft(FindingKind.CONSENT_WEAKENED, Side.OLD, run, why)
            return


def consent_deemed(reading: Reading) -> Iterator[Draft]:
    """Going on, doing nothing or a default now counts as consent to what is done with data."""
    lexicon, new = reading.lexicon, reading.unit.new
    if new is None or new.heading or lexicon.has("deemed", reading.old):
        return
    if not lexicon.any(reading.new, "data", "collect", "share"):
        return
    if lexicon.any(reading.new, "amendment", "entitlement"):
        return
    run = reading.came_of("deemed")
    if run is not None:
        why = "Consent is taken from conduct or by default instead of being asked for."
        yield Draft(FindingKind.CONSENT_WEAKENED, Side.NEW, run, why)


def no_longer_denied(reading: Reading) -> Iterator[Draft]:
    """A practice that the old sentence denied is now affirmed."""
    old, new = reading.unit.old, reading.unit.new
    if old is None or new is None:
        return
    lexicon = reading.lexicon
    for went, came, _, _ in reading.swaps():
        if lexicon.has("negation", went) and not lexicon.has("negation", came):
            for field, kind in (
                ("share", FindingKind.NEW_RECIPIENT),
                ("collect", FindingKind.NEW_DATA_TYPE),
                ("use", FindingKind.NEW_PURPOSE),
                ("retain", FindingKind.RETENTION_LONGER),
            ):
                match = reading.affirmed(field, new.folded)
                known = lexicon.duties.doubts or lexicon.has("data", reading.whole_new)
                if match is not None and known and reading.by_us(reading.whole_new):
                    yield Draft(
                        kind,
                        Side.NEW,
                        reading.run_of(new, match),
                        "The old text said that this is not done; the word that said so is gone.",
                    )
                    return


def children(reading: Reading) -> Iterator[Draft]:
    """What is said of children changed for the worse: a safeguard went."""
    old = reading.unit.old
    if old is None or old.heading or not reading.lexicon.has("minor", reading.old):
        return
    lexicon = reading.lexicon
    if reading.unit.new is None or lexicon.any(reading.went, "consent", "minor", "negation"):
        match = lexicon["minor"].search(old.folded)
        if (
            match is not None
            and lexicon.any(reading.old, "consent", "negation")
            and not lexicon.has("minor", reading.came)
        ):
            if reading.unit.new is None and len(lexicon["minor"].findall(reading.old)) < 2:
                return
            yield Draft(
                FindingKind.CHILDREN_AGE,
                Side.OLD,
                reading.run_of(old, match),
                "A safeguard for children in the old text is gone.",
            )
