"""Who is told of a change: those bound whom the changed clauses concern, as it was shown and signed."""

import json
import tomllib
from mailbox import Maildir

import pytest

from tests.acceptance.at_a_terminal import typed
from tests.acceptance.workspaces import POLICY, Workbench

AUDIENCES = """\
applies_to = "status = 'active'"
[[audience]]
name = "located"
clauses = ["1"]
where = "shares_location AND region = 'CN'"
[[audience]]
name = "kept"
clauses = ["2"]
where = "plan = 'archive'"
"""

USERS = """\
id,email,name,language,joined,status,region,shares_location,plan
u1,u1@example.com,Ann,en,2024-01-01,active,CN,yes,free
u2,u2@example.com,Ben,en,2024-01-01,active,DE,yes,free
u3,u3@example.com,Cid,zh-CN,2024-01-01,active,DE,no,archive
u4,u4@example.com,Dee,en,2024-01-01,closed,CN,yes,archive
u5,u5@example.com,Eve,en,2024-01-01,,CN,,free
u6,,Fay,en,2024-01-01,active,CN,yes,free
"""
"""Told are u1 and u6 (located), u3 (kept) and u5 (unknown); u2 is concerned by nothing, u4 is not bound."""


@pytest.fixture
def bench(workbench: Workbench) -> Workbench:
    workbench.write("policies/privacy/policy.toml", POLICY + AUDIENCES)
    _import(workbench, USERS)
    return workbench


def _import(bench: Workbench, rows: str) -> None:
    bench.run("users", "import", str(bench.write("users.csv", rows)))


def _received(bench: Workbench) -> list[str]:
    return sorted(str(mail["To"]) for mail in Maildir(bench.folder / "var/mail", create=False))


def test_only_those_whom_the_change_concerns_are_told(bench: Workbench) -> None:
    shown = bench.json("review", "privacy", "v2", "--accept-all", "--by", "Ada", "--note", "read")["audience"]
    where = "(status = 'active') AND ((shares_location AND region = 'CN') OR (plan = 'archive'))"
    assert (shown["name"], shown["where"]) == ("located, kept", where)
    signed = tomllib.loads((bench.folder / "policies/privacy/v2/review.toml").read_text("utf-8"))
    assert signed["audience"]["where"] == where

    (rehearsed,) = bench.json("publish", "--dry-run")["released"]
    assert rehearsed["where"] == where
    assert rehearsed["channels"]["email"] == [
        {"language": "en", "users": 3, "without_address": 1},
        {"language": "zh-CN", "users": 1, "without_address": 0},
    ]
    assert [(entry["name"], sum(row["users"] for row in entry["languages"])) for entry in rehearsed["audiences"]] == [
        ("located", 3),
        ("kept", 1),
    ]
    assert len(rehearsed["samples"]) == 4
    assert not any("u1@" in sample for sample in rehearsed["samples"])

    done = bench.program("publish")
    assert done.returncode == 0, done.stderr
    assert "notice privacy-v2-1 to 4 users" in done.stdout
    bench.program("deliver")
    assert _received(bench) == ["u1@example.com", "u3@example.com", "u5@example.com"]
    assert bench.state_of("v2")["messages"]["skipped"] == 1


def test_membership_is_fixed_by_the_release(bench: Workbench) -> None:
    bench.sign()
    bench.run("publish")
    _import(
        bench,
        USERS.replace("active,DE,yes", "active,CN,yes").replace("active,CN,yes,free\nu2", "active,DE,no,free\nu2"),
    )
    bench.run("deliver")
    assert _received(bench) == ["u1@example.com", "u3@example.com", "u5@example.com"]


def test_who_joins_before_the_effect_is_told_if_concerned(bench: Workbench) -> None:
    bench.sign()
    bench.run("publish")
    concerned = "u7,u7@example.com,Gus,en,2026-12-02,active,CN,yes,free\n"
    not_concerned = "u8,u8@example.com,Hal,en,2026-12-02,active,DE,no,free\n"
    _import(bench, USERS + concerned + not_concerned)
    bench.run("tick")
    bench.run("deliver")
    assert "u7@example.com" in _received(bench)
    assert "u8@example.com" not in _received(bench)


def test_a_condition_that_cannot_be_read_is_told_at_its_line(workbench: Workbench) -> None:
    text = POLICY + AUDIENCES.replace("plan = 'archive'", "plan = 'archive'; DROP TABLE users")
    workbench.write("policies/privacy/policy.toml", text)
    told = workbench.refused("check")
    line = text.splitlines().index("where = \"plan = 'archive'; DROP TABLE users\"") + 1
    assert f"policies/privacy/policy.toml:{line}: error: The condition cannot be read." in told


@pytest.mark.parametrize(
    "command", [("review", "privacy", "v2", "--accept-all", "--by", "A", "--note", "n"), ("publish",)]
)
def test_a_column_that_nobody_has_stops_before_anything_is_written(bench: Workbench, command: tuple[str, ...]) -> None:
    if command == ("publish",):
        bench.sign()
    before = sorted((path, path.read_bytes()) for path in (bench.folder / "policies").rglob("*") if path.is_file())
    text = (POLICY + AUDIENCES).replace("plan = ", "plam = ")
    bench.write("policies/privacy/policy.toml", text)

    told = bench.refused(*command)

    assert "Users have no column 'plam'." in told
    assert "Did you mean 'plan'?" in told
    bench.write("policies/privacy/policy.toml", POLICY + AUDIENCES)
    after = sorted((path, path.read_bytes()) for path in (bench.folder / "policies").rglob("*") if path.is_file())
    assert after == before


def test_a_signed_audience_that_changed_must_be_signed_again(bench: Workbench) -> None:
    bench.sign()
    bench.write("policies/privacy/policy.toml", POLICY)
    assert "The review was signed for (status = 'active') AND" in bench.refused("publish")
    bench.sign()
    assert "to 6 users" in bench.run("publish")


def test_an_audience_of_nobody_is_asked_about(bench: Workbench) -> None:
    rule = "id IN ('nobody')"
    bench.write("policies/privacy/policy.toml", POLICY + f'applies_to = "{rule}"\n')
    bench.sign()
    assert [entry["code"] for entry in bench.json("publish", "--dry-run")["questions"]] == ["audience-nobody"]
    assert f"Of 6 users privacy v2 would tell nobody by mail: {rule}." in bench.refused("publish")
    assert [event["kind"] for event in bench.ledger()] == ["adopt"]

    code, screen = typed(bench.folder, ("publish",), [("Release it so?", "n")])
    assert code == 1, screen
    assert [event["kind"] for event in bench.ledger()] == ["adopt"]

    assert "to 0 users" in bench.run("publish", "--yes")


def test_by_mail_alone_nobody_is_never_enough(bench: Workbench) -> None:
    rules = 'channels = ["email"]\napplies_to = "id IN (\'nobody\')"\n'
    bench.write("policies/privacy/policy.toml", POLICY + rules)
    bench.sign()
    assert "told by mail alone, to none of 6 users." in bench.refused("publish", "--yes")


def test_an_audience_over_twice_the_last_is_asked_about(bench: Workbench) -> None:
    bench.sign()
    bench.run("publish")
    more = "".join(f"n{n},n{n}@example.com,New,en,2024-01-01,active,CN,yes,free\n" for n in range(6))
    _import(bench, USERS + more)
    texts = {
        "en": bench.folder.joinpath("policies/privacy/v2/en.md").read_text("utf-8").split("---\n", 2)[2],
        "zh-CN": bench.folder.joinpath("policies/privacy/v2/zh-CN.md").read_text("utf-8").split("---\n", 2)[2],
    }
    texts["en"] = texts["en"].replace("precise location", "precise location and your health data")
    texts["zh-CN"] = texts["zh-CN"].replace("精确位置", "精确位置和健康数据")
    bench.write_version("v3", texts, '"+60 days"')
    bench.sign("v3")

    assert "privacy v3 would tell 9 users, over twice the 4 of the last notice." in bench.refused("publish")
    code, screen = typed(bench.folder, ("publish",), [("Release it so?", "y")])
    assert code == 0, screen
    assert "notice privacy-v3-1 to 9 users" in screen


def test_the_reviewer_sees_the_audience_before_they_sign(bench: Workbench) -> None:
    screen = bench.run("review", "privacy", "v2", "--accept-all", "--by", "Ada", "--note", "read")
    assert "A notice would go to located, kept:" in screen
    assert "where   (status = 'active') AND" in screen
    assert "for example" in screen
    assert json.dumps("u1@example.com") not in screen
