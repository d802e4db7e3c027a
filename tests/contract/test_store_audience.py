"""Who is told, decided inside the database: on both kinds alike, and as the conditions say."""

import operator
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from publisher.domain.notice import Notice
from publisher.domain.predicate import (
    EVERYONE,
    AllOf,
    AnyOf,
    Compared,
    Comparison,
    Flag,
    Like,
    Member,
    Missing,
    Not,
    Predicate,
    Reach,
    Sort,
)
from publisher.domain.users import User
from publisher.notices.audience import predicate_of
from publisher.store import audience, notices, outbox, readership, schema, users
from publisher.store.engine import Store, open_store
from tests.contract.store_values import FIRST, NOW, SECOND, add_users, both_kinds, notice, template, user

CN = Reach(None, (Member("cn", Compared("region", Comparison.EQUAL, "CN")),), "region = 'CN'")


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    store = open_store(store_url)
    yield store
    store.close()


def _user(number: int, joined: str = "2024-01-01", language: str = "en", **attributes: str | None) -> User:
    return replace(
        user(number, language=language), joined=date.fromisoformat(joined), attributes=tuple(attributes.items())
    )


def _told(connection: Connection, where: str) -> set[str]:
    predicate, faults = predicate_of(where)
    assert predicate is not None, faults
    reach = Reach(None, (Member("some", predicate),), where)
    return set(connection.execute(select(schema.users.c.id).where(audience.condition(reach))).scalars())


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("region = 'CN'", {"u1", "u4"}),
        ("region = 'cn'", {"u4"}),
        ("region <> 'CN'", {"u2", "u3", "u4"}),
        ("NOT region = 'CN'", {"u2", "u3", "u4"}),
        ("region IN ('CN', 'EU-DE')", {"u1", "u2", "u4"}),
        ("region NOT IN ('CN')", {"u2", "u3", "u4"}),
        ("region IS NULL", {"u4"}),
        ("region IS NOT NULL", {"u1", "u2", "u3"}),
        ("region LIKE 'EU-%'", {"u2", "u3", "u4"}),
        ("region LIKE 'eu-%'", {"u4"}),
        ("region NOT LIKE 'EU-%'", {"u1", "u4"}),
        ("region LIKE '%-FR'", {"u3", "u4"}),
        ("region LIKE '%U-%'", {"u2", "u3", "u4"}),
        ("region LIKE 'EU-D%-DE'", {"u4"}),
        ("region LIKE '%'", {"u1", "u2", "u3", "u4"}),
        ("beta", {"u1", "u3", "u4"}),
        ("NOT beta", {"u2", "u3", "u4"}),
        ("age >= 18", {"u1", "u3", "u4"}),
        ("age = 9", {"u2", "u3", "u4"}),
        ("age > -1 AND age < 10", {"u2", "u3", "u4"}),
        ("seen >= '2026-06-01'", {"u2", "u3", "u4"}),
        ("joined >= '2025-01-01'", {"u3"}),
        ("joined BETWEEN '2024-01-01' AND '2024-12-31'", {"u1", "u2", "u4"}),
        ("language = 'zh-CN'", {"u2", "u4"}),
        ("email LIKE 'reader1@%'", {"u1"}),
        ("id = 'u3'", {"u3"}),
        ("region = 'CN' AND beta", {"u1", "u4"}),
        ("region = 'EU-DE' OR NOT beta", {"u2", "u3", "u4"}),
        ("region = '\"; DROP TABLE users; --'", {"u4"}),
    ],
)
def test_a_user_is_told_unless_the_condition_rules_them_out(store: Store, where: str, told: set[str]) -> None:
    with store.begin() as connection:
        add_users(
            connection,
            [
                _user(1, region="CN", beta="true", age="18", seen="2026-05-31T23:59:59Z"),
                _user(2, language="zh-CN", region="EU-DE", beta="NO", age="9.0", seen="2026-06-01"),
                _user(3, joined="2025-06-30", region="EU-FR", beta="perhaps", age="unknown", seen="never"),
                _user(4, language="und", region=None),
            ],
        )
        assert _told(connection, where) == told


def test_columns_are_known_however_few_users_have_them(store: Store) -> None:
    with store.begin() as connection:
        add_users(connection, [_user(number, region="CN") for number in range(1100)])
        add_users(
            connection, [_user(number, rare=None, said='{"hidden": 1}, "hidden": 2') for number in range(1100, 1102)]
        )
        known = users.known_columns(connection, ("region", "rare", "hidden", "REGION", "joined"))

    assert {"id", "name", "language", "joined", "email", "region", "rare"} <= set(known)
    assert not {"hidden", "REGION"} & set(known)


def test_membership_is_fixed_by_the_transaction_that_queues(store: Store) -> None:
    with store.begin() as connection:
        add_users(connection, [_user(1, region="CN"), _user(2, region="DE"), _user(3)])
        assert outbox.queue(connection, _narrow(notice()), [template()]) == 2
        assert readership.counts(connection, CN) == (("en", (2, 0)),)
        assert {found.id for found in readership.sample(connection, 5, CN)} == {"u1", "u3"}
        add_users(connection, [_user(1, region="DE")])

    with store.read() as connection:
        held = notices.find(connection, FIRST)
        assert held == _narrow(notice())
        assert sum(entry.count for entry in outbox.counts(connection, FIRST)) == 2
        assert outbox.last_audience(connection) == 2


def test_a_notice_without_an_audience_reaches_everyone(store: Store) -> None:
    with store.begin() as connection:
        add_users(connection, [_user(1, region="CN"), _user(2, region="DE")])
        assert outbox.queue(connection, notice(), [template()]) == 2
        held = notices.find(connection, FIRST)

    assert held is not None
    assert (held.reach, held.audience) == (EVERYONE, "everyone")


def test_who_joins_later_is_told_if_the_notice_reaches_them(store: Store) -> None:
    with store.begin() as connection:
        add_users(connection, [_user(1, region="CN")])
        outbox.queue(connection, _narrow(notice()), [template()])
        add_users(connection, [_user(2, region="CN"), _user(3, region="DE"), _user(4)])
        held = notices.find(connection, FIRST)
        assert held is not None
        assert outbox.queue_late(connection, held) == 2
        assert outbox.queue_late(connection, held) == 0


def test_a_later_notice_reaches_whom_the_first_did(store: Store) -> None:
    with store.begin() as connection:
        add_users(connection, [_user(1, region="CN"), _user(2, region="DE")])
        outbox.queue(connection, _narrow(notice()), [template()])
        add_users(connection, [_user(1, region="DE"), _user(3, region="CN"), _user(4, region="DE")])
        done = outbox.queue_after(connection, notice(SECOND), both_kinds(SECOND), now=NOW)
        later = notices.find(connection, SECOND)

    assert (done.total, done.sequels, done.cancelled) == (2, 0, 1)
    assert later is not None
    assert later.reach == CN


ORDERS = {
    Comparison.EQUAL: operator.eq,
    Comparison.UNEQUAL: operator.ne,
    Comparison.LESS: operator.lt,
    Comparison.AT_MOST: operator.le,
    Comparison.MORE: operator.gt,
    Comparison.AT_LEAST: operator.ge,
}
COLUMNS = ("region", "beta", "age", "seen")
WORDS = ("CN", "cn", "EU", "true", "No", "0", "18", "-3.5", "2026-03-01", "2026-03-01T10:00", "", "é")


def _leaves() -> st.SearchStrategy[Predicate]:
    column = st.sampled_from(COLUMNS)
    equal = st.sampled_from((Comparison.EQUAL, Comparison.UNEQUAL))
    any_way = st.sampled_from(tuple(Comparison))
    piece = st.sampled_from(("", "C", "N", "2026", "é", "1"))
    return st.one_of(
        st.builds(Compared, column, equal, st.sampled_from(WORDS)),
        st.builds(Compared, column, any_way, st.sampled_from(("0", "18", "-3.5")), st.just(Sort.NUMBER)),
        st.builds(Compared, column, any_way, st.just("2026-03-01"), st.just(Sort.DATE)),
        st.builds(Like, column, piece, st.just(""), piece),
        st.builds(Like, column, st.just(""), piece, st.just("")),
        st.builds(Missing, column),
        st.builds(Flag, column),
    )


def _parts(below: st.SearchStrategy[Predicate]) -> st.SearchStrategy[Predicate]:
    several = st.lists(below, min_size=1, max_size=3).map(tuple)
    return st.one_of(st.builds(AllOf, several), st.builds(AnyOf, several), st.builds(Not, below))


USERS = st.fixed_dictionaries(dict.fromkeys(COLUMNS, st.one_of(st.none(), st.sampled_from(WORDS))))


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.recursive(_leaves(), _parts, max_leaves=8), st.lists(USERS, min_size=1, max_size=6))
def test_the_database_decides_as_three_valued_logic_does(
    store: Store, predicate: Predicate, people: list[dict[str, str | None]]
) -> None:
    reach = Reach(predicate, (Member("same", predicate),), "")
    with store.begin() as connection:
        connection.execute(schema.users.delete())
        add_users(
            connection,
            [replace(user(number), attributes=tuple(values.items())) for number, values in enumerate(people)],
        )
        found = set(connection.execute(select(schema.users.c.id).where(audience.condition(reach))).scalars())

    assert found == {f"u{number}" for number, values in enumerate(people) if _met(predicate, values) is not False}


def _met(predicate: Predicate, values: dict[str, str | None]) -> bool | None:
    """The same a second time, in plain words: None is unknown."""
    match predicate:
        case AllOf(parts):
            met = [_met(part, values) for part in parts]
            return False if False in met else None if None in met else True
        case AnyOf(parts):
            met = [_met(part, values) for part in parts]
            return True if True in met else None if None in met else False
        case Not(part):
            inner = _met(part, values)
            return None if inner is None else not inner
        case Missing(column):
            return values[column] is None
    text = values[predicate.column]
    if text is None:
        return None
    match predicate:
        case Flag():
            return {"true": True, "no": False, "0": False}.get(text.lower())
        case Like(_, begins, contains, ends):
            enough = len(text) >= len(begins) + len(ends)
            return enough and text.startswith(begins) and text.endswith(ends) and contains in text
        case Compared():
            return _compared(predicate, text)


def _compared(given: Compared, text: str) -> bool | None:
    left: Any = text
    right: Any = given.value
    if given.sort is Sort.NUMBER:
        if text not in ("0", "18", "-3.5"):
            return None
        left, right = float(text), float(given.value)
    if given.sort is Sort.DATE:
        if not text.startswith("2026"):
            return None
        left = text[:10]
    return bool(ORDERS[given.comparison](left, right))


def _narrow(given: Notice) -> Notice:
    return replace(given, reach=CN)
