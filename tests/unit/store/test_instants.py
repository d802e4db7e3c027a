from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects import sqlite

from publisher.store.schema import Instant

DIALECT = sqlite.dialect()


@pytest.mark.parametrize(
    "instant",
    [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2026, 11, 2, 9, 0, 0, 123456, tzinfo=UTC),
        datetime(2026, 11, 2, 9, 0, tzinfo=timezone(timedelta(hours=8))),
        datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(9999, 12, 31, tzinfo=UTC),
    ],
)
def test_an_instant_comes_back_exactly(instant: datetime) -> None:
    column = Instant()
    assert column.process_result_value(column.process_bind_param(instant, DIALECT), DIALECT) == instant


def test_later_instants_are_greater_numbers_whatever_their_zone() -> None:
    column = Instant()
    early = column.process_bind_param(datetime(2026, 11, 2, 9, 0, tzinfo=timezone(timedelta(hours=8))), DIALECT)
    late = column.process_bind_param(datetime(2026, 11, 2, 1, 0, 1, tzinfo=UTC), DIALECT)
    assert early is not None
    assert late is not None
    assert early < late


def test_an_instant_without_a_zone_is_a_bug() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        Instant().process_bind_param(datetime(2026, 11, 2), DIALECT)  # noqa: DTZ001  what is to be refused
