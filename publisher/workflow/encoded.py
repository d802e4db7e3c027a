"""A file as it is sent: compressed once, in each encoding that saves something, under an entity tag of its own."""

import gzip
import hashlib
from collections.abc import Mapping
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
    """One file.

    Attributes:
        kind: its media type, as the header has it.
        digest: what its entity tags are made of, hexadecimal.
        bodies: its bytes by encoding. Without `identity` that is to be had from `gzip`: the plain bytes are not kept.
    """

    kind: bytes
    digest: bytes
    bodies: Mapping[str, bytes] = field(hash=False)

    def best(self, accepted: bytes | None) -> str:
        """The encoding to answer with: `br`, `gzip` or `identity`."""
        return next((name for name in preferred(accepted) if name == "identity" or name in self.bodies), "identity")

    def body(self, encoding: str) -> bytes:
        """The bytes in an encoding that `best` gave."""
        found = self.bodies.get(encoding)
        return found if found is not None else gzip.decompress(self.bodies["gzip"])

    def tag(self, encoding: str) -> bytes:
        """The strong entity tag of one encoding (RFC 9110, section 8.8.3: each representation has its own)."""
        return b'"' + self.digest + (b"" if encoding == "identity" else b"-" + encoding.encode("ascii")) + b'"'


def digest_of(body: bytes) -> bytes:
    """What the entity tags of a file are made of."""
    return hashlib.sha256(body).hexdigest()[:32].encode("ascii")


def encoded(body: bytes, kind: bytes) -> Encoded:
    """Compresses a file once; what does not get shorter stays plain."""
    digest = digest_of(body)
    if len(body) < SMALLEST_COMPRESSED:
        return Encoded(kind, digest, {"identity": body})
    import brotli

    made = {
        "br": brotli.compress(body, quality=_BROTLI_QUALITY),
        "gzip": gzip.compress(body, _GZIP_LEVEL, mtime=0),
    }
    if len(made["gzip"]) >= len(body):
        return Encoded(kind, digest, {"identity": body})
    return Encoded(kind, digest, {name: held for name, held in made.items() if len(held) < len(body)})


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
