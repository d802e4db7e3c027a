import base64
import hashlib
import hmac
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.workflow.tokens import TokenKeys, key_id, token_key, token_keys, token_of

INSTALLED = b"k" * 32
KEY = token_key(INSTALLED)
KEYS = token_keys(INSTALLED, ["1"])
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize("user", ["u1", "ann@example.com", "用户一", "x" * 32, "x" * 33, "é" * 512])
def test_a_token_names_its_user_until_it_expires(user: str) -> None:
    token = token_of(KEY, user, expires=LATER)
    assert KEYS.user_of(token, now=NOW) == user
    assert KEYS.user_of(token, now=LATER - timedelta(seconds=1)) == user
    assert KEYS.user_of(token, now=LATER) is None


def test_a_token_does_not_show_whom_it_names() -> None:
    token = token_of(KEY, "ann@example.com", expires=LATER)
    data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    assert b"ann" not in data
    assert b"example" not in data
    other = token_of(KEY, "ann@example.com", expires=LATER + timedelta(seconds=1))
    assert data[45:] not in base64.urlsafe_b64decode(other + "=" * (-len(other) % 4))


def test_no_byte_of_a_token_can_be_changed() -> None:
    data = base64.urlsafe_b64decode(token_of(KEY, "user-1", expires=LATER) + "=")
    for index in range(len(data)):
        for bit in (1, 128):
            forged = data[:index] + bytes([data[index] ^ bit]) + data[index + 1 :]
            assert KEYS.user_of(base64.urlsafe_b64encode(forged).decode().rstrip("="), now=NOW) is None
    for cut in range(len(data)):
        assert KEYS.user_of(base64.urlsafe_b64encode(data[:cut]).decode().rstrip("="), now=NOW) is None


def test_a_token_of_another_key_names_nobody() -> None:
    assert token_keys(b"j" * 32, ["1"]).user_of(token_of(KEY, "u1", expires=LATER), now=NOW) is None
    assert KEYS.user_of(token_of(b"k" * 32, "u1", expires=LATER), now=NOW) is None


@pytest.mark.parametrize("token", ["", "u1", "AAAA", "A" * 200, "=" * 60, "%00", "\xff" * 60, "A" * 5000, "\n" * 60])
def test_what_is_no_token_names_nobody(token: str) -> None:
    assert KEYS.user_of(token, now=NOW) is None


@pytest.mark.parametrize("user", ["", "x" * 1025])
def test_no_token_is_made_of_an_impossible_id(user: str) -> None:
    with pytest.raises(ValueError, match="id"):
        token_of(KEY, user, expires=LATER)


def _written(begins: bytes, signed: bytes, key: bytes) -> str:
    """A token of "u1" as the two forms have it: what is before the tag, what the tag is made of before the id."""
    tag = hmac.new(key, signed + b"u1", hashlib.sha256).digest()
    stream = hmac.new(key, b"stream\0" + tag + b"\0", hashlib.sha256).digest()
    data = begins + tag + bytes([ord("u") ^ stream[0], ord("1") ^ stream[1]])
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


EXPIRES = int(LATER.timestamp()).to_bytes(8, "big")
FORMER = _written(b"\x02" + EXPIRES, b"token\0" + EXPIRES, KEY)


def test_the_form_is_the_one_that_is_written_down() -> None:
    head = hmac.new(KEY, b"key id", hashlib.sha256).digest()[:4] + EXPIRES
    assert token_of(KEY, "u1", expires=LATER) == _written(b"\x03" + head, b"token\3" + head, KEY)


def test_all_keys_that_are_named_are_understood_until_their_name_goes() -> None:
    tokens = [token_of(token_key(INSTALLED, name), "u1", expires=LATER) for name in ("1", "2027-02", "b")]

    def understood(*names: str) -> list[bool]:
        return [token_keys(INSTALLED, names).user_of(token, now=NOW) == "u1" for token in tokens]

    assert understood("1") == [True, False, False]
    assert understood("1", "2027-02") == [True, True, False]
    assert understood("b", "2027-02") == [False, True, True]
    assert token_keys(INSTALLED, ["1", "b"]).newest == token_key(INSTALLED, "b") != KEY


def test_a_token_of_the_form_before_is_understood_as_long_as_the_first_key_is() -> None:
    assert KEYS.user_of(FORMER, now=NOW) == "u1"
    assert token_keys(INSTALLED, ["1", "2"]).user_of(FORMER, now=NOW) == "u1"
    assert token_keys(INSTALLED, ["2"]).user_of(FORMER, now=NOW) is None
    other = _written(b"\x02" + EXPIRES, b"token\0" + EXPIRES, token_key(INSTALLED, "2"))
    assert token_keys(INSTALLED, ["1", "2"]).user_of(other, now=NOW) is None


def test_no_token_of_one_form_or_key_passes_for_one_of_another() -> None:
    second = token_key(INSTALLED, "2")
    for keys in (KEYS, token_keys(INSTALLED, ["1", "2"])):
        for begins, signed in (
            (b"\x03" + key_id(second) + EXPIRES, b"token\3" + key_id(second) + EXPIRES),
            (b"\x03" + key_id(KEY) + EXPIRES, b"token\0" + EXPIRES),
            (b"\x03" + EXPIRES, b"token\0" + EXPIRES),
            (b"\x02" + key_id(KEY) + EXPIRES, b"token\3" + key_id(KEY) + EXPIRES),
            (b"\x04" + key_id(KEY) + EXPIRES, b"token\4" + key_id(KEY) + EXPIRES),
        ):
            assert keys.user_of(_written(begins, signed, KEY), now=NOW) is None


def test_an_unknown_key_takes_as_many_steps_as_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[int] = []
    real = hmac.new

    def counted(key: bytes, message: bytes, digest: Any) -> hmac.HMAC:
        steps.append(len(message))
        return real(key, message, digest)

    tokens = [token_of(token_key(INSTALLED, name), "x" * 40, expires=LATER) for name in ("1", "2", "none")]
    keys: TokenKeys = token_keys(INSTALLED, ["1", "2"])
    monkeypatch.setattr(hmac, "new", counted)
    taken = []
    for token in (*tokens, tokens[0][:-4] + "AAAA"):
        steps.clear()
        keys.user_of(token, now=NOW)
        taken.append(tuple(steps))
    assert len(taken[0]) == 3
    assert set(taken) == {taken[0]}


README = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
LONG = "用户-" + "x" * 40


def _shown(language: str) -> str:
    blocks = re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    (found,) = (block for block in blocks if re.search(r"function token\(|def token\(", block))
    return str(found)


@pytest.mark.parametrize("user", ["u1", LONG])
def test_the_example_in_python_makes_tokens_that_are_understood(user: str) -> None:
    program = f"{_shown('python')}\nprint(token(bytes.fromhex({KEY.hex()!r}), {user!r}))"
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    assert KEYS.user_of(made, now=datetime.now(UTC)) == user
    assert KEYS.user_of(made, now=datetime.now(UTC) + timedelta(hours=1)) is None


@pytest.mark.skipif(shutil.which("php") is None, reason="there is no PHP here")
@pytest.mark.parametrize("user", ["u1", LONG])
def test_the_example_in_php_makes_tokens_that_are_understood(user: str) -> None:
    program = f"{_shown('php')}\necho token(hex2bin('{KEY.hex()}'), '{user}');"
    made = subprocess.run(["php", "-r", program], capture_output=True, text=True, check=True).stdout.strip()
    assert KEYS.user_of(made, now=datetime.now(UTC)) == user


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node.js here")
@pytest.mark.parametrize("user", ["u1", LONG])
def test_the_example_in_javascript_makes_tokens_that_are_understood(user: str) -> None:
    program = f"{_shown('js')}\nconsole.log(token(Buffer.from({KEY.hex()!r}, 'hex'), {user!r}))"
    made = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True).stdout.strip()
    assert KEYS.user_of(made, now=datetime.now(UTC)) == user
