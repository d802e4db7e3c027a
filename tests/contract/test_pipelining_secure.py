"""Pipelining over TLS: records that arrive in pieces or together, large texts, and a line that is cut in a record."""

import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from publisher.delivery.smtp import SmtpTransport
from publisher.domain.notice import Outcome
from tests.contract.scripted_smtp import PATIENCE, PIPELINING, Server, scripted
from tests.contract.test_pipelining import handed_to, parcel
from tests.contract.tls_wire import Wire, serving, wired

STARTTLS = b"250-here\r\n250-PIPELINING\r\n250 STARTTLS\r\n"
LARGE = b"\r\n\r\n" + b"A line of a text that is long.\r\n.\r\n" * 30_000
"""About a megabyte, with lines that have to be stuffed."""

Line = tuple[Server, Wire, Callable[[], SmtpTransport]]


@contextmanager
def _line(certificate: tuple[Path, Path], scheme: str) -> Iterator[Line]:
    trusted = ssl.create_default_context(cafile=str(certificate[1]))
    ehlo = [STARTTLS, PIPELINING] * 50 if scheme == "smtp" else PIPELINING
    with scripted({"EHLO": ehlo}, serving(certificate)) as server, wired(server.port) as wire:
        server.secure_at_once = scheme == "smtps"
        url = f"{scheme}://localhost:{wire.port}"
        yield server, wire, lambda: SmtpTransport(url, deadline=PATIENCE, patience=PATIENCE, context=trusted)


@pytest.fixture(params=["smtp", "smtps"])
def line(request: pytest.FixtureRequest, certificate: tuple[Path, Path]) -> Iterator[Line]:
    """A server that offers pipelining over TLS, by STARTTLS and from the beginning, and the wire to it."""
    with _line(certificate, request.param) as found:
        yield found


def _names(number: int) -> list[str]:
    return [f"r{entry}" for entry in range(number)]


def _received(server: Server) -> Counter[str]:
    return Counter(message.partition(b"@")[0].removeprefix(b"To: ").decode() for message in server.messages)


@pytest.mark.parametrize(("piece", "held"), [(65536, 0.0), (1, 0.0), (7, 0.0), (65536, 0.02)])
def test_many_messages_arrive_once_over_one_connection(line: Line, piece: int, held: float) -> None:
    server, wire, transports = line
    wire.piece, wire.held = piece, held
    names = _names(60 if held else 200)
    told = handed_to(transports, [parcel(name) for name in names])
    assert [(name, receipt.outcome) for name, receipt in told] == [(name, Outcome.ACCEPTED) for name in names]
    assert server.connections == 1
    assert _received(server) == Counter(names)
    assert ("STARTTLS" in server.commands) is not server.secure_at_once


def test_large_texts_arrive_whole_though_the_wire_is_slow(line: Line) -> None:
    server, wire, transports = line
    wire.slow = 0.005
    names = _names(6)
    told = handed_to(transports, [parcel(name, LARGE) for name in names], connections=2)
    assert {name: receipt.outcome for name, receipt in told} == dict.fromkeys(names, Outcome.ACCEPTED)
    assert _received(server) == Counter(names)
    assert all(message.endswith(LARGE.replace(b"\r\n.", b"\r\n..")) for message in server.messages)


def test_a_line_that_is_cut_in_a_record_loses_nobody_and_leaves_at_most_one_in_doubt(line: Line) -> None:
    server, wire, transports = line
    names = _names(5)
    handed_to(transports, [parcel(name) for name in names])
    for cut in range(1, wire.records + 1):
        server.messages.clear()
        wire.records, wire.cut_at = 0, cut
        told = handed_to(transports, [parcel(name) for name in names])
        found = {name: receipt.outcome for name, receipt in told}
        assert set(found) == set(names), cut
        doubtful = [name for name in names if found[name] is Outcome.IN_DOUBT]
        assert len(doubtful) <= 1, cut
        accepted = {name for name in names if found[name] is Outcome.ACCEPTED}
        assert accepted <= set(_received(server)) <= accepted | set(doubtful), cut
