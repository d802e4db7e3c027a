"""A notice queued for the users of an organisation's own database, by where that database is.

    python -m tests.benchmarks.notice_readers [--users N] [--runs N] [--where here,beside,file]

`here`: in the store's own PostgreSQL database, by the same role; `beside`: in another database of the server; `file`:
in a SQLite file beside the store's. `first` is the first notice, for which everybody is met anew, `next` a later one.
Each figure is the middle of several runs, each in a process of its own. CPU seconds are the sender's and the server's
together; MB are what the sender's process grew by. On a server of the benchmark's own, without fsync.
"""

import json
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from statistics import median

import click

from publisher.domain.notice import MailTemplate, NoticeId
from publisher.errors import Place
from publisher.store import outbox
from publisher.store.engine import open_store
from publisher.store.source import open_source
from tests import postgresql
from tests.benchmarks import notice_values
from tests.benchmarks.notice_parts import Watch

WHERE = ("here", "beside", "file")
QUERY = "SELECT no AS id, mail AS email, name, lang AS language, since AS joined, region FROM customers"
_TABLE = "customers (no INTEGER PRIMARY KEY, mail TEXT, name TEXT, lang TEXT, since DATE, region TEXT)"


def fill(url: str, users: int) -> None:
    """A table of customers; one in twenty has no address."""
    rows = (
        (
            number,
            f"reader{number}@example.com" if number % 20 else None,
            f"Reader {number}",
            ("en", "en", "zh_cn", "de")[number % 4],
            "2024-01-01",
            ("CN", "DE", "US")[number % 3],
        )
        for number in range(users)
    )
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(notice_values.sqlite_name(url))) as file:
            file.execute(f"CREATE TABLE {_TABLE}")
            file.executemany("INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?)", rows)
            file.commit()
        return
    import psycopg

    with psycopg.connect(notice_values.libpq(url)) as server:
        server.execute(f"CREATE TABLE {_TABLE}".encode())
        with server.cursor().copy("COPY customers FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        server.commit()
        server.autocommit = True
        server.execute("VACUUM ANALYZE customers")


def queued(store_url: str, users_url: str) -> dict[str, Mapping[str, float]]:
    """The first notice for them and the next one, each in the transaction that releases it, committed."""
    source = open_source(
        users_url,
        QUERY,
        url_place=Place("publisher.toml"),
        query_place=Place("publisher.toml"),
        address_of=lambda given: (given, None),
    )
    found: dict[str, Mapping[str, float]] = {}
    with closing(open_store(store_url, source)) as store:
        for name, number in (("first", 1), ("next", 2)):
            given = replace(
                notice_values.notice(notice_values.SOME if number == 2 else notice_values.notice().reach),
                id=NoticeId("privacy", f"v{number + 1}", 1),
            )
            with store.begin() as connection:
                raw = connection.connection.driver_connection
                server = None if store_url.startswith("sqlite") or raw is None else raw.info.backend_pid
                watch = Watch(server)
                outbox.queue(connection, given, _mails(given.id))
            with store.read() as connection:
                everyone = _count(users_url)
            found[name] = watch.figures(everyone)
    return found


def _mails(notice: NoticeId) -> tuple[MailTemplate, ...]:
    return tuple(replace(mail, notice=notice) for mail in notice_values.mails())


def _count(url: str) -> int:
    from sqlalchemy import create_engine, text

    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT count(*) FROM customers")).scalar_one()
    engine.dispose()
    return int(found)


def measured(where: str, server: postgresql.Server, folder: Path, users: int) -> dict[str, Mapping[str, float]]:
    """One run, in a process of its own, on a store of its own."""
    if where == "file":
        store, people = f"sqlite:///{folder}/store.db", f"sqlite:///{folder}/customers.db"
    else:
        store = server.new()
        people = store if where == "here" else server.new()
    fill(people, users)
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.notice_readers", "--part", store, people],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise click.ClickException(done.stderr)
    for url in {store, people}:
        if where != "file":
            server.drop(url)
    found: dict[str, Mapping[str, float]] = json.loads(done.stdout)
    return found


@click.command()
@click.option("--users", default=1_000_000, help="Users of the organisation.")
@click.option("--runs", default=1, help="Runs of each, of which the middle one counts.")
@click.option("--where", "wanted", default=",".join(WHERE), help="Where they are, with commas between.")
@click.option("--part", nargs=2, hidden=True)
def main(users: int, runs: int, wanted: str, part: Sequence[str] | None) -> None:
    """Measure queueing for users of an organisation's own database."""
    if part:
        click.echo(json.dumps(queued(*part)))
        return
    with postgresql.serving() as server:
        for where in wanted.split(","):
            seen = []
            for _ in range(runs):
                with tempfile.TemporaryDirectory() as folder:
                    seen.append(measured(where, server, Path(folder), users))
            for name in ("first", "next"):
                spent = median(entry[name]["cpu"] + entry[name]["server"] for entry in seen)
                own = median(entry[name]["cpu"] for entry in seen)
                growth = median(entry[name]["growth"] for entry in seen)
                click.echo(
                    f"{where:7} {name:6} {users:,} users: {spent:7.2f} s CPU ({own:.2f} of the sender's),"
                    f" {users / spent:10,.0f} a CPU second, +{growth:.0f} MB"
                )


if __name__ == "__main__":
    main()
