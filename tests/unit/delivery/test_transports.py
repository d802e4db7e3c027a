"""From a URL in the settings to a transport."""

from pathlib import Path

import pytest

from publisher.delivery.maildir import MaildirTransport
from publisher.delivery.smtp import SmtpTransport, is_loopback, read_address
from publisher.delivery.transports import check_transport, open_transport
from publisher.domain.notice import Outcome
from publisher.errors import PublisherError


@pytest.mark.parametrize(
    "url",
    [
        "maildir:var/mail",
        "maildir:/srv/mail",
        "smtp://localhost:25",
        "smtp://127.0.0.1:1025?tls=off",
        "smtp://[::1]:1025?tls=off",
        "smtp://user:p%40ss%3A@mail.example.com:587",
        "smtps://user:pass@mail.example.com",
        "smtp://münchen.example",
    ],
)
def test_a_url_that_can_be_used_has_no_faults(url: str) -> None:
    assert check_transport(url) == ()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "maildir:",
        "maildir: ",
        "var/mail",
        "handoff:",
        "handoff: ",
        "handoff:http://provider.example/batches",
        "handoff:https://user:secret@provider.example/batches",
        "smtp:",
        "smtp://",
        "smtp:mail.example.com",
        "smtp://:25",
        "smtp://mail.example.com:port",
        "smtp://mail.example.com:70000",
        "smtp://mail.example.com:0",
        "smtp://mail.example.com/path",
        "smtp://mail.example.com?tls=off",
        "smtp://10.0.0.1?tls=off",
        "smtps://localhost?tls=off",
        "smtp://localhost?tls=on",
        "smtp://localhost?tls=off&x=1",
        "smtp://user-secret@mail.example.com",
        "smtp://:secret@mail.example.com",
        "smtp://[::1",
        "smtp://" + "a" * 70 + ".example",
        "smtp://user:secret@mail.example.com:99999",
        "smtp://user:secret@mail.example.com?tls=off",
        "smtp://user:secret@mail.example.com/x",
    ],
)
def test_a_url_that_cannot_be_used_is_told_without_its_password(url: str, tmp_path: Path) -> None:
    (fault,) = check_transport(url)
    assert "secret" not in str(fault)
    with pytest.raises(PublisherError) as refused:
        open_transport(url, tmp_path)
    assert "secret" not in str(refused.value)


def test_tls_is_required_but_on_this_machine() -> None:
    assert read_address("smtp://mail.example.com").tls == "required"
    assert read_address("smtp://localhost").tls == "offered"
    assert read_address("smtp://127.8.9.1?tls=off").tls == "off"
    assert read_address("smtps://mail.example.com").tls == "implicit"


def test_ports_are_those_of_submission_unless_given() -> None:
    assert read_address("smtp://mail.example.com").port == 587
    assert read_address("smtps://mail.example.com").port == 465
    assert read_address("smtp://mail.example.com:2525").port == 2525


def test_user_and_password_are_decoded_and_never_shown() -> None:
    address = read_address("smtp://us%40er:p%C3%A4ss%2F@mail.example.com")
    assert (address.user, address.password) == ("us@er", "päss/")
    assert "päss" not in repr(address)


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("127.0.0.9", True),
        ("::1", True),
        ("localhost.example.com", False),
        ("127.0.0.1.example.com", False),
        ("10.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104  nothing listens
        ("2130706433", False),
    ],
)
def test_only_this_machine_is_loopback(host: str, local: bool) -> None:
    assert is_loopback(host) is local


def test_a_maildir_lies_under_the_workspace(tmp_path: Path) -> None:
    transport = open_transport("maildir:var/mail", tmp_path)
    assert isinstance(transport, MaildirTransport)
    assert transport.send("a@example.com", "b@example.com", b"A: b\r\n\r\n").outcome is Outcome.ACCEPTED
    assert len(list((tmp_path / "var" / "mail" / "new").iterdir())) == 1


def test_opening_connects_to_nobody(tmp_path: Path) -> None:
    transport = open_transport("smtp://user:pass@mail.invalid:587", tmp_path)
    assert isinstance(transport, SmtpTransport)
    transport.close()


@pytest.mark.parametrize("url", ["handoff:var/out", "handoff:https://provider.example/batches"])
def test_a_provider_takes_batches_and_no_single_mail(url: str, tmp_path: Path) -> None:
    assert check_transport(url) == ()
    with pytest.raises(PublisherError, match="no mail of its own"):
        open_transport(url, tmp_path)
