import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from publisher.domain.change import Grade
from publisher.domain.ledger import (
    ClauseEntry,
    EventKind,
    LedgerEvent,
    chained,
    clause_digest,
    event_of,
    first_break,
    line_digest,
    recorded_texts,
    settings_record,
)
from publisher.domain.policy import Audience, PolicySettings

EVENT = LedgerEvent(
    kind=EventKind.RELEASE,
    policy="privacy",
    version="v2",
    at=datetime(2027, 2, 26, 4, 0, tzinfo=UTC),
    by="Ada Lovelace, 林书",
    reason="“signed”",
    effective=date(2027, 4, 1),
    grade=Grade.MATERIAL,
    texts=(("en", "sha256:aa"), ("zh-CN", "sha256:bb"), ("de", "sha256:cc")),
    clauses=(ClauseEntry("title", None, "sha256:1"), ClauseEntry("第四条", "第四条", "sha256:2")),
    floor=30,
    consent_needed=True,
    notice="privacy-v2-1",
    store=None,
    settings=PolicySettings(
        "privacy",
        "Privacy Policy",
        "en",
        languages=("zh-CN", "de"),
        timezone="Asia/Shanghai",
        notice_share=0.95,
        audiences=(Audience("a", ("2.2",), "region = 'CN'"),),
        terms=("Platform",),
    ),
    previous="sha256:ff",
)
LEAST = LedgerEvent(EventKind.STORE, "privacy", None, EVENT.at, "publisher", store="4f2a")


@pytest.mark.parametrize("event", [EVENT, LEAST, replace(EVENT, kind=EventKind.ADOPT, grade=None, notice=None)])
def test_an_event_is_read_back_as_it_was_written(event: LedgerEvent) -> None:
    assert event_of(event.line()) == event
    assert event_of(event.line()).line() == event.line()


def test_a_line_is_canonical_json_in_readable_characters() -> None:
    line = EVENT.line()

    assert "\n" not in line
    assert "林书" in line
    assert line == json.dumps(json.loads(line), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def test_an_instant_is_written_in_utc() -> None:
    shanghai = timezone(timedelta(hours=8))

    assert replace(EVENT, at=EVENT.at.astimezone(shanghai)).line() == EVENT.line()


def test_the_published_keys_are_all_there() -> None:
    keys = {"kind", "policy", "version", "at", "effective", "grade", "texts", "clauses", "by", "reason", "previous"}

    assert keys <= set(json.loads(EVENT.line()))
    assert json.loads(EVENT.line())["clauses"][0] == ["title", None, "sha256:1"]


def test_a_line_from_before_a_setting_existed_is_still_read() -> None:
    value = json.loads(EVENT.line())
    del value["settings"]["terms"]
    line = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    settings = event_of(line).settings

    assert settings is not None
    assert settings.terms == ()


def test_a_chain_is_whole_until_a_line_is_touched() -> None:
    events = chained((LEAST, EVENT, replace(EVENT, kind=EventKind.COMPLETE)), None)
    lines = [event.line() for event in events]

    assert events[0].previous is None
    assert events[1].previous == line_digest(lines[0])
    assert first_break(lines) is None
    assert first_break([]) is None
    assert first_break(lines[1:]) == 0
    assert first_break([lines[0], lines[2]]) == 1
    assert first_break([lines[0].replace("4f2a", "4f2b"), *lines[1:]]) == 1


def test_a_chain_goes_on_from_the_last_line() -> None:
    first = chained((LEAST,), None)
    second = chained((EVENT,), first[0].line())

    assert first_break([first[0].line(), second[0].line()]) is None


@pytest.mark.parametrize(
    "change",
    [
        {"floor": "30"},
        {"floor": 30.0},
        {"floor": -1},
        {"floor": True},
        {"by": None},
        {"at": "2027-02-26T04:00:00+00:00"},
        {"at": "2027-2-26T4:0:0Z"},
        {"at": "2027-02-30T04:00:00Z"},
        {"effective": "20270401"},
        {"effective": ""},
        {"effective": "2027-W13-4"},
        {"grade": "grave"},
        {"grade": ""},
        {"kind": "deleted"},
        {"texts": []},
        {"texts": {"en": 1}},
        {"clauses": {}},
        {"clauses": [["1"]]},
        {"clauses": [["1", 2, "sha256:1"]]},
        {"consent_needed": 1},
        {"settings": []},
        {"settings": {}},
        {"previous": 1},
        {"surprise": 1},
    ],
)
def test_a_value_of_the_wrong_shape_is_refused(change: dict[str, object]) -> None:
    line = json.dumps(json.loads(EVENT.line()) | change, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    with pytest.raises(ValueError):  # noqa: PT011  each value has its own words
        event_of(line)


@pytest.mark.parametrize(
    "line",
    [
        EVENT.line() + " ",
        EVENT.line().replace(":30,", ": 30,"),
        json.dumps(json.loads(EVENT.line())),
        EVENT.line()[:-1] + ',"version":"v2"}',
        EVENT.line()[:-10],
    ],
)
def test_the_same_event_in_another_form_is_refused(line: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  each value has its own words
        event_of(line)


def test_every_digest_of_a_text_is_kept_the_newest_last() -> None:
    corrected = replace(EVENT, kind=EventKind.CORRECT, texts=(("en", "sha256:dd"),), settings=None)
    other = replace(EVENT, version="v3", texts=(("en", "sha256:ee"),))

    assert recorded_texts((EVENT, other, corrected), "v2") == {
        "en": ("sha256:aa", "sha256:dd"),
        "zh-CN": ("sha256:bb",),
        "de": ("sha256:cc",),
    }
    assert recorded_texts((EVENT,), "v9") == {}


def test_a_clause_is_known_by_its_words_and_settings_become_plain_values() -> None:
    assert clause_digest("We care.") != clause_digest("We care")
    assert EVENT.settings is not None
    assert json.loads(json.dumps(settings_record(EVENT.settings))) == settings_record(EVENT.settings)
