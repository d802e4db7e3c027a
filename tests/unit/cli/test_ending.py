import signal
import threading
from collections.abc import Iterator

import pytest

from publisher.cli.ending import Ending


@pytest.fixture
def ending() -> Iterator[Ending]:
    with Ending() as listening:
        yield listening


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_wait_ends_when_the_end_is_asked_for(ending: Ending, number: signal.Signals) -> None:
    threading.Timer(0.05, signal.raise_signal, [number]).start()
    assert ending.wait(60)
    assert ending.is_asked()


def test_asked_again_and_again_while_it_waits_it_never_waits_for_itself(ending: Ending) -> None:
    begun, over = threading.Event(), threading.Event()

    def ask() -> None:
        while not over.is_set():
            signal.raise_signal(signal.SIGINT)
            begun.set()

    asking = threading.Thread(target=ask)
    asking.start()
    waited = 0
    while waited < 5000:
        ending.wait(0.0001)
        waited += begun.is_set()
    over.set()
    asking.join()
    assert ending.is_asked()


def test_without_a_wish_to_end_it_waits(ending: Ending) -> None:
    assert not ending.wait(0.01)
    assert not ending.is_asked()
