"""A store on PostgreSQL that is restored from a backup while workers send from it: nobody is told twice."""

from collections import Counter
from pathlib import Path

from sqlalchemy import text

from publisher.domain.notice import MessageState
from publisher.store import halts, leases
from tests.acceptance.crew import CONNECTIONS, Crew, crew
from tests.acceptance.deliver_values import states_of
from tests.postgresql import Server

MAILS = 3000


def _backed_up(server: Server, at_work: Crew) -> str:
    """The URL of a copy of the store as it is now; everybody is cut off for a moment."""
    url = at_work.store.engine.url.render_as_string(hide_password=False)
    name = at_work.store.engine.url.database
    with server.admin.connect() as admin:
        admin.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        admin.execute(
            text("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = :name"), {"name": name}
        )
        try:
            return server.copied(url)
        finally:
            admin.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))


def _found_out(at_work: Crew) -> bool:
    with at_work.store.read() as connection:
        return halts.last(connection, leases.RESTORED) is not None


def test_workers_find_out_and_send_nothing_more_until_somebody_has_decided(
    postgresql_server: Server, tmp_path: Path
) -> None:
    with crew(postgresql_server, tmp_path / "workspace", MAILS) as at_work:
        at_work.sink.most = MAILS // 2
        for _ in range(2):
            at_work.start("--rate", "200")
        at_work.until_sent(200)
        backup = _backed_up(postgresql_server, at_work)
        at_work.until_sent(len(at_work.sink.messages) + 400)
        url = at_work.store.engine.url.render_as_string(hide_password=False)
        at_work.store.engine.dispose()
        postgresql_server.copied(backup, into=url)
        at_work.sink.let_go()
        at_work.until(lambda: _found_out(at_work))
        refused = at_work.bench.refused("deliver")
        assert "restored from a backup" in refused
        at_work.until(lambda: at_work.in_hand() == 0)
        assert states_of(at_work.store)[MessageState.QUEUED] > MAILS - len(at_work.sink.messages)
        at_work.bench.run("adopt", "--by", "Ada", "--reason", "The disk failed.")
        at_work.until(at_work.is_settled)
        for worker in tuple(at_work.workers):
            at_work.end(worker)
        copies = Counter(at_work.sink.recipients)
        assert len(copies) < MAILS
        assert sum(copies.values()) - len(copies) <= 2 * 2 * CONNECTIONS
        counted = states_of(at_work.store)
        assert counted[MessageState.ACCEPTED] + counted[MessageState.IN_DOUBT] == MAILS
