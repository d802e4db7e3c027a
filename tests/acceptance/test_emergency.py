"""A version that must take effect before what the policy promises: a named ground, two people, and readers are told."""

import json
import re
from email import message_from_bytes, policy

import pytest

from tests.acceptance.workspaces import POLICY, SUMMARIES, V2, Workbench

ENTER = (
    "review",
    "privacy",
    "v2",
    "--emergency",
    "security",
    "--reason",
    "Stolen passwords are being used.",
    "--by",
    "Ada",
)
CONFIRM = ("review", "privacy", "v2", "--confirm-emergency", "--by")
REVIEW = "policies/privacy/v2/review.toml"


@pytest.fixture
def early(workbench: Workbench) -> Workbench:
    """v2 is material, signed, and to take effect within five days."""
    workbench.write_version("v2", V2, "2026-12-06")
    workbench.import_users(6)
    workbench.sign()
    return workbench


def line_of_emergency(bench: Workbench) -> int:
    return (bench.folder / REVIEW).read_text("utf-8").splitlines().index("[emergency]") + 1


def test_without_an_emergency_the_date_is_refused(early: Workbench) -> None:
    assert "before its floor" in early.refused("publish")


def test_one_person_alone_is_not_enough(early: Workbench) -> None:
    early.run(*ENTER)

    for command in ("check", "publish"):
        told = early.refused(command)
        assert f"{REVIEW}:{line_of_emergency(early)}: error: The emergency of privacy v2 does not count" in told
        assert "--confirm-emergency --by NAME" in told
    assert "cannot confirm it alone" in early.refused(*CONFIRM, " ada ")
    assert len(early.ledger()) == 1


def test_by_hand_the_same_person_twice_is_told_with_its_line(early: Workbench) -> None:
    early.run(*ENTER)
    path = early.folder / REVIEW
    path.write_text(path.read_text("utf-8").replace('confirmed_by = ""', 'confirmed_by = "ADA"'), "utf-8")

    assert f"{REVIEW}:{line_of_emergency(early)}: error:" in early.refused("check")


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (('ground = "security"', 'ground = "convenience"'), "convenience"),
        (('reason = "Stolen passwords are being used."', 'reason = ""'), "reason"),
        (('by = "Ada"\nconfirmed_by', "confirmed_by"), "by"),
    ],
)
def test_an_incomplete_one_is_told_with_its_line(early: Workbench, edit: tuple[str, str], words: str) -> None:
    early.run(*ENTER)
    path = early.folder / REVIEW
    text = path.read_text("utf-8")
    assert edit[0] in text
    path.write_text(text.replace(*edit), "utf-8")

    told = early.refused("check")
    (line,) = (line for line in told.splitlines() if line.startswith(REVIEW) and "error" in line)
    assert words in line
    assert re.match(rf"{REVIEW}:\d+: error: ", line)
    early.refused("publish")


def test_two_people_make_it_early_and_everybody_is_told_why(early: Workbench) -> None:
    early.run(*ENTER)
    early.run(*CONFIRM, "Grace")
    early.run("publish")

    release = early.ledger()[-1]
    assert (release["kind"], release["effective"], release["floor"]) == ("release", "2026-12-06", 2)
    assert release["reason"] == "security: Stolen passwords are being used."
    assert release["by"] == "Ada, Grace"
    status = early.state_of("v2")
    assert status["early"] == "security: Stolen passwords are being used. (Ada, Grace)"
    assert "takes effect early: security" in early.run("status")
    why = "earlier than usual because security requires it: Stolen passwords are being used."
    pages = early.folder / "site/public/privacy"
    for page in ("v2/index.html", "history/index.html"):
        assert (pages / page).read_text("utf-8").count(why) == 1
    (banner,) = json.loads((early.folder / "site/public/banners.json").read_text("utf-8"))
    assert why in banner["text"]["en"]
    assert "本次变更提前生效" in banner["text"]["zh-CN"]
    early.run("deliver")
    bodies = []
    for path in (early.folder / "var/mail/new").iterdir():
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        for kind in ("plain", "html"):
            body = message.get_body((kind,))
            assert body is not None
            bodies.append(" ".join(str(body.get_content()).split()))
    assert len(bodies) == 12
    assert all(why in body or "本次变更提前生效，原因：安全需要。" in body for body in bodies)


def test_the_mail_can_be_read_before_it_is_released(early: Workbench) -> None:
    early.run(*ENTER)
    assert "earlier than usual" not in early.run("notice", "show", "privacy", "v2")
    early.run(*CONFIRM, "Grace")
    assert "Stolen passwords are being used." in early.run("notice", "show", "privacy", "v2")


def test_notice_must_still_be_complete_before_it_takes_effect(early: Workbench) -> None:
    early.run(*ENTER)
    early.run(*CONFIRM, "Grace")
    early.run("publish")
    early.now = early.now.replace(day=5)
    early.run("tick")

    assert early.state_of("v2")["state"] == "held"


def test_the_laws_minimum_stands(early: Workbench) -> None:
    early.write("policies/privacy/policy.toml", POLICY.replace('["section-8"]', '["section-8", "cn-ecommerce"]'))
    early.run(*ENTER)
    early.run(*CONFIRM, "Grace")

    told = early.refused("publish")
    assert "complete notice for 7 days" in told
    early.write_version("v2", V2, "2026-12-11")
    early.run("publish")
    assert early.ledger()[-1]["floor"] == 7


def test_a_later_date_takes_the_haste_away(early: Workbench) -> None:
    early.run(*ENTER)
    early.run(*CONFIRM, "Grace")
    early.run("publish")
    early.run("postpone", "privacy", "v2", "--to", "2027-02-01", "--by", "Ada", "--reason", "Not needed any more.")

    assert early.state_of("v2")["early"] == ""
    assert "earlier than usual" not in (early.folder / "site/public/privacy/v2/index.html").read_text("utf-8")
    assert early.ledger()[-1]["floor"] == 30


def test_a_date_that_keeps_the_promise_is_no_haste(early: Workbench) -> None:
    early.write_version("v2", V2, '"+45 days"')
    early.run(*ENTER)
    early.run(*CONFIRM, "Grace")
    early.run("publish")

    assert (early.ledger()[-1]["reason"], early.ledger()[-1]["floor"]) == ("", 30)
    page = (early.folder / "site/public/privacy/v2/index.html").read_text("utf-8")
    summary = page.partition('id="_summary"')[2].partition("</section>")[0]
    assert SUMMARIES["en"] in re.sub("<[^>]+>", "", summary)
