"""No address but the one that was made passes for a bounce of ours."""

from hypothesis import given
from hypothesis import strategies as st

from publisher.delivery.verp import envelope_sender, handles, is_genuine, read_token
from publisher.domain.notice import NoticeId

BOUNCES = "bounce@example.com"
KEYS = st.binary(min_size=32, max_size=32)
NOTICES = st.builds(
    NoticeId,
    st.from_regex(r"[a-z][a-z0-9-]{0,40}", fullmatch=True),
    st.integers(1, 99).map(lambda number: f"v{number}"),
    st.integers(1, 9),
)
READERS = st.binary(min_size=32, max_size=32).map(bytes.hex)


def passes(key: bytes, address: str, notice: NoticeId, reader: str) -> bool:
    token = read_token(address, BOUNCES)
    return (
        token is not None
        and token.handle in handles(key, [notice])
        and reader.startswith(token.prefix)
        and is_genuine(key, token, notice, reader)
    )


@given(KEYS, NOTICES, READERS, st.data())
def test_no_flip_of_a_byte_passes(key: bytes, notice: NoticeId, reader: str, data: st.DataObject) -> None:
    address = envelope_sender(key, notice, reader, BOUNCES)
    assert passes(key, address, notice, reader)
    raw = bytearray(address.encode())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    changed = raw.decode("latin-1")
    if changed.lower() != address:  # letters in the other case are the same token
        assert not passes(key, changed, notice, reader)


@given(KEYS, KEYS, NOTICES, NOTICES, READERS, READERS)
def test_no_other_installation_notice_or_reader_passes(
    key: bytes, other_key: bytes, notice: NoticeId, other: NoticeId, reader: str, another: str
) -> None:
    address = envelope_sender(key, notice, reader, BOUNCES)
    assert len(address.partition("@")[0]) <= 64
    for given_key, given_notice, given_reader in (
        (other_key, notice, reader),
        (key, other, reader),
        (key, notice, another),
    ):
        if (given_key, given_notice, given_reader) != (key, notice, reader):
            assert not passes(given_key, address, given_notice, given_reader)
