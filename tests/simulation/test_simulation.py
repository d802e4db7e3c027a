"""Whatever happens in whatever order: nobody is bound early, told twice or left untold, and the ledger explains it all.

Hypothesis makes the tapes that the worlds are led by (its own state machines take several times as long for a step, and
do the same); it shortens a failing one by turning steps into nothing.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conftest import SEQUENCES
from tests.simulation import laws
from tests.simulation.conftest import Beginnings
from tests.simulation.crashing import Watch
from tests.simulation.pure import ZONES, PureWorld
from tests.simulation.real import RealWorld
from tests.simulation.tape import STEP, steps

PURE = 10_000
REAL = {"sqlite": 140, "postgresql": 60}
SOAKED = 10_000
PURE_STEPS = 14
REAL_STEPS = 9


def each_tape(times: int, length: int, do: Callable[[bytes], None], *, shrink: bool, anew: bool) -> None:
    """Runs so many tapes of so many steps; the same ones each time unless `anew`."""
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    settled = settings(
        max_examples=times,
        derandomize=not anew,
        database=None,
        deadline=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    size = STEP * length
    settled(given(st.binary(min_size=size, max_size=size))(do))()


def test_on_plain_values(request: pytest.FixtureRequest) -> None:
    ran = request.config.stash[SEQUENCES]

    def sequence(tape: bytes) -> None:
        world = PureWorld(zone=ZONES[tape[-1] % len(ZONES)])
        ran["on plain values"] += 1
        try:
            world.run(steps(tape))
        except Exception as fault:
            fault.add_note("\n".join(world.story))
            raise

    each_tape(PURE, PURE_STEPS, sequence, shrink=True, anew=request.config.getoption("--soak"))


def test_on_a_real_workspace(request: pytest.FixtureRequest, beginnings: Beginnings, watch: Watch) -> None:
    ran = request.config.stash[SEQUENCES]
    database = request.node.callspec.params["beginnings"]
    soaking = request.config.getoption("--soak")

    def sequence(tape: bytes) -> None:
        ran[f"on {database}"] += 1
        with beginnings.one() as (folder, url), pytest.MonkeyPatch.context() as patch:
            world = RealWorld(folder, url, watch, beginnings.copies, patch)
            try:
                world.run(steps(tape))
            except Exception as fault:
                fault.add_note("\n".join(world.story))
                raise

    times = SOAKED if soaking else REAL[database]
    each_tape(times, REAL_STEPS, sequence, shrink=False, anew=soaking)


@pytest.mark.parametrize("transactions", range(6))
def test_a_correction_that_another_one_came_before_is_refused_and_leaves_no_file(
    beginnings: Beginnings, watch: Watch, monkeypatch: pytest.MonkeyPatch, transactions: int
) -> None:
    with beginnings.one() as (folder, url):
        world = RealWorld(folder, url, watch, beginnings.copies, monkeypatch)
        world.draft(0, 1, 1)
        world.command("publish", 0, 0)
        with watch.interrupted_after(transactions, lambda: world.command("correct", 0, 1)):
            world.command("correct", 0, 0)
        world.check()
        assert [line["kind"] for line in laws.read_lines(ledger_of(folder))].count("correct") >= 1


def ledger_of(folder: Path) -> str:
    return (folder / "policies/privacy/ledger.jsonl").read_text("utf-8")
