from datetime import timedelta

from publisher.workflow.shared_pace import SharedPace, relay_of


class Time:
    def __init__(self) -> None:
        self.at = 100.0
        self.shared_until = 100.0
        self.asked = 0

    def __call__(self) -> float:
        return self.at

    def share(self, length: timedelta) -> float:
        self.asked += 1
        begins = max(self.at, self.shared_until)
        self.shared_until = begins + length.total_seconds()
        return begins - self.at


def _sent(time: Time, paces: list[SharedPace], seconds: float) -> list[int]:
    """How many each may begin, when all try every hundredth of a second."""
    sent = [0] * len(paces)
    for _ in range(int(seconds * 100)):
        for place, pace in enumerate(paces):
            number = pace.allowed(50)
            pace.begun(number)
            sent[place] += number
        time.at += 0.01
    return sent


def test_many_together_begin_no_more_than_one_would() -> None:
    time = Time()
    paces = [SharedPace(100, time, time.share) for _ in range(5)]
    sent = _sent(time, paces, 10)
    assert 900 <= sum(sent) <= 1000 + 5 * 50
    assert min(sent) >= 100


def test_one_alone_has_all_of_it_and_asks_twice_a_second() -> None:
    time = Time()
    (sent,) = _sent(time, [SharedPace(100, time, time.share)], 10)
    assert 900 <= sent <= 1000
    assert time.asked <= 21


def test_whoever_waits_for_its_slice_is_told_how_long() -> None:
    time = Time()
    first, second = (SharedPace(10, time, time.share) for _ in range(2))
    assert first.allowed(5) == 1
    assert (second.allowed(5), round(second.wait(), 3)) == (0, 0.5)


def test_without_a_limit_nobody_is_asked() -> None:
    time = Time()
    pace = SharedPace(0, time, time.share)
    assert (pace.allowed(7), pace.wait(), time.asked) == (7, 0.0, 0)


def test_a_relay_is_known_without_its_password() -> None:
    assert relay_of("smtp://user:secret@relay.example:587?tls=off") == "smtp:relay.example:587"
    assert relay_of("handoff:https://user:secret@provider.example/v1") == "handoff:provider.example/v1"
    assert relay_of("maildir:var/mail") == "maildir:var/mail"
