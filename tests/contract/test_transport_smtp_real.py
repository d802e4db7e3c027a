"""The SMTP transport against a real server: aiosmtpd, with and without TLS and login."""

import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

with warnings.catch_warnings():
    # aiosmtpd imports modules that Python has deprecated; that is its affair.
    warnings.simplefilter("ignore", DeprecationWarning)
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult

from publisher.delivery.smtp import SmtpTransport
from publisher.domain.notice import Outcome

SENDER = "privacy@example.com"


class Inbox:
    """What the server was given."""

    def __init__(self) -> None:
        self.recipients: list[str] = []
        self.contents: list[bytes] = []
        self.greetings = 0

    async def handle_EHLO(  # noqa: N802  aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        del server, envelope
        session.host_name = hostname
        self.greetings += 1
        return responses

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, rcpt_options: list[str]
    ) -> str:
        del server, session, rcpt_options
        if address.startswith("gone"):
            return "550 5.1.1 no such user"
        if address.startswith("later"):
            return "450 4.2.1 mailbox busy"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        del server, session
        self.recipients.extend(envelope.rcpt_tos)
        self.contents.append(envelope.original_content)
        return "250 OK"


def knows(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
    del server, session, envelope, mechanism
    return AuthResult(success=(data.login, data.password) == (b"user", b"p@ss"), handled=False)


@contextmanager
def listening(**options: Any) -> Iterator[tuple[Inbox, str]]:
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield inbox, f"127.0.0.1:{port}"
    finally:
        controller.stop()


def message(number: int) -> bytes:
    return f"To: user{number}@example.com\r\nMessage-ID: <n.{number}@example.com>\r\n\r\nHello\r\n.\r\nend\r\n".encode()


def test_a_thousand_mails_arrive_once_each_over_one_connection() -> None:
    with listening() as (inbox, where):
        smtp = SmtpTransport(f"smtp://{where}?tls=off")
        receipts = [smtp.send(SENDER, f"user{number}@example.com", message(number)) for number in range(1000)]
        smtp.close()
    assert {receipt.outcome for receipt in receipts} == {Outcome.ACCEPTED}
    assert inbox.recipients == [f"user{number}@example.com" for number in range(1000)]
    assert inbox.contents == [message(number) for number in range(1000)]
    assert inbox.greetings == 1


def test_refused_and_deferred_ones_do_not_disturb_the_others() -> None:
    names = ["one", "gone", "two", "later", "three"]
    with listening() as (inbox, where):
        smtp = SmtpTransport(f"smtp://{where}?tls=off")
        outcomes = [smtp.send(SENDER, f"{name}@example.com", message(1)).outcome for name in names]
        smtp.close()
    accepted = Outcome.ACCEPTED
    assert outcomes == [accepted, Outcome.REFUSED, accepted, Outcome.DEFERRED, accepted]
    assert inbox.recipients == ["one@example.com", "two@example.com", "three@example.com"]
    assert inbox.greetings == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
@pytest.mark.parametrize(("password", "outcome"), [("p%40ss", Outcome.ACCEPTED), ("wrong", Outcome.SENDER_FAULT)])
def test_a_login_is_checked(password: str, outcome: Outcome) -> None:
    with listening(authenticator=knows, auth_required=True, auth_require_tls=False) as (inbox, where):
        smtp = SmtpTransport(f"smtp://user:{password}@{where}?tls=off")
        assert smtp.send(SENDER, "user1@example.com", message(1)).outcome is outcome
        smtp.close()
    assert len(inbox.contents) == (outcome is Outcome.ACCEPTED)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
def test_without_the_login_that_a_server_wants_the_run_stops() -> None:
    with listening(authenticator=knows, auth_required=True, auth_require_tls=False) as (_, where):
        smtp = SmtpTransport(f"smtp://{where}?tls=off")
        assert smtp.send(SENDER, "user1@example.com", message(1)).outcome is Outcome.SENDER_FAULT
        smtp.close()


def test_an_internationalised_address_arrives() -> None:
    with listening(enable_SMTPUTF8=True) as (inbox, where):
        smtp = SmtpTransport(f"smtp://{where}?tls=off")
        receipt = smtp.send(SENDER, "δοκιμή@example.com", "To: δοκιμή@example.com\r\n\r\nHello\r\n".encode())
        smtp.close()
    assert receipt.outcome is Outcome.ACCEPTED
    assert inbox.recipients == ["δοκιμή@example.com"]


def test_a_server_that_has_closed_an_idle_connection_is_called_again() -> None:
    with listening() as (inbox, where):
        smtp = SmtpTransport(f"smtp://{where}?tls=off")
        smtp.send(SENDER, "one@example.com", message(1))
        smtp._dialogue.docmd("QUIT")  # type: ignore[union-attr]  # the far side hangs up
        assert smtp.send(SENDER, "two@example.com", message(2)).outcome is Outcome.ACCEPTED
        smtp.close()
    assert len(inbox.contents) == 2
