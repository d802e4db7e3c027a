"""Notices of an incident and of a transfer: signed by two, sent to a list ahead of everything, complete or told."""

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from publisher.workflow import send_statement
from tests.acceptance.at_a_terminal import typed
from tests.acceptance.deliver_values import Server, serving_at
from tests.acceptance.serving import served
from tests.acceptance.statements_said import INCIDENT, TRANSFER, listing, written
from tests.acceptance.test_bounces import BOUNCES, Post, Relay
from tests.acceptance.workspaces import SETTINGS, Workbench
from tests.contract.called import all_as, far_side

SIGNED = ("--by", "Ada", "--by", "Ben")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def bench(workbench: Workbench) -> Workbench:
    workbench.import_users(6)
    return workbench


@pytest.fixture
def relay(bench: Workbench) -> Iterator[Relay]:
    relay = Relay()
    with serving_at(relay) as url:
        bench.write("publisher.toml", SETTINGS.replace("maildir:var/mail", url) + BOUNCES)
        yield relay


def send(bench: Workbench, *ids: str, kind: str = "incident", more: tuple[str, ...] = ("--yes",)) -> tuple[str, ...]:
    """The command's words; without ids it goes to all."""
    texts = INCIDENT if kind == "incident" else TRANSFER
    users = listing(bench.folder, *ids) if ids else "all"
    before = () if kind == "incident" else ("--before", "2027-02-01")
    return ("notice", "send", kind, written(bench.folder, texts), "--users", users, *SIGNED, *before, *more)


def told(bench: Workbench, number: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = bench.json("status")["notices"][number]
    return found


def mails(bench: Workbench) -> list[Any]:
    found = sorted((bench.folder / "var/mail/new").glob("*"))
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in found]


def rows(bench: Workbench, query: str) -> list[Any]:
    engine = create_engine(f"sqlite:///{bench.folder}/var/publisher.db")
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return found


def test_an_incident_reaches_those_on_the_list_in_their_language_and_is_complete(bench: Workbench) -> None:
    assert "Queued privacy-incident-1 for 3 users" in bench.run(*send(bench, "u00000", "u00001", "u00002"))
    assert told(bench)["state"] == "sending"
    assert "3 of 3 users are not settled yet" in bench.run("status")
    assert "privacy-incident-1: complete (3 of 3 users are settled)" in bench.run("deliver")
    assert {mail["To"]: mail["Subject"] for mail in mails(bench)} == {
        "u00000@example.com": "关于 Acme 安全事件的通知",
        "u00001@example.com": "A security incident at Acme",
        "u00002@example.com": "A security incident at Acme",
    }
    found = told(bench)
    assert (found["state"], found["settled"], found["people"], found["by"]) == ("complete", 3, 3, ["Ada", "Ben"])
    assert found["channels"]["email"]["accepted"] == 3
    assert [entry["version"] for entry in bench.json("status")["versions"]] == ["v1", "v2"]
    assert {event["kind"] for event in bench.ledger()} == {"adopt"}
    bench.run("check")
    bench.run("verify")


def test_the_website_announces_it_and_names_nobody(bench: Workbench) -> None:
    bench.run(*send(bench, "u00001"))
    public = bench.folder / "site/public"
    (banner,) = json.loads((public / "banners.json").read_text("utf-8"))
    assert (banner["id"], banner["audience"]) == ("privacy-incident-1", "listed")
    assert banner["href"] == "/privacy/notices/privacy-incident-1/"
    page = (public / "privacy/notices/privacy-incident-1/zh-CN/index.html").read_text("utf-8")
    assert "一台服务器因失误而未受保护" in page
    assert "Security notice" in (public / "index.html").read_text("utf-8")
    for file in [*public.rglob("*"), *bench.folder.glob("policies/privacy/notices/**/*")]:
        if file.is_file():
            assert b"u00001" not in file.read_bytes()
    bench.now += timedelta(days=31)
    bench.run("build")
    assert json.loads((public / "banners.json").read_text("utf-8")) == []
    assert (public / "privacy/notices/privacy-incident-1/index.html").is_file()


def test_the_same_again_is_nothing_new_and_a_longer_list_tells_the_others_alone(bench: Workbench) -> None:
    bench.run(*send(bench, "u00001"))
    bench.run("deliver")
    before = rows(bench, "SELECT * FROM outbox"), rows(bench, "SELECT * FROM statement_event")
    assert "Nothing new: these texts were sent as privacy-incident-1" in bench.run(*send(bench, "u00001"))
    assert (rows(bench, "SELECT * FROM outbox"), rows(bench, "SELECT * FROM statement_event")) == before
    assert "for 1 further user" in bench.run(*send(bench, "u00001", "u00002"))
    bench.run("deliver")
    assert sorted(mail["To"] for mail in mails(bench)) == ["u00001@example.com", "u00002@example.com"]
    assert (told(bench)["state"], told(bench)["people"]) == ("complete", 2)


def test_every_fault_is_told_at_once_and_nothing_is_written(bench: Workbench) -> None:
    words = list(send(bench, "u00001", "nobody", "u00001", "else"))
    words[words.index("Ben")] = "ada "
    (bench.folder / "letter.zh-CN.md").unlink()
    (bench.folder / "letter.en.md").write_text(INCIDENT["en"].replace("## What you can do", "## More"), "utf-8")
    said = bench.refused(*words)
    assert "list.csv:3: error: There is no user 'nobody'" in said
    assert "list.csv:5: error: There is no user 'else'" in said
    assert "Two different people must sign" in said
    assert "There is no text in zh-CN" in said
    assert "what readers can do themselves" in said
    assert rows(bench, "SELECT * FROM notice") == []
    assert not (bench.folder / "policies/privacy/notices").exists()


def test_unknown_ids_are_left_out_when_staff_say_so_and_counted(bench: Workbench) -> None:
    bench.run(*send(bench, "u00001", "nobody", more=("--yes", "--skip-unknown")))
    assert (told(bench)["people"], told(bench)["left_out"]) == (1, 1)
    assert rows(bench, "SELECT count(*) FROM outbox") == [(1,)]


def test_a_dry_run_counts_and_masks_and_writes_nothing_and_nobody_at_a_terminal_cannot_agree(bench: Workbench) -> None:
    plan = bench.json(*send(bench, "u00000", "u00001", "u00001", more=("--dry-run",)))
    assert plan["channels"]["email"] == [
        {"language": "en", "users": 1, "without_address": 0},
        {"language": "zh-CN", "users": 1, "without_address": 0},
    ]
    assert plan["repeated"] == 1
    assert all("u0000" not in sample for sample in plan["samples"])
    assert "nobody agreed" in bench.refused(*send(bench, "u00001", more=()))
    assert rows(bench, "SELECT * FROM notice") == []


def test_at_a_terminal_it_shows_everything_and_asks(bench: Workbench) -> None:
    words = send(bench, "u00000", "u00001", more=())
    code, screen = typed(bench.folder, words, [("Send it now?", "n")])
    assert (code, rows(bench, "SELECT * FROM notice")) == (1, [])
    code, screen = typed(bench.folder, words, [("Send it now?", "y")])
    assert code == 0
    assert "signed by Ada and Ben" in screen
    assert "it names no user" in screen
    assert rows(bench, "SELECT count(*) FROM outbox") == [(2,)]


def test_an_incident_that_comes_while_a_campaign_is_sent_overtakes_it_between_two_batches(bench: Workbench) -> None:
    bench.import_users(2100)
    bench.sign()
    bench.run("publish")
    words = send(bench, "u00001", "u00002")

    class Interrupting(Server):
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  its name there
            if len(self.got) == 20:
                bench.run(*words)
            return await super().handle_DATA(server, session, envelope)

    relay = Interrupting()
    with serving_at(relay) as url:
        bench.write("publisher.toml", SETTINGS.replace("maildir:var/mail", url))
        bench.run("deliver")
    places = [place for place, (_, mail) in enumerate(relay.got) if b"privacy-incident-1" in mail]
    assert (len(relay.got), len(places)) == (2102, 2)
    assert max(places) < 1010


def test_a_careful_start_holds_back_a_transfer_and_no_incident(bench: Workbench) -> None:
    bench.write("publisher.toml", SETTINGS + '[delivery]\ndelay = "1 h"\nfirst = 1\n')
    bench.run(*send(bench))
    bench.run(*send(bench, kind="transfer"))
    bench.run("deliver")
    assert [told(bench, number)["channels"]["email"]["accepted"] for number in (0, 1)] == [6, 0]
    bench.now += timedelta(hours=2)
    bench.invoke("deliver")
    assert told(bench, 1)["channels"]["email"]["accepted"] == 1
    bench.run("resume", "privacy", "transfer")
    bench.run("deliver")
    assert told(bench, 1)["state"] == "complete"


def test_a_transfer_that_is_not_complete_before_its_day_is_over_and_told(bench: Workbench) -> None:
    assert "--before DATE" in bench.refused(*send(bench, kind="transfer")[:-3], "--yes")
    server = Server({"RCPT u00002": ["450 4.2.1 later"]})
    with serving_at(server) as url:
        bench.write("publisher.toml", SETTINGS.replace("maildir:var/mail", url))
        bench.run(*send(bench, "u00001", "u00002", kind="transfer"))
        bench.run("deliver")
        assert "1 of 2 users are not settled yet; it must be complete before 2027-02-01" in bench.run("status")
        bench.now = bench.now.replace(year=2027, month=1, day=30)
        bench.run("deliver")
        assert "must be complete before 2027-02-01" in bench.run("tick")
        bench.now += timedelta(days=3)
        assert "privacy-transfer-1 is over before everybody was told" in bench.run("tick")
        assert "is over" not in bench.run("tick")
        bench.run("deliver")
    found = told(bench)
    assert (found["state"], found["settled"], found["before"]) == ("over", 1, "2027-02-01")
    assert found["channels"]["email"]["cancelled"] == 1
    assert "the transfer has to wait" in found["due"]


def test_a_mail_that_comes_back_leaves_its_reader_to_the_banner(bench: Workbench, relay: Relay) -> None:
    bench.run(*send(bench, "u00001", "u00002"))
    bench.run("deliver")
    post = Post(bench, relay)
    post.arrive(post.notification("u00001@example.com"))
    assert post.read() == {"bounced": 1}
    assert told(bench)["channels"]["email"]["refused"] == 1
    assert told(bench)["state"] == "complete"
    with served(bench) as client:
        shown = {
            user: client.json(f"/api/banners?user={client.token(user)}")[1] for user in ("u00001", "u00002", "u00003")
        }
        assert {user: [entry["mandatory"] for entry in found] for user, found in shown.items()} == {
            "u00001": [True],
            "u00002": [False],
            "u00003": [],
        }
        body = {"user": client.token("u00001"), "banner": "privacy-incident-1"}
        assert client.json("/api/acknowledge", body)[0] == 200
        assert client.json(f"/api/banners?user={client.token('u00001')}")[1] == []


def test_who_is_erased_is_skipped_and_the_counts_stay_whole(bench: Workbench) -> None:
    bench.run(*send(bench, "u00001", "u00002"))
    bench.run("users", "erase", "u00001")
    bench.run("deliver")
    assert [mail["To"] for mail in mails(bench)] == ["u00002@example.com"]
    found = told(bench)
    assert (found["state"], found["people"], found["channels"]["email"]["skipped"]) == ("complete", 2, 1)


def test_receipts_become_counts_and_the_texts_are_not_sent_to_somebody_again(bench: Workbench) -> None:
    bench.run(*send(bench, "u00001", "u00002"))
    bench.run("deliver")
    bench.write("publisher.toml", SETTINGS + '[store]\nkeep_receipts = "400 days"\n')
    bench.now += timedelta(days=400)
    assert "reduced" not in bench.run("tick")
    before = told(bench)
    bench.now += timedelta(days=31)
    assert "2 receipts reduced to counts." in bench.run("tick")
    assert rows(bench, "SELECT * FROM outbox") == []
    assert told(bench) == before
    assert "who got them is no longer kept" in bench.refused(*send(bench, "u00001"))


def test_the_push_message_goes_with_the_words_before_any_mail(bench: Workbench) -> None:
    with far_side(all_as("accepted")) as side:
        hook = f'[webhook]\nurl = "{side.url}"\nsecret = "{SECRET}"\n'
        bench.write("publisher.toml", SETTINGS.replace("maildir:var/mail", "smtp://127.0.0.1:9?tls=off") + hook)
        bench.run(*send(bench, "u00001", "u00002"))
        bench.invoke("deliver")
        (call,) = side.calls
        assert call.data["kind"] == "incident"
        assert call.data["title"]["incident"]["en"] == "A security incident at Acme"
        assert call.data["text"]["zh-CN"].startswith("Acme 以外的人员")
        assert call.data["href"]["en"] == "https://acme.example/privacy/notices/privacy-incident-1/en/"
        assert {user["user"] for user in call.users} == {"u00001", "u00002"}
        assert told(bench)["channels"]["webhook"]["accepted"] == 2
        assert told(bench)["state"] == "complete"


def test_a_run_cut_off_between_store_and_files_is_finished_by_the_next(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    class CutOffError(Exception):
        pass

    def cut_off(*_: object) -> tuple[str, ...]:
        raise CutOffError

    with monkeypatch.context() as there:
        there.setattr(send_statement, "completed_files", cut_off)
        assert isinstance(bench.invoke(*send(bench, "u00001")).exception, CutOffError)
    assert rows(bench, "SELECT count(*) FROM outbox") == [(1,)]
    assert "privacy-incident-1/notice.toml" in bench.run("tick")
    assert "Nothing new" in bench.run(*send(bench, "u00001"))
    bench.run("deliver")
    assert len(mails(bench)) == 1


def test_another_store_does_not_send_what_it_does_not_know_the_readers_of(bench: Workbench) -> None:
    bench.run(*send(bench, "u00001"))
    shutil.rmtree(bench.folder / "var")
    bench.import_users(6)
    assert "was sent from another store" in bench.refused(*send(bench, "u00001"))


def test_an_altered_statement_stops_the_build(bench: Workbench) -> None:
    bench.run(*send(bench, "u00001"))
    file = bench.folder / "policies/privacy/notices/privacy-incident-1/en.md"
    file.write_text(file.read_text("utf-8").replace("by mistake", "for a minute"), "utf-8")
    assert "not the statement that was sent" in bench.refused("build")
    assert "not the statement that was sent" in bench.refused("check")


def test_a_website_that_cannot_be_built_keeps_nobody_from_being_told(bench: Workbench) -> None:
    released = bench.folder / "policies/privacy/v1/en.md"
    words = released.read_text("utf-8")
    released.write_text(words + "More.\n", "utf-8")
    said = bench.run(*send(bench, "u00001"))
    assert "Queued privacy-incident-1 for 1 user" in said
    assert "The website could not be built" in said
    bench.run("deliver")
    assert len(mails(bench)) == 1
    assert told(bench)["state"] == "sending"
    released.write_text(words, "utf-8")
    assert "privacy-incident-1: complete" in bench.run("tick")


def test_a_title_that_fits_no_mail_is_refused_by_the_dry_run_too(bench: Workbench) -> None:
    words = send(bench, "u00001", more=("--dry-run",))
    long = INCIDENT["en"].replace("# A security incident at Acme", f"# {'long ' * 80}")
    (bench.folder / "letter.en.md").write_text(long, "utf-8")
    assert "A mail cannot be made of this text" in bench.refused(*words)


def test_one_can_be_paused_and_let_go_on(bench: Workbench) -> None:
    bench.run(*send(bench, "u00001"))
    bench.run("pause", "privacy", "incident", "--reason", "look again")
    assert "publisher resume privacy incident" in bench.run("status")
    bench.invoke("deliver")
    assert mails(bench) == []
    bench.run("resume", "privacy", "incident")
    bench.run("deliver")
    assert len(mails(bench)) == 1


def test_the_installed_command_sends_over_smtp(bench: Workbench, relay: Relay) -> None:
    done = bench.program(*send(bench, "u00000", "u00001"))
    assert done.returncode == 0, done.stderr
    assert bench.program("deliver").returncode == 0
    assert relay.addresses == ["u00000@example.com", "u00001@example.com"]
    found = json.loads(bench.program("status", "--json").stdout)["notices"]
    assert [entry["state"] for entry in found] == ["complete"]


def test_its_mail_can_be_shown_and_tried_before_anybody_gets_it(bench: Workbench) -> None:
    file = written(bench.folder, TRANSFER)
    shown = bench.run("notice", "show", "transfer", file, "--language", "zh-CN", "--before", "2027-02-01")
    assert "转移最早发生于：2027年2月1日" in shown
    assert "It is not sent" in bench.run("notice", "test", "transfer", file, "--to", "ada@example.com")
    (mail,) = mails(bench)
    assert mail["Subject"] == "[Test] Your information passes to Borealis Ltd"
    assert bench.json("status")["notices"] == []


def test_users_of_another_database_are_told_by_its_ids(workbench: Workbench) -> None:
    engine = create_engine(f"sqlite:///{workbench.folder}/people.db")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE people (no INTEGER PRIMARY KEY, mail TEXT, lang TEXT)"))
        given = [{"no": number, "mail": f"p{number}@example.com", "lang": "en"} for number in range(1, 1203)]
        connection.execute(text("INSERT INTO people VALUES (:no, :mail, :lang)"), given)
    engine.dispose()
    query = "SELECT no AS id, mail AS email, '' AS name, lang AS language, '2024-01-01' AS joined FROM people"
    users = f'[users]\nurl = "sqlite:///{workbench.folder}/people.db"\nquery = "{query}"\n'
    workbench.write("publisher.toml", SETTINGS + users)
    said = workbench.refused(*send(workbench, "7", "nobody", "9999"))
    assert "list.csv:3: error: There is no user 'nobody'" in said
    assert "list.csv:4: error: There is no user '9999'" in said
    workbench.run(*send(workbench, "7", "1200"))
    assert rows(workbench, "SELECT count(*) FROM person") == [(2,)]
    workbench.run("deliver")
    assert sorted(mail["To"] for mail in mails(workbench)) == ["p1200@example.com", "p7@example.com"]
    assert "for 1200 further users" in workbench.run(*send(workbench)).replace(",", "")


def test_on_either_database_the_list_is_told_and_complete(store_url: str, tmp_path: Any) -> None:
    bench = Workbench.made(tmp_path / "workspace", {"PUBLISHER_STORE__URL": store_url})
    bench.import_users(4)
    bench.json(*send(bench, "u00000", "u00002", more=("--dry-run",)))
    bench.run(*send(bench, "u00000", "u00002"))
    bench.run("deliver")
    assert (told(bench)["state"], told(bench)["people"]) == ("complete", 2)
    assert "for 2 further users" in bench.run(*send(bench))
    bench.run("deliver")
    assert len(mails(bench)) == 4
