"""Templates as they were compiled before: reading them back costs a tenth of compiling them again.

A file counts only where it begins with the digest of what follows; Jinja2 itself holds it against the template's words
and its own version.
"""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket


class Compiled(jinja2.BytecodeCache):
    """A folder of compiled templates. It may be deleted at any time, and need not be there or be writable."""

    def __init__(self, folder: Path) -> None:
        """`folder` is one that only those may write into who may change the templates."""
        self._folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fills the bucket, where there is something to fill it with."""
        with suppress(OSError, ValueError):
            proof, held = self._file(bucket).read_bytes().split(b"\n", 1)
            if proof == _proof(held):
                bucket.bytecode_from_string(held)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps what was compiled; where that cannot be written, it is compiled again next time."""
        held = bucket.bytecode_to_string()
        file = self._file(bucket)
        beside = file.with_name(f".{file.name}.{os.getpid()}.new")
        with suppress(OSError):
            if not self._folder.is_dir():
                self._folder.mkdir(parents=True)
                (self._folder / ".gitignore").write_text("*\n", "utf-8")
            try:
                beside.write_bytes(_proof(held) + b"\n" + held)
                beside.replace(file)
            finally:
                beside.unlink(missing_ok=True)

    def _file(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}.compiled"


def _proof(held: bytes) -> bytes:
    return hashlib.sha256(held).hexdigest().encode("ascii")
