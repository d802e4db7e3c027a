"""Two policies announced together: one banner, one mail; and how their ways part."""

import json
from collections import Counter
from datetime import UTC, datetime

import pytest

from tests.acceptance.test_after_notice import deliver_some, mails
from tests.acceptance.test_cumulative import V3
from tests.acceptance.test_keep_receipts import released
from tests.acceptance.workspaces import POLICY, Workbench

FRONT = "---\neffective: {effective}\nsummary: {summary}\ncampaign: spring\n---\n"
TERMS = {
    "en": "# Terms of Service\n\n1. You may cancel within {} days.\n\n2. Be kind.\n",
    "zh-CN": "# 服务条款\n\n1. 您可以在 {} 天内取消。\n\n2. 请友善。\n",
}


@pytest.fixture
def two(workbench: Workbench) -> Workbench:
    """Both policies have a signed second version in one campaign."""
    workbench.write("policies/terms/policy.toml", POLICY.replace("Privacy Policy", "Terms of Service"))
    for version, days, effective in (("v1", 30, "2024-10-01"), ("v2", 14, '"+45 days"')):
        for language, text in TERMS.items():
            front = FRONT.format(effective=effective, summary=f"You have {days} days to cancel.")
            workbench.write(f"policies/terms/{version}/{language}.md", front + text.format(days))
    for language in ("en", "zh-CN"):
        path = workbench.folder / f"policies/privacy/v2/{language}.md"
        path.write_text(path.read_text("utf-8").replace("\n---\n", "\ncampaign: spring\n---\n", 1), "utf-8")
    workbench.run("adopt", "terms", "--through", "v1", "--by", "Acme")
    workbench.import_users(10)
    workbench.sign()
    workbench.run("review", "terms", "v2", "--accept-all", "--by", "Ada", "--note", "read")
    return workbench


def banners(bench: Workbench) -> list[tuple[str, list[str]]]:
    listed = json.loads((bench.folder / "site/public/banners.json").read_text("utf-8"))
    return [(entry["id"], entry["policies"]) for entry in listed]


def test_one_mail_and_one_banner_cover_both(two: Workbench) -> None:
    released = two.json("publish")["released"]
    assert [(entry["policy"], entry["notice"], entry["queued"]) for entry in released] == [
        ("privacy", "privacy-v2-1", 10),
        ("terms", "privacy-v2-1", 0),
    ]
    assert two.json("deliver")["accepted"] == 10
    assert max(Counter(to for to, *_ in mails(two)).values()) == 1
    english = next(mail for mail in mails(two) if mail[1].startswith("Our"))
    assert english[1] == "Our Privacy Policy and Terms of Service are changing on 15 January 2027"
    for words in ("precise location", "14 days to cancel", "/privacy/v2/en/", "/terms/v2/en/"):
        assert words in english[2]
    assert any(subject == "我们的《隐私政策》和《服务条款》将于2027年1月15日变更" for _, subject, _ in mails(two))
    assert banners(two) == [("privacy-v2-1", ["privacy", "terms"])]
    home = (two.folder / "site/public/index.html").read_text("utf-8")
    assert "Our Privacy Policy and Terms of Service are changing" in home
    two.run("tick")
    states = {(e["policy"], e["version"]): e["state"] for e in two.json("status")["versions"]}
    assert states["privacy", "v2"] == states["terms", "v2"] == "complete"


def test_the_stop_button_of_either_stops_the_mail_of_both(two: Workbench) -> None:
    two.run("publish")
    assert "privacy-v2-1 is paused" in two.run("pause", "terms", "v2", "--by", "Ada")
    assert two.invoke("deliver").exit_code == 1
    assert not (two.folder / "var/mail").exists()
    assert two.run("status").count("paused by Ada") == 2
    two.run("resume", "privacy", "v2")
    assert two.json("deliver")["accepted"] == 10


def test_a_campaign_waits_until_all_of_it_is_signed(two: Workbench) -> None:
    (two.folder / "policies/terms/v2/review.toml").unlink()
    told = two.run("publish")
    assert "Skipped privacy v2: its campaign 'spring' waits for terms v2." in told
    assert "Skipped terms v2: nobody has signed its review." in told


def test_versions_of_a_campaign_share_their_date(two: Workbench) -> None:
    for language in ("en", "zh-CN"):
        path = two.folder / f"policies/terms/v2/{language}.md"
        path.write_text(path.read_text("utf-8").replace('"+45 days"', '"+50 days"'), "utf-8")
    assert "policies/terms/v2/en.md:2: error: terms v2 takes effect on 2027-01-20" in two.refused("publish")


def test_postponing_one_splits_what_follows(two: Workbench) -> None:
    two.run("publish")
    deliver_some(two, 4)
    told_first = {to for to, *_ in mails(two)}
    two.run("postpone", "terms", "v2", "--to", "2027-03-01", "--by", "Ada", "--reason", "More time.")
    assert banners(two) == [("privacy-v2-2", ["privacy"]), ("terms-v2-1", ["terms"])]
    two.run("deliver")
    later = mails(two)[0:]
    by_reader: dict[str, list[str]] = {}
    for to, subject, _ in later:
        by_reader.setdefault(to, []).append(subject)
    assert len(by_reader) == 10
    for to, subjects in by_reader.items():
        if to in told_first:  # the old mail, and one follow-up on the terms
            assert len(subjects) == 2
            assert sum("Terms" in subject or "服务条款" in subject for subject in subjects) == 2
        else:  # one notice for each policy, each with its own date, and no mail of both
            assert len(subjects) == 2
            assert not any(("Privacy" in s and "Terms" in s) or ("隐私" in s and "服务" in s) for s in subjects)
            assert any("2027" in s and ("1 March" in s or "3月1日" in s) for s in subjects)
    two.run("tick")
    status = {(e["policy"], e["version"]): e for e in two.json("status")["versions"]}
    assert status["privacy", "v2"]["state"] == status["terms", "v2"]["state"] == "complete"
    assert status["privacy", "v2"]["effective"] == "2027-01-15"
    assert status["terms", "v2"]["effective"] == "2027-03-01"
    assert "agree" in two.run("verify")
    assert two.json("deliver")["accepted"] == 0


def test_withdrawing_one_leaves_the_other(two: Workbench) -> None:
    two.run("publish")
    deliver_some(two, 3)
    done = two.json("withdraw", "privacy", "v2", "--by", "Ada", "--reason", "A partner declined.")
    assert done["queued"] == 3
    two.run("deliver")
    subjects = Counter(subject for _, subject, _ in mails(two) if subject.startswith(("Our Terms", "我们的《服务条款")))
    assert sum(subjects.values()) == 7
    assert banners(two) == [("terms-v2-1", ["terms"])]


def test_whoever_the_campaign_told_hears_of_a_withdrawal_even_after_a_postponement_never_sent(two: Workbench) -> None:
    two.run("publish")
    deliver_some(two, 4)
    two.run("postpone", "terms", "v2", "--to", "2027-03-01", "--by", "Ada", "--reason", "More time.")
    done = two.json("withdraw", "terms", "v2", "--by", "Ada", "--reason", "A partner declined.")
    assert done["queued"] == 4


def test_after_a_campaign_has_split_a_tick_tells_nobody_again(two: Workbench) -> None:
    two.run("publish")
    two.run("deliver")
    two.run("postpone", "privacy", "v2", "--to", "2027-03-01", "--by", "Ada", "--reason", "More time.")
    two.run("tick")
    two.run("deliver")
    by_reader = Counter(to for to, *_ in mails(two))
    assert set(by_reader.values()) == {2}


def test_receipts_of_a_campaign_become_counts_once_all_of_it_was_followed(two: Workbench) -> None:
    for command in ("publish", "deliver"):
        two.run(command)
    two.now = datetime(2027, 2, 1, tzinfo=UTC)
    two.run("tick")
    released(two, "v3", dict(V3), two.now)
    settings = (two.folder / "publisher.toml").read_text("utf-8")
    two.write("publisher.toml", settings + '[store]\nkeep_receipts = "400 days"\n')
    two.now = datetime(2028, 9, 1, tzinfo=UTC)
    assert "reduced" not in two.run("tick")
    for language, text in TERMS.items():
        front = '---\neffective: "+45 days"\nsummary: You have 7 days to cancel.\n---\n'
        two.write(f"policies/terms/v3/{language}.md", front + text.format(7))
    two.run("review", "terms", "v3", "--accept-all", "--by", "Ada", "--note", "read")
    for command in ("publish", "deliver", "tick"):
        two.run(command)
    before = two.json("status", "--json")
    two.now = datetime(2030, 1, 1, tzinfo=UTC)
    assert "10 receipts reduced to counts." in two.run("tick")
    found = {(entry["policy"], entry["version"]): entry["messages"] for entry in before["versions"]}
    two.run("verify")
    for entry in two.json("status", "--json")["versions"]:
        assert entry["messages"] == found[entry["policy"], entry["version"]]
