from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from publisher.domain.notice import MessageState
from publisher.errors import BusyError, Fault, PublisherError
from publisher.store import batches, beginnings, doubting, halts, leases, schema, sending
from publisher.store.engine import Store
from tests.contract.store_values import FIRST, NOW, queue_first, states, user

AFTER = NOW + leases.LEASE + timedelta(seconds=1)


def holder(owner: str, at: datetime = NOW, *gone: str) -> leases.Holder:
    return leases.Holder(owner, lambda: at, lambda other: other in gone)


def _queued(store: Store, number: int = 2) -> batches.Batch:
    with store.begin() as connection:
        queue_first(connection, [user(index) for index in range(number)])
        (batch,) = batches.due_batches(connection, FIRST, MessageState.QUEUED, NOW)
    return batch


def _taken(connection: Connection, batch: batches.Batch, by: leases.Holder) -> leases.Lease:
    lease = leases.take(connection, batch, by)
    assert lease is not None
    batches.take_in_hand(connection, batch)
    return lease


def test_a_batch_in_hand_is_nobody_elses_until_it_is_put_back(store: Store) -> None:
    batch = _queued(store)
    with store.begin() as connection:
        lease = _taken(connection, batch, holder("one"))
        assert leases.take(connection, batch, holder("two")) is None
        assert beginnings.in_hand(connection, FIRST) == 2
    with store.begin() as connection:
        leases.release(connection, lease, holder("one"))
        batches.put_back(connection, batch)
        assert beginnings.in_hand(connection, FIRST) == 0
        again = leases.take(connection, batch, holder("two"))
    assert again is not None
    assert (again.fence, again.interrupted) == (lease.fence + 1, False)


@pytest.mark.parametrize("other", [holder("two", AFTER), holder("two", NOW, "one")], ids=["lapsed", "gone"])
def test_whoever_takes_over_finds_what_was_under_way_and_the_late_one_writes_nothing(
    store: Store, other: leases.Holder
) -> None:
    batch = _queued(store)
    with store.begin() as connection:
        lease = _taken(connection, batch, holder("one"))
        messages = sending.messages(connection, batch, MessageState.QUEUED, NOW)
        sending.mark(connection, messages[:1], MessageState.QUEUED)
    with store.begin() as connection:
        taken = leases.take(connection, batch, other)
        assert taken is not None
        assert taken.interrupted
        assert doubting.doubt_batch(connection, batch, NOW) == 1

    def late() -> None:
        with store.begin() as connection:
            sending.mark(connection, messages[1:], MessageState.QUEUED)
            leases.keep(connection, lease, holder("one", AFTER))

    with pytest.raises(BusyError) as told:
        late()
    assert [fault.code for fault in told.value.faults] == ["batch-lost"]
    with store.begin() as connection:
        assert states(connection) == {MessageState.QUEUED: 1, MessageState.IN_DOUBT: 1}
        leases.keep(connection, taken, other)
        with pytest.raises(BusyError):
            leases.release(connection, lease, holder("one"))


def test_a_lease_that_is_kept_does_not_lapse(store: Store) -> None:
    batch = _queued(store)
    with store.begin() as connection:
        lease = _taken(connection, batch, holder("one"))
        leases.keep(connection, lease, holder("one", AFTER - timedelta(seconds=2)))
        assert leases.take(connection, batch, holder("two", AFTER)) is None


def test_only_batches_that_nobody_has_any_more_are_in_doubt_and_free_again(store: Store) -> None:
    batch = _queued(store)
    with store.begin() as connection:
        lease = _taken(connection, batch, holder("one"))
        sending.mark(connection, sending.messages(connection, batch, MessageState.QUEUED, NOW)[:1], MessageState.QUEUED)
        assert doubting.doubt_interrupted(connection, NOW, holder=holder("two")) == 0
        assert doubting.doubt_interrupted(connection, NOW, holder=holder("two", AFTER)) == 1
        with pytest.raises(BusyError):
            leases.keep(connection, lease, holder("one"))
        row = connection.execute(select(schema.batch)).one()
        assert (row.state, row.owner, row.waiting, row.doubtful) == ("resting", None, 1, 1)


def test_answers_of_a_commit_of_unknown_end_are_recorded_once(store: Store) -> None:
    from publisher.domain.notice import Outcome, Receipt

    batch = _queued(store)
    with store.begin() as connection:
        _taken(connection, batch, holder("one"))
        messages = sending.mark(
            connection, sending.messages(connection, batch, MessageState.QUEUED, NOW), MessageState.QUEUED
        )
        later = Receipt(Outcome.DEFERRED, 450, "later")
        answers = [sending.Answer(message, later, NOW, MessageState.QUEUED, AFTER) for message in messages]
        sending.record(connection, answers[:1])
    with store.begin() as connection:
        sending.record(connection, answers, again=True)
        assert states(connection) == {MessageState.DEFERRED: 2}
        assert connection.execute(select(schema.attempt.c.no)).scalars().all() == [1, 1]


def _rolled_back(store: Store, by: leases.Holder) -> str:
    with store.begin() as connection, pytest.raises(PublisherError) as told:
        leases.refuse_restored(connection, by)
    return told.value.faults[0].code


def _now_is(connection: Connection, **values: object) -> None:
    """The batch's row as a store restored from a backup has it."""
    connection.execute(schema.batch.update().values(**values))


@pytest.mark.parametrize("put_back", [False, True], ids=["in hand", "put back"])
def test_a_holder_finds_a_store_that_has_forgotten_what_it_committed(store: Store, put_back: bool) -> None:
    batch, one = _queued(store), holder("one")
    with store.begin() as connection:
        lease = _taken(connection, batch, one)
    one.traces.kept(lease, lease.until)
    with store.begin() as connection:
        leases.refuse_restored(connection, one)
        until = leases.keep(connection, lease, holder("one", NOW + timedelta(seconds=1)))
    one.traces.kept(lease, until)
    with store.begin() as connection:
        leases.refuse_restored(connection, one)
        if put_back:
            leases.release(connection, lease, one)
            one.traces.put_back(lease)
            leases.refuse_restored(connection, one)
        _now_is(connection, owner="one", until=NOW + leases.LEASE, fence=lease.fence)
    assert _rolled_back(store, one) == "store-rolled-back"
    with store.begin() as connection:
        _now_is(connection, owner=None, until=None, fence=lease.fence - 1)
    assert _rolled_back(store, one) == "store-rolled-back"
    with store.begin() as connection:
        connection.execute(schema.batch.delete())
        connection.execute(schema.template.delete())
        connection.execute(schema.notice.delete())
    assert _rolled_back(store, one) == "store-rolled-back"
    with store.begin() as connection:
        leases.refuse_restored(connection, holder("two"))


def test_a_batch_that_others_took_since_or_of_a_notice_that_is_forgotten_is_no_store_restored(store: Store) -> None:
    batch, one = _queued(store), holder("one")
    with store.begin() as connection:
        lease = _taken(connection, batch, one)
    one.traces.kept(lease, lease.until)
    with store.begin() as connection:
        assert leases.take(connection, batch, holder("two", AFTER)) is not None
        leases.refuse_restored(connection, one)
        connection.execute(schema.batch.delete())
        leases.refuse_restored(connection, one)


def test_a_lease_that_a_restored_store_knows_as_it_was_before_is_not_kept(store: Store) -> None:
    batch, one = _queued(store), holder("one")
    with store.begin() as connection:
        lease = _taken(connection, batch, one)
    one.traces.kept(lease, lease.until + 1)
    with store.begin() as connection, pytest.raises(PublisherError) as told:
        leases.keep(connection, lease, one)
    assert told.value.faults[0].code == "store-rolled-back"


def test_what_one_has_found_out_nobody_sends_against(store: Store) -> None:
    with store.begin() as connection:
        halts.remember(connection, leases.RESTORED, Fault("store-rolled-back", "It was restored.", "Adopt it."), NOW)
    assert _rolled_back(store, holder("two")) == "store-rolled-back"
