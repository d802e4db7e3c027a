"""A binary file as lines of text, each checked as it passes: UTF-8, no endless line, no other encoding."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from publisher.errors import Fault, Place


class UnusableFileError(Exception):
    """Reading on makes no sense; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


LONGEST_LINE = 1 << 20
"""Bytes. Past this a line is no row of a table, and reading on would fill the memory."""

_OTHER_ENCODINGS = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"), (b"PK\x03\x04", "a spreadsheet or archive"))


def text_lines(stream: BinaryIO, name: str, tell: Callable[[Fault], None], *, what: str = "user") -> Iterator[str]:
    """Each line with its LF or CR LF, a leading byte order mark removed; `what` says of what there is one a line.

    A line that is not UTF-8 is told and read on with a replacement, so that one run finds all such lines.

    Raises:
        UnusableFileError: the file is something else altogether.
    """
    offset = 0
    number = 0
    while raw := stream.readline(LONGEST_LINE + 1):
        number += 1
        if number == 1:
            for mark, other in _OTHER_ENCODINGS:
                if raw.startswith(mark):
                    raise UnusableFileError(
                        Fault(
                            f"{what}s-encoding",
                            f"This is {other}, not UTF-8 text.",
                            "Save it as CSV in UTF-8.",
                            Place(name, 1),
                        )
                    )
        if len(raw) > LONGEST_LINE:
            raise UnusableFileError(
                Fault(
                    f"{what}s-line-length",
                    f"The line is longer than {LONGEST_LINE:,} bytes.",
                    f"Write one {what} a line, with LF or CR LF line ends.",
                    Place(name, number),
                )
            )
        try:
            line = raw.decode("utf-8")
        except UnicodeDecodeError as fault:
            at = offset + fault.start
            tell(
                Fault(
                    f"{what}s-encoding",
                    f"This is not UTF-8: byte 0x{raw[fault.start]:02X} at offset {at}.",
                    "Save the file in UTF-8.",
                    Place(name, number),
                )
            )
            line = raw.decode("utf-8", "replace")
        offset += len(raw)
        yield line.removeprefix("\ufeff") if number == 1 else line
