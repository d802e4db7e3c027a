from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import select

from publisher.domain.notice import MessageState, NoticeId, NoticeKind
from publisher.errors import BusyError, PublisherError, Severity
from publisher.store import handling, listed, notices, run_lock, schema, users
from publisher.store.engine import Store, open_store
from publisher.workflow.deliver import deliver
from publisher.workflow.delivery_report import Unseen
from tests.acceptance.deliver_values import KEY, Clock, Server, queue, run, serving, states_of, text_of
from tests.contract.store_values import FIRST, NOW, PAUSED, RESUMED, SECOND, add_users, notice, template, user


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/publisher.db")
    yield opened
    opened.close()


def test_a_thousand_mails_arrive_once_each_in_the_language_of_their_reader(store: Store) -> None:
    queue(store, 1000, ("en", "zh-CN"))
    server = Server()
    with serving(server) as transports:
        report = run(store, transports, Clock())
        again = run(store, transports, Clock())
    assert (report.accepted, report.done) == (1000, True)
    assert again.accepted == 0
    assert server.addresses == sorted(f"reader{i}@example.com" for i in range(1000))
    assert len(set(server.message_ids())) == 1000
    for address, content in server.got:
        wanted = "zh-CN" if int(address.partition("@")[0].removeprefix("reader")) % 2 else "en"
        mail = message_from_bytes(content)
        assert mail["To"] == address
        assert text_of(content) == f"revision in {wanted}"
    assert states_of(store) == {MessageState.ACCEPTED: 1000}


def test_a_reader_of_an_absent_language_gets_the_authoritative_one(store: Store) -> None:
    queue(store, 2, ("en", "zh-CN"))
    with store.begin() as connection:
        connection.execute(schema.users.update().values(language="fr"))
    server = Server()
    with serving(server) as transports:
        run(store, transports, Clock())
    assert {text_of(content) for _, content in server.got} == {"revision in en"}


def test_a_deferred_message_is_tried_again_when_it_is_due_and_not_before(store: Store) -> None:
    queue(store, 3)
    server = Server({"RCPT reader1": ["450 4.2.1 try later", "451 still not", ""]})
    clock = Clock()
    with serving(server) as transports:
        report = run(store, transports, clock)
        assert (report.accepted, report.deferred, report.done) == (2, 1, True)
        assert report.next_at == NOW + timedelta(minutes=1)
        assert run(store, transports, clock).accepted == 0
        clock.forward(minutes=1)
        assert run(store, transports, clock).next_at == clock() + timedelta(minutes=5)
        clock.forward(minutes=5)
        assert run(store, transports, clock).accepted == 1
    assert server.addresses == [f"reader{i}@example.com" for i in range(3)]
    assert states_of(store) == {MessageState.ACCEPTED: 3}


def test_a_refusal_is_final_and_the_others_go_on(store: Store) -> None:
    queue(store, 5)
    server = Server({"RCPT reader2": ["550 5.1.1 no such user <reader2@example.com>"]})
    with serving(server) as transports:
        report = run(store, transports, Clock())
        assert (report.accepted, report.refused, report.done) == (4, 1, True)
        run(store, transports, Clock())
    assert states_of(store) == {MessageState.ACCEPTED: 4, MessageState.REFUSED: 1}
    with store.read() as connection:
        row = connection.execute(select(schema.outbox).where(schema.outbox.c.state == "refused")).one()
    assert row.code == 550
    assert "@" not in row.reply


def test_a_connection_dropped_after_the_end_of_a_mail_is_tried_once_more_under_the_same_id(store: Store) -> None:
    queue(store, 3)
    server = Server({"DATA reader1": ["taken and dropped", ""]})
    with serving(server) as transports:
        report = run(store, transports, Clock())
    assert (report.accepted, report.in_doubt, report.held) == (3, 1, 0)
    assert server.addresses.count("reader1@example.com") == 2
    assert len(server.got) == 4
    assert len(set(server.message_ids())) == 3
    assert states_of(store) == {MessageState.ACCEPTED: 3}


def test_in_doubt_a_second_time_a_message_is_held_and_shown(store: Store) -> None:
    queue(store, 2)
    server = Server({"DATA reader1": ["lost"]})
    with serving(server) as transports:
        report = run(store, transports, Clock())
        assert (report.accepted, report.in_doubt, report.held) == (1, 2, 1)
        again = run(store, transports, Clock())
        assert (again.accepted, again.in_doubt, again.held) == (0, 0, 1)
    assert states_of(store) == {MessageState.ACCEPTED: 1, MessageState.IN_DOUBT: 1}


def test_where_doubt_is_held_a_message_is_not_sent_again_and_is_shown_at_once(store: Store) -> None:
    queue(store, 3)
    server = Server({"DATA reader1": ["taken and dropped", ""]})
    with serving(server) as transports:
        report = run(store, transports, Clock(), resend=False)
        assert (report.accepted, report.in_doubt, report.held, report.done) == (2, 1, 1, True)
        again = run(store, transports, Clock(), resend=False)
        assert (again.accepted, again.in_doubt, again.held) == (0, 0, 1)
        assert len(server.got) == 3
        assert states_of(store) == {MessageState.ACCEPTED: 2, MessageState.IN_DOUBT: 1}
        assert run(store, transports, Clock()).accepted == 1
    assert len(set(server.message_ids())) == 3


def test_a_refused_sender_stops_the_run_and_burns_nobody(store: Store) -> None:
    queue(store, 50)
    server = Server({"MAIL": ["550 5.7.1 sender not allowed"]})
    with serving(server) as transports:
        report = run(store, transports, Clock())
    assert report.stopped is not None
    assert report.stopped.code == "delivery-refused"
    assert server.begun <= 4
    assert states_of(store) == {MessageState.QUEUED: 50}


def test_a_server_that_is_not_there_costs_nobody_an_attempt(store: Store) -> None:
    queue(store, 50)
    with serving(Server()) as transports:
        gone = transports
    slept: list[float] = []
    report = run(store, gone, Clock(), sleep=slept.append)
    assert report.stopped is not None
    assert report.stopped.code == "delivery-host-busy"
    assert slept == []
    assert states_of(store) == {MessageState.QUEUED: 50}
    server = Server()
    with serving(server) as transports:
        assert run(store, transports, Clock()).accepted == 50


def test_a_server_that_closes_now_and_then_gets_everything_in_the_end(store: Store) -> None:
    queue(store, 40)
    server = Server({"RCPT reader7": ["421 4.7.0 too many", ""], "RCPT reader9": ["421 4.7.0 too many", ""]})
    with serving(server) as transports:
        report = run(store, transports, Clock(), sleep=lambda _: None)
    assert (report.accepted, report.stopped) == (40, None)
    assert len(server.got) == 40


def test_too_many_refusals_pause_the_notice_and_say_so(store: Store) -> None:
    queue(store, 400)
    server = Server({f"RCPT reader{i}": ["550 5.1.1 unknown"] for i in range(0, 400, 10)})
    with serving(server) as transports:
        report = run(store, transports, Clock())
        assert report.paused == (FIRST,)
        assert [fault.code for fault in report.reasons] == ["delivery-paused"]
        assert not report.done
        left = states_of(store)[MessageState.QUEUED]
        assert 100 < left <= 300
        assert run(store, transports, Clock()).accepted == 0
        with store.begin() as connection:
            handling.resume(connection, FIRST, RESUMED)
        run(store, transports, Clock())
    assert states_of(store)[MessageState.QUEUED] < left


def test_too_many_refusals_of_an_incident_are_told_and_it_goes_on_to_everybody(store: Store) -> None:
    incident = NoticeId("privacy", "incident", 1)
    with store.begin() as connection:
        add_users(connection, (user(number) for number in range(400)))
        told = notice(incident, kind=NoticeKind.INCIDENT)
        notices.add(connection, told, [template(incident, NoticeKind.INCIDENT)])
        listed.queue_listed(connection, told, None)
    server = Server({f"RCPT reader{i}": ["550 5.1.1 unknown"] for i in range(0, 400, 10)})
    with serving(server) as transports:
        report = run(store, transports, Clock())
    assert (report.accepted, report.refused, report.paused) == (360, 40, ())
    assert [(fault.code, fault.severity) for fault in report.reasons] == [("delivery-many-refused", Severity.WARNING)]


def test_after_the_deadline_nothing_is_sent_and_the_notice_is_told_of(store: Store) -> None:
    queue(store, 5)
    clock = Clock()
    clock.forward(days=40)
    server = Server()
    with serving(server) as transports:
        report = run(store, transports, clock)
    assert report.overdue == (FIRST,)
    assert server.got == []
    assert states_of(store) == {MessageState.QUEUED: 5}


def test_progress_is_told_from_the_first_to_the_last_message(store: Store) -> None:
    queue(store, 25)

    class Bar(Unseen):
        total = 0
        done = 0

        def begin(self, total: int) -> None:
            self.total = total

        def advance(self, number: int) -> None:
            self.done += number

    bar = Bar()
    server = Server({"DATA reader3": ["taken and dropped", ""], "RCPT reader4": ["450 later"]})
    with serving(server) as transports:
        run(store, transports, Clock(), progress=bar)
    assert (bar.total, bar.done) == (25, 25)


def test_the_rate_holds_for_all_connections_together(store: Store) -> None:
    queue(store, 30)

    class Seconds:
        at = 0.0

        def __call__(self) -> float:
            self.at += 0.0001
            return self.at

        def sleep(self, seconds: float) -> None:
            self.at += seconds

    seconds = Seconds()
    with serving(Server()) as transports:
        report = run(store, transports, Clock(), rate=10, sleep=seconds.sleep, seconds=seconds)
    assert report.accepted == 30
    assert seconds.at >= 2.8


def test_notices_that_are_paused_wait_while_others_go(store: Store) -> None:
    queue(store, 3)
    with store.begin() as connection:
        handling.pause(connection, FIRST, PAUSED)
    queue(store, 3, notice_id=SECOND)
    server = Server()
    with serving(server) as transports:
        report = run(store, transports, Clock())
    assert (report.accepted, report.paused) == (3, (FIRST,))
    assert states_of(store) == {MessageState.QUEUED: 3}


def test_somebody_erased_before_their_turn_is_skipped(store: Store) -> None:
    queue(store, 3)
    with store.begin() as connection:
        users.erase(connection, "u1")
    server = Server()
    with serving(server) as transports:
        assert run(store, transports, Clock()).accepted == 2
    assert states_of(store) == {MessageState.ACCEPTED: 2, MessageState.SKIPPED: 1}


def test_an_address_that_would_write_another_header_is_skipped(store: Store) -> None:
    queue(store, 3)
    with store.begin() as connection:
        bad = "reader1@example.com\r\nBcc: all@example.com"
        connection.execute(schema.users.update().where(schema.users.c.id == "u1").values(email=bad))
    server = Server()
    with serving(server) as transports:
        report = run(store, transports, Clock())
    assert (report.accepted, report.skipped) == (2, 1)
    assert not any(b"Bcc" in content for _, content in server.got)


def test_a_second_delivery_at_the_same_time_is_told_to_wait(store: Store) -> None:
    queue(store, 3)
    with store.begin() as connection:
        run_lock.take(connection, "deliver", "somewhere else", NOW)
    with serving(Server()) as transports, pytest.raises(BusyError) as told:
        run(store, transports, Clock())
    assert [fault.code for fault in told.value.faults] == ["run-busy"]


def test_a_transport_that_crashes_is_a_bug_that_leaves_its_message_in_doubt_and_the_rest_recorded(
    store: Store, tmp_path: Path
) -> None:
    from publisher.delivery.transports import open_transport
    from publisher.domain.notice import Receipt

    queue(store, 20)

    class Crashing:
        def __init__(self) -> None:
            self.real = open_transport("maildir:mail", tmp_path)

        def send(self, sender: str, recipient: str, message: bytes) -> Receipt:
            if recipient.startswith("reader7@"):
                raise ZeroDivisionError
            return self.real.send(sender, recipient, message)

        def close(self) -> None:
            self.real.close()

    with pytest.raises(ZeroDivisionError):
        run(store, Crashing, Clock())
    assert states_of(store)[MessageState.SENDING] == 1
    report = run(store, lambda: open_transport("maildir:mail", tmp_path), Clock())
    assert report.interrupted == 1
    assert states_of(store) == {MessageState.ACCEPTED: 20}
    assert len(list((tmp_path / "mail" / "new").iterdir())) == 20


def test_a_sender_without_a_domain_is_told_before_anything_is_sent(store: Store) -> None:
    queue(store, 1)
    with pytest.raises(PublisherError) as told, serving(Server()) as transports:
        deliver(store, transports, now=Clock(), sender="privacy", domain="not a domain", key=KEY)
    assert [fault.code for fault in told.value.faults] == ["sender-domain"]
