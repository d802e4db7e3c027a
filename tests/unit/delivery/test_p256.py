"""Signatures on P-256: the example that SendGrid's own libraries are tested with, and what is not quite one."""

import base64

import pytest

from publisher.delivery.p256 import is_signed, public_key

KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqD"
    "qBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/1FwCM/QmGUhA=="
)
SIGNATURE = "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0="
MESSAGE = b'1588788367{"category":"example_payload","event":"test_event","message_id":"message_id"}'
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def der(r: int, s: int) -> str:
    def integer(value: int) -> bytes:
        data = value.to_bytes(value.bit_length() // 8 + 1, "big")
        return b"\x02" + bytes([len(data)]) + data

    body = integer(r) + integer(s)
    return base64.b64encode(b"\x30" + bytes([len(body)]) + body).decode()


def parts() -> tuple[int, int]:
    data = base64.b64decode(SIGNATURE)
    return int.from_bytes(data[4:37], "big"), int.from_bytes(data[39:], "big")


def test_the_published_example_is_signed() -> None:
    assert is_signed(public_key(KEY), MESSAGE, SIGNATURE)
    assert der(*parts()) == SIGNATURE


@pytest.mark.parametrize("message", [b"", MESSAGE + b" ", MESSAGE[:-1], MESSAGE.replace(b"7{", b"8{")])
def test_another_message_is_not(message: bytes) -> None:
    assert not is_signed(public_key(KEY), message, SIGNATURE)


def test_numbers_out_of_range_or_in_another_form_are_no_signature() -> None:
    r, s = parts()
    key = public_key(KEY)
    for wrong in ((0, s), (r, 0), (r + ORDER, s), (r, s + ORDER), (r, s + 1), (s, r), (1, 1)):
        assert not is_signed(key, MESSAGE, der(*wrong))
    raw = base64.b64decode(SIGNATURE)
    for text in ("", "no base64", SIGNATURE[:-4], base64.b64encode(raw + b"\0").decode(), "MAA="):
        assert not is_signed(key, MESSAGE, text)


def test_the_other_of_two_numbers_is_one_too() -> None:
    """ECDSA itself allows both; nothing here depends on a signature being the only one."""
    r, s = parts()
    assert is_signed(public_key(KEY), MESSAGE, der(r, ORDER - s))


@pytest.mark.parametrize("text", ["", "AAAA", KEY[:-8], KEY.replace("EEDr2", "EEDr3"), "*" + KEY[1:]])
def test_what_is_no_point_on_the_curve_is_no_key(text: str) -> None:
    with pytest.raises(ValueError, match="this is no"):
        public_key(text)
