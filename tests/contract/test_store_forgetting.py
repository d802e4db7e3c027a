"""Receipts become counts: in whole transactions, adding up, and never what a reader last knew."""

import pytest
from sqlalchemy import Connection, func, select

from publisher.domain.bounce import Fate
from publisher.domain.notice import MessageState, NoticeId, Outcome, Receipt
from publisher.store import batches, bounces, forgetting, notices, outbox, schema, sending
from publisher.store.engine import Store
from tests.contract.store_values import FIRST, NOW, notice, queue_first, states, template, user

LATER = NoticeId("privacy", "v3", 1)


def send(connection: Connection, given: NoticeId, outcomes: dict[str, Outcome]) -> None:
    """Sends a notice's messages, accepted unless said otherwise of a recipient."""
    for batch in batches.due_batches(connection, given, MessageState.QUEUED, NOW):
        batches.take_in_hand(connection, batch)
        found = sending.messages(connection, batch, MessageState.QUEUED, NOW)
        marked = sending.mark(connection, found, MessageState.QUEUED)
        answers = [
            sending.Answer(
                message,
                Receipt(outcomes.get(message.recipient.key, Outcome.ACCEPTED), 250, "ok"),
                NOW,
                MessageState.QUEUED,
            )
            for message in marked
        ]
        sending.record(connection, answers)
        batches.put_back(connection, batch)


def told_twice(connection: Connection, people: int) -> list[str]:
    """Everybody is told by both notices, but for the first reader, whose later mail is refused; the keys in order."""
    queue_first(connection, [user(number) for number in range(people)])
    send(connection, FIRST, {})
    keys = kept(connection)
    outbox.queue(connection, notice(LATER), [template(LATER)])
    send(connection, LATER, {keys[0]: Outcome.REFUSED})
    return keys


def kept(connection: Connection) -> list[str]:
    rows = select(schema.outbox.c.recipient).where(schema.outbox.c.notice == str(FIRST))
    return list(connection.execute(rows.order_by(schema.outbox.c.recipient)).scalars())


def reduce_all(connection: Connection) -> int:
    total, after = 0, ""
    while True:
        done, after = forgetting.reduce_receipts(connection, FIRST, {"privacy": [LATER]}, after=after, now=NOW)
        total += done
        if not after:
            return total


def killed_after_a_step(store: Store, after: str) -> None:
    with store.begin() as connection:
        forgetting.reduce_receipts(connection, FIRST, {"privacy": [LATER]}, after=after, now=NOW)
        raise KeyboardInterrupt


def test_counts_stay_and_only_what_somebody_last_knew_is_kept(store: Store) -> None:
    with store.begin() as connection:
        keys = told_twice(connection, 5)
        before, share = states(connection), bounces.share(connection, FIRST)
        assert reduce_all(connection) == 4
        assert kept(connection) == keys[:1]
        assert states(connection) == before == {MessageState.ACCEPTED: 5}
        assert bounces.share(connection, FIRST) == share == (0, 5)
        assert reduce_all(connection) == 0


def test_nothing_goes_without_a_later_notice_but_what_told_nobody(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1), user(2), user(3, email=None)])
        send(connection, FIRST, {})
        _, after = forgetting.reduce_receipts(connection, FIRST, {"privacy": []}, after="", now=NOW)
        assert after
        assert len(kept(connection)) == 2
        assert states(connection) == {MessageState.ACCEPTED: 2, MessageState.SKIPPED: 1}


def test_a_campaigns_receipts_stay_until_each_of_its_policies_has_told_later(store: Store) -> None:
    terms = NoticeId("terms", "v3", 1)
    with store.begin() as connection:
        keys = told_twice(connection, 4)
        assert (
            forgetting.reduce_receipts(connection, FIRST, {"privacy": [LATER], "terms": []}, after="", now=NOW)[0] == 0
        )
        outbox.queue(connection, notice(terms), [template(terms)])
        send(connection, terms, {keys[1]: Outcome.REFUSED})
        later = {"privacy": [LATER], "terms": [terms]}
        assert forgetting.reduce_receipts(connection, FIRST, later, after="", now=NOW)[0] == 2
        assert kept(connection) == keys[:2]
        assert states(connection) == {MessageState.ACCEPTED: 4}


def test_a_batch_of_people_goes_with_its_counts_or_not_at_all(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "TOGETHER", 2)
    with store.begin() as connection:
        keys = told_twice(connection, 6)
    with store.begin() as connection:
        done, after = forgetting.reduce_receipts(connection, FIRST, {"privacy": [LATER]}, after="", now=NOW)
        assert (done, after) == (2, keys[2])
    with pytest.raises(KeyboardInterrupt):
        killed_after_a_step(store, after)
    with store.begin() as connection:
        assert kept(connection) == [keys[0], *keys[3:]]
        assert states(connection) == {MessageState.ACCEPTED: 6}
        assert reduce_all(connection) == 3
        assert states(connection) == {MessageState.ACCEPTED: 6}


def test_nobody_whose_receipt_is_gone_is_taken_for_a_late_joiner(store: Store) -> None:
    with store.begin() as connection:
        told_twice(connection, 3)
        reduce_all(connection)
        assert not notices.is_current(connection, FIRST)
        assert not outbox.is_late(connection, notice())
        assert outbox.queue_late(connection, notice()) == 0


def test_batches_go_with_the_last_receipt_and_attempts_with_theirs(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(number) for number in range(3)])
        send(connection, FIRST, dict.fromkeys(kept(connection), Outcome.REFUSED))
        assert reduce_all(connection) == 3
        for table in (schema.outbox, schema.attempt, schema.batch):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0
        assert states(connection) == {MessageState.REFUSED: 3}
        bounce = bounces.Bounce(FIRST, "0" * 64, Fate.BOUNCED, 550, "5.1.1")
        assert bounces.record(connection, bounce, NOW) is bounces.Effect.KNOWN
