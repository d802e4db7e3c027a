"""A store with a notice in it, a server that answers as it is told to, and a clock that tests turn."""

import asyncio
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from publisher.delivery import Transport
from publisher.delivery.transports import open_transport
from publisher.domain.notice import MessageState, NoticeId
from publisher.store import outbox
from publisher.store.engine import Store
from publisher.workflow.deliver import DeliveryReport, Progress, deliver
from tests.contract.store_values import FIRST, NOW, add_users, notice, states, template, user

KEY = b"\x07" * 32
SENDER = "privacy@example.com"


@dataclass
class Clock:
    """The time as a test wants it."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Server:
    """A real SMTP server; `rules` maps the first words of a recipient's address to what happens to them."""

    rules: Mapping[str, list[str]] = field(default_factory=dict)
    got: list[tuple[str, bytes]] = field(default_factory=list)
    begun: int = 0

    async def handle_MAIL(  # noqa: N802  the name that the server looks for
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        self.begun += 1
        answer = self._rule("MAIL", "")
        if answer:
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802  the name that the server looks for
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        answer = self._rule("RCPT", address)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  as above
        address = envelope.rcpt_tos[0]
        answer = self._rule("DATA", address)
        if answer == "lost":
            server.transport.abort()
            return "250 never seen"
        if answer == "taken and dropped":
            self.got.append((address, envelope.content))
            server.transport.abort()
            return "250 never seen"
        if answer:
            return answer
        self.got.append((address, envelope.content))
        await asyncio.sleep(0)
        return "250 2.0.0 taken"

    def _rule(self, stage: str, address: str) -> str:
        waiting = self.rules.get(f"{stage} {address.partition('@')[0]}".strip(), [])
        return (waiting.pop(0) if len(waiting) > 1 else waiting[0]) if waiting else ""

    @property
    def addresses(self) -> list[str]:
        return sorted(address for address, _ in self.got)

    def message_ids(self) -> list[str]:
        return [message_from_bytes(content)["Message-ID"] for _, content in self.got]


class _Listening(Controller):
    """A controller on a port that was free, bound before anybody else can take it."""

    def __init__(self, server: Server) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        super().__init__(server, hostname="127.0.0.1", port=self.listening.getsockname()[1])

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self.listening)


@contextmanager
def serving_at(server: Server) -> Iterator[str]:
    """Runs the server on a free port; gives its address as settings name it."""
    controller = _Listening(server)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{controller.port}?tls=off"
    finally:
        controller.stop()


@contextmanager
def serving(server: Server) -> Iterator[Callable[[], Transport]]:
    """Runs the server on a free port; gives what opens connections to it."""
    with serving_at(server) as url:
        yield lambda: open_transport(url, Path())


def queue(store: Store, number: int, languages: tuple[str, ...] = ("en",), notice_id: NoticeId = FIRST) -> None:
    """`number` users, in turn of each language, and a notice for all of them."""
    with store.begin() as connection:
        add_users(connection, (user(i, language=languages[i % len(languages)]) for i in range(number)))
        outbox.queue(connection, notice(notice_id), [template(notice_id, language=tag) for tag in languages])


def run(
    store: Store,
    transports: Callable[[], Transport],
    clock: Callable[[], datetime],
    *,
    connections: int = 4,
    rate: float = 0,
    resend: bool = True,
    progress: Progress | None = None,
    sleep: Callable[[float], None] | None = None,
    seconds: Callable[[], float] | None = None,
) -> DeliveryReport:
    """One pass."""
    more: dict[str, Any] = {}
    if sleep is not None:
        more["sleep"] = sleep
    if seconds is not None:
        more["clock"] = seconds
    return deliver(
        store,
        transports,
        now=clock,
        sender=SENDER,
        domain="example.com",
        key=KEY,
        connections=connections,
        rate=rate,
        resend=resend,
        progress=progress,
        chance=lambda: 0.5,
        **more,
    )


def states_of(store: Store, notice_id: NoticeId = FIRST) -> dict[MessageState, int]:
    with store.read() as connection:
        return states(connection, notice_id)


def text_of(content: bytes) -> str:
    """What a reader sees of a mail."""
    payload = message_from_bytes(content).get_payload()
    assert isinstance(payload, str)
    return payload.strip()
