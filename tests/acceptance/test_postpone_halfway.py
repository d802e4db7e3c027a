"""Postponed with 40 % sent, by the installed command and a real mail server: nobody twice, nobody left out."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

from tests.acceptance.workspaces import POLICY, SETTINGS, V1, V2, Workbench
from tests.contract.scripted_smtp import Server, scripted

USERS, TOLD = 100, 40


def ran(bench: Workbench, *arguments: str) -> str:
    done = bench.program(*arguments)
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout


def received(server: Server) -> dict[str, list[str]]:
    """The subjects of all mails that the server took, by address, in the order of their coming."""
    found: dict[str, list[str]] = {}
    for content in server.messages:
        mail = message_from_bytes(content, policy=policy.default)
        found.setdefault(str(mail["To"]), []).append(str(mail["Subject"]))
    return found


def announced(folder: Path) -> Workbench:
    bench = Workbench(folder)
    bench.write("publisher.toml", SETTINGS + "connections = 1\n")
    bench.write("policies/privacy/policy.toml", POLICY.replace('languages = ["zh-CN"]\n', ""))
    for version, texts, date in (("v1", V1, "2024-10-01"), ("v2", V2, '"+45 days"')):
        bench.write_version(version, {"en": texts["en"]}, date)
    rows = [f"u{index:03},u{index:03}@example.com,User,en,2024-01-01" for index in range(USERS)]
    users = bench.write("users.csv", "\n".join(["id,email,name,language,joined", *rows]) + "\n")
    ran(bench, "adopt", "privacy", "--through", "v1", "--by", "Acme")
    ran(bench, "users", "import", str(users))
    ran(bench, "review", "privacy", "v2", "--accept-all", "--by", "Ada", "--note", "read")
    ran(bench, "publish")
    return bench


def test_those_told_get_the_follow_up_and_all_others_one_notice_with_the_new_date(tmp_path: Path) -> None:
    bench = announced(tmp_path)
    later = datetime.now(UTC).date() + timedelta(days=90)
    with scripted({"RCPT": [b"250 ok\r\n"] * TOLD + [b"421 4.3.2 closing\r\n"]}) as server:
        bench.environment = {"PUBLISHER_EMAIL__TRANSPORT": f"smtp://127.0.0.1:{server.port}?tls=off"}
        bench.program("deliver")
        first = received(server)
        server.script.pop("RCPT")

        ran(bench, "postpone", "privacy", "v2", "--to", str(later), "--by", "Ada", "--reason", "We need more time.")
        ran(bench, "deliver")
        ran(bench, "deliver")
        every = received(server)

    assert (len(first), {len(subjects) for subjects in first.values()}) == (TOLD, {1})
    assert len(every) == USERS
    told = {address: subjects for address, subjects in every.items() if address in first}
    others = {address: subjects for address, subjects in every.items() if address not in first}
    assert Counter(len(subjects) for subjects in told.values()) == {2: TOLD}
    assert Counter(len(subjects) for subjects in others.values()) == {1: USERS - TOLD}
    date = f"{later.day} {later:%B %Y}"
    assert {subjects[1] for subjects in told.values()} == {
        f"The change to our Privacy Policy now takes effect on {date}"
    }
    assert {subject for (subject,) in others.values()} == {f"Our Privacy Policy is changing on {date}"}
    counts = next(entry for entry in bench.json("status")["versions"] if entry["version"] == "v2")["messages"]
    assert (counts["accepted"], sum(counts.values())) == (USERS, USERS)
    ran(bench, "verify")
