"""Jobs on PostgreSQL, in the transaction of what they are about; and writers beside each other."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from procrastinate.schema import migrations_path
from sqlalchemy import Connection, create_engine, text

from publisher.delivery.handoff_http import HttpProvider
from publisher.domain.notice import MessageState, Outcome, Receipt
from publisher.errors import PublisherError
from publisher.store import allowance, batches, handling, job_engine, jobs, leases, outbox, sending
from publisher.store.engine import Store, open_store
from publisher.workflow.careful_start import AT_ONCE
from publisher.workflow.delivery_report import Unseen
from publisher.workflow.handoff_batches import Contents
from publisher.workflow.handoff_sender import BatchSender
from tests.contract.called import Said, far_side
from tests.contract.store_values import FIRST, NOW, PAUSED, add_users, notice, queue_first, states, template, user
from tests.contract.test_store_leases import holder
from tests.postgresql import Server


@pytest.fixture
def store(postgresql_server: Server) -> Iterator[Store]:
    with postgresql_server.database(migrated=True) as url:
        opened = open_store(url)
        yield opened
        opened.close()


def _jobs(connection: Connection) -> list[Any]:
    rows = "SELECT args, priority, scheduled_at, status::text FROM procrastinate_jobs ORDER BY id"
    return list(connection.exec_driver_sql(rows).all())


def _forget(connection: Connection) -> None:
    connection.exec_driver_sql("DELETE FROM procrastinate_jobs")


def test_a_release_makes_a_job_for_each_batch(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(number) for number in range(2500)])
    with store.read() as connection:
        made = _jobs(connection)
    assert [job.args for job in made] == [{"notice": str(FIRST), "number": number} for number in range(3)]
    assert {(job.priority, job.scheduled_at, job.status) for job in made} == {(30, None, "todo")}


def test_a_release_that_is_rolled_back_leaves_no_job(store: Store) -> None:
    class NotReleasedError(Exception):
        pass

    def release() -> None:
        with store.begin() as connection:
            queue_first(connection, [user(number) for number in range(2500)])
            assert len(_jobs(connection)) == 3
            raise NotReleasedError

    with pytest.raises(NotReleasedError):
        release()
    with store.read() as connection:
        assert _jobs(connection) == []


def test_what_is_left_of_a_batch_is_due_when_its_messages_are(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(number) for number in range(2)])
        _forget(connection)
        (batch,) = batches.due_batches(connection, FIRST, MessageState.QUEUED, NOW)
        batches.take_in_hand(connection, batch)
        first, second = sending.mark(
            connection, sending.messages(connection, batch, MessageState.QUEUED, NOW), MessageState.QUEUED
        )
        at = NOW + timedelta(hours=1)
        later = Receipt(Outcome.DEFERRED, 450, "later")
        sending.record(connection, [sending.Answer(first, later, NOW, MessageState.QUEUED, at)])
        sending.record(
            connection, [sending.Answer(second, Receipt(Outcome.IN_DOUBT, 0, "?"), NOW, MessageState.QUEUED)]
        )
        batches.put_back(connection, batch)
        jobs.defer_left(connection, FIRST, batch.number, NOW, resend=True)
        jobs.defer_left(connection, FIRST, batch.number, NOW, resend=True)
        ((_, priority, scheduled, _),) = _jobs(connection)
        assert (priority, scheduled) == (10, None)
        _forget(connection)
        jobs.defer_left(connection, FIRST, batch.number, NOW, resend=False)
        ((_, priority, scheduled, _),) = _jobs(connection)
        now = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        assert priority == 20
        assert timedelta(minutes=59) < scheduled - now <= timedelta(hours=1)


def test_a_paused_notice_gets_no_jobs_and_once_it_goes_on_those_that_it_lost(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(number) for number in range(2500)])
        _forget(connection)
        handling.pause(connection, FIRST, PAUSED)
        assert jobs.defer_lost(connection, FIRST, NOW, resend=True) == 0
        handling.resume(connection, FIRST, PAUSED)
        assert jobs.defer_lost(connection, FIRST, NOW, resend=True) == 3
        assert jobs.defer_lost(connection, FIRST, NOW, resend=True) == 0


def test_a_batch_in_somebodys_hand_or_with_a_job_under_way_gets_none(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(number) for number in range(2500)])
        connection.exec_driver_sql("DELETE FROM procrastinate_jobs WHERE lock LIKE '%%/0' OR lock LIKE '%%/2'")
        connection.exec_driver_sql("UPDATE procrastinate_jobs SET status = 'doing'")
        first, *_ = batches.due_batches(connection, FIRST, MessageState.QUEUED, NOW)
        assert leases.take(connection, first, holder("one")) is not None
        assert jobs.defer_lost(connection, FIRST, NOW, resend=True) == 1


def test_an_urgent_kind_comes_before_every_campaign(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1)])
        _forget(connection)
        found = []
        for kind in ("revision", "transfer", "incident"):
            connection.exec_driver_sql(f"UPDATE notice SET kind = '{kind}'")  # noqa: S608  names from above
            _forget(connection)
            jobs.defer_lost(connection, FIRST, NOW, resend=True)
            found += [job.priority for job in _jobs(connection)]
        assert found == [30, 130, 230]


def test_jobs_of_what_a_pass_has_sent_go(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1)])
        jobs.forget_needless(connection)
        assert len(_jobs(connection)) == 1
        outbox.cancel(connection, FIRST, now=NOW, reason="withdrawn")
        jobs.forget_needless(connection)
        assert _jobs(connection) == []


def test_the_engine_is_brought_up_from_an_older_step(postgresql_server: Server) -> None:
    old = "03.03.00_01_pre_priority_lock_fetch_job.sql"
    engine = create_engine(postgresql_server.new())
    for path in sorted(migrations_path.glob("*.sql")):
        if path.name <= old:
            with engine.begin() as connection:
                connection.exec_driver_sql(path.read_text("utf-8").replace("%", "%%"))
    with engine.begin() as connection:
        connection.exec_driver_sql(f"COMMENT ON TABLE procrastinate_jobs IS '{old}'")
        steps = job_engine.prepare(connection)
        assert [step[:11] for step in steps] == ["03.04.00_01", "03.04.00_50"]
    with engine.begin() as connection:
        assert job_engine.prepare(connection) == ()
        found = "SELECT count(*) FROM pg_proc WHERE proname = 'procrastinate_retry_job_v2'"
        assert connection.exec_driver_sql(found).scalar_one() == 1
    engine.dispose()


def test_somebody_elses_older_engine_is_told_and_left_alone(postgresql_server: Server) -> None:
    engine = create_engine(postgresql_server.new())
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE procrastinate_jobs (id integer)")
    with engine.begin() as connection, pytest.raises(PublisherError) as told:
        job_engine.prepare(connection)
    assert [fault.code for fault in told.value.faults] == ["store-foreign-tables"]
    engine.dispose()


def test_senders_write_beside_each_other_and_everybody_else_alone(store: Store) -> None:
    entered = {name: threading.Event() for name in ("sender", "other")}

    def enter(name: str, beside: bool) -> threading.Thread:
        def write() -> None:
            with store.begin(beside=beside):
                entered[name].set()

        thread = threading.Thread(target=write)
        thread.start()
        return thread

    with store.begin(beside=True):
        sender = enter("sender", True)
        assert entered["sender"].wait(120)
        other = enter("other", False)
        assert not entered["other"].wait(0.3)
    assert entered["other"].wait(120)
    entered["sender"].clear()
    sender.join()
    other.join()
    with store.begin():
        sender = enter("sender", True)
        assert not entered["sender"].wait(0.3)
    assert entered["sender"].wait(120)
    sender.join()


def test_a_sender_that_stands_still_in_a_transaction_is_ended_by_the_server(store: Store) -> None:
    def stand_still() -> None:
        with store.begin(beside=True) as connection:
            assert connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar_one() == "10s"
            connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 100")
            with store.begin():
                pass
            connection.exec_driver_sql("SELECT 1")

    with pytest.raises(PublisherError) as told:
        stand_still()
    assert [fault.code for fault in told.value.faults] == ["store-unusable"]


def test_of_two_who_take_a_batch_beside_each_other_one_has_it(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1)])
        (batch,) = batches.due_batches(connection, FIRST, MessageState.QUEUED, NOW)
    taken: list[leases.Lease | None] = []
    ready = threading.Event()

    def second() -> None:
        with store.begin(beside=True) as connection:
            connection.execute(text("SELECT 1"))
            ready.set()
            taken.append(leases.take(connection, batch, holder("two")))

    with store.begin(beside=True) as connection:
        taken.append(leases.take(connection, batch, holder("one")))
        thread = threading.Thread(target=second)
        thread.start()
        assert ready.wait(120)
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(120)
    assert [lease is not None for lease in taken] == [True, False]


def test_slices_of_a_relays_time_never_overlap(store: Store) -> None:
    length = timedelta(seconds=0.5)
    with store.begin() as connection:
        allowance.open_relay(connection, "smtp:relay", NOW)
        allowance.open_relay(connection, "smtp:relay", NOW)
    begins: list[Any] = []

    def take() -> None:
        for _ in range(10):
            with store.begin(beside=True) as connection:
                begins.append(allowance.share(connection, "smtp:relay", length, NOW))

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(begins) == [NOW + index * length for index in range(20)]
    with store.begin() as connection:
        much_later = NOW + timedelta(hours=1)
        assert allowance.share(connection, "smtp:relay", length, much_later) == much_later


def test_a_notice_without_a_mail_to_send_gets_no_job(store: Store) -> None:
    with store.begin() as connection:
        add_users(connection, [user(1, email=None)])
        outbox.queue(connection, notice(), [template()])
        assert states(connection) == {MessageState.SKIPPED: 1}
        assert _jobs(connection) == []


def test_a_batch_that_comes_to_a_hand_which_is_to_end_is_left_to_another_at_once(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(number) for number in range(2)])
        _forget(connection)
        (batch,) = batches.due_batches(connection, FIRST, MessageState.QUEUED, NOW)
    with far_side(lambda _: Said(200)) as side:
        sender = BatchSender(
            store=store,
            provider=HttpProvider(side.url, b"0123456789abcdef", seconds=5),
            holder=holder("one"),
            keep=lambda _: None,
            now=lambda: NOW,
            key=b"k" * 32,
            send_addresses=False,
            room=lambda _: 0.0,
            resend=True,
            progress=Unseen(),
            sleep=lambda _: None,
            chance=lambda: 0.5,
            stopping=lambda: True,
            start=AT_ONCE,
        )
        assert not sender.hand_over(notice(), batch, MessageState.QUEUED, Contents(()))
        sender.close()
    assert side.calls == []
    with store.read() as connection:
        assert [(job.args["number"], job.status) for job in _jobs(connection)] == [(0, "todo")]
