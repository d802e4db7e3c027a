from datetime import UTC, datetime

import pytest

from publisher.domain.bounce import Fate
from publisher.domain.handoff import ProviderReceipt, ReceiptStatus, receipt_of


def test_a_receipt_is_read_from_plain_values_and_texts_alike() -> None:
    whole = {
        "id": "abc",
        "status": "refused",
        "at": "2027-01-05T17:00:00+08:00",
        "code": "550",
        "reply": "5.1.1 unknown",
        "provider_id": "p-1",
    }
    read = receipt_of(whole)
    at = datetime(2027, 1, 5, 9, 0, tzinfo=UTC)
    assert read == ProviderReceipt("abc", ReceiptStatus.REFUSED, at, 550, "5.1.1 unknown", "p-1")
    assert receipt_of({**whole, "code": 550}) == read
    bare = {"id": "abc", "status": "accepted"}
    assert receipt_of({**bare, "at": "", "code": "", "reply": None}) == receipt_of(bare)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, ["'id'", "'status'"]),
        ({"id": "a", "status": "delivered"}, ["accepted, refused, deferred, delayed"]),
        ({"id": 3, "status": ["accepted"], "code": "55O", "at": "2027-01-05"}, ["'id'", "'status'", "'code'", "'at'"]),
        ({"id": "a" * 201, "status": "accepted"}, ["'id'"]),
        ({"id": "a", "status": "accepted", "code": 99, "colour": "red"}, ["'code'", "'colour'"]),
        ({"id": "a", "status": "accepted", "code": True}, ["'code'"]),
        ({"id": "a", "status": "accepted", "reply": {}, "provider_id": 1}, ["'reply'", "'provider_id'"]),
        ({"id": "a", "status": "accepted", "at": "0001-01-01T00:00:00+14:00"}, ["'at'"]),
    ],
)
def test_all_that_is_wrong_is_told_at_once(given: dict[str, object], words: list[str]) -> None:
    with pytest.raises(ValueError, match=r"\.$") as told:
        receipt_of(given)
    for word in words:
        assert word in str(told.value)


@pytest.mark.parametrize(
    ("code", "reply", "fate"),
    [
        (0, "", Fate.BOUNCED),
        (550, "", Fate.BOUNCED),
        (554, "", Fate.BLOCKED),
        (550, "5.7.1 spam", Fate.BLOCKED),
        (0, "Bounced: 5.1.1 (mailbox unknown)", Fate.BOUNCED),
        (451, "4.4.7 expired", Fate.GIVEN_UP),
    ],
)
def test_a_refusal_says_whether_it_is_about_the_person(code: int, reply: str, fate: Fate) -> None:
    assert ProviderReceipt("a", ReceiptStatus.REFUSED, None, code, reply).fate is fate
