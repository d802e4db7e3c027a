"""An envelope sender that says whose a bounce is."""

from publisher.delivery.verp import Token, envelope_sender, handles, is_genuine, read_token
from publisher.domain.notice import NoticeId

KEY = b"\x07" * 32
NOTICE = NoticeId("privacy", "v2", 1)
OTHER = NoticeId("privacy", "v2", 2)
READER = "ab" * 32
BOUNCES = "bounce@example.com"


def made(bounces: str = BOUNCES) -> str:
    return envelope_sender(KEY, NOTICE, READER, bounces)


def token_of(address: str, bounces: str = BOUNCES) -> Token:
    found = read_token(address, bounces)
    assert found is not None
    return found


def test_a_bounces_address_leads_back_to_notice_and_recipient() -> None:
    token = token_of(made())
    assert handles(KEY, [OTHER, NOTICE])[token.handle] == NOTICE
    assert READER.startswith(token.prefix)
    assert is_genuine(KEY, token, NOTICE, READER)


def test_it_is_the_same_at_every_attempt_and_names_nobody() -> None:
    assert made() == made()
    assert "privacy" not in made()
    assert READER[:8] not in made()


def test_the_longest_local_part_is_as_long_as_one_may_be() -> None:
    longest = "b" * 23 + "@example.com"  # the longest that the settings take
    assert len(made(longest).partition("@")[0]) == 64
    assert is_genuine(KEY, token_of(made(longest), longest), NOTICE, READER)


def test_it_survives_a_server_that_changes_the_case_of_letters() -> None:
    assert token_of(made().upper()) == token_of(made())
    assert token_of(made("Bounce@Example.com"), "Bounce@Example.com") == token_of(made())


def test_a_token_is_good_for_its_own_notice_recipient_and_installation_alone() -> None:
    token = token_of(made())
    assert not is_genuine(KEY, token, OTHER, READER)
    assert not is_genuine(KEY, token, NOTICE, "ab" * 31 + "ac")
    assert not is_genuine(b"\x08" * 32, token, NOTICE, READER)


def test_another_address_holds_no_token() -> None:
    address = made()
    for other in (
        BOUNCES,
        "",
        "bounce+@example.com",
        address.replace("@example.com", "@example.net"),
        address.replace("bounce+", "bounce-"),
        address.replace("bounce+", "bounces+"),
        f"x{address}",
        address.replace("@", "a@"),
        address.replace("bounce+", "bounce+\u212a", 1),
        "bounce+" + "1" * 40 + "@example.com",
        "bounce+" + "\u212a" * 40 + "@example.com",
    ):
        assert read_token(other, BOUNCES) is None
