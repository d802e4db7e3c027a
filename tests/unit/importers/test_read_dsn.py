"""Notifications in the shapes that mail servers send, and mails made to break their reader."""

from pathlib import Path

import pytest

from publisher.domain.bounce import BounceReport, Fate, Status, fate_of
from publisher.importers.dsn import LARGEST, read_report

CASES = Path(__file__).parents[2] / "cases" / "bounces"
SENDER = "bounce+TOKEN@example.com"
IDENTITY = "n.privacy-v2-1.0123456789abcdef0123456789abcdef"


def read(name: str) -> BounceReport | None:
    return read_report((CASES / f"{name}.eml").read_bytes())


def found(name: str) -> BounceReport:
    report = read(name)
    assert report is not None
    return report


@pytest.mark.parametrize(
    ("name", "fate", "status", "code"),
    [
        ("postfix", Fate.BOUNCED, "5.1.1", 550),
        ("postfix-delayed", Fate.DELAYED, "4.4.1", 0),
        ("postfix-given-up", Fate.GIVEN_UP, "4.2.2", 452),
        ("exim", Fate.BOUNCED, "5.0.0", 550),
        ("exchange", Fate.BOUNCED, "5.1.10", 550),
        ("gmail", Fate.BLOCKED, "5.7.26", 550),
        ("ses", Fate.BOUNCED, "5.2.1", 550),
        ("eai", Fate.BOUNCED, "5.1.1", 550),
        ("expanded", Fate.ARRIVED, "2.0.0", 0),
    ],
)
def test_a_servers_notification_is_read(name: str, fate: Fate, status: str, code: int) -> None:
    report = found(name)
    assert (report.fate, str(report.status), report.code) == (fate, status, code)
    assert SENDER in report.senders
    assert IDENTITY in report.identities


@pytest.mark.parametrize("name", ["qmail", "away", "bounce-of-a-bounce"])
def test_words_for_people_and_quoted_mails_are_no_notification(name: str) -> None:
    assert read(name) is None


@pytest.mark.parametrize("name", [path.stem for path in sorted(CASES.glob("*.eml"))])
def test_line_ends_and_what_follows_the_report_make_no_difference(name: str) -> None:
    raw = (CASES / f"{name}.eml").read_bytes()
    assert read_report(raw.replace(b"\n", b"\r\n")) == read_report(raw) == read_report(raw + b"x" * LARGEST)


@pytest.mark.parametrize("name", ["postfix", "exim", "exchange", "gmail", "ses", "eai"])
def test_no_address_is_kept(name: str) -> None:
    said = found(name).said
    assert said
    assert not any(part in said for part in ("@", "ann.reader", "用户"))


def test_the_words_of_the_server_are_kept() -> None:
    assert found("postfix").said == (
        "smtp; 550 5.1.1 <address> Recipient address rejected: User unknown in virtual mailbox table"
    )


@pytest.mark.parametrize(
    ("action", "status", "code", "fate"),
    [
        ("failed", "5.1.2", 0, Fate.BOUNCED),
        ("failed", "5.1.8", 550, Fate.BLOCKED),
        ("failed", "5.2.2", 552, Fate.BOUNCED),
        ("failed", "5.2.3", 552, Fate.BLOCKED),
        ("failed", "5.3.4", 552, Fate.BLOCKED),
        ("failed", "5.4.4", 0, Fate.BOUNCED),
        ("failed", "5.5.0", 550, Fate.BOUNCED),
        ("failed", "5.5.0", 554, Fate.BLOCKED),
        ("failed", "5.6.7", 553, Fate.BOUNCED),
        ("failed", "5.7.1", 550, Fate.BLOCKED),
        ("failed", "5.7.13", 525, Fate.BOUNCED),
        ("failed", "", 550, Fate.BOUNCED),
        ("failed", "", 0, None),
        ("failed", "2.0.0", 250, None),
        ("failed", "4.4.7", 0, Fate.GIVEN_UP),
        ("delayed", "5.1.1", 550, Fate.DELAYED),
        ("relayed", "2.0.0", 250, Fate.ARRIVED),
        ("", "5.1.1", 550, None),
    ],
)
def test_only_a_lasting_failure_is_one_and_a_block_is_nothing_about_the_person(
    action: str, status: str, code: int, fate: Fate | None
) -> None:
    kind, subject, detail = map(int, status.split(".")) if status else (0, 0, 0)
    assert fate_of(action, Status(kind, subject, detail) if status else None, code) is fate


def report_of(fields: str, *, head: str = "") -> bytes:
    return (
        f"{head}Content-Type: multipart/report; report-type=delivery-status; boundary=B\n\n"
        f"--B\nContent-Type: message/delivery-status\n\n{fields}\n\n--B--\n"
    ).encode()


def test_a_report_without_the_part_about_the_whole_message_is_read() -> None:
    report = read_report(report_of("Final-Recipient: rfc822; a@b.example\nAction: FAILED\nStatus: 5.1.1"))
    assert report is not None
    assert report.fate is Fate.BOUNCED


def test_a_report_of_another_kind_is_none() -> None:
    raw = report_of("Reporting-MTA: dns; x\n\nAction: failed\nStatus: 5.1.1")
    assert read_report(raw) is not None
    assert read_report(raw.replace(b"delivery-status; b", b"disposition-notification; b")) is None


def _nested(depth: int) -> bytes:
    lines = [f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}" for level in range(depth)]
    return (
        "\n".join(lines) + "\n" + report_of("Reporting-MTA: dns; x\n\nAction: failed\nStatus: 5.1.1").decode()
    ).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0" * 1000,
        b"\xff\xfe" * 1000,
        b"Content-Type: multipart/report; boundary=\n\n--\n",
        b"Content-Type: multipart/report; boundary*0*=x''%; report-type*=y''z\n\n",
        b"Content-Type: message/delivery-status\n\n",
        _nested(10),
        _nested(20_000),
        report_of("Reporting-MTA: dns; x"),
        report_of("Reporting-MTA: dns; x\n\nAction: failed\nStatus: 5.1.1.1.1"),
        report_of("Reporting-MTA: dns; x\n\nAction: failed\nStatus: 99999999999999.1.1"),
        report_of("Reporting-MTA: dns; x\n\nAction: failed\nStatus: " + "5" * 300_000),
        report_of("Reporting-MTA: dns; x\n\nAction: failed\nStatus: 5.1.1").replace(
            b"boundary", b"x=y; " * 9000 + b"boundary"
        ),
        b"Content-Type: multipart/report; boundary=B" + b"\r ; a=1" * 50_000 + b"\r\r--B\r",
        b"X: " + b"y" * (2 * LARGEST),
    ],
    ids=range(15),
)
def test_a_mail_made_to_break_the_reader_is_no_notification(raw: bytes) -> None:
    assert read_report(raw) is None


def test_many_recipients_addresses_and_odd_letters_are_borne() -> None:
    group = (
        "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: x; \udce9\udcff\x1b[2J"
    )
    head = "To: " + ", ".join(f"x{number}@y.example" for number in range(5000)) + "\n"
    fields = "Reporting-MTA: dns; x\n\n" + "\n\n".join([group] * 2000)
    raw = report_of("", head=head).replace(
        b"\n\n\n\n--B--", ("\n\n" + fields + "\n\n--B--").encode("utf-8", "surrogateescape")
    )
    report = read_report(raw)
    assert report is not None
    assert report.fate is Fate.BOUNCED
    assert len(report.senders) <= 30
    assert report.said.isprintable()
