"""The people on a list: who of them are users, their messages, and the record of who had a statement sent."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection, select

from publisher.domain.notice import Channel, MessageState, Notice, NoticeId, NoticeKind
from publisher.domain.predicate import EVERYONE, LISTED
from publisher.store import concern, forgetting, listed, notices, outbox, schema, statements, users
from publisher.store.engine import Store
from publisher.store.statements import StatementAct, StatementEvent
from tests.contract.store_values import NOW, add_users, notice, queue_first, states, template, user

INCIDENT = NoticeId("privacy", "incident", 1)
TRANSFER = NoticeId("privacy", "transfer", 1)


def _sent(connection: Connection, ids: list[str] | None, given: NoticeId = INCIDENT) -> Notice:
    kind = NoticeKind(given.version)
    reach = EVERYONE if ids is None else LISTED
    made = replace(notice(given, kind=kind), reach=reach, channels=tuple(Channel), floor=0)
    notices.add(connection, made, [template(given, kind)])
    listed.queue_listed(connection, made, ids)
    return made


def test_a_list_is_looked_up_with_nobody_dropped_in_silence(store: Store) -> None:
    with store.begin() as connection:
        add_users(
            connection, [user(i, email=None if i == 2 else "", language="en" if i else "zh-CN") for i in range(9)]
        )
        found = listed.look(connection, ["u7", "nobody", "u2", "u0", "u'; --"], 2)
        everybody = listed.look(connection, None, 2)
    assert found.unknown == ("nobody", "u'; --")
    assert found.languages == (("en", (1, 1)), ("zh-CN", (1, 0)))
    assert (found.people, len(found.samples)) == (3, 2)
    assert (everybody.people, everybody.unknown) == (9, ())


def test_those_on_the_list_get_a_message_and_nobody_else(store: Store) -> None:
    with store.begin() as connection:
        add_users(connection, [user(number, email=None if number == 2 else "") for number in range(1500)])
        wanted = [f"u{number}" for number in range(1, 1202)]
        made = _sent(connection, [*wanted, "nobody"])
        assert states(connection, INCIDENT) == {MessageState.QUEUED: 1200, MessageState.SKIPPED: 1}
        rows = connection.execute(select(schema.outbox.c.recipient).where(schema.outbox.c.channel == "webhook"))
        keys = {users.key_of(connection, name) for name in wanted}
        assert {row.recipient for row in rows} == keys
        kinds = connection.execute(select(schema.outbox.c.kind).distinct()).scalars().all()
        assert kinds == ["incident"]
        sizes = connection.execute(select(schema.batch.c["count"]).order_by(schema.batch.c.number)).scalars().all()
        assert sizes == [1000, 201, 1000, 201]
        assert listed.queue_listed(connection, made, wanted) == 0
        assert listed.without_message(connection, made, [*wanted, "u1400", "nobody"]) == 1
        assert listed.queue_listed(connection, made, ["u5", "u1400"]) == 1
        assert listed.without_message(connection, made, None) == 1500 - 1202
        assert outbox.settled_share(connection, INCIDENT) == (0, 1202)


def test_an_incident_goes_before_a_transfer_and_both_before_a_campaign(store: Store) -> None:
    with store.begin() as connection:
        queue_first(connection, [user(1)])
        transfer = _sent(connection, ["u1"], TRANSFER)
        incident = _sent(connection, ["u1"])
        order = [entry.id.version for entry in notices.open_notices(connection)]
        assert order == ["incident", "transfer", "v2"]
        campaign = notices.open_notices(connection)[-1]
        assert [entry.id for entry in notices.urgent_ahead(connection, campaign)] == [INCIDENT, TRANSFER]
        assert [entry.id for entry in notices.urgent_ahead(connection, transfer)] == [INCIDENT]
        assert notices.urgent_ahead(connection, incident) == ()
        notices.close(connection, INCIDENT, NOW)
        assert notices.urgent_ahead(connection, transfer) == ()


def test_a_banner_concerns_those_on_the_list_alone(store: Store) -> None:
    with store.begin() as connection:
        add_users(connection, [user(1), user(2)])
        _sent(connection, ["u1"])
        keys = [users.key_of(connection, name) or "" for name in ("u1", "u2")]
        assert [len(concern.concerns(connection, key, (INCIDENT,))) for key in keys] == [1, 0]


def test_the_record_is_only_added_to(store: Store) -> None:
    with store.begin() as connection:
        add_users(connection, [user(1)])
        _sent(connection, ["u1"])
        statements.add_texts(connection, INCIDENT, [("en", "sha256:e", "E"), ("zh-CN", "sha256:z", "文")])
        first = StatementEvent(StatementAct.SEND, NOW, ("Ada", "贝"), 2, 1, 1, NOW + timedelta(days=30))
        second = StatementEvent(StatementAct.COMPLETE, NOW, reason="1 of 1")
        statements.note(connection, INCIDENT, first)
        statements.note(connection, INCIDENT, second)
        (found,) = statements.all_sent(connection)
        assert found.events == (first, second)
        assert list(found.sources.items()) == [("en", "E"), ("zh-CN", "文")]
        assert found.last is StatementAct.COMPLETE
        assert statements.next_id(connection, "privacy", NoticeKind.INCIDENT) == NoticeId("privacy", "incident", 2)
        assert statements.next_id(connection, "privacy", NoticeKind.TRANSFER) == TRANSFER


def test_what_is_over_is_reduced_to_counts_to_the_last_row(store: Store) -> None:
    with store.begin() as connection:
        add_users(connection, [user(1), user(2)])
        _sent(connection, None)
        connection.execute(schema.outbox.update().values(state=MessageState.ACCEPTED))
        assert not forgetting.is_reduced(connection, INCIDENT)
        done, after = forgetting.reduce_receipts(connection, INCIDENT, {}, after="", now=NOW)
        assert (done, forgetting.reduce_receipts(connection, INCIDENT, {}, after=after, now=NOW)) == (4, (0, ""))
        assert connection.execute(select(schema.outbox)).all() == []
        assert states(connection, INCIDENT) == {MessageState.ACCEPTED: 2}
        assert forgetting.is_reduced(connection, INCIDENT)
