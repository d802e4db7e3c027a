"""What a log is told of answers: codes and counts, summed up."""

import logging
import subprocess
import sys
from typing import Any

import pytest

from publisher.domain.notice import NoticeId, Outcome, Receipt
from publisher.errors import Fault, Severity
from publisher.workflow.delivery_report import DeliveryReport, Unseen
from publisher.workflow.journal import LOGGER, Journal, code_of, note_fault

NOTICE = NoticeId("privacy", "v2", 1)


@pytest.mark.parametrize(
    ("receipt", "code"),
    [
        (Receipt(Outcome.ACCEPTED, 250, "2.0.0 taken as 4.5.6"), "250 2.0.0"),
        (Receipt(Outcome.REFUSED, 550, "no such user 5.1.1"), "550"),
        (Receipt(Outcome.REFUSED, 550, "5.1.1.7 is my address"), "550"),
        (Receipt(Outcome.IN_DOUBT), "none"),
    ],
)
def test_a_code_is_what_stands_first_in_an_answer(receipt: Receipt, code: str) -> None:
    assert code_of(receipt) == code


def _told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, dict[str, Any]]]:
    return [(record.getMessage(), getattr(record, "facts", {})) for record in caplog.records]


def test_answers_are_summed_up_and_none_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, LOGGER.name)
    journal = Journal(Unseen(), clock=lambda: 0.0)
    journal.begin(1500)
    taken, refused = Receipt(Outcome.ACCEPTED, 250, "2.0.0 ok"), Receipt(Outcome.REFUSED, 550, "5.1.1 gone")
    for _ in range(15):
        journal.answered(NOTICE, [taken] * 99 + [refused])
    journal.ended(DeliveryReport(accepted=1485, refused=15))
    answers = [facts for event, facts in _told(caplog) if event == "deliver.answers"]
    assert [facts["outcomes"] for facts in answers] == [
        {"accepted": 990, "refused": 10},
        {"accepted": 495, "refused": 5},
    ]
    assert answers[0]["codes"] == {"250 2.0.0": 990, "550 5.1.1": 10}


def test_a_fault_is_told_by_its_code_alone(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, LOGGER.name)
    note_fault("deliver.stopped", Fault("delivery-refused", "Jane Doe is not allowed", "Correct it."))
    note_fault("tick.trouble", Fault("notice-late", "late", "", severity=Severity.WARNING))
    assert _told(caplog) == [
        ("deliver.stopped", {"code": "delivery-refused"}),
        ("tick.trouble", {"code": "notice-late"}),
    ]
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]


def test_where_nobody_listens_nothing_is_written() -> None:
    code = "from publisher.workflow.journal import note; note('tick.trouble', 40, code='x')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
