"""Replies of an SMTP server, read strictly out of the bytes that came: each whole, or not there yet."""

_LONGEST_LINE = 2048
_MOST_LINES = 128
_ONE_LINE = {b"%d " % code: code for code in range(200, 600)}
"""How a reply of one line begins, as most are; anything else is looked at closely."""


class ProtocolError(Exception):
    """The server said something that is no SMTP reply, or said it when nobody had asked."""


class Replies:
    """Bytes as they came, cut into replies (RFC 5321, section 4.2)."""

    def __init__(self) -> None:
        self._buffer = b""
        self._at = 0
        self._code = -1
        self._lines: list[bytes] = []

    def __bool__(self) -> bool:
        """Whether anything has come that was not taken out as a reply."""
        return self._at < len(self._buffer) or bool(self._lines)

    def feed(self, data: bytes) -> None:
        """Adds what came."""
        self._buffer = self._buffer[self._at :] + data if self._at < len(self._buffer) else data
        self._at = 0

    def take(self) -> tuple[int, bytes] | None:
        """The next whole reply: its code and its lines without codes, joined by line feeds; None when more must come.

        Raises:
            ProtocolError: it is no reply.
        """
        begun = self._at
        code = _ONE_LINE.get(self._buffer[begun : begun + 4]) if not self._lines else None
        if code is not None and (end := self._buffer.find(b"\n", begun, begun + _LONGEST_LINE + 1)) > 0:
            self._at = end + 1
            return code, self._buffer[begun + 4 : end].rstrip(b"\r")
        while (line := self._line()) is not None:
            digits, separator = line[:3], line[3:4]
            if not digits.isdigit() or not 200 <= int(digits) <= 599 or separator not in (b" ", b"-", b""):
                raise ProtocolError("the server's answer is no SMTP reply")
            code = int(digits)
            if self._lines and code != self._code:
                raise ProtocolError("the server's answer mixes two codes")
            self._code = code
            self._lines.append(line[4:])
            if separator != b"-":
                lines, self._lines = self._lines, []
                return code, b"\n".join(lines)
            if len(self._lines) >= _MOST_LINES:
                raise ProtocolError("the server's answer has too many lines")
        return None

    def _line(self) -> bytes | None:
        if self._at >= len(self._buffer):
            return None
        end = self._buffer.find(b"\n", self._at, self._at + _LONGEST_LINE + 1)
        if end < 0:
            if len(self._buffer) - self._at > _LONGEST_LINE:
                raise ProtocolError("the server's answer has too long a line")
            return None
        line = self._buffer[self._at : end]
        self._at = end + 1
        return line.rstrip(b"\r")
