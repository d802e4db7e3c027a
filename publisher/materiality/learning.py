"""Learning: weights for features from differences that people marked, and from those that they left unmarked.

Logistic regression with a quadratic penalty, by L-BFGS (Nocedal and Wright, Numerical Optimization, algorithm 7.5).
The same examples give the same weights: nothing is drawn by chance, and weights are rounded.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_RAREST = 4
"""Examples in which a feature must occur to be given a weight."""
_STEPS = 120
_MEMORY = 8
_STILL = 1e-4
"""Length of the gradient, for each example, below which nothing more is gained."""
_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Example:
    """One difference: its features, whether people marked it, and how much it counts."""

    features: Mapping[str, float]
    marked: bool
    counts: float = 1.0


def fit(examples: Sequence[Example], penalty: float) -> dict[str, float]:
    """The weight of each feature by name, rounded; that of every example alike is named with an empty word.

    Args:
        examples: what to learn from; with none of a kind, there are no weights.
        penalty: how dear large weights are; the constant costs nothing.
    """
    if len({example.marked for example in examples}) < 2:
        return {}
    seen = Counter(name for example in examples for name in example.features)
    names = ["", *sorted(name for name, count in seen.items() if count >= _RAREST)]
    place = {name: at for at, name in enumerate(names)}
    rows = [
        (
            [(0, 1.0), *((place[name], value) for name, value in sorted(one.features.items()) if name in place)],
            1.0 if one.marked else 0.0,
            one.counts,
        )
        for one in examples
    ]
    weights = _least([0.0] * len(names), rows, penalty)
    return {name: value for name, at in place.items() if (value := round(weights[at], _DIGITS))}


_Row = tuple[list[tuple[int, float]], float, float]


def _loss(weights: list[float], rows: Sequence[_Row], penalty: float) -> tuple[float, list[float]]:
    loss = penalty / 2 * sum(weight * weight for weight in weights[1:])
    slope = [0.0, *(penalty * weight for weight in weights[1:])]
    for values, marked, counts in rows:
        total = 0.0
        for at, value in values:
            total += weights[at] * value
        loss += counts * (max(total, 0.0) + math.log1p(math.exp(-abs(total))) - marked * total)
        off = counts * (_chance(total) - marked)
        for at, value in values:
            slope[at] += off * value
    return loss, slope


def _chance(total: float) -> float:
    if total >= 0:
        return 1.0 / (1.0 + math.exp(-total))
    return math.exp(total) / (1.0 + math.exp(total))


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


def _least(weights: list[float], rows: Sequence[_Row], penalty: float) -> list[float]:
    loss, slope = _loss(weights, rows, penalty)
    memory: list[tuple[list[float], list[float]]] = []
    for _ in range(_STEPS):
        if math.sqrt(_dot(slope, slope)) < _STILL * len(rows):
            break
        way = _way(slope, memory)
        downhill = _dot(slope, way)
        step = 1.0 if memory else 1.0 / max(math.sqrt(_dot(slope, slope)), 1.0)
        while True:
            tried = [weight + step * part for weight, part in zip(weights, way, strict=True)]
            now, then = _loss(tried, rows, penalty)
            if now <= loss + 1e-4 * step * downhill or step < 1e-9:
                break
            step /= 2
        moved = [new - old for new, old in zip(tried, weights, strict=True)]
        turned = [new - old for new, old in zip(then, slope, strict=True)]
        if _dot(moved, turned) > 1e-12:
            memory = [*memory, (moved, turned)][-_MEMORY:]
        weights, loss, slope = tried, now, then
    return weights


def _way(slope: list[float], memory: Sequence[tuple[list[float], list[float]]]) -> list[float]:
    """Where to go: downhill, bent by what the last steps told of the curve."""
    way = [-part for part in slope]
    shares = []
    for moved, turned in reversed(memory):
        share = _dot(moved, way) / _dot(moved, turned)
        way = [part - share * other for part, other in zip(way, turned, strict=True)]
        shares.append(share)
    if memory:
        moved, turned = memory[-1]
        scale = _dot(moved, turned) / _dot(turned, turned)
        way = [part * scale for part in way]
    for (moved, turned), share in zip(memory, reversed(shares), strict=True):
        back = _dot(turned, way) / _dot(moved, turned)
        way = [part + (share - back) * other for part, other in zip(way, moved, strict=True)]
    return way
