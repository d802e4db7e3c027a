"""Whoever holds a genuine mail finds its notice online, and there its very subject, its sender and its digest."""

import re
from email import message_from_bytes, policy
from html import unescape

from tests.acceptance.test_after_notice import correct, corrected, deliver_some
from tests.acceptance.test_campaigns import two
from tests.acceptance.workspaces import Workbench

__all__ = ["two"]


def online(bench: Workbench) -> set[str]:
    """Holds every mail against the page that it names, and returns the pages' paths."""
    pages = set()
    for path in (bench.folder / "var/mail/new").iterdir():
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        text = str(body.get_content())
        (address,) = set(re.findall(r"https://acme\.example(/[a-z-]+/notices/[\w-]+/[\w-]+/)", text))
        page = unescape((bench.folder / f"site/public{address}index.html").read_text("utf-8"))
        assert f"<q>{message['Subject']}</q>" in page
        assert "<code>privacy@acme.example</code>" in page
        for digest in re.findall(r"sha256:[0-9a-f]{64}", text):
            assert digest in page
        pages.add(address)
    return pages


def test_every_mail_of_a_version_that_is_postponed_corrected_and_withdrawn(workbench: Workbench) -> None:
    workbench.import_users(6)
    workbench.sign()
    workbench.run("publish")
    deliver_some(workbench, 5)
    assert online(workbench) == {"/privacy/notices/privacy-v2-1/en/", "/privacy/notices/privacy-v2-1/zh-CN/"}
    workbench.run("postpone", "privacy", "v2", "--to", "2027-04-01", "--by", "Ada", "--reason", "More time & care.")
    workbench.run("deliver")
    assert "/privacy/notices/privacy-v2-2/zh-CN/" in online(workbench)
    words = ("You may ask us to delete your data at any time", "At any time you may ask us to delete your data")
    workbench.run(*correct(corrected(workbench, "en", *words), "en"))
    workbench.run("deliver")
    assert "/privacy/notices/privacy-v2-3/en/" in online(workbench)
    page = (workbench.folder / "site/public/privacy/notices/privacy-v2-3/en/index.html").read_text("utf-8")
    assert 'href="/privacy/v2/en/r1/"' in page
    workbench.run("withdraw", "privacy", "v2", "--by", "Ada", "--reason", "Given up.")
    workbench.run("deliver")
    assert {f"/privacy/notices/privacy-v2-{number}/en/" for number in range(1, 5)} <= online(workbench)


def test_a_campaigns_notice_tells_of_all_its_versions(two: Workbench) -> None:
    two.run("publish")
    two.run("deliver")
    assert online(two) == {"/privacy/notices/privacy-v2-1/en/", "/privacy/notices/privacy-v2-1/zh-CN/"}
    page = (two.folder / "site/public/privacy/notices/privacy-v2-1/en/index.html").read_text("utf-8")
    assert 'href="/terms/v1...v2/en/"' in page
    two.run("postpone", "terms", "v2", "--to", "2027-04-01", "--by", "Ada", "--reason", "More time.")
    two.run("deliver")
    assert "/terms/notices/terms-v2-1/en/" in online(two)
