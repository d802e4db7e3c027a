"""For a language without a vocabulary: any sentence that came or went is shown to a person. In doubt: material."""

from collections.abc import Iterator

from publisher.domain.assessment import FindingKind, Side
from publisher.materiality.reading import Draft, Reading

_FEWEST = 4


def anything(reading: Reading) -> Iterator[Draft]:
    """Words changed in a language that the rules cannot read."""
    why = "The words changed in a language for which there are no rules: a person must judge them."
    new, old = reading.unit.new, reading.unit.old
    if new is not None and not new.heading and (reading.unit.edited or len(new.tokens) >= _FEWEST):
        yield Draft(FindingKind.OTHER, Side.NEW, reading.run, why)
    elif new is None and old is not None and not old.heading and len(old.tokens) >= _FEWEST:
        yield Draft(FindingKind.OTHER, Side.OLD, reading.run, why)
