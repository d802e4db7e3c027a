"""The versions that readers of a notice may know, and what each of them is told."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from publisher.config import read_settings
from publisher.domain.change import Grade
from publisher.domain.ledger import EventKind
from publisher.domain.notice import NoticeId
from publisher.domain.predicate import EVERYONE
from publisher.domain.telling import Known, known_of
from publisher.workflow.telling import Telling, telling_of
from publisher.workflow.workspace import open_workspace
from tests.unit.workflow.checking import Desk
from tests.unit.workflow.test_comparing import ALONE, FRONT

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
FIRST = """\
# Privacy

## 1. Data

1.1 We collect your name.

1.2 We keep your data for 6 months.

## 2. Rights

2.1 We will answer you within 10 days.
"""
SECOND = FIRST.replace("your name", "your name and your location").replace("6 months", "24 months")
THIRD = SECOND.replace("10 days", "60 days").replace(" and your location", "")
AUDIENCES = """\
[[audience]]
name = "kept"
clauses = ["1.2"]
where = "plan = 'archive'"
[[audience]]
name = "asking"
clauses = ["2"]
where = "region = 'CN'"
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """v1 was adopted, v2 was released and told of, v3 is a draft."""
    made = Desk(tmp_path)
    (tmp_path / "publisher.toml").write_text('[site]\nname = "Acme"\n', "utf-8")
    made.write("policy.toml", ALONE)
    for number, text in enumerate((FIRST, SECOND, THIRD), start=1):
        made.write(f"v{number}/en.md", FRONT.format(f"202{number}-01-01") + text)
    made.record("v1")
    made.record("v2", EventKind.RELEASE, grade=Grade.MATERIAL, notice="privacy-v2-1", floor=30)
    return made


def told(desk: Desk, version: str = "v3", now: datetime = NOW) -> Telling:
    workspace = open_workspace(read_settings(desk.root, {}))
    return telling_of(desk.root, workspace.policy("privacy"), workspace.events("privacy"), version, now=now)


def complete(desk: Desk) -> None:
    """v2 applies from 2022 on, as far as its ledger is concerned."""
    desk.record("v2", EventKind.POSTPONE, effective=date(2027, 1, 15), notice="privacy-v2-2", floor=30)
    desk.record("v2", EventKind.COMPLETE, at=datetime(2026, 12, 2, tzinfo=UTC))


def test_readers_know_versions_down_to_the_newest_adopted_one(desk: Desk) -> None:
    assert [step.version for step in told(desk).ladder.steps] == ["v2", "v1"]
    assert [step.version for step in told(desk, "v2").ladder.steps] == ["v1"]
    desk.record("v3", EventKind.ADOPT)
    desk.write("v4/en.md", FRONT.format("2028-01-01") + FIRST)
    assert [step.version for step in told(desk, "v4").ladder.steps] == ["v3"]


def test_a_withdrawn_version_is_known_to_nobody(desk: Desk) -> None:
    desk.record("v2", EventKind.WITHDRAW, notice="privacy-v2-2")
    assert [step.version for step in told(desk).ladder.steps] == ["v1"]


def test_a_version_is_known_by_all_its_notices_and_from_the_day_it_applies(desk: Desk) -> None:
    complete(desk)
    before = told(desk, now=datetime(2026, 12, 3, tzinfo=UTC)).ladder.steps[0]
    assert before.told_by == (NoticeId("privacy", "v2", 1), NoticeId("privacy", "v2", 2))
    assert (before.coming, before.since) == (True, None)
    after = told(desk, now=datetime(2027, 1, 20, tzinfo=UTC)).ladder.steps[0]
    assert (after.coming, after.since) == (False, date(2027, 1, 15))


def test_what_still_differs_is_told_with_its_reasons_and_what_was_taken_back_is_not(desk: Desk) -> None:
    found = told(desk)
    assert [reason.clause for reason in found.reasons["v2"]] == ["2.1"]
    assert [reason.clause for reason in found.reasons["v1"]] == ["1.2", "2.1"]


def test_everyone_is_told_alike_without_audiences(desk: Desk) -> None:
    assert all(step.reach == EVERYONE and not step.groups for step in told(desk).ladder.steps)


def test_clauses_of_several_audiences_are_told_apart_only_where_both_changed(desk: Desk) -> None:
    desk.write("policy.toml", ALONE + AUDIENCES)
    found = told(desk)
    newest, older = found.ladder.steps
    assert newest.reach is not None
    assert older.reach is not None
    assert (newest.reach.name, newest.groups) == ("asking", ())
    assert older.reach.name == "kept, asking"
    assert [group.name for group in older.groups] == ["kept", "asking"]
    kept = found.since(Known("privacy", "v1", ("kept",)))
    assert [reason.clause for reason in kept.reasons] == ["1.2"]
    assert [reason.clause for reason in found.since(Known("privacy", "v1", ("kept", "asking"))).reasons] == [
        "1.2",
        "2.1",
    ]


def test_what_only_takes_back_a_promise_concerns_nobody_who_never_had_it(desk: Desk) -> None:
    desk.write("v4/en.md", FRONT.format("2028-01-01") + THIRD.replace("60 days", "5 days"))
    desk.record("v3", EventKind.RELEASE, grade=Grade.MATERIAL, notice="privacy-v3-1", floor=30)
    desk.record("v4", EventKind.RELEASE, grade=Grade.CLARIFICATION)
    desk.write("v5/en.md", FRONT.format("2029-01-01") + THIRD)
    steps = {step.version: step.reach for step in told(desk, "v5").ladder.steps}
    assert steps["v4"] == EVERYONE
    assert steps["v3"] is None
    assert steps["v2"] == steps["v1"] == EVERYONE


def test_a_variant_reads_back(desk: Desk) -> None:
    desk.write("policy.toml", ALONE + AUDIENCES)
    ladder = told(desk).ladder
    assert known_of("", (ladder,)) == (Known("privacy", "v2", ()),)
    assert known_of("v1 kept asking", (ladder,)) == (Known("privacy", "v1", ("kept", "asking")),)
    assert known_of(";privacy:v1 kept", (ladder, ladder)) == (Known("privacy", "v1", ("kept",)),)
    with pytest.raises(ValueError, match="no variant of privacy"):
        known_of("v7", (ladder,))
