"""Each reader is told what changed since they last knew, by the mails that they got and the day they joined."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from tests.acceptance.test_after_notice import deliver_some
from tests.acceptance.workspaces import POLICY, V2, Workbench

LONGER = {language: text.replace("24", "36") for language, text in V2.items()}
V3 = {
    "en": LONGER["en"].replace("without your consent", "unless the law allows it"),
    "zh-CN": LONGER["zh-CN"].replace("未经您的同意", "除法律允许外"),
}
LOCATION, KEPT, SHARED = "precise location", "24 months", "unless the law allows it"

AUDIENCES = """\
[[audience]]
name = "located"
clauses = ["1.1"]
where = "shares_location"
[[audience]]
name = "archived"
clauses = ["2"]
where = "plan = 'archive'"
"""


def texts(bench: Workbench) -> dict[str, list[str]]:
    """The plain text of each mail by address, oldest first, without line breaks, marks, and the digest at the end."""
    found: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for path in (bench.folder / "var/mail/new").iterdir():
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        words = " ".join(str(body.get_content()).partition("----------")[0].replace("[", "").replace("]", "").split())
        found[str(message["To"])].append((path.stat().st_mtime_ns, words))
    return {address: [words for _, words in sorted(mails)] for address, mails in found.items()}


def users(bench: Workbench, *rows: str, columns: str = "") -> None:
    header = "id,email,name,language,joined" + columns
    bench.run("users", "import", str(bench.write("users.csv", "\n".join([header, *rows]) + "\n")))


def person(name: str, joined: str = "2024-10-01", language: str = "en") -> str:
    return f"{name},{name}@example.com,{name.title()},{language},{joined}"


@pytest.fixture
def three(workbench: Workbench) -> Workbench:
    """v2 applies; ann, ben and 晨 were told of it, dan's mail went nowhere; eve joined under it, fay before it."""
    users(workbench, person("ann"), person("ben"), person("chen", language="zh-CN"))
    workbench.sign()
    workbench.run("publish")
    workbench.run("deliver")
    workbench.run("tick")
    workbench.now = datetime(2027, 2, 1, tzinfo=UTC)
    workbench.run("tick")
    assert workbench.state_of("v2")["state"] == "in-force"
    users(workbench, person("dan"), person("eve", "2027-01-20"), person("fay", "2027-01-14"))
    workbench.write_version("v3", V3, '"+45 days"')
    workbench.sign("v3")
    return workbench


def test_each_is_told_since_the_version_that_they_know(three: Workbench) -> None:
    assert "to 6 users" in three.run("publish")
    three.run("deliver")
    found = texts(three)
    for told in ("ann", "ben", "eve"):
        mail = found[f"{told}@example.com"][-1]
        assert LOCATION not in mail
        assert KEPT in mail
        assert SHARED in mail
        assert "/privacy/v2...v3/en/" in mail
        assert "since version" not in mail
    for missed in ("dan", "fay"):
        (mail,) = found[f"{missed}@example.com"]
        assert LOCATION in mail
        assert "12 months" in mail
        assert KEPT not in mail
        assert SHARED in mail
        assert "/privacy/v1...v3/en/" in mail
        assert "changed since version 1, the last one" in mail
    assert "自第" not in found["chen@example.com"][-1]
    pages = three.folder / "site/public/privacy"
    for language in ("en", "zh-CN"):
        assert (pages / "v1...v3" / language / "index.html").exists()


def test_what_a_mail_led_to_stays_when_the_next_version_applies(three: Workbench) -> None:
    three.run("publish")
    three.run("deliver")
    three.now = datetime(2027, 6, 1, tzinfo=UTC)
    three.run("tick")
    three.write_version("v4", {name: text.replace("12", "15") for name, text in V3.items()}, '"+45 days"')
    three.sign("v4")
    three.run("publish")
    three.run("deliver")
    three.now = datetime(2027, 9, 1, tzinfo=UTC)
    three.run("tick")
    assert three.state_of("v3")["state"] == "superseded"
    for language in ("en", "zh-CN"):
        assert (three.folder / "site/public/privacy/v1...v3" / language / "index.html").is_file()


def test_whoever_missed_one_mail_is_told_of_both_changes_in_the_next(workbench: Workbench) -> None:
    workbench.import_users(6)
    workbench.sign()
    workbench.run("publish")
    deliver_some(workbench, 3)
    reached = set(texts(workbench))
    assert len(reached) == 3
    workbench.run("postpone", "privacy", "v2", "--to", "2027-06-01", "--by", "Ada", "--reason", "Later.")
    workbench.write_version("v3", V3, "2027-07-01")
    workbench.sign("v3")
    workbench.run("publish")
    workbench.run("deliver")
    later = {address: mails[-1] for address, mails in texts(workbench).items()}
    assert len(later) == 6
    # v2's own mails still go out: nobody is told of it twice
    assert not any("since version 1" in mail or "自第1版" in mail for mail in later.values())


def test_refused_once_is_told_later(three: Workbench) -> None:
    from sqlalchemy import create_engine, text

    engine = create_engine(f"sqlite:///{three.folder}/var/publisher.db")
    with engine.begin() as connection:
        key = connection.execute(text("SELECT recipient FROM users WHERE id = 'chen'")).scalar_one()
        connection.execute(text("UPDATE outbox SET state = 'refused' WHERE recipient = :key"), {"key": key})
    engine.dispose()
    three.run("publish")
    three.run("deliver")
    mail = texts(three)["chen@example.com"][-1]
    assert "自第1版以来" in mail
    assert "精确位置" in mail
    assert "/privacy/v1...v3/zh-CN/" in mail


def test_what_was_taken_back_on_the_way_is_not_told_to_those_who_never_knew(workbench: Workbench) -> None:
    users(workbench, person("ann"))
    workbench.sign()
    workbench.run("publish")
    workbench.run("deliver")
    workbench.run("tick")
    workbench.now = datetime(2027, 2, 1, tzinfo=UTC)
    workbench.run("tick")
    users(workbench, person("dan"))
    back = {
        "en": V3["en"].replace(", your e-mail address and your precise location", " and your e-mail address"),
        "zh-CN": V3["zh-CN"].replace("、电子邮箱地址和精确位置", "和电子邮箱地址"),
    }
    workbench.write_version("v3", back, '"+45 days"')
    workbench.sign("v3")
    workbench.run("publish")
    workbench.run("deliver")
    (mail,) = texts(workbench)["dan@example.com"]
    assert "for 12 months" in mail
    assert "location" not in mail.replace(SUMMARY, "")


SUMMARY = "We also collect your location (1.1) and keep data for longer (2.2)."


def test_each_audience_is_told_of_its_clauses_alone(workbench: Workbench) -> None:
    workbench.write("policies/privacy/policy.toml", POLICY + AUDIENCES)
    users(
        workbench,
        person("ann") + ",yes,free",
        person("ben") + ",no,archive",
        person("cid") + ",yes,archive",
        person("dan") + ",no,free",
        columns=",shares_location,plan",
    )
    workbench.sign()
    assert "to 3 users" in workbench.run("publish")
    workbench.run("deliver")
    found = {address: mails[0].replace(SUMMARY, "") for address, mails in texts(workbench).items()}
    shown = {address: (LOCATION in mail, KEPT in mail) for address, mail in found.items()}
    assert shown == {
        "ann@example.com": (True, False),
        "ben@example.com": (False, True),
        "cid@example.com": (True, True),
    }


def test_somebody_whom_the_older_change_concerned_is_told_and_counted(workbench: Workbench) -> None:
    workbench.write("policies/privacy/policy.toml", POLICY + AUDIENCES)
    yes, columns = ",yes,free", ",shares_location,plan"
    users(workbench, person("ann") + yes, columns=columns)
    workbench.sign()
    workbench.run("publish")
    workbench.run("deliver")
    workbench.run("tick")
    workbench.now = datetime(2027, 2, 1, tzinfo=UTC)
    workbench.run("tick")
    users(workbench, person("dan") + yes, person("eve", "2027-01-20") + yes, columns=columns)
    workbench.write_version("v3", LONGER, '"+45 days"')
    workbench.sign("v3")
    (rehearsed,) = workbench.json("publish", "--dry-run")["released"]
    assert sum(row["users"] for row in rehearsed["channels"]["email"]) == 1
    assert "to 1 user" in workbench.run("publish")
    workbench.run("deliver")
    found = texts(workbench)
    assert len(found["ann@example.com"]) == 1
    assert "eve@example.com" not in found
    (mail,) = found["dan@example.com"]
    assert LOCATION in mail
    assert "36" not in mail


def test_who_joins_while_it_is_announced_is_told_since_what_applied_then(three: Workbench) -> None:
    three.run("publish")
    three.run("deliver")
    users(three, person("gus", "2026-12-31"), person("hal", "2027-02-02"))
    three.run("tick")
    three.run("deliver")
    found = texts(three)
    assert "since version 1" in found["gus@example.com"][0]
    assert "since version" not in found["hal@example.com"][0]
    assert len(found["dan@example.com"]) == 1


def test_a_postponement_is_told_since_the_same_version(three: Workbench) -> None:
    three.run("publish")
    three.run("deliver")
    three.now += timedelta(days=1)
    three.run("postpone", "privacy", "v3", "--to", "2027-06-01", "--by", "Ada", "--reason", "Later.")
    three.run("deliver")
    found = texts(three)
    assert "since version 1" in found["dan@example.com"][1]
    assert LOCATION in found["dan@example.com"][1]
    assert LOCATION not in found["ann@example.com"][-1]
    assert "since version" not in found["ann@example.com"][-1]


def test_staff_see_what_each_is_told(three: Workbench) -> None:
    shown = " ".join(three.run("notice", "show", "privacy", "v3", "--since", "v1").split())
    assert LOCATION in shown
    assert "changed since version 1" in shown
    assert LOCATION not in three.run("notice", "show", "privacy", "v3")
    assert "Its readers know: v2, v1." in three.refused("notice", "show", "privacy", "v3", "--since", "v3")
    assert "privacy has no audience 'all'." in three.refused("notice", "show", "privacy", "v3", "--audience", "all")


def test_staff_see_what_an_audience_is_told(workbench: Workbench) -> None:
    workbench.write("policies/privacy/policy.toml", POLICY + AUDIENCES)
    shown = workbench.run("notice", "show", "privacy", "v2", "--audience", "located").replace(SUMMARY, "")
    assert LOCATION in shown
    assert KEPT not in shown
