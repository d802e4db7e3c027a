"""Whether a signature was made with the private half of a public key: ECDSA on P-256 with SHA-256, and no more.

Checking needs no secret, so that nothing can leak from the time it takes; signing is not for this module.

Source: FIPS 186-5, section 6.4.2; SEC 1, sections 2.3.4 and C.8; the curve from SP 800-186, section 3.2.1.3.
"""

import base64
import binascii
import hashlib

_P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + b"\x04"
"""What a SubjectPublicKeyInfo of an uncompressed point on P-256 begins with (RFC 5480)."""

Point = tuple[int, int]
_Jacobian = tuple[int, int, int]


def public_key(text: str) -> Point:
    """The point of a key as base64 of its SubjectPublicKeyInfo.

    Raises:
        ValueError: it is none on this curve.
    """
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        raise ValueError("this is no base64") from None
    if len(data) != len(_HEAD) + 64 or not data.startswith(_HEAD):
        raise ValueError("this is no public key on P-256")
    x, y = (int.from_bytes(data[start : start + 32], "big") for start in (len(_HEAD), len(_HEAD) + 32))
    if x >= _P or y >= _P or (y * y - (x * x * x - 3 * x + _B)) % _P:
        raise ValueError("this is no point on P-256")
    return x, y


def is_signed(key: Point, message: bytes, signature: str) -> bool:
    """Whether a signature, base64 of its DER form, is that of a message under a key."""
    try:
        r, s = _numbers(base64.b64decode(signature, validate=True))
    except ValueError:
        return False
    if not (0 < r < _N and 0 < s < _N):
        return False
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    inverse = pow(s, -1, _N)
    x, _, z = _sum_of_products(digest * inverse % _N, r * inverse % _N, key)
    return z != 0 and x * pow(z, -2, _P) % _P % _N == r


def _numbers(data: bytes) -> tuple[int, int]:
    """Two positive integers out of a DER sequence, in the one way that they can be written."""
    if len(data) > 72 or len(data) < 8 or data[0] != 0x30 or data[1] != len(data) - 2:
        raise ValueError("no sequence")
    found: list[int] = []
    at = 2
    for _ in range(2):
        if at + 2 > len(data) or data[at] != 0x02:
            raise ValueError("no integer")
        value = data[at + 2 : at + 2 + data[at + 1]]
        if not value or len(value) != data[at + 1] or value[0] & 0x80:
            raise ValueError("no positive integer")
        if len(value) > 1 and value[0] == 0 and not value[1] & 0x80:
            raise ValueError("not in the shortest form")
        found.append(int.from_bytes(value, "big"))
        at += 2 + len(value)
    if at != len(data):
        raise ValueError("more than two integers")
    return found[0], found[1]


def _sum_of_products(first: int, second: int, key: Point) -> _Jacobian:
    """The point first * G + second * key, both multiplied in one go (Shamir's trick)."""
    generator, point = (*_G, 1), (*key, 1)
    both = _added(generator, point)
    total: _Jacobian = (1, 1, 0)
    for bit in range(255, -1, -1):
        total = _doubled(total)
        one, other = first >> bit & 1, second >> bit & 1
        if one or other:
            total = _added(total, both if one and other else generator if one else point)
    return total


def _doubled(point: _Jacobian) -> _Jacobian:
    x, y, z = point
    if not z or not y:
        return 1, 1, 0
    square = y * y % _P
    middle = 4 * x * square % _P
    slope = 3 * (x - z * z) * (x + z * z) % _P
    new_x = (slope * slope - 2 * middle) % _P
    return new_x, (slope * (middle - new_x) - 8 * square * square) % _P, 2 * y * z % _P


def _added(left: _Jacobian, right: _Jacobian) -> _Jacobian:
    if not left[2] or not right[2]:
        return right if not left[2] else left
    (x1, y1, z1), (x2, y2, z2) = left, right
    u1, u2 = x1 * z2 * z2 % _P, x2 * z1 * z1 % _P
    s1, s2 = y1 * z2 * z2 * z2 % _P, y2 * z1 * z1 * z1 % _P
    if u1 == u2:
        return _doubled(left) if s1 == s2 else (1, 1, 0)
    h, r = u2 - u1, s2 - s1
    h2 = h * h % _P
    h3 = h2 * h % _P
    x3 = (r * r - h3 - 2 * u1 * h2) % _P
    return x3, (r * (u1 * h2 - x3) - s1 * h3) % _P, h * z1 * z2 % _P
