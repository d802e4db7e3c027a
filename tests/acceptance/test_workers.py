"""Workers on PostgreSQL: the installed command, in several processes that are killed and stopped midway."""

import random
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from publisher.domain.notice import MessageState
from publisher.store import batches, schema
from tests.acceptance.crew import CONNECTIONS, crew
from tests.acceptance.deliver_values import states_of
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
                at_work.stop(victim)
            else:
                victim.kill()
                victim.communicate()
                at_work.workers.remove(victim)
            pair.append(at_work.start("--rate", str(rate)))
        at_work.until(lambda: not at_work.stopped)
        at_work.until(at_work.is_settled)
        reports = [at_work.end(worker) for worker in tuple(at_work.workers)]
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
        assert all(report["taken over by others"] <= 1 for report in reports)
