"""The digest by which a text is known."""

import hashlib


def digest_of(source: str) -> str:
    """`sha256:` and the hexadecimal SHA-256 of a text's UTF-8 bytes (LF line ends, no byte order mark)."""
    return "sha256:" + hashlib.sha256(source.encode("utf-8")).hexdigest()
