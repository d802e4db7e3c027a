"""After notice: a version withdrawn, a text corrected; nobody told is left untold, nobody is told twice."""

import re
from collections import Counter
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.acceptance.workspaces import FRONT, SUMMARIES, V2, Workbench

WHO = ("--by", "Ada", "--reason", "A partner declined.")


def mails(bench: Workbench) -> list[tuple[str, str, str]]:
    """Each delivered mail as address, subject and text, oldest first."""
    found = []
    for path in (bench.folder / "var/mail/new").iterdir():
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        found.append((str(message["To"]), str(message["Subject"]), str(body.get_content())))
    return found


def subjects(bench: Workbench) -> Counter[str]:
    return Counter(subject for _, subject, _ in mails(bench))


def text_of(language: str, body: str) -> str:
    return FRONT.format(effective='"+45 days"', summary=SUMMARIES[language]) + body


def announced(bench: Workbench, users: int, told: int) -> None:
    bench.import_users(users)
    bench.sign()
    bench.run("publish")
    if told:
        deliver_some(bench, told)


def deliver_some(bench: Workbench, told: int) -> None:
    """Delivers to exactly so many, then the far side takes nothing more."""
    from publisher.config import read_settings
    from publisher.delivery.transports import open_transport
    from publisher.store.engine import open_store
    from publisher.workflow.deliver import deliver

    settings = read_settings(bench.folder)
    store = open_store(settings.store_url)
    count = 0

    def stopping() -> bool:
        nonlocal count
        count = len(list((bench.folder / "var/mail/new").glob("*"))) if (bench.folder / "var/mail/new").exists() else 0
        return count >= told

    try:
        deliver(
            store,
            lambda: open_transport("maildir:var/mail", bench.folder),
            now=lambda: bench.now,
            sender="privacy@acme.example",
            domain="acme.example",
            key=bytes(32),
            connections=1,
            stopping=stopping,
        )
    finally:
        store.close()
    assert len(mails(bench)) == told


def test_a_withdrawn_version_is_told_to_those_who_were_told_and_to_nobody_else(workbench: Workbench) -> None:
    announced(workbench, 10, told=5)  # whichever these are, one at least reads English
    done = workbench.json("withdraw", "privacy", "v2", *WHO)
    assert (done["queued"], done["cancelled"]) == (5, 5)
    assert workbench.json("deliver")["accepted"] == 5
    sent = mails(workbench)
    later = [(to, text) for to, subject, text in sent if "will not take effect" in subject or "不会生效" in subject]
    assert {to for to, _ in later} == {to for to, *_ in sent}
    english = next(text for _, text in later if "withdrawn" in text)
    assert "15 January 2027 will not take effect" in english
    assert "A partner declined." in english
    assert workbench.state_of("v2")["state"] == "withdrawn"
    assert workbench.state_of("v1")["state"] == "in-force"
    home = (workbench.folder / "site/public/index.html").read_text("utf-8")
    assert "data-banner" not in home
    page = (workbench.folder / "site/public/privacy/v2/index.html").read_text("utf-8")
    assert "withdrawn" in page
    workbench.now = datetime(2027, 3, 1, tzinfo=UTC)
    workbench.run("tick")
    assert workbench.state_of("v1")["state"] == "in-force"
    assert "is withdrawn" in workbench.refused("withdraw", "privacy", "v2", "--by", "Ada", "--reason", "Another.")
    assert "agree" in workbench.run("verify")


def test_what_applies_cannot_be_withdrawn(workbench: Workbench) -> None:
    assert "Draft a new version" in workbench.refused("withdraw", "privacy", "v1", *WHO)


def test_after_a_withdrawal_the_next_version_is_compared_with_the_one_before(workbench: Workbench) -> None:
    announced(workbench, 2, told=0)
    workbench.run("withdraw", "privacy", "v2", *WHO)
    workbench.write_version("v3", V2, '"+45 days"')
    workbench.sign("v3")
    workbench.run("publish")
    assert workbench.ledger()[-1]["grade"] == "material"
    assert (workbench.folder / "site/public/privacy/v1...v3/index.html").exists()


def corrected(bench: Workbench, language: str, old: str, new: str) -> Path:
    assert old in V2[language]
    return bench.write(f"corrected.{language}", text_of(language, V2[language].replace(old, new)))


def correct(file: Path, language: str) -> tuple[str, ...]:
    return (
        "correct",
        "privacy",
        "v2",
        "--text",
        str(file),
        "--language",
        language,
        "--by",
        "Ada",
        "--reason",
        "A slip.",
    )


def test_a_correction_that_rewords_is_told_once_in_its_language(workbench: Workbench) -> None:
    announced(workbench, 12, told=6)
    before = mails(workbench)
    english_told = {to for to, _, text in before if "Privacy Policy" in text}
    file = corrected(
        workbench, "en", "We will not share your data with anyone", "We will not share your data with anybody"
    )
    done = workbench.json(*correct(file, "en"))
    assert done["grade"] == "clarification"
    assert done["cancelled"] == 6
    assert done["queued"] == len(english_told) + 6
    workbench.run("deliver")
    after = mails(workbench)
    sequels = [(to, text) for to, subject, text in after if "correction to the text" in subject]
    assert {to for to, _ in sequels} == english_told
    assert "[anybody]" in sequels[0][1]
    counted = Counter(to for to, subject, _ in after if "changing on" in subject or "变更" in subject)
    assert len(counted) == 12
    assert set(counted.values()) == {1}
    workbench.run("tick")
    assert workbench.state_of("v2")["state"] == "complete"
    assert 'data-banner="privacy-v2-2"' in (workbench.folder / "site/public/index.html").read_text("utf-8")


def test_an_editorial_correction_goes_into_the_history_alone(workbench: Workbench) -> None:
    announced(workbench, 3, told=3)
    file = corrected(workbench, "en", "at any time", "**at any time**")
    done = workbench.json(*correct(file, "en"))
    assert (done["grade"], done["notice"], done["queued"]) == ("editorial", None, 0)
    public = workbench.folder / "site/public/privacy"
    assert "words corrected. A slip." in (public / "history/index.html").read_text("utf-8")
    now, former = ((public / f"v2/en/r{n}/index.html").read_text("utf-8") for n in (2, 1))
    assert "<strong>at any time</strong>" in now
    assert "<strong>at any time</strong>" not in former
    assert "corrected since" in former
    assert (public / "v2/r1/index.html").exists()
    assert not (public / "v2/zh-CN/r1").exists()
    assert "0 errors" in workbench.run("check")
    assert "agree" in workbench.run("verify")


@pytest.mark.parametrize(
    ("language", "old", "new", "line"),
    [
        ("zh-CN", "我们不会与任何人共享", "我们会与任何人共享", 11),
        ("en", "We will not share", "We will share", 11),
    ],
)
def test_a_material_correction_is_refused_and_touches_nothing(
    workbench: Workbench, language: str, old: str, new: str, line: int
) -> None:
    announced(workbench, 3, told=3)
    before = sorted(str(path) for path in (workbench.folder / "policies").rglob("*"))
    ledger = workbench.ledger()
    told = workbench.refused(*correct(corrected(workbench, language, old, new), language))
    assert f"policies/privacy/v2/{language}.md:{line}" in told
    assert "Draft a new version" in told
    assert sorted(str(path) for path in (workbench.folder / "policies").rglob("*")) == before
    assert workbench.ledger() == ledger


def test_a_correction_moves_no_date_and_no_clause(workbench: Workbench) -> None:
    announced(workbench, 1, told=1)
    moved = text_of("en", V2["en"]).replace('"+45 days"', "2027-01-10")
    assert "postpone" in workbench.refused(*correct(workbench.write("moved", moved), "en"))
    gone = text_of("en", re.sub(r"2\.2 .*\n", "", V2["en"]))
    assert "leaves every clause where it is" in workbench.refused(*correct(workbench.write("gone", gone), "en"))


def test_a_text_edited_in_its_place_is_corrected_when_the_former_one_is_kept(workbench: Workbench) -> None:
    announced(workbench, 3, told=3)
    path = workbench.folder / "policies/privacy/v2/en.md"
    released = path.read_text("utf-8")
    path.write_text(released.replace("with anyone", "with anybody"), "utf-8")
    assert "policies/privacy/v2/revisions/1/en.md" in workbench.refused("check")
    command = ("correct", "privacy", "v2", "--by", "Ada", "--reason", "A slip.")
    assert "revisions/1/en.md" in workbench.refused(*command)
    workbench.write("policies/privacy/v2/revisions/1/en.md", released)
    workbench.run(*command)
    assert "0 errors" in workbench.run("check")
    ledger = workbench.ledger()
    told = workbench.run(*command)
    assert "nothing new" in told
    assert "Commit: policies/privacy/v2/en.md policies/privacy/v2/revisions/1/en.md policies/privacy/ledger" in told
    assert workbench.ledger() == ledger
    other = ("correct", "privacy", "v2", "--by", "Ada", "--reason", "Another slip.")
    assert "is as it was released" in workbench.refused(*other)


def test_a_decision_given_again_is_recorded_and_told_once(workbench: Workbench) -> None:
    announced(workbench, 3, told=3)
    because = ("--by", "Ada", "--reason", "more time")
    for command, word in (
        (("postpone", "privacy", "v2", "--to", "2027-03-01", *because), "postponed"),
        (("withdraw", "privacy", "v2", *because), "withdrawn"),
    ):
        workbench.run(*command)
        ledger, counts = workbench.ledger(), workbench.state_of("v2")["messages"]
        assert f"was {word}" in (told := workbench.run(*command))
        assert "nothing new" in told
        assert "queued as" not in told
        assert workbench.json(*command)["again"] is True
        assert (workbench.ledger(), workbench.state_of("v2")["messages"]) == (ledger, counts)
    assert "nothing new" not in workbench.refused("withdraw", "privacy", "v2", "--by", "Bob", "--reason", "more time")


def test_a_correction_that_ended_with_its_text_in_place_goes_on_when_it_is_made_again(workbench: Workbench) -> None:
    announced(workbench, 3, told=3)
    file = corrected(workbench, "en", "with anyone", "with anybody")
    path = workbench.folder / "policies/privacy/v2/en.md"
    workbench.write("policies/privacy/v2/revisions/1/en.md", path.read_text("utf-8"))
    path.write_text(file.read_text("utf-8"), "utf-8")
    other = corrected(workbench, "en", "with anyone", "with any person")
    assert "no unaltered released text" in workbench.refused(*correct(other, "en"))
    file = corrected(workbench, "en", "with anyone", "with anybody")
    assert "Commit: policies/privacy/v2/en.md policies/privacy/v2/revisions/1/en.md " in workbench.run(
        *correct(file, "en")
    )
    assert "0 errors" in workbench.run("check")
    assert "agree" in workbench.run("verify")
    kept = (workbench.folder / "policies/privacy/v2/revisions").rglob("*.md")
    assert [entry.relative_to(workbench.folder / "policies/privacy/v2").as_posix() for entry in kept] == [
        "revisions/1/en.md"
    ]


def test_a_correction_of_what_applies_is_told_to_those_who_were_told_of_it(workbench: Workbench) -> None:
    announced(workbench, 4, told=4)
    workbench.run("tick")
    workbench.now = datetime(2027, 2, 1, tzinfo=UTC)
    workbench.run("tick")
    assert workbench.state_of("v2")["state"] == "in-force"
    workbench.import_users(6)
    file = corrected(workbench, "zh-CN", "您可以随时要求我们删除您的数据", "您随时可以要求我们删除您的数据")
    done = workbench.json(*correct(file, "zh-CN"))
    assert done["queued"] == 2
    assert workbench.json("deliver")["accepted"] == 2
    assert workbench.state_of("v2")["state"] == "in-force"


def test_a_correction_to_the_very_same_text_is_none(workbench: Workbench) -> None:
    announced(workbench, 3, told=3)
    file = corrected(workbench, "en", "at any time", "at any time")
    assert "is as it was released" in workbench.refused(*correct(file, "en"))
    assert not (workbench.folder / "policies/privacy/v2/revisions").exists()
    assert "agree" in workbench.run("verify")
