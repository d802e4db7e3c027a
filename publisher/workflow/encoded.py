"""A file as it is sent: held compressed, and sent in the encoding that its reader takes, under a tag of its own."""

import gzip
import hashlib
from dataclasses import dataclass, field
from functools import lru_cache

SMALLEST_COMPRESSED = 512
"""Bytes below which compressing costs more than it saves."""

_GZIP_LEVEL = 6
_BROTLI_QUALITY = 5
_ENCODINGS = ("br", "gzip")
_KNOWN = ("br", "gzip", "identity")


@dataclass(frozen=True, slots=True)
class Encoded:
    """One file, held in one encoding; the others are made of that.

    Attributes:
        kind: its media type, as the header has it.
        digest: what its entity tags are made of, hexadecimal.
        held: its bytes in the encoding `held_as`: `br`, or `identity` for what gets no shorter.
    """

    kind: bytes
    digest: bytes
    held_as: str
    held: bytes = field(compare=False, repr=False)

    def best(self, accepted: bytes | None) -> str:
        """The encoding to answer with: `br`, `gzip` or `identity`."""
        return preferred(accepted)[0] if self.held_as == "br" else "identity"

    def body(self, encoding: str) -> bytes:
        """The bytes in an encoding that `best` gave: the same ones each time, but for `held_as` made anew."""
        if encoding == self.held_as:
            return self.held
        import brotli

        plain: bytes = brotli.decompress(self.held)
        return plain if encoding == "identity" else gzip.compress(plain, _GZIP_LEVEL, mtime=0)

    def tag(self, encoding: str) -> bytes:
        """The strong entity tag of one encoding (RFC 9110, section 8.8.3: each representation has its own)."""
        return b'"' + self.digest + (b"" if encoding == "identity" else b"-" + encoding.encode("ascii")) + b'"'


def digest_of(body: bytes) -> bytes:
    """What the entity tags of a file are made of."""
    return hashlib.sha256(body).hexdigest()[:32].encode("ascii")


def encoded(body: bytes, kind: bytes) -> Encoded:
    """Compresses a file once; what does not get shorter stays plain."""
    digest = digest_of(body)
    if len(body) >= SMALLEST_COMPRESSED:
        import brotli

        packed = brotli.compress(body, quality=_BROTLI_QUALITY)
        if len(packed) < len(body):
            return Encoded(kind, digest, "br", packed)
    return Encoded(kind, digest, "identity", body)


@lru_cache(maxsize=256)
def preferred(accepted: bytes | None) -> tuple[str, ...]:
    """The encodings that a reader takes, the best first (RFC 9110, section 12.5.3); what cannot be read is left out.

    Of equal weight the one that is shorter comes first.
    """
    if accepted is None or len(accepted) > 1000:
        return ("identity",)
    weights: dict[str, float] = {}
    for part in accepted.decode("latin-1").lower().split(","):
        name, *parameters = (word.strip() for word in part.split(";"))
        weights[name] = _weight(parameters)
    rest = weights.get("*", 0.0)
    rated = {name: weights.get(name, rest) for name in _ENCODINGS}
    rated["gzip"] = max(rated["gzip"], weights.get("x-gzip", 0.0))
    rated["identity"] = weights.get("identity", weights.get("*", 0.001)) or 0.001
    return tuple(
        sorted((name for name in _KNOWN if rated[name] > 0), key=lambda name: (-rated[name], _KNOWN.index(name)))
    )


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0
