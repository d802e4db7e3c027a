"""What the hands of a worker have counted together."""

from publisher.workflow.delivery_report import Called, DeliveryReport
from publisher.workflow.hand import Tally


def test_calls_add_up_apart_from_mails() -> None:
    tally = Tally()
    tally.add_calls(DeliveryReport(accepted=3, in_doubt=1, interrupted=2))
    tally.add_calls(DeliveryReport(accepted=4, refused=1))
    assert tally.called == Called(accepted=7, refused=1, in_doubt=1)
    assert (tally.interrupted, sum(tally.outcomes.values())) == (2, 0)
