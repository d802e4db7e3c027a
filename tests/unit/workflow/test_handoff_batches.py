from hypothesis import given
from hypothesis import strategies as st

from publisher.domain.handoff import LARGEST
from publisher.domain.notice import Message, NoticeId, NoticeKind, Recipient
from publisher.workflow.handoff_batches import Contents, batch_of, key_of, parted
from tests.contract.store_values import template

NOTICE = NoticeId("privacy", "v2", 1)
CONTENTS = Contents([template(), template(language="zh-CN")])
KEY = b"k" * 32


def message(number: int, email: str = "", language: str = "en", attempts: int = 0) -> Message:
    return Message(NOTICE, NoticeKind.REVISION, Recipient(f"{number:064x}", email, language), attempts, 0)


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "a@x", "A@X", "b@x", "c@x"]), st.sampled_from(["en", "zh-TW"]), st.booleans()),
        max_size=40,
    ),
    st.booleans(),
)
def test_every_message_is_in_one_batch_and_no_batch_has_an_address_twice(
    readers: list[tuple[str, str, bool]], one_content: bool
) -> None:
    due = [message(number, email, language) for number, (email, language, _) in enumerate(readers)]
    earlier = {entry.recipient.key: "batch_1" for entry, (_, _, doubted) in zip(due, readers, strict=True) if doubted}
    batches = list(parted(due, CONTENTS, earlier, one_content=one_content))
    assert sorted(entry.recipient.key for batch in batches for entry in batch) == [entry.recipient.key for entry in due]
    for batch in batches:
        addresses = [entry.recipient.email.casefold() for entry in batch if entry.recipient.email]
        assert len(set(addresses)) == len(addresses)
        assert len({entry.recipient.key in earlier for entry in batch}) == 1
        assert not one_content or len({id(CONTENTS.of(entry)) for entry in batch}) == 1


def test_a_batch_has_at_most_a_thousand() -> None:
    sizes = [len(batch) for batch in parted([message(at) for at in range(2300)], CONTENTS, {}, one_content=False)]
    assert sizes == [LARGEST, LARGEST, 300]


def test_a_key_is_the_same_for_the_same_messages_at_the_same_attempt() -> None:
    one, two = message(1), message(2)
    assert key_of(KEY, [one, two]) == key_of(KEY, [two, one])
    others = ([one], [one, message(2, attempts=1)], [one, message(3)])
    assert len({key_of(KEY, given) for given in others} | {key_of(KEY, [one, two])}) == 4
    assert key_of(b"other" * 8, [one, two]) != key_of(KEY, [one, two])


def test_mails_are_in_a_batch_once_and_ids_name_nobody() -> None:
    due = [message(at, f"reader{at}@x", "zh-TW" if at % 2 else "en") for at in range(4)]
    users = {entry.recipient.key: f"u{at}" for at, entry in enumerate(due)}
    made = batch_of("batch_1", KEY, due, CONTENTS, users, send_addresses=False)
    assert [content.language for content in made.contents] == ["en", "zh-CN"]
    assert [entry.content for entry in made.messages] == [0, 1, 0, 1]
    assert [entry.user for entry in made.messages] == ["u0", "u1", "u2", "u3"]
    assert {entry.address for entry in made.messages} == {None}
    assert len({entry.id for entry in made.messages}) == 4
    assert batch_of("batch_2", KEY, due, CONTENTS, users, send_addresses=True).messages[0].address == "reader0@x"
