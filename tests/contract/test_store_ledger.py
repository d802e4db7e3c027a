from dataclasses import replace
from datetime import timedelta

import pytest

from publisher.domain.ledger import EventKind, LedgerEvent, chained, event_of, first_break
from publisher.errors import PublisherError
from publisher.store import ledger
from publisher.store.engine import Store
from tests.contract.store_values import NOW

EVENT = LedgerEvent(EventKind.ADOPT, "privacy", "v1", NOW, "Ada")


def test_a_ledger_without_rows_has_no_lines(store: Store) -> None:
    with store.read() as connection:
        assert ledger.lines(connection, "privacy") == ()
        assert ledger.policies(connection) == ()


def test_appended_events_are_chained_onto_what_is_there(store: Store) -> None:
    with store.begin() as connection:
        first = ledger.append(connection, "privacy", [EVENT])
    with store.begin() as connection:
        later = [replace(EVENT, version=name, at=NOW + timedelta(days=1)) for name in ("v2", "v3")]
        written = ledger.append(connection, "privacy", later)
    with store.read() as connection:
        lines = ledger.lines(connection, "privacy")
    assert [event_of(line) for line in lines] == [*first, *written]
    assert first_break(lines) is None


def test_policies_do_not_share_a_chain(store: Store) -> None:
    with store.begin() as connection:
        ledger.append(connection, "privacy", [EVENT])
        ledger.append(connection, "cookies", [replace(EVENT, policy="cookies")])
    with store.read() as connection:
        assert ledger.policies(connection) == ("cookies", "privacy")
        assert event_of(ledger.lines(connection, "cookies")[0]).previous is None


def test_an_event_of_another_policy_is_a_bug(store: Store) -> None:
    with store.begin() as connection, pytest.raises(ValueError, match="another policy"):
        ledger.append(connection, "cookies", [EVENT])


def test_lines_taken_over_stay_verbatim_and_are_built_upon(store: Store) -> None:
    lines = [event.line() for event in chained([EVENT, replace(EVENT, version="v2")], None)]
    with store.begin() as connection:
        ledger.take_over(connection, "privacy", lines)
        ledger.append(connection, "privacy", [replace(EVENT, version="v3")])
    with store.read() as connection:
        held = ledger.lines(connection, "privacy")
    assert list(held[:2]) == lines
    assert first_break(held) is None
    assert len(held) == 3


def test_taking_over_again_begins_a_new_chain_and_keeps_the_old_rows(store: Store) -> None:
    other = [event.line() for event in chained([replace(EVENT, by="Grace")], None)]
    with store.begin() as connection:
        ledger.append(connection, "privacy", [EVENT, replace(EVENT, version="v2")])
        ledger.take_over(connection, "privacy", other)
    with store.read() as connection:
        assert ledger.lines(connection, "privacy") == tuple(other)
        assert connection.exec_driver_sql("SELECT count(*) FROM ledger").scalar_one() == 3


def test_a_transaction_that_fails_appends_nothing(store: Store) -> None:
    def fail() -> None:
        with store.begin() as connection:
            ledger.append(connection, "privacy", [EVENT])
            raise PublisherError(())

    with pytest.raises(PublisherError):
        fail()
    with store.read() as connection:
        assert ledger.lines(connection, "privacy") == ()
