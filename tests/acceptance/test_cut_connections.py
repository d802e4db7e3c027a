"""A connection to PostgreSQL that is cut before, in or after a COMMIT loses nothing and doubles nothing."""

import hashlib
import random
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from publisher.delivery.transports import open_transport
from publisher.domain.notice import MessageState
from publisher.errors import PublisherError
from publisher.store import batches
from publisher.store.engine import Store, open_store
from publisher.workflow.deliver import deliver
from tests.acceptance.counting_sink import Sink, counting
from tests.acceptance.cutting import Cut, Proxy, between
from tests.acceptance.deliver_values import KEY, SENDER, Clock, queue, states_of
from tests.acceptance.workspaces import NOW, Workbench
from tests.postgresql import Server

TABLES = ("ledger", "notice", "template", "batch", "outbox", "attempt", "handling", "users (id, email, name, language)")
_MOST = 60
MAILS = 400


@pytest.fixture
def proxy(postgresql_server: Server) -> Iterator[Proxy]:
    with tempfile.TemporaryDirectory() as folder, between(postgresql_server.folder, Path(folder)) as proxy:
        yield proxy


def _on(bench: Workbench, url: str) -> Workbench:
    return replace(bench, environment={"PUBLISHER_STORE__URL": url})


def _state(bench: Workbench, url: str) -> dict[str, str]:
    """What a reader, a colleague or the next command can see, whatever the order of rows; secrets are chance."""
    seen = {
        str(path.relative_to(bench.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for part in ("policies", "site")
        for path in sorted((bench.folder / part).rglob("*"))
        if path.is_file() and ".publisher-new-" not in str(path)
    }
    engine = create_engine(url)
    with engine.connect() as connection:
        for table in TABLES:
            name, _, columns = table.rstrip(")").partition(" (")
            query = f"SELECT {columns or '*'} FROM {name}"  # noqa: S608  names from above
            rows = sorted(map(repr, connection.execute(text(query))))
            seen[f"table {table}"] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    engine.dispose()
    return seen


COMMANDS: dict[str, tuple[list[list[str]], list[str], int]] = {
    "publish": ([], ["publish"], 0),
    "tick": ([["publish"], ["deliver"]], ["tick"], 46),
    "postpone": (
        [["publish"], ["deliver"]],
        ["postpone", "privacy", "v2", "--to", "2027-03-01", "--by", "Ada", "--reason", "more time"],
        1,
    ),
    "withdraw": (
        [["publish"], ["deliver"]],
        ["withdraw", "privacy", "v2", "--by", "Ada", "--reason", "a mistake"],
        1,
    ),
    "correct": (
        [["publish"], ["deliver"]],
        ["correct", "privacy", "v2", "--text", "{typo}", "--by", "Ada", "--reason", "a spelling"],
        1,
    ),
    "users": ([], ["users", "import", "{users}"], 0),
}
"""What is run before, the command, and how many days after the first version's notice."""

CUTS = [(name, how) for name in COMMANDS for how in Cut if how is not Cut.IN or name == "publish"]
"""A server that hears half of a COMMIT does what one does that hears nothing of it: one command shows that."""


@pytest.mark.parametrize(("name", "how"), CUTS)
def test_a_command_cut_off_at_any_commit_is_finished_by_the_next_run(
    postgresql_server: Server,
    proxy: Proxy,
    tmp_path: Path,
    name: str,
    how: Cut,
) -> None:
    before, command, days = COMMANDS[name]
    server, first = postgresql_server, postgresql_server.new()
    bench = Workbench.made(tmp_path / "first", {"PUBLISHER_STORE__URL": first})
    bench.import_users(6)
    bench.sign()
    for earlier in before:
        bench.run(*earlier)
    typo = (bench.folder / "policies/privacy/v2/en.md").read_text("utf-8").replace("at any time", "at any moment")
    files = {
        "{typo}": bench.write("typo.md", typo),
        "{users}": bench.write("more.csv", "id,email,name,language,joined\nu1,new@example.com,New,en,2024-01-01\n"),
    }
    command = [str(files.get(word, word)) for word in command]

    def copied(name: str) -> tuple[Workbench, str]:
        shutil.copytree(bench.folder, tmp_path / name)
        return Workbench(tmp_path / name, NOW + timedelta(days=days)), server.copied(first)

    plain, url = copied("undisturbed")
    _on(plain, url).run(*command)
    wanted = _state(plain, url)
    cuts = 0
    for cut_at in range(1, _MOST):
        cut, url = copied(f"cut-{cut_at}")
        proxy.arm(cut_at, how)
        through = url.replace(str(server.folder), str(proxy.folder))
        ended = _on(cut, through).invoke(*command)
        if not proxy.has_cut:
            assert ended.exit_code == 0, ended.output
            break
        cuts += 1
        assert ended.exit_code in (0, 1), f"{ended.output}{ended.exception!r}"
        assert "Traceback" not in ended.output
        _on(cut, url).run(*command)
        assert _state(cut, url) == wanted, f"cut {how} commit {cut_at}"
    assert cuts, "no commit was seen"


@pytest.mark.parametrize("how", [*Cut, "terminated"])
def test_a_delivery_cut_off_at_any_commit_loses_nobody_and_repeats_at_most_one_a_connection(
    postgresql_server: Server, proxy: Proxy, how: Cut | str
) -> None:
    connections, cuts, told = 4, 0, list[str]()
    ended: list[int] = []
    done = threading.Event()
    dice = random.Random(20261125)  # noqa: S311  only the moments of the cuts
    with postgresql_server.database(migrated=True) as url, counting() as sink:
        store = open_store(url)
        queue(store, MAILS, ("en", "zh-CN"))
        through = open_store(url.replace(str(postgresql_server.folder), str(proxy.folder)))
        clock = Clock()
        for _ in range(_MOST):
            if isinstance(how, Cut):
                proxy.arm(dice.randint(3, 40), how)
                through.engine.dispose()
            else:
                proxy.arm(0, Cut.BEFORE)
                enough = len(sink.messages) + dice.randint(1, 40)
                done.clear()
                terminating = threading.Thread(target=_terminate, args=(store, sink, enough, ended, done))
                terminating.start()
            clock.forward(minutes=10)
            try:
                report = deliver(
                    through,
                    lambda: open_transport(f"smtp://127.0.0.1:{sink.port}?tls=off", Path()),
                    now=clock,
                    sender=SENDER,
                    domain="example.com",
                    key=KEY,
                    connections=connections,
                )
            except PublisherError as fault:
                told.append(fault.faults[0].code)
            else:
                if report.done:
                    break
            finally:
                if not isinstance(how, Cut):
                    done.set()
                    terminating.join()
            cuts += isinstance(how, Cut)
        counted = states_of(store)
        copies = Counter(sink.recipients)
        with store.read() as connection:
            held = batches.held_count(connection)
        through.close()
        store.close()
    cuts += len(ended)
    assert cuts
    assert {"store-unusable", "run-lost", "run-busy"}.issuperset(told)
    assert sum(counted.values()) == MAILS
    assert counted[MessageState.ACCEPTED] + held == MAILS
    assert len(copies) >= counted[MessageState.ACCEPTED]
    assert max(copies.values()) <= 2
    assert sum(copies.values()) - len(copies) <= cuts * connections


def _terminate(store: Store, sink: Sink, enough: int, ended: list[int], done: threading.Event) -> None:
    """Ends every connection but its own when so many mails have come, if they come before the pass is over."""
    while len(sink.messages) < enough:
        if done.is_set():
            return
        time.sleep(0.0005)
    with store.engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT pg_terminate_backend(pid), pid FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        ).all()
        ended.extend([row.pid for row in rows][:1])
