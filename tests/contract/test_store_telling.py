"""Since which version each reader is told, decided inside the database by what they were told of or joined under."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, select

from publisher.domain.notice import MailTemplate, MessageState, NoticeId, NoticeKind, Outcome, Receipt
from publisher.domain.predicate import EVERYONE, Compared, Comparison, Member, Reach
from publisher.domain.telling import Group, Ladder, Step
from publisher.domain.users import User
from publisher.store import batches, notices, outbox, readership, schema, sending
from publisher.store.engine import Store
from publisher.store.telling import Apart
from tests.contract.store_values import FIRST, NOW, SECOND, add_users, both_kinds, notice, template, user

THIRD = NoticeId("privacy", "v3", 1)
LATER = NoticeId("privacy", "v3", 2)
CN = Group((Member("cn", Compared("region", Comparison.EQUAL, "CN")),))
KEPT = Group((Member("kept", Compared("plan", Comparison.EQUAL, "archive")),))
V2 = Step("v2", told_by=(FIRST,), since=date(2027, 1, 1), reach=EVERYONE)
V1 = Step("v1", reach=EVERYONE)


class Rendering:
    """Renders the variants asked for, and remembers them."""

    def __init__(self, notice_id: NoticeId = THIRD, kinds: Iterable[NoticeKind] = (NoticeKind.REVISION,)) -> None:
        self.notice, self.kinds = notice_id, tuple(kinds)
        self.asked: list[str] = []

    def __call__(self, variants: Sequence[str]) -> tuple[MailTemplate, ...]:
        self.asked.extend(variants)
        return tuple(replace(template(self.notice, kind), variant=name) for name in variants for kind in self.kinds)


def _joined(number: int, joined: str, **attributes: str) -> User:
    return replace(user(number), joined=date.fromisoformat(joined), attributes=tuple(attributes.items()))


def _variants(connection: Connection, notice_id: NoticeId = THIRD) -> dict[str, str | None]:
    rows = connection.execute(
        select(schema.users.c.id, schema.outbox.c.variant)
        .join_from(schema.outbox, schema.users, schema.users.c.recipient == schema.outbox.c.recipient)
        .where(schema.outbox.c.notice == str(notice_id))
    )
    return {row.id: row.variant for row in rows}


def _answered(connection: Connection, notice_id: NoticeId, outcomes: dict[str, Outcome | None]) -> None:
    """What became of the messages of some users; None: under way, and no answer came. All others stay queued."""
    names = {row.recipient: row.id for row in connection.execute(select(schema.users.c.id, schema.users.c.recipient))}
    for batch in batches.due_batches(connection, notice_id, MessageState.QUEUED, NOW):
        due = [
            message
            for message in sending.messages(connection, batch, MessageState.QUEUED, NOW)
            if names[message.recipient.key] in outcomes
        ]
        for message in sending.mark(connection, due, MessageState.QUEUED):
            outcome = outcomes[names[message.recipient.key]]
            if outcome is not None:
                answer = sending.Answer(
                    message, Receipt(outcome, 250), NOW, MessageState.QUEUED, NOW + timedelta(minutes=1)
                )
                sending.record(connection, [answer])


@pytest.fixture
def told(store: Store) -> Store:
    """Of the second version u1 was told, u2 and u3 may have been, u4 to u6 were not; u7 has no address."""
    with store.begin() as connection:
        add_users(connection, [*(user(number) for number in range(1, 7)), user(7, email=None)])
        outbox.queue(connection, notice(FIRST), [template(FIRST)])
        outcomes = {
            "u1": Outcome.ACCEPTED,
            "u2": Outcome.IN_DOUBT,
            "u3": None,
            "u4": Outcome.REFUSED,
            "u5": Outcome.DEFERRED,
        }
        _answered(connection, FIRST, outcomes)
    return store


def test_everyone_is_told_since_the_newest_version_that_they_were_told_of_or_joined_under(told: Store) -> None:
    rendering = Rendering()
    with told.begin() as connection:
        add_users(connection, [_joined(8, "2026-12-31"), _joined(9, "2027-01-01")])
        done = outbox.queue(
            connection, notice(THIRD), [template(THIRD)], Apart((Ladder("privacy", (V2, V1)),), rendering)
        )
        found = _variants(connection)
        held = notices.templates(connection, THIRD)
    assert done == 9
    assert {name for name, variant in found.items() if variant == ""} == {"u1", "u2", "u3", "u9"}
    assert {name for name, variant in found.items() if variant == "v1"} == {"u4", "u5", "u6", "u7", "u8"}
    assert rendering.asked == ["v1"]
    assert [mail.variant for mail in held] == ["", "v1"]


def test_what_is_sent_before_counts_as_told_while_it_is_still_sent(told: Store) -> None:
    step = replace(V2, coming=True)
    with told.begin() as connection:
        outbox.queue(connection, notice(THIRD), [template(THIRD)], Apart((Ladder("privacy", (step, V1)),), Rendering()))
        found = _variants(connection)
    assert found["u6"] == ""
    assert found["u4"] == found["u5"] == found["u7"] == "v1"


def test_nothing_is_rendered_that_nobody_gets(told: Store) -> None:
    rendering = Rendering()
    everybody = replace(V2, since=date(2024, 1, 1))
    with told.begin() as connection:
        connection.execute(schema.users.delete().where(schema.users.c.id.in_(["u4", "u5", "u6"])))
        outbox.queue(
            connection, notice(THIRD), [template(THIRD)], Apart((Ladder("privacy", (everybody, V1)),), rendering)
        )
    assert rendering.asked == []


def test_somebody_without_an_address_needs_no_mail(told: Store) -> None:
    rendering = Rendering()
    with told.begin() as connection:
        connection.execute(schema.users.delete().where(schema.users.c.id.in_(["u4", "u5", "u6"])))
        outbox.queue(connection, notice(THIRD), [template(THIRD)], Apart((Ladder("privacy", (V2, V1)),), rendering))
        assert _variants(connection)["u7"] == "v1"
    assert rendering.asked == []


def test_each_audience_is_shown_its_clauses_and_whom_none_concerns_is_not_told(store: Store) -> None:
    reach = Reach(None, (*CN.members, *KEPT.members), "both")
    ladder = Ladder("privacy", (Step("v1", reach=reach, groups=(CN, KEPT)),))
    rendering = Rendering()
    with store.begin() as connection:
        add_users(
            connection,
            [
                _joined(1, "2024-01-01", region="CN", plan="free"),
                _joined(2, "2024-01-01", region="DE", plan="archive"),
                _joined(3, "2024-01-01", region="CN", plan="archive"),
                _joined(4, "2024-01-01", region="DE", plan="free"),
                _joined(5, "2024-01-01"),
            ],
        )
        given = replace(notice(THIRD), reach=reach)
        assert readership.counts(connection, reach, (ladder,)) == (("en", (4, 0)),)
        assert outbox.queue(connection, given, [template(THIRD)], Apart((ladder,), rendering)) == 4
        assert _variants(connection) == {"u1": "v1 cn", "u2": "v1 kept", "u3": "v1 cn kept", "u5": "v1 cn kept"}
    assert rendering.asked == ["v1 cn", "v1 cn kept", "v1 kept"]


def test_an_older_change_that_was_missed_concerns_whom_it_concerned(told: Store) -> None:
    only_cn = Reach(None, CN.members, "region = 'CN'")
    steps = (replace(V2, reach=only_cn), replace(V1, reach=EVERYONE))
    ladder = Ladder("privacy", steps)
    with told.begin() as connection:
        add_users(connection, [replace(user(number), attributes=(("region", "DE"),)) for number in (1, 2, 4)])
        outbox.queue(
            connection, replace(notice(THIRD), reach=only_cn), [template(THIRD)], Apart((ladder,), Rendering())
        )
        found = _variants(connection)
    assert "u1" not in found
    assert "u2" not in found
    assert found["u3"] == ""
    assert found["u4"] == "v1"


def test_a_change_that_was_taken_back_on_the_way_concerns_nobody_who_never_knew(told: Store) -> None:
    ladder = Ladder("privacy", (V2, Step("v1", reach=None)))
    with told.begin() as connection:
        outbox.queue(connection, notice(THIRD), [template(THIRD)], Apart((ladder,), Rendering()))
        assert set(_variants(connection)) == {"u1", "u2", "u3"}


def test_of_a_campaign_each_reader_gets_the_policies_that_concern_them(told: Store) -> None:
    only_cn = Reach(None, CN.members, "region = 'CN'")
    ladders = (Ladder("privacy", (V2, V1)), Ladder("terms", (Step("v1", reach=only_cn),)))
    with told.begin() as connection:
        add_users(connection, [replace(user(number), attributes=(("region", "DE"),)) for number in (1, 4)])
        outbox.queue(connection, notice(THIRD), [template(THIRD)], Apart(ladders, Rendering()))
        found = _variants(connection)
        assert found["u1"] == ";privacy:v2"
        assert found["u2"] == ""
        assert found["u4"] == ";privacy:v1"
        assert found["u5"] == ";privacy:v1;terms:v1"
        _answered(connection, THIRD, dict.fromkeys(found, Outcome.ACCEPTED))
        step = Step("v2", told_by=(THIRD,), reach=EVERYONE)
        later = NoticeId("terms", "v3", 1)
        outbox.queue(
            connection,
            notice(later),
            [template(later)],
            Apart((Ladder("terms", (step, Step("v1", reach=EVERYONE))),), Rendering(later)),
        )
        found = _variants(connection, later)
    assert {name for name, variant in found.items() if variant == "v1"} == {"u1", "u4", "u7"}


def test_a_later_notice_of_a_version_tells_everybody_since_the_same_version(told: Store) -> None:
    ladder = Ladder("privacy", (V2, V1))
    kinds = tuple(NoticeKind)
    with told.begin() as connection:
        outbox.queue(connection, notice(THIRD), [template(THIRD)], Apart((ladder,), Rendering()))
        before = _variants(connection)
        _answered(connection, THIRD, {"u1": Outcome.ACCEPTED, "u4": Outcome.ACCEPTED})
        rendering = Rendering(LATER, kinds)
        done = outbox.queue_after(
            connection, notice(LATER), both_kinds(LATER), now=NOW, apart=Apart((ladder,), rendering)
        )
        assert (done.total, done.sequels) == (7, 2)
        assert _variants(connection, LATER) == before
        (batch,) = batches.due_batches(connection, LATER, MessageState.QUEUED, NOW)
        found = sending.messages(connection, batch, MessageState.QUEUED, NOW)
    assert rendering.asked == ["v1"]
    assert sorted((message.kind, message.variant) for message in found) == [
        (NoticeKind.FOLLOW_UP, ""),
        (NoticeKind.FOLLOW_UP, "v1"),
        *[(NoticeKind.REVISION, "")] * 2,
        *[(NoticeKind.REVISION, "v1")] * 2,
    ]


def test_whoever_is_in_the_audience_stays_in_it(store: Store) -> None:
    only_cn = Reach(None, CN.members, "region = 'CN'")
    ladder = Ladder("privacy", (Step("v1", reach=only_cn, groups=(CN,)),))
    given = replace(notice(FIRST), reach=only_cn)
    with store.begin() as connection:
        add_users(connection, [_joined(1, "2024-01-01", region="CN"), _joined(2, "2024-01-01", region="DE")])
        assert outbox.queue(connection, given, [template(FIRST)], Apart((ladder,), Rendering(FIRST))) == 1
        add_users(connection, [_joined(1, "2024-01-01", region="DE")])
        apart = Apart((ladder,), Rendering(SECOND))
        assert outbox.queue_after(connection, notice(SECOND), both_kinds(SECOND), now=NOW, apart=apart).total == 1
        assert _variants(connection, SECOND) == {"u1": ""}


def test_who_joins_later_is_told_since_what_applied_then(told: Store) -> None:
    ladder = Ladder("privacy", (V2, V1))
    with told.begin() as connection:
        connection.execute(schema.users.delete().where(schema.users.c.id.in_(["u4", "u5", "u6", "u7"])))
        outbox.queue(connection, notice(THIRD), [template(THIRD)], Apart((ladder,), Rendering()))
        add_users(connection, [_joined(8, "2026-12-30"), _joined(9, "2027-02-01")])
        rendering = Rendering()
        assert outbox.queue_late(connection, notice(THIRD), Apart((ladder,), rendering)) == 2
        found = _variants(connection)
        assert (found["u8"], found["u9"]) == ("v1", "")
        assert rendering.asked == ["v1"]
        add_users(connection, [_joined(10, "2026-12-30")])
        assert outbox.queue_late(connection, notice(THIRD), Apart((ladder,), rendering)) == 1
    assert rendering.asked == ["v1"]
