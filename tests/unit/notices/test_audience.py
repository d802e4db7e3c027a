import json

import pytest

from publisher.domain.clause import Clause, ClauseKind, ClauseTree
from publisher.domain.policy import Audience, PolicySettings
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
    Reach,
    Sort,
    any_of,
    reach_of,
    record,
)
from publisher.notices.audience import audiences_of, predicate_of, reach, unknown_columns

CN = Compared("region", Comparison.EQUAL, "CN")


@pytest.mark.parametrize(
    ("where", "meant"),
    [
        ("region = 'CN'", CN),
        ("uses_online_message AND region = 'CN'", AllOf((Flag("uses_online_message"), CN))),
        ("a AND b AND c OR d", AnyOf((AllOf((Flag("a"), Flag("b"), Flag("c"))), Flag("d")))),
        ("NOT (region = 'CN')", Not(CN)),
        ("region <> 'it''s'", Compared("region", Comparison.UNEQUAL, "it's")),
        ("region != ''", Compared("region", Comparison.UNEQUAL, "")),
        ("region IS NULL", Missing("region")),
        ("region IS NOT NULL", Not(Missing("region"))),
        ("newsletter = FALSE", Not(Flag("newsletter"))),
        ("newsletter <> true", Not(Flag("newsletter"))),
        ("newsletter IS NOT TRUE", Not(Flag("newsletter"))),
        ("region IN ('CN')", AnyOf((CN,))),
        ("region NOT IN ('CN')", Not(AnyOf((CN,)))),
        ("age >= 18.5", Compared("age", Comparison.AT_LEAST, "18.5", Sort.NUMBER)),
        ("age = -1", Compared("age", Comparison.EQUAL, "-1", Sort.NUMBER)),
        ("joined < '2026-03-01'", Compared("joined", Comparison.LESS, "2026-03-01", Sort.DATE)),
        ("joined = '2026-03-01'", Compared("joined", Comparison.EQUAL, "2026-03-01", Sort.DATE)),
        ("region LIKE 'CN-%'", Like("region", begins="CN-")),
        ("region NOT LIKE '%beta%'", Not(Like("region", contains="beta"))),
        ("email LIKE 'a%@example.com'", Like("email", begins="a", ends="@example.com")),
        ("region LIKE 'CN'", CN),
        ("region = 'CN' -- as counsel wants it", CN),
        (
            "age BETWEEN 1 AND 2",
            AllOf(
                (
                    Compared("age", Comparison.AT_LEAST, "1", Sort.NUMBER),
                    Compared("age", Comparison.AT_MOST, "2", Sort.NUMBER),
                )
            ),
        ),
    ],
)
def test_a_condition_means_what_its_sql_says(where: str, meant: object) -> None:
    assert predicate_of(where) == (meant, ())


@pytest.mark.parametrize(
    "where",
    [
        "",
        "true",
        "1=1",
        "1=1; DROP TABLE users",
        "region = 'CN'; SELECT 1",
        "(SELECT 1)",
        "region IN (SELECT id FROM users)",
        "EXISTS (SELECT 1)",
        "pg_read_file('/etc/passwd') = 'x'",
        "lower(region) = 'cn'",
        "age::int = 1",
        "CAST(age AS int) = 1",
        "users.region = 'CN'",
        "region = language",
        "'CN' = region",
        'region = "CN"',
        '"Region" = 1',
        "region = NULL",
        "region = $1",
        "region = :value",
        "region = E'\\n'",
        "region ~ 'C.*'",
        "region ILIKE 'cn'",
        "region SIMILAR TO 'cn'",
        "region LIKE 'C_N'",
        "region LIKE 'a%b%c'",
        "region LIKE 'a' ESCAPE 'b'",
        "region LIKE ANY('{a}')",
        "region = ANY('{CN}')",
        "region COLLATE \"C\" = 'CN'",
        "region > 'CN'",
        "age BETWEEN SYMMETRIC 2 AND 1",
        "age = 1e5",
        "age + 1 = 2",
        "joined = 5",
        "joined > 'yesterday'",
        "joined = '2026-02-30'",
        "joined LIKE '2026%'",
        "region = 'a\0b'",
        "CASE WHEN a THEN b END",
        "a IS DISTINCT FROM b",
        "a OPERATOR(pg_catalog.=) 1",
        "(" * 2000 + "a" + ")" * 2000,
        "NOT " * 1000 + "a",
        "- " * 1500 + "a",
        "a = '" + "x" * 5000 + "'",
    ],
)
def test_everything_else_is_refused_with_a_remedy(where: str) -> None:
    meant, faults = predicate_of(where)

    assert meant is None
    assert [(fault.code, bool(fault.remedy)) for fault in faults] == [("audience-syntax", True)]


def test_what_lies_in_a_text_is_no_nesting() -> None:
    assert predicate_of("region = '" + "(" * 50 + "'")[1] == ()


def _clause(name: str, *children: Clause) -> Clause:
    return Clause(ClauseKind.PARAGRAPH, name, name, 1, 1, children=children)


TREE = ClauseTree("en", (_clause("2", _clause("2.2", _clause("2.2.1"))), _clause("3", _clause("3.1"))))
ONLINE = Audience("online", ("2.2",), "uses_online_message")
SHARING = Audience("sharing", ("3",), "region = 'CN'")


def test_an_audience_holds_its_clauses_and_all_below_them() -> None:
    assert audiences_of((ONLINE, SHARING), ("2.2.1",), (TREE,)) == (ONLINE,)
    assert audiences_of((ONLINE, SHARING), ("3.1", "2.2"), (TREE,)) == (ONLINE, SHARING)


def test_a_change_that_no_audience_covers_concerns_everyone() -> None:
    assert audiences_of((ONLINE,), ("2.2.1", "3.1"), (TREE,)) is None
    assert audiences_of((ONLINE,), ("2",), (TREE,)) is None
    assert audiences_of((ONLINE,), ("policy.toml",), (TREE,)) is None
    assert audiences_of((ONLINE,), (), (TREE,)) is None


def test_a_clause_that_moved_concerns_those_of_both_its_places() -> None:
    moved = ClauseTree("en", (_clause("2"), _clause("3", _clause("3.1"), _clause("2.2.1")), _clause("4")))

    assert audiences_of((ONLINE, SHARING), ("2.2.1",), (TREE, moved)) == (ONLINE, SHARING)
    assert audiences_of((ONLINE,), ("2.2.1",), (TREE, moved)) is None


def _settings(applies_to: str | None, *audiences: Audience) -> PolicySettings:
    return PolicySettings("privacy", "Privacy", "en", applies_to=applies_to, audiences=audiences)


def test_a_reach_is_those_bound_who_belong_to_any_audience() -> None:
    found = reach(_settings("active", ONLINE, SHARING), ("2.2", "3.1"), (TREE,))

    assert found == Reach(
        Flag("active"),
        (Member("online", Flag("uses_online_message")), Member("sharing", CN)),
        "(active) AND ((uses_online_message) OR (region = 'CN'))",
    )
    assert found.name == "online, sharing"
    assert found.columns() == ("active", "uses_online_message", "region")


def test_without_conditions_everyone_is_told() -> None:
    assert reach(_settings(None), ("2.2",), (TREE,)) == EVERYONE
    assert reach(_settings(None, ONLINE), ("3.1",), (TREE,)) == EVERYONE
    assert reach(_settings("active", ONLINE), ("3.1",), (TREE,)) == Reach(Flag("active"), None, "active")


def test_a_condition_that_cannot_be_read_leaves_nobody_out() -> None:
    broken = Audience("broken", ("2.2",), "1=1")

    assert reach(_settings("; drop", broken), ("2.2",), (TREE,)) == EVERYONE


def test_one_notice_of_several_policies_tells_whom_any_of_them_concerns() -> None:
    active, online = Reach(Flag("active"), None, "active"), Reach(None, (Member("online", Flag("x")),), "x")

    assert any_of((active, EVERYONE)) == EVERYONE
    assert any_of((active, active)) == active
    assert any_of((active, online)) == Reach(
        None, (Member("everyone", Flag("active")), Member("online", AnyOf((Flag("x"),)))), "(active) OR (x)"
    )


def test_a_reach_is_read_back_as_it_was_recorded() -> None:
    where = "NOT (a = 'x' OR b >= 2 OR c IS NULL) AND d LIKE 'y%' AND e AND joined < '2026-01-01'"
    found = reach(_settings(where, ONLINE), ("2.2",), (TREE,))

    assert found.bound is not None
    assert reach_of(json.loads(json.dumps(record(found)))) == found
    assert reach_of(json.loads(json.dumps(record(EVERYONE)))) == EVERYONE


def test_a_column_that_nobody_has_is_told_with_the_nearest_one() -> None:
    (fault,) = unknown_columns(("region", "regoin"), ("id", "region"))

    assert fault.code == "audience-column"
    assert "regoin" in fault.message
    assert fault.remedy.startswith("Did you mean 'region'?")
