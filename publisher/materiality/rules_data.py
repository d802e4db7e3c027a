"""Limb B: which data are collected, what for, who receives them and where they go."""

import re
from collections.abc import Iterator

from publisher.domain.assessment import FindingKind, Side
from publisher.domain.clause import ClauseKind
from publisher.materiality.matching import Run
from publisher.materiality.reading import Draft, Reading
from publisher.materiality.sentences import join


def new_data(reading: Reading) -> Iterator[Draft]:
    """A kind of data comes into a sentence that says what is collected."""
    sentence = reading.unit.new
    if sentence is None or sentence.heading:
        return
    verb = reading.said("collect")
    about = reading.whole_new
    listed = _listed(reading)
    if listed is not None:
        yield Draft(
            FindingKind.NEW_DATA_TYPE,
            Side.NEW,
            listed,
            "A kind of data that the old text does not name joins the list.",
        )
        return
    if _passed_on(reading):
        return
    if not verb or not reading.lexicon.has("data", about) or not reading.practice:
        return
    item = reading.first_unknown("data_item", reading.facts.old_items)
    if item is not None:
        yield Draft(
            FindingKind.NEW_DATA_TYPE,
            Side.NEW,
            item,
            "A kind of data that the old text does not name is now collected.",
        )
    elif reading.novel and _wider(reading) and _gathers(reading):
        at = reading.novel[0][1]
        yield Draft(
            FindingKind.NEW_DATA_TYPE,
            Side.NEW,
            (at, at),
            "What is collected, or how, is described more widely than before.",
        )
    elif not reading.unit.edited and reading.fresh > 0.6 and reading.by_us(about):
        yield Draft(
            FindingKind.NEW_DATA_TYPE, Side.NEW, reading.run, "A statement of what is collected is new to the text."
        )


def _gathers(reading: Reading) -> bool:
    """Whether a word stands there that means collecting and nothing else, where the language tells them apart."""
    if not reading.lexicon.duties.gather:
        return True
    verb = reading.affirmed("gather", reading.new, reading.lead)
    if verb is not None and (reading.unit.new is None or not reading.unit.edited):
        return True
    if verb is not None and reading.unit.new is not None:
        last = reading.novel[-1][1] if reading.novel else -1
        return last >= reading.unit.new.token_at(verb.start()) or reading.lexicon.has(
            "done", reading.new[: verb.start()].rstrip()[-20:]
        )
    return bool(reading.lead) and reading.affirmed("gather", reading.lead) is not None


def _wider(reading: Reading) -> bool:
    """Whether new words in a statement of what is collected can be taken to widen it."""
    if reading.unit.edited and reading.lexicon.duties.doubts:
        return False  # the rules for what is in doubt read the part around the words
    return reading.unit.edited or reading.lexicon.has("data", reading.new)


def new_purpose(reading: Reading) -> Iterator[Draft]:
    """A purpose comes into a sentence that says what data are used for."""
    sentence = reading.unit.new
    if sentence is None or sentence.heading or not reading.practice:
        return
    about = reading.whole_new
    verb = reading.said("use")
    if not verb or not (reading.lexicon.has("data", about) or reading.by_us(about)):
        return
    purpose = reading.first_unknown("purpose", reading.facts.old_purposes)
    if purpose is not None:
        yield Draft(
            FindingKind.NEW_PURPOSE, Side.NEW, purpose, "Data are used for a purpose that the old text does not name."
        )
    elif reading.unit.edited:
        for _, came, _, run in reading.swaps():
            if run is not None and (
                reading.lexicon.has("purpose", came) or (reading.novel_in(run) and _purposive(reading, run))
            ):
                yield Draft(
                    FindingKind.NEW_PURPOSE, Side.NEW, run, "Words were added that widen what data are used for."
                )
                return
    elif reading.by_us(about) and reading.lexicon.has("data", about) and (reading.novel or reading.fresh > 0.6):
        yield Draft(
            FindingKind.NEW_PURPOSE, Side.NEW, reading.run, "A statement of what data are used for is new to the text."
        )


def added_purpose(reading: Reading) -> Iterator[Draft]:
    """Words at the end of what something is done for add what else it is done for: `and to suggest hotels`."""
    sentence = reading.unit.new
    if sentence is None or not reading.unit.edited or sentence.heading or not reading.practice:
        return
    lexicon = reading.lexicon
    for went, came, _, run in reading.swaps():
        if run is None or went or not lexicon.has("purpose_tail", came) or not reading.novel_in(run):
            continue
        before = join(sentence.tokens[: run[0]], lexicon.duties.spaced)
        ours = reading.acts(f"{sentence.lead} {before}") or lexicon.any(sentence.lead, "use", "purpose")
        if not ours or lexicon.any(before, "entitlement", "negation") or lexicon.has("limiting", came):
            continue
        why = "Words were added that name something else for which data are used."
        yield Draft(FindingKind.NEW_PURPOSE, Side.NEW, run, why)
        return


def new_recipient(reading: Reading) -> Iterator[Draft]:
    """Someone new receives data, or data are shared in a way not said before."""
    sentence = reading.unit.new
    if sentence is None or sentence.heading or not reading.practice:
        return
    about = reading.whole_new
    share = reading.said("share")
    named = reading.affirmed("recipient", reading.new, reading.lead)
    handled = reading.affirmed("collect", reading.new, reading.lead) or (
        reading.by_us(about) and reading.affirmed("use", reading.new, reading.lead)
    )
    if not share and not (named and handled):
        return
    if not reading.lexicon.has("data", about) and not named:
        return
    recipient = reading.first_unknown("recipient", reading.facts.old_recipients)
    if recipient is not None:
        yield Draft(
            FindingKind.NEW_RECIPIENT,
            Side.NEW,
            recipient,
            "A recipient that the old text does not name may now receive data.",
        )
    elif reading.unit.edited:
        for _, came, _, run in () if reading.lexicon.duties.doubts else reading.swaps():
            if run is not None and (
                reading.lexicon.any(came, "recipient", "share")
                or (share and reading.novel_in(run) and not reading.lexicon.has("purpose", came))
            ):
                yield Draft(
                    FindingKind.NEW_RECIPIENT,
                    Side.NEW,
                    run,
                    "Words were added that widen to whom, or which, data are passed on.",
                )
                return
    elif (named or share) and (reading.novel or reading.fresh > 0.5):
        yield Draft(
            FindingKind.NEW_RECIPIENT, Side.NEW, reading.run, "A statement of who receives data is new to the text."
        )


def new_place(reading: Reading) -> Iterator[Draft]:
    """Data go to, or are kept in, a country not named in this sentence before."""
    sentence = reading.unit.new
    if sentence is None or sentence.cells or not reading.practice:
        return
    if not reading.affirmed("transfer", reading.whole_new) or not reading.lexicon.has("data", reading.whole_new):
        return
    before = {match[0] for match in reading.lexicon["country"].finditer(reading.old)}
    for match in reading.lexicon["country"].finditer(reading.new):
        run = reading.run_of(sentence, match)
        if reading.lexicon.has("source", reading.new[: match.start()].rstrip()[-20:]):
            continue
        if match[0] not in before and reading.inside(run) and not reading.denied(reading.new, match.start()):
            yield Draft(
                FindingKind.TRANSFER_LOCATION,
                Side.NEW,
                run,
                "Data may be sent to, or kept in, a place that this sentence did not name.",
            )
            return


def _passed_on(reading: Reading) -> bool:
    """Whether the new sentence is about passing data on, rather than coming by them."""
    share, collect = (reading.lexicon[field].search(reading.new) for field in ("share", "collect"))
    return (
        share is not None
        and (collect is None or share.start() <= collect.start())
        and reading.affirmed("recipient", reading.new) is not None
        and reading.acts(reading.new[: share.start()])
    )


def _listed(reading: Reading) -> Run | None:
    """Where a kind of data stands in a list of data that are collected or used, when the old text does not name it."""
    sentence = reading.unit.new
    if sentence is None or not reading.practice:
        return None
    about = sentence.lead or sentence.section
    if not reading.lexicon.has("data", about) or not reading.lexicon.any(about, "collect", "use"):
        return None
    if sentence.clause.kind not in (ClauseKind.ITEM, ClauseKind.ROW) and reading.by_us(reading.new):
        return None
    return reading.first_unknown("data_item", reading.facts.old_items)


def _purposive(reading: Reading, run: Run) -> bool:
    sentence = reading.unit.new
    if sentence is None:
        return False
    return re.search(reading.lexicon["purpose_mark"], reading.around(sentence, run)) is not None or bool(reading.lead)
