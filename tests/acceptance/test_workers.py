"""Workers on PostgreSQL: the installed command, in several processes that are killed and stopped midway."""

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from publisher.domain.notice import MessageState
from publisher.store import batches, handling, schema
from tests.acceptance.crew import CONNECTIONS, crew
from tests.acceptance.deliver_values import states_of
from tests.acceptance.workspaces import Workbench
from tests.contract.store_values import FIRST, PAUSED, RESUMED
from tests.postgresql import Server


def test_workers_killed_or_stopped_past_their_lease_lose_nobody_and_repeat_one_a_connection(
    postgresql_server: Server, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    mails, blows, rate = (20_000, 20, 400) if request.config.getoption("--soak") else (4_000, 4, 0)
    dice = random.Random(20261125)  # noqa: S311  only the moments and the victims
    with crew(postgresql_server, tmp_path / "workspace", mails) as at_work:
        pair = [at_work.start("--rate", str(rate)) for _ in range(2)]
        for blow in range(blows):
            at_work.until_sent(min(mails - 1, len(at_work.sink.messages) + dice.randint(1, mails // (blows + 1))))
            victim = pair.pop(dice.randrange(2))
            if blow % 2:
                at_work.until(lambda: at_work.has_batch(victim) or at_work.jobs() <= 1)  # noqa: B023  called in this turn
                at_work.stop(victim)
            else:
                victim.kill()
                victim.communicate()
                at_work.workers.remove(victim)
            pair.append(at_work.start("--rate", str(rate)))
        at_work.until(lambda: not at_work.stopped and not at_work.woken)
        at_work.until(at_work.is_settled)
        reports = [*at_work.reports, *(at_work.end(worker) for worker in tuple(at_work.workers))]
        counted = states_of(at_work.store)
        with at_work.store.read() as connection:
            held = batches.held_count(connection)
            again = connection.execute(select(func.count()).where(schema.attempt.c.outcome == "in-doubt")).scalar_one()
        copies = Counter(at_work.sink.recipients)
        twice = sum(number - 1 for number in copies.values())
        assert sum(counted.values()) == mails
        assert counted[MessageState.ACCEPTED] + held == mails
        assert counted.get(MessageState.IN_DOUBT, 0) == held
        assert len(copies) >= counted[MessageState.ACCEPTED]
        assert max(copies.values()) <= 2
        assert twice <= again <= blows * CONNECTIONS
        assert all(report["taken-over-by-others"] <= 1 for report in reports)


def test_a_pause_stops_all_workers_within_a_batch_and_what_is_left_goes_once_it_goes_on(
    postgresql_server: Server, tmp_path: Path
) -> None:
    with crew(postgresql_server, tmp_path / "workspace", 3000) as at_work:
        at_work.sink.most = 200
        for _ in range(2):
            at_work.start("--rate", "300")
        at_work.until_sent(200)
        with at_work.store.begin() as connection:
            handling.pause(connection, FIRST, PAUSED)
        at_work.sink.let_go()
        at_work.until(lambda: at_work.in_hand() == 0)
        sent = len(at_work.sink.messages)
        assert states_of(at_work.store) == {MessageState.ACCEPTED: sent, MessageState.QUEUED: 3000 - sent}
        for worker in tuple(at_work.workers):
            at_work.end(worker)
        assert len(at_work.sink.messages) == sent
        with at_work.store.begin() as connection:
            handling.resume(connection, FIRST, RESUMED)
        at_work.start()
        at_work.until(at_work.is_settled)
        assert Counter(Counter(at_work.sink.recipients).values()) == {1: 3000}


def test_a_worker_that_is_asked_to_end_records_its_answers_and_gives_its_batch_to_another(
    postgresql_server: Server, tmp_path: Path
) -> None:
    with crew(postgresql_server, tmp_path / "workspace", 1000) as at_work:
        at_work.sink.most = 100
        first = at_work.start("--rate", "200")
        at_work.until_sent(100)
        report = at_work.end(first, at_work.sink.let_go)
        assert states_of(at_work.store) == {
            MessageState.ACCEPTED: report["accepted"],
            MessageState.QUEUED: 1000 - report["accepted"],
        }
        assert (len(at_work.sink.messages), at_work.in_hand()) == (report["accepted"], 0)
        assert at_work.jobs() == 1
        at_work.start()
        at_work.until(at_work.is_settled)
        assert Counter(Counter(at_work.sink.recipients).values()) == {1: 1000}


def test_the_first_mails_are_counted_over_all_workers(postgresql_server: Server, tmp_path: Path) -> None:
    settings = {"PUBLISHER_DELIVERY__FIRST": "1200"}
    with crew(postgresql_server, tmp_path / "workspace", 3000, settings) as at_work:
        for _ in range(2):
            at_work.start("--concurrency", "2")
        at_work.until_sent(1200)
        at_work.until(lambda: at_work.in_hand() == 0)
        reports = [at_work.end(worker) for worker in tuple(at_work.workers)]
        assert sum(report["accepted"] for report in reports) == len(at_work.sink.messages) == 1200
        with at_work.store.begin() as connection:
            handling.let_go(connection, FIRST, replace(RESUMED, act=handling.Act.LET_GO))
        at_work.start()
        at_work.until(at_work.is_settled)
        assert Counter(Counter(at_work.sink.recipients).values()) == {1: 3000}


def test_connections_to_the_database_that_are_cut_lose_and_double_nothing(
    postgresql_server: Server, tmp_path: Path
) -> None:
    with crew(postgresql_server, tmp_path / "workspace", 3000) as at_work:
        for _ in range(2):
            at_work.start("--rate", "600")
        for sent in (200, 700, 1200, 1700):
            at_work.until_sent(sent)
            with at_work.store.read() as connection:
                connection.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        at_work.until(at_work.is_settled)
        assert states_of(at_work.store) == {MessageState.ACCEPTED: 3000}
        assert Counter(Counter(at_work.sink.recipients).values()) == {1: 3000}


def test_a_store_for_one_machine_is_refused_in_words(tmp_path: Path) -> None:
    said = Workbench.empty(tmp_path, {}).refused("worker")
    assert "publisher deliver --watch" in said
    assert "PostgreSQL" in said
