"""A sequence as bytes, four a step: what Hypothesis generates quickly, and shrinks by turning steps into nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

STEP = 4


@dataclass(frozen=True, slots=True)
class Step:
    """One step: which thing happens, and three numbers from 0 to 255 that say how."""

    what: int
    a: int
    b: int
    c: int


def steps(tape: bytes) -> Iterator[Step]:
    """The steps of a tape; one whose first byte is 0 is nothing."""
    for index in range(0, len(tape) - STEP + 1, STEP):
        if tape[index]:
            yield Step(*tape[index : index + STEP])


def picked(what: int, weights: dict[str, int]) -> str:
    """The name that a byte stands for, by weight."""
    place = what % sum(weights.values())
    for name, weight in weights.items():
        place -= weight
        if place < 0:
            return name
    raise AssertionError("weights add up")
