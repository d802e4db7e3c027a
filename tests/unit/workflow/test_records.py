"""When store and ledger file may go on together."""

from datetime import UTC, datetime

from publisher.domain.ledger import EventKind, LedgerEvent, chained
from publisher.workflow.records import disagreement

NOW = datetime(2026, 12, 1, tzinfo=UTC)
ADOPTED = LedgerEvent(EventKind.ADOPT, "privacy", "v1", NOW, "Ada")


def lines(*stores: str) -> tuple[str, ...]:
    bound = [LedgerEvent(EventKind.STORE, "privacy", None, NOW, "Ada", store=name) for name in stores]
    return tuple(event.line() for event in chained([ADOPTED, *bound], None))


def code(identity: str, held: tuple[str, ...], in_file: tuple[str, ...]) -> str | None:
    fault = disagreement(identity, "privacy", held, in_file)
    return fault.code if fault is not None else None


def test_a_store_that_is_ahead_of_the_file_is_right() -> None:
    assert code("one", lines("one"), lines()) is None
    assert code("one", lines("one"), ()) is None


def test_a_store_bound_anew_whose_file_lacks_that_line_is_right() -> None:
    assert code("other", lines("one", "other"), lines("one")) is None


def test_a_ledger_that_names_another_store_is_foreign() -> None:
    assert code("other", (), lines("one")) == "store-foreign"
    assert code("other", lines("one"), lines("one")) == "store-foreign"


def test_a_file_ahead_of_the_store_tells_another_story() -> None:
    assert code("one", lines("one")[:1], lines("one")) == "ledger-diverged"


def test_a_ledger_that_no_store_has_sent_for_is_taken_over() -> None:
    assert code("one", (), lines()) is None
