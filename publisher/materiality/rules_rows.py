"""Limb B in lists and tables of processors: a new function, a new place, a new recipient; a vendor alone is not new."""

from collections.abc import Iterator

from publisher.domain.assessment import FindingKind, Side
from publisher.domain.clause import ClauseKind
from publisher.materiality.parts import names_vendor
from publisher.materiality.reading import Draft, Reading
from publisher.materiality.sentences import Sentence


def rows(reading: Reading) -> Iterator[Draft]:
    """A row of a table names a place or a function that it, or its table, did not name before."""
    sentence, old = reading.unit.new, reading.unit.old
    if sentence is None or len(sentence.cells) < 2 or not _of_processors(reading, sentence):
        return
    lexicon = reading.lexicon
    same = _row_before(reading, sentence) if old is None else old
    at = len(sentence.cells[0].split()) if lexicon.duties.spaced else len(sentence.cells[0])
    before = " ".join(same.cells[1:]) if same is not None else ""
    for match in lexicon["country"].finditer(sentence.folded):
        run = reading.run_of(sentence, match)
        if run[0] < at or match[0] in before:
            continue
        if same is not None or not _stands_in_table(reading, match[0]):
            yield Draft(
                FindingKind.TRANSFER_LOCATION,
                Side.NEW,
                run,
                "Data are processed in a place that the list did not name for this function.",
            )
            break
    for feature, index in reading.facts.stemmer.features(sentence.tokens):
        if (
            index >= at
            and feature not in reading.facts.match.old.stems
            and not names_vendor(reading, sentence, (index, index))
            and not lexicon.has("country", sentence.tokens[index])
        ):
            kind = FindingKind.NEW_RECIPIENT if same is None else FindingKind.NEW_PURPOSE
            yield Draft(kind, Side.NEW, (index, index), "The list did not name a recipient for this function before.")
            return


def items(reading: Reading) -> Iterator[Draft]:
    """An item of a list of processors names a function that no item named before."""
    sentence, old = reading.unit.new, reading.unit.old
    if (
        sentence is None
        or sentence.cells
        or sentence.clause.kind is not ClauseKind.ITEM
        or not _of_processors(reading, sentence)
    ):
        return
    if old is None and sentence.start == 0 and len(sentence.tokens) < len(sentence.clause.text.split()):
        return  # a vendor's name, followed by what it does: that sentence is judged
    if reading.novel and reading.lexicon.any(reading.whole_new, "service", "recipient"):
        at = reading.novel[0][1]
        yield Draft(
            FindingKind.NEW_RECIPIENT, Side.NEW, (at, at), "The list did not name a recipient for this function before."
        )


def _of_processors(reading: Reading, sentence: Sentence) -> bool:
    about = f"{sentence.section} {sentence.lead}"
    return reading.lexicon.any(about, "service", "recipient") or _title_says(reading)


def _title_says(reading: Reading) -> bool:
    first = next((s for s in reading.facts.match.new.sentences if s.heading), None)
    return first is not None and reading.lexicon.has("service", first.folded)


def _row_before(reading: Reading, sentence: Sentence) -> Sentence | None:
    """The old row whose first cell is the same."""
    return next((s for s in reading.facts.match.old.sentences if s.cells and s.cells[0] == sentence.cells[0]), None)


def _stands_in_table(reading: Reading, place: str) -> bool:
    return any(place in " ".join(s.cells[1:]) for s in reading.facts.match.old.sentences if s.cells)
