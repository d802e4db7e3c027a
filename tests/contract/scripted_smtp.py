"""An SMTP server that plays a script: what it answers at each stage, and how badly it behaves."""

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from publisher.delivery.smtp import SmtpTransport
from tests.contract.listening import Listening

SENDER = "privacy@example.com"
RECIPIENT = "zoe.miller@example.com"
MESSAGE = b"To: zoe.miller@example.com\r\nMessage-ID: <n.1@example.com>\r\n\r\nHello\r\n.dot\r\n"

GOOD: Mapping[str, bytes] = {
    "banner": b"220 ready\r\n",
    "EHLO": b"250-here\r\n250-SIZE 1000000\r\n250 8BITMIME\r\n",
    "STARTTLS": b"220 go\r\n",
    "AUTH": b"235 welcome\r\n",
    "MAIL": b"250 ok\r\n",
    "RCPT": b"250 ok\r\n",
    "DATA": b"354 go on\r\n",
    "dot": b"250 queued\r\n",
    "RSET": b"250 ok\r\n",
    "QUIT": b"221 bye\r\n",
}
PIPELINING = b"250-here\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
PATIENCE = 120.0
"""Seconds that either side waits for the other where a test is not about waiting."""

SLOWER = (0.5, 5.0, 60.0)
"""Seconds to try in turn where a test is about waiting: a machine may stand still for longer than the first."""

DROP = b""
"""In a script: close the connection instead of answering."""


class Server:
    """Plays a script: by stage what to answer; a list answers one thing after another, the last for ever."""

    def __init__(self, script: Mapping[str, bytes | list[bytes]], context: ssl.SSLContext | None = None) -> None:
        self.script = {stage: list(said) if isinstance(said, list) else [said] for stage, said in script.items()}
        self.messages: list[bytes] = []
        self.commands: list[str] = []
        self.said: list[str] = []
        self.connections = 0
        self.context = context
        self.secure_at_once = False
        self.drip_at, self.drip = "", 0.0
        self.silent_at = ""
        self.slow_at, self.slow_for = "", 0.0
        self.hangs_up_within_data = False
        self._stopping = threading.Event()
        self._listening = Listening(self._taken)
        self.port = self._listening.port

    def close(self) -> None:
        self._stopping.set()
        self._listening.close()

    def _taken(self, connection: socket.socket) -> None:
        self.connections += 1
        self._listening.start(lambda: self._serve(connection))

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(PATIENCE)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        held = [connection]
        try:
            with suppress(OSError):
                self._talk(connection, held)
        finally:
            for entry in held:
                with suppress(OSError):
                    entry.close()

    def _talk(self, connection: socket.socket, held: list[socket.socket]) -> None:
        if self.secure_at_once and self.context is not None:
            connection = self.context.wrap_socket(connection, server_side=True)
            held.append(connection)
        self._say(connection, "banner")
        pending = b""
        while True:
            while b"\n" not in pending:
                data = connection.recv(65536)
                if not data:
                    return
                pending += data
            line, _, pending = pending.partition(b"\n")
            command = line.decode("utf-8", "replace").strip()
            self.commands.append(command)
            stage = command.split(" ")[0].upper()
            answer = self._say(connection, stage)
            if stage == "STARTTLS" and self.context is not None and answer.startswith(b"220"):
                connection = self.context.wrap_socket(connection, server_side=True)
                held.append(connection)
                pending = b""
            if stage == "QUIT":
                return
            if stage == "DATA" and answer.startswith(b"354"):
                if self.hangs_up_within_data:
                    connection.recv(4096)
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                    return
                while b"\r\n.\r\n" not in (b"\r\n" + pending)[-70000:]:
                    data = connection.recv(65536)
                    if not data:
                        return
                    pending += data
                text, _, pending = (b"\r\n" + pending).partition(b"\r\n.\r\n")
                self.messages.append((text + b"\r\n").removeprefix(b"\r\n"))
                self._say(connection, "dot")

    def _say(self, connection: socket.socket, stage: str) -> bytes:
        answers = self.script.get(stage, [GOOD.get(stage, b"500 what?\r\n")])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if stage == self.slow_at:
            self._stopping.wait(self.slow_for)
        if stage == self.silent_at:
            self._stopping.wait(PATIENCE)
            raise OSError
        if answer == DROP:
            raise OSError
        if stage == self.drip_at:
            for index in range(len(answer)):
                connection.sendall(answer[index : index + 1])
                if self._stopping.wait(self.drip):
                    raise OSError
        else:
            connection.sendall(answer)
        self.said.append(stage)
        return answer


@contextmanager
def scripted(
    script: Mapping[str, bytes | list[bytes]] | None = None, context: ssl.SSLContext | None = None
) -> Iterator[Server]:
    server = Server(script or {}, context)
    try:
        yield server
    finally:
        server.close()


@contextmanager
def transport(
    server: Server,
    login: str = "",
    query: str = "?tls=off",
    deadline: float = PATIENCE,
    patience: float = PATIENCE,
    context: ssl.SSLContext | None = None,
    scheme: str = "smtp",
    host: str = "127.0.0.1",
) -> Iterator[SmtpTransport]:
    opened = SmtpTransport(
        f"{scheme}://{login}{host}:{server.port}{query}", deadline=deadline, patience=patience, context=context
    )
    try:
        yield opened
    finally:
        opened.close()
