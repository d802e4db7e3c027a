import pytest

from publisher.store.sending import without_addresses


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        ("2.0.0 Ok: queued as 4C1", "2.0.0 Ok: queued as 4C1"),
        ("550 5.1.1 <ann@example.com>: unknown", "550 5.1.1 <<address>>: unknown"),
        ("no mailbox ann+tag@mail.example.com here", "no mailbox <address> here"),
        ("用户 张三@例子.中国 不存在", "用户 <address> 不存在"),
        ("two\r\nlines\x1b[31m", "two lines [31m"),
        ("x" * 2000, "x" * 500),
    ],
)
def test_a_reply_is_kept_as_one_line_without_addresses(reply: str, kept: str) -> None:
    assert without_addresses(reply) == kept
