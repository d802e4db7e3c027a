import base64
import hashlib
import hmac
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.workflow.tokens import token_key, token_of, user_of

KEY = token_key(b"k" * 32)
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize("user", ["u1", "ann@example.com", "用户一", "x" * 32, "x" * 33, "é" * 512])
def test_a_token_names_its_user_until_it_expires(user: str) -> None:
    token = token_of(KEY, user, expires=LATER)
    assert user_of(KEY, token, now=NOW) == user
    assert user_of(KEY, token, now=LATER - timedelta(seconds=1)) == user
    assert user_of(KEY, token, now=LATER) is None


def test_a_token_does_not_show_whom_it_names() -> None:
    token = token_of(KEY, "ann@example.com", expires=LATER)
    data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    assert b"ann" not in data
    assert b"example" not in data
    other = token_of(KEY, "ann@example.com", expires=LATER + timedelta(seconds=1))
    assert data[41:] not in base64.urlsafe_b64decode(other + "=" * (-len(other) % 4))


def test_no_byte_of_a_token_can_be_changed() -> None:
    data = base64.urlsafe_b64decode(token_of(KEY, "user-1", expires=LATER) + "=")
    for index in range(len(data)):
        for bit in (1, 128):
            forged = data[:index] + bytes([data[index] ^ bit]) + data[index + 1 :]
            assert user_of(KEY, base64.urlsafe_b64encode(forged).decode().rstrip("="), now=NOW) is None
    for cut in range(len(data)):
        assert user_of(KEY, base64.urlsafe_b64encode(data[:cut]).decode().rstrip("="), now=NOW) is None


def test_a_token_of_another_key_names_nobody() -> None:
    assert user_of(token_key(b"j" * 32), token_of(KEY, "u1", expires=LATER), now=NOW) is None
    assert user_of(KEY, token_of(b"k" * 32, "u1", expires=LATER), now=NOW) is None


@pytest.mark.parametrize("token", ["", "u1", "AAAA", "A" * 200, "=" * 60, "%00", "\xff" * 60, "A" * 5000, "\n" * 60])
def test_what_is_no_token_names_nobody(token: str) -> None:
    assert user_of(KEY, token, now=NOW) is None


@pytest.mark.parametrize("user", ["", "x" * 1025])
def test_no_token_is_made_of_an_impossible_id(user: str) -> None:
    with pytest.raises(ValueError, match="id"):
        token_of(KEY, user, expires=LATER)


def test_the_form_is_the_one_that_is_written_down() -> None:
    expires = int(LATER.timestamp()).to_bytes(8, "big")
    tag = hmac.new(KEY, b"token\0" + expires + b"u1", hashlib.sha256).digest()
    stream = hmac.new(KEY, b"stream\0" + tag + b"\0", hashlib.sha256).digest()
    data = b"\x02" + expires + tag + bytes([ord("u") ^ stream[0], ord("1") ^ stream[1]])
    assert token_of(KEY, "u1", expires=LATER) == base64.urlsafe_b64encode(data).decode().rstrip("=")


README = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
LONG = "用户-" + "x" * 40


def _shown(language: str) -> str:
    blocks = re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    (found,) = (block for block in blocks if "token(key, user, seconds" in block)
    return str(found)


@pytest.mark.parametrize("user", ["u1", LONG])
def test_the_example_in_python_makes_tokens_that_are_understood(user: str) -> None:
    program = f"{_shown('python')}\nprint(token(bytes.fromhex({KEY.hex()!r}), {user!r}))"
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    assert user_of(KEY, made, now=datetime.now(UTC)) == user
    assert user_of(KEY, made, now=datetime.now(UTC) + timedelta(hours=1)) is None


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node.js here")
@pytest.mark.parametrize("user", ["u1", LONG])
def test_the_example_in_javascript_makes_tokens_that_are_understood(user: str) -> None:
    program = f"{_shown('js')}\nconsole.log(token(Buffer.from({KEY.hex()!r}, 'hex'), {user!r}))"
    made = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True).stdout.strip()
    assert user_of(KEY, made, now=datetime.now(UTC)) == user
