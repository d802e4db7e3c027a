"""What is measured of notices, each in a process of its own; prints its figures as JSON.

    python -m tests.benchmarks.notice_parts NAME ARGUMENTS

Imports and preparations are left out of the figures. `profile` before NAME prints where the time goes instead.
"""

import cProfile
import json
import os
import pstats
import smtplib
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

import jinja2
from sqlalchemy import String

from publisher.delivery.envelope import join, message_id
from publisher.delivery.transports import open_transport
from publisher.delivery.verp import senders
from publisher.domain.notice import Message, MessageState, NoticeId, NoticeKind, Recipient
from publisher.domain.predicate import EVERYONE
from publisher.store import batches, leases, outbox, schema, sending
from publisher.store.engine import open_store
from publisher.workflow.deliver import deliver
from publisher.workflow.job_loop import run_jobs
from publisher.workflow.letters import Letters
from tests.benchmarks import notice_ledgers, notice_values
from tests.benchmarks.engines import peak

Figures = dict[str, float]

_TEXT = """{{ summary }}
{% for change in changes %}
{{ change.where }}
{% for op, words in change.edits %}{{ words }}{% endfor %}
{{ change.link }}
{% endfor %}
{{ link }}
"""
_HTML = """<!doctype html><html lang="en"><body><p>{{ summary }}</p>
{% for change in changes %}<h2>{{ change.where }}</h2>
<p>{% for op, words in change.edits %}<span class="{{ op }}">{{ words }}</span>{% endfor %}</p>
<p><a href="{{ change.link }}">{{ change.where }}</a></p>
{% endfor %}<p><a href="{{ link }}">{{ summary }}</a></p></body></html>
"""


class Watch:
    """CPU and wall seconds since it was made, and what of the store's server went into it."""

    def __init__(self, server: int | None = None) -> None:
        self.memory = peak()
        self.server = server
        self.theirs = _cpu_of(server)
        self.wall = time.perf_counter()
        self.cpu = time.process_time()

    def figures(self, count: int) -> Figures:
        """What it took so far, for so many."""
        cpu, wall = time.process_time() - self.cpu, time.perf_counter() - self.wall
        theirs = _cpu_of(self.server) - self.theirs
        return {
            "count": count,
            "cpu": cpu,
            "server": theirs,
            "wall": wall,
            "growth": peak() - self.memory,
            "memory": peak(),
            "size": 0,
        }


def _cpu_of(process: int | None) -> float:
    """CPU seconds that another process has used."""
    if process is None:
        return 0.0
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def queue_ours(url: str, case: str) -> Figures:
    """The notice queued by the product, in the transaction that releases it, committed."""
    given = notice_values.notice(EVERYONE if case == "everyone" else notice_values.SOME)
    mails = notice_values.mails()
    store = open_store(url)
    with closing(store):
        with store.begin() as connection:
            raw = connection.connection.driver_connection
            server = None if url.startswith("sqlite") or raw is None else raw.info.backend_pid
            watch = Watch(server)
            made = outbox.queue(connection, given, mails)
        return watch.figures(made)


def queue_raw(url: str, case: str, ordered: str) -> Figures:
    """The same rows by one statement of somebody who knows the database: no batches, no notice."""
    statement = raw_statement(case, ordered=ordered == "ordered", sqlite=url.startswith("sqlite"))
    if not url.startswith("sqlite"):
        import psycopg

        with psycopg.connect(notice_values.libpq(url)) as connection:
            watch = Watch(connection.info.backend_pid)
            made = connection.execute(statement.encode()).rowcount
            connection.commit()
            return watch.figures(made)
    pragmas = ("cache_size", "synchronous", "temp_store", "foreign_keys")
    store = open_store(url)
    with closing(store), store.read() as known:
        settings = {name: known.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas}
    with closing(sqlite3.connect(notice_values.sqlite_name(url))) as raw:
        for name, value in settings.items():
            raw.execute(f"PRAGMA {name} = {value}")
        watch = Watch()
        made = raw.execute(statement).rowcount
        raw.commit()
        return watch.figures(made)


def raw_statement(case: str, *, ordered: bool, sqlite: bool) -> str:
    """`INSERT ... SELECT` of the outbox's rows, whatever columns without meaning here the schema has beside them."""
    values = {
        "notice": f"'{notice_values.NOTICE}'",
        "recipient": "recipient",
        "channel": "'email'",
        "kind": "'revision'",
        "state": "CASE WHEN email IS NOT NULL THEN 'queued' ELSE 'skipped' END",
        "reason": "CASE WHEN email IS NOT NULL THEN NULL WHEN aside IS NOT NULL THEN 'address-malformed'"
        " ELSE 'no-address' END",
    }
    for column in schema.outbox.columns:
        if column.name not in values and not column.nullable:
            values[column.name] = "''" if isinstance(column.type, String) else "0"
    region = "json_extract(attributes, '$.region')" if sqlite else "attributes ->> 'region'"
    where = "" if case == "everyone" else f" WHERE coalesce({region} = 'CN', true)"
    order = " ORDER BY recipient" if ordered else ""
    return f"INSERT INTO outbox ({', '.join(values)}) SELECT {', '.join(values.values())} FROM users{where}{order}"  # noqa: S608  values of ours


def build_ours(count: str) -> Figures:
    """Messages as a pass writes them, from the notice's bytes and a recipient's values, as DATA carries them."""
    size, mails = 0, notice_values.mails()
    watch = Watch()
    letters = Letters(
        mails,
        key=notice_values.KEY,
        domain=notice_values.DOMAIN,
        sender=senders(notice_values.KEY, "", notice_values.SENDER_ADDRESS),
    )
    for number in range(int(count)):
        reader = Recipient(f"{number:064x}", f"reader{number}@example.com", "en")
        message = Message(notice_values.NOTICE, NoticeKind.REVISION, reader, 0, 0)
        size = len(b"".join(letters.write(message, datetime.now(UTC)).stuffed()))
    return watch.figures(int(count)) | {"size": size}


def build_each(count: str) -> Figures:
    """Messages that are rendered by Jinja2 and put together by EmailMessage, each anew."""
    given = notice_values.told()
    environment = jinja2.Environment(autoescape=True)
    text, html = jinja2.Environment(autoescape=False).from_string(_TEXT), environment.from_string(_HTML)  # noqa: S701  our own text
    texts = {"summary": given.summary, "changes": given.changes, "link": given.link}
    size = 0
    watch = Watch()
    for number in range(int(count)):
        message = EmailMessage(policy=SMTP)
        values = _values(number)
        message["From"] = notice_values.SENDER
        message["To"], message["Date"], message["Message-ID"] = values["to"], values["date"], values["message-id"]
        message["Subject"] = "Changes to our Privacy Policy on 1 March 2027"
        message.set_content(text.render(texts))
        message.add_alternative(html.render(texts), subtype="html")
        size = len(message.as_bytes())
    return watch.figures(int(count)) | {"size": size}


def _values(number: int) -> dict[str, str]:
    key = f"{number:064x}"
    return {
        "to": f"reader{number}@example.com",
        "message-id": message_id(notice_values.KEY, notice_values.NOTICE, key, notice_values.DOMAIN),
        "date": format_datetime(datetime.now(UTC)),
    }


def deliver_ours(url: str, port: str, connections: str, ledger: str) -> Figures:
    """The product's pass over a store whose notice is queued, into a server on this machine."""
    from publisher.delivery import smtp

    _ = smtp  # loaded now, as its cost is not a message's
    with closing(notice_ledgers.opened(open_store(url), ledger)) as store:
        watch = Watch()
        report = deliver(
            store,
            lambda: open_transport(f"smtp://127.0.0.1:{port}?tls=off", Path()),
            now=lambda: datetime.now(UTC),
            sender=notice_values.SENDER_ADDRESS,
            domain=notice_values.DOMAIN,
            key=notice_values.KEY,
            connections=int(connections),
        )
        return watch.figures(report.accepted)


def claim_all(url: str) -> Figures:
    """Every batch of a queued notice claimed from the job engine, taken in hand, read and put back, nothing sent."""
    now = datetime.now(UTC)
    with closing(open_store(url)) as store:
        holder = leases.Holder("benchmark", store.clock(lambda: now), lambda _: False)
        claimed: set[int] = set()
        failed: list[Exception] = []
        messages = 0

        def claim(notice: str, number: int) -> None:
            try:
                claim_one(notice, number)
            except Exception as fault:
                failed.append(fault)  # the engine would keep it to itself
                raise

        def claim_one(notice: str, number: int) -> None:
            nonlocal messages
            name = NoticeId.parse(notice)
            with store.begin(beside=True) as connection:
                (batch,) = batches.due_batches(connection, name, MessageState.QUEUED, now, number=number)
                lease = leases.take(connection, batch, holder)
                if lease is None:
                    raise RuntimeError(f"batch {number} is in somebody else's hand")
                batches.take_in_hand(connection, batch)
                messages += len(sending.messages(connection, batch, MessageState.QUEUED, now))
            with store.begin(beside=True) as connection:
                leases.release(connection, lease, holder)
                batches.put_back(connection, batch)
            claimed.add(number)

        with store.read() as connection:
            wanted = len(batches.due_batches(connection, notice_values.NOTICE, MessageState.QUEUED, now))
        watch = Watch()
        run_jobs(store, claim, (), concurrency=1, stopping=lambda: bool(failed) or len(claimed) >= wanted)
        if failed:
            raise failed[0]
        return watch.figures(messages)


def deliver_smtplib(port: str, count: str) -> Figures:
    """Python's own client in a loop, one connection for all messages, their bytes made beforehand."""
    template = notice_values.rendered(notice_values.told())
    message = join(template, _values(0))
    watch = Watch()
    with smtplib.SMTP("127.0.0.1", int(port)) as client:
        for number in range(int(count)):
            client.sendmail(notice_values.SENDER_ADDRESS, [f"reader{number}@example.com"], message)
    return watch.figures(int(count))


def fill(url: str, users: str, reachable: str) -> Figures:
    """A store with users."""
    notice_values.fill(url, int(users), everybody_reachable=reachable == "all")
    return {}


def queue_all(url: str) -> Figures:
    """The notice queued for everyone, ready to be delivered."""
    with closing(open_store(url)) as store, store.begin() as connection:
        outbox.queue(connection, notice_values.notice(), notice_values.mails())
    return {}


PARTS: dict[str, Callable[..., Figures]] = {
    part.__name__: part
    for part in (
        *(queue_ours, queue_raw, build_ours, build_each, deliver_ours, deliver_smtplib),
        *(fill, queue_all, claim_all),
    )
}


def main(arguments: Sequence[str]) -> None:
    """Measures one part, or profiles it."""
    if arguments[0] != "profile":
        sys.stdout.write(json.dumps(PARTS[arguments[0]](*arguments[1:])))
        return
    profile = cProfile.Profile()
    profile.runcall(PARTS[arguments[1]], *arguments[2:])
    pstats.Stats(profile).sort_stats("tottime").print_stats(30)


if __name__ == "__main__":
    main(sys.argv[1:])
