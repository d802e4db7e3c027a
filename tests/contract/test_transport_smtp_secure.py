"""Logging in and TLS: without them, where they are wanted, nothing is sent and nobody is burnt."""

import socket
import ssl
from pathlib import Path

import pytest

from publisher.delivery.smtp import SmtpTransport
from publisher.domain.notice import Outcome
from tests.contract.scripted_smtp import DROP, MESSAGE, RECIPIENT, SENDER, scripted, transport
from tests.contract.tls_wire import serving


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (b"235 welcome\r\n", Outcome.ACCEPTED),
        (b"535 wrong\r\n", Outcome.SENDER_FAULT),
        (b"534 too weak\r\n", Outcome.SENDER_FAULT),
        (b"454 later\r\n", Outcome.HOST_BUSY),
        (b"421 closing\r\n", Outcome.HOST_BUSY),
        (DROP, Outcome.HOST_BUSY),
    ],
)
def test_an_answer_to_the_login_means(answer: bytes, outcome: Outcome) -> None:
    script: dict[str, bytes | list[bytes]] = {"EHLO": b"250-here\r\n250 AUTH PLAIN\r\n", "AUTH": answer}
    with scripted(script) as server, transport(server, login="user:p%40ss%C3%A9@") as smtp:
        assert smtp.send(SENDER, RECIPIENT, MESSAGE).outcome is outcome
    assert "AUTH PLAIN AHVzZXIAcEBzc8Op" in server.commands


def test_a_server_without_a_known_login_is_our_fault() -> None:
    with scripted() as server, transport(server, login="user:pass@") as smtp:
        assert smtp.send(SENDER, RECIPIENT, MESSAGE).outcome is Outcome.SENDER_FAULT
    assert not any(command.startswith("MAIL") for command in server.commands)


TLS_EHLO = [b"250-here\r\n250 STARTTLS\r\n", b"250-here\r\n250 AUTH LOGIN\r\n"]


def test_mail_and_password_travel_over_tls_once_it_has_begun(certificate: tuple[Path, Path]) -> None:
    trusted = ssl.create_default_context(cafile=str(certificate[1]))
    script: dict[str, bytes | list[bytes]] = {
        "EHLO": TLS_EHLO,
        "AUTH": b"334 UGFzc3dvcmQ6\r\n",
        "CGFZCW==": b"235 welcome\r\n",
    }
    with (
        scripted(script, serving(certificate)) as server,
        transport(server, login="user:pass@", query="", context=trusted, host="localhost") as smtp,
    ):
        receipt = smtp.send(SENDER, RECIPIENT, MESSAGE)
    assert receipt.outcome is Outcome.ACCEPTED
    assert server.commands.index("STARTTLS") < server.commands.index("AUTH LOGIN dXNlcg==")


def test_a_certificate_nobody_vouches_for_stops_the_run(certificate: tuple[Path, Path]) -> None:
    with (
        scripted({"EHLO": TLS_EHLO}, serving(certificate)) as server,
        transport(server, login="user:pass@", query="", host="localhost") as smtp,
    ):
        receipt = smtp.send(SENDER, RECIPIENT, MESSAGE)
    assert receipt.outcome is Outcome.SENDER_FAULT
    assert "certificate" in receipt.reply
    assert not any(command.startswith(("AUTH", "MAIL")) for command in server.commands)


def test_a_certificate_of_another_host_stops_the_run(certificate: tuple[Path, Path]) -> None:
    trusted = ssl.create_default_context(cafile=str(certificate[1]))
    with (
        scripted({"EHLO": TLS_EHLO}, serving(certificate)) as server,
        transport(server, query="", context=trusted, host="127.0.0.1") as smtp,
    ):
        assert smtp.send(SENDER, RECIPIENT, MESSAGE).outcome is Outcome.SENDER_FAULT


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (b"454 not now\r\n", Outcome.HOST_BUSY),
        (b"502 no\r\n", Outcome.SENDER_FAULT),
        (b"220 go\r\n250 injected\r\n", Outcome.SENDER_FAULT),
        (DROP, Outcome.HOST_BUSY),
    ],
)
def test_when_tls_cannot_begin_nothing_is_sent(answer: bytes, outcome: Outcome) -> None:
    with (
        scripted({"EHLO": b"250-here\r\n250 STARTTLS\r\n", "STARTTLS": answer}) as server,
        transport(server, query="") as smtp,
    ):
        assert smtp.send(SENDER, RECIPIENT, MESSAGE).outcome is outcome
    assert not any(command.startswith("MAIL") for command in server.commands)


def test_off_loopback_a_server_without_starttls_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted() as server:
        real = socket.create_connection
        monkeypatch.setattr(
            socket, "create_connection", lambda _address, timeout: real(("127.0.0.1", server.port), timeout)
        )
        smtp = SmtpTransport("smtp://user:pass@mail.example.com:587", patience=2)
        receipt = smtp.send(SENDER, RECIPIENT, MESSAGE)
        smtp.close()
    assert receipt.outcome is Outcome.SENDER_FAULT
    assert not any(command.startswith(("AUTH", "MAIL")) for command in server.commands)


def test_smtps_to_a_server_that_speaks_in_the_clear_is_our_fault() -> None:
    with scripted() as server, transport(server, scheme="smtps", query="") as smtp:
        assert smtp.send(SENDER, RECIPIENT, MESSAGE).outcome is Outcome.SENDER_FAULT
