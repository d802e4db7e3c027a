"""What must be so after each step, read from the ledger's JSON, the outbox's rows and the far side; not by the code
under test, but for the question of which version applies, which is what readers get to see.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from tests.simulation.sink import Mail

Line = Mapping[str, Any]


def read_lines(content: str) -> list[Line]:
    """A ledger file's events; each must point to the line before it."""
    previous = None
    found: list[Line] = []
    for line in content.splitlines():
        event = json.loads(line)
        assert event["previous"] == previous, "the chain of the ledger is broken"
        previous = "sha256:" + hashlib.sha256(line.encode()).hexdigest()
        found.append(event)
    return found


def day_of(event: Line, zone: str) -> date:
    at = datetime.strptime(event["at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return at.astimezone(ZoneInfo(zone)).date()


def one_applies(states: Mapping[str, str]) -> None:
    """`states` of one policy's versions, v1 of which applies from before the beginning on."""
    assert Counter(states.values())["in-force"] == 1, f"not exactly one version is in force: {states}"


def none_applies_early(lines: Sequence[Line], states: Mapping[str, str], now: datetime, zone: str) -> None:
    """A version that applies has its date behind it, and if it is material its notice and its whole floor before."""
    today = max([now.astimezone(ZoneInfo(zone)).date(), *(day_of(line, zone) for line in lines)])
    for version, state in states.items():
        own = [line for line in lines if line["version"] == version]
        if state not in ("in-force", "superseded") or own[0]["kind"] == "adopt":
            continue
        effective = floor = completed = None
        for line in own:
            if line["kind"] in ("release", "postpone"):
                effective, floor = date.fromisoformat(line["effective"]), max(floor or 0, line["floor"])
                completed = None
            elif line["kind"] == "complete":
                completed = day_of(line, zone)
        assert effective is not None
        assert today >= effective, f"{version} applies before {effective}"
        if own[0]["grade"] == "material":
            assert floor is not None
            assert floor >= 30
            assert completed is not None, f"{version} applies without notice"
            assert completed + timedelta(days=floor) < effective, f"{version} applies below its floor"


def counts_add_up(connection: Connection) -> None:
    """A notice's total is its rows, and what its resting batches say of them is so."""
    rows = connection.execute(text("SELECT notice, batch, state, doubts FROM outbox")).all()
    total = Counter(row.notice for row in rows)
    for notice, counted in connection.execute(text("SELECT id, total FROM notice")):
        assert counted == total[notice], f"{notice} counts {counted} and has {total[notice]}"
    closed = set(connection.execute(text("SELECT id FROM notice WHERE closed IS NOT NULL")).scalars())
    for batch in connection.execute(text("SELECT * FROM batch WHERE state = 'resting'")):
        own = [row for row in rows if (row.notice, row.batch) == (batch.notice, batch.number)]
        assert len(own) == batch._mapping["count"]
        states = Counter(row.state for row in own)
        assert states["sending"] == 0, f"{batch.notice} rests with a message under way"
        if batch.notice not in closed:
            # erasing a user skips a queued message at once; the batch is counted anew when it is next in hand
            assert batch.waiting >= states["queued"], f"{batch.notice} forgets queued messages"
            doubtful = sum(row.state == "in-doubt" and row.doubts <= 1 for row in own)
            assert batch.doubtful >= doubtful, f"{batch.notice} forgets messages in doubt"
            assert states["deferred"] == 0 or batch.next_at is not None, f"{batch.notice} forgets deferred messages"
        else:
            assert states["queued"] == states["deferred"] == 0, f"{batch.notice} is closed with messages unsent"


def nobody_is_told_twice(
    connection: Connection, arrived: Sequence[Mail], ledgers: Mapping[str, Sequence[Line]]
) -> None:
    """Of one notice nobody has two mails, but for the doubts that the record shows; nobody is told a version anew."""
    users = {row.email: row.recipient for row in connection.execute(text("SELECT email, recipient FROM users"))}
    rows = {
        (row.notice, row.recipient): row
        for row in connection.execute(text("SELECT notice, recipient, state, doubts, kind FROM outbox"))
    }
    anew: dict[tuple[str, str], list[str]] = defaultdict(list)
    telling: dict[str, set[str]] = defaultdict(set)
    for policy, lines in ledgers.items():
        for line in lines:
            if line["notice"]:
                telling[line["notice"]].add(f"{policy} {line['version']}")
    by_whom = Counter((mail.notice, mail.address) for mail in arrived)
    for (notice, address), mails in by_whom.items():
        row = rows.get((notice, users.get(address, "")))
        if row is None:
            continue
        under_way = row.state == "sending"
        assert mails <= 1 + row.doubts + under_way, f"{address} was mailed {mails} times about {notice}"
        if row.kind == "revision" and not row.doubts:
            for version in telling[notice]:
                anew[version, address].append(notice)
    for (version, address), notices in anew.items():
        assert len(notices) == 1, f"{address} was told of {version} as new by {notices}"


def under_way(connection: Connection) -> set[tuple[str, str]]:
    """The notice and address of each message whose sender ended before the answer was recorded."""
    found = connection.execute(
        text("SELECT notice, email FROM outbox JOIN users USING (recipient) WHERE outbox.state = 'sending'")
    )
    return {(row.notice, row.email) for row in found}


def nobody_told_is_left_untold(
    connection: Connection,
    arrived: Sequence[Mail],
    ledgers: Mapping[str, Sequence[Line]],
    held: Collection[tuple[str, str]],
) -> None:
    """Whoever has a mail of a version has a message, sent or to be sent, of each postponement and withdrawal after it.

    While a version is held nothing true can be said of its date: what was not sent is owed with the next postponement.
    Of a notice that was lost with a store nobody knows whom it told; people decide what follows it.
    """
    users = {row.email: row.recipient for row in connection.execute(text("SELECT email, recipient FROM users"))}
    rows = {
        (row.notice, row.recipient): row.state
        for row in connection.execute(text("SELECT notice, recipient, state FROM outbox"))
    }
    known = set(connection.execute(text("SELECT id FROM notice")).scalars())
    alone: dict[str, str] = {}
    for policy, lines in ledgers.items():
        notices: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for line in lines:
            if line["notice"] and line["kind"] in ("release", "postpone", "withdraw", "correct"):
                notices[line["version"]].append((line["kind"], line["notice"]))
        for version, told_by in notices.items():
            if (policy, version) in held:
                continue
            for index, (_, notice) in enumerate(told_by):
                told = {mail.address for mail in arrived if mail.notice == notice} & users.keys()
                for place, (kind, name) in enumerate(told_by[index + 1 :], start=index + 1):
                    if kind == "correct" or name not in known:
                        continue
                    for address in told:
                        after = (rows.get((other, users[address])) for _, other in told_by[place:])
                        if all(state in (None, "cancelled") for state in after):
                            alone[address] = f"{address} was told of {policy} {version} by {notice}, not of {name}"
    assert not alone, alone


def the_ledger_explains(connection: Connection, ledgers: Mapping[str, Sequence[Line]]) -> None:
    """Every notice is named by a line, and every open one by the last line that names one for its version."""
    named = {line["notice"] for lines in ledgers.values() for line in lines if line["notice"]}
    for notice in connection.execute(text("SELECT id FROM notice")).scalars():
        assert notice in named, f"{notice} is in no ledger"
