import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from publisher.domain.notice import MessageState
from publisher.store import batches, schema
from publisher.store.engine import open_store
from tests.acceptance.counting_sink import counting
from tests.acceptance.deliver_values import queue, states_of
from tests.contract.store_values import NOW

USERS = 2000
CONNECTIONS = 4
KILLS = 6
SLACK = 3000
"""Bytes that a process may get ahead of whoever is to kill it."""


def _start(url: str, sink: Path | str, connections: int = CONNECTIONS, most: int = 0) -> "subprocess.Popen[bytes]":
    """One pass; into a file not more than `most` bytes, until it is let go."""
    command = [sys.executable, "-m", "tests.acceptance.delivering", url, str(sink), str(connections), NOW.isoformat()]
    command.append(str(most))
    root = Path(__file__).parents[2]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def _lines(sink: Path) -> list[str]:
    return sink.read_text("utf-8").splitlines() if sink.exists() else []


def _size(sink: Path) -> int:
    return sink.stat().st_size if sink.exists() else 0


def _let_go(sink: Path) -> None:
    Path(f"{sink}.go").touch()


def _kill_after(url: str, sink: Path, more: int) -> bool:
    """Lets a process deliver until the sink has grown by so many bytes, and kills it; says whether it was at work."""
    enough = _size(sink) + more
    process = _start(url, sink, most=enough + SLACK)
    while process.poll() is None and _size(sink) < enough:
        time.sleep(0.001)
    process.kill()
    _, said = process.communicate()
    assert process.returncode in (0, -9), said.decode()
    return process.returncode == -9


def test_killed_at_any_moment_it_loses_nobody_and_repeats_at_most_one_a_connection(tmp_path: Path) -> None:
    url, sink = f"sqlite:///{tmp_path}/publisher.db", tmp_path / "sink"
    store = open_store(url)
    queue(store, USERS, ("en", "zh-CN"))
    dice = random.Random(20261102)  # noqa: S311  only the moments of the kills
    kills = sum(_kill_after(url, sink, dice.randint(0, 20_000)) for _ in range(KILLS))
    assert kills
    process = _start(url, sink)
    _, said = process.communicate()
    assert process.returncode == 0, said.decode()

    copies = Counter(_lines(sink))
    told = {line.partition(" ")[0] for line in copies}
    counted = states_of(store)
    with store.read() as connection:
        held = batches.held_count(connection)
    store.close()
    assert sum(counted.values()) == USERS
    assert counted.get(MessageState.IN_DOUBT, 0) == held
    assert counted[MessageState.ACCEPTED] + held == USERS
    assert len(told) >= counted[MessageState.ACCEPTED]
    assert len({line.partition(" ")[2] for line in copies}) == len(copies) == len(told)
    assert max(copies.values()) <= 2
    assert sum(copies.values()) - len(copies) <= kills * CONNECTIONS


def test_killed_while_envelopes_and_texts_travel_together_it_loses_nobody_and_repeats_one_a_connection(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    mails, wanted, connections = (20_000, 20, 8) if request.config.getoption("--soak") else (3_000, 6, 8)
    url = f"sqlite:///{tmp_path}/publisher.db"
    store = open_store(url)
    queue(store, mails, ("en", "zh-CN"))
    dice = random.Random(20261125)  # noqa: S311  only the moments of the kills
    kills = 0
    with counting() as sink:
        where = f"smtp://127.0.0.1:{sink.port}?tls=off"
        while kills < wanted and len(sink.messages) < mails:
            enough = min(mails - 1, len(sink.messages) + dice.randint(1, mails // wanted))
            sink.let_go(enough + SLACK // 60)
            process = _start(url, where, connections)
            while process.poll() is None and len(sink.messages) < enough:
                time.sleep(0.0005)
            process.kill()
            _, said = process.communicate()
            assert process.returncode in (0, -9), said.decode()
            kills += process.returncode == -9
        sink.let_go()
        process = _start(url, where, connections)
        _, said = process.communicate()
        assert process.returncode == 0, said.decode()
    counted = states_of(store)
    with store.read() as connection:
        held = batches.held_count(connection)
        again = connection.execute(select(func.count()).where(schema.attempt.c.outcome == "in-doubt")).scalar_one()
    store.close()
    copies = Counter(sink.messages)
    assert kills >= wanted - 1
    assert sum(counted.values()) == mails
    assert counted[MessageState.ACCEPTED] + held == mails
    assert counted.get(MessageState.IN_DOUBT, 0) == held
    assert len(set(sink.recipients)) >= counted[MessageState.ACCEPTED]
    twice = sum(number - 1 for number in Counter(sink.recipients).values())
    assert max(Counter(sink.recipients).values()) <= 2
    assert twice <= again <= kills * connections
    assert len({_message_id(message) for message in copies}) == len(set(sink.recipients))


def _message_id(message: bytes) -> bytes:
    return message.partition(b"Message-ID: ")[2].partition(b"\r\n")[0]


def test_of_two_processes_that_start_together_one_delivers_and_the_other_is_told_to_wait(tmp_path: Path) -> None:
    url, sink = f"sqlite:///{tmp_path}/publisher.db", tmp_path / "sink"
    store = open_store(url)
    queue(store, 500)
    both = [_start(url, sink, most=SLACK), _start(url, sink, most=SLACK)]
    while all(process.poll() is None for process in both):  # one of them cannot end before the other has
        time.sleep(0.01)
    _let_go(sink)
    said = [process.communicate()[1].decode() for process in both]
    assert sorted(process.returncode for process in both) == [0, 1]
    assert sum("BusyError" in text for text in said) == 1
    assert states_of(store) == {MessageState.ACCEPTED: 500}
    assert max(Counter(_lines(sink)).values()) == 1
    store.close()


def test_interrupted_by_hand_it_records_what_is_under_way_and_lets_go(tmp_path: Path) -> None:
    url, sink = f"sqlite:///{tmp_path}/publisher.db", tmp_path / "sink"
    store = open_store(url)
    queue(store, USERS)
    process = _start(url, sink, most=SLACK)
    while process.poll() is None and _size(sink) < SLACK:
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    _let_go(sink)
    process.communicate()
    assert process.returncode == 1
    counted = states_of(store)
    assert set(counted) == {MessageState.QUEUED, MessageState.ACCEPTED}
    assert counted[MessageState.ACCEPTED] == len(_lines(sink))
    again = _start(url, sink)
    again.communicate()
    assert max(Counter(_lines(sink)).values()) == 1
    assert states_of(store) == {MessageState.ACCEPTED: USERS}
    store.close()
