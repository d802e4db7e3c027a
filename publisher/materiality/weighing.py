"""Weighing: a difference in which no rule saw a reason, told nonetheless when it is like those that people marked.

The weights are learnt from labelled revisions (`publisher learn`) and can be read: each is a name and a number, and a
sum above the threshold tells the difference. It only ever adds to what the rules find.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from publisher.domain.assessment import FindingKind, Side
from publisher.materiality.favouring import favours
from publisher.materiality.features import FIELDS, features
from publisher.materiality.matching import Run
from publisher.materiality.reading import Draft, Reading

RULE = "like-marked"
_ABOUT = dict(FIELDS)
_MOST = 2
"""Reasons that are named."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learnt: the weight of each feature, and the sum above which a difference is told."""

    weights: Mapping[str, float]
    threshold: float

    def sum_of(self, found: Mapping[str, float]) -> float:
        """The weighed sum of some features."""
        return self.weights.get("", 0.0) + sum(self.weights.get(name, 0.0) * value for name, value in found.items())


_CAME: tuple[tuple[str, FindingKind], ...] = (
    ("refund", FindingKind.FEE_OR_REFUND),
    ("fee", FindingKind.FEE_OR_REFUND),
    ("disclaimer", FindingKind.LIABILITY_REDUCED),
    ("liability", FindingKind.LIABILITY_REDUCED),
    ("dispute", FindingKind.DISPUTE_FORUM),
    ("licence", FindingKind.RIGHT_WEAKENED),
    ("sanction", FindingKind.RIGHT_WEAKENED),
    ("discretion", FindingKind.RIGHT_WEAKENED),
    ("no_notice", FindingKind.NOTICE_WEAKENED),
    ("deemed", FindingKind.CONSENT_WEAKENED),
    ("retain", FindingKind.RETENTION_LONGER),
    ("share", FindingKind.NEW_RECIPIENT),
    ("recipient", FindingKind.NEW_RECIPIENT),
    ("transfer", FindingKind.TRANSFER_LOCATION),
    ("collect", FindingKind.NEW_DATA_TYPE),
    ("sensitive", FindingKind.NEW_DATA_TYPE),
    ("purpose", FindingKind.NEW_PURPOSE),
    ("data", FindingKind.NEW_PURPOSE),
    ("data_item", FindingKind.NEW_DATA_TYPE),
    ("duty", FindingKind.USER_DUTY_ADDED),
)
"""What it may be that came, by the first vocabulary that is found in it."""
_WENT: tuple[tuple[str, FindingKind], ...] = (
    ("consent", FindingKind.CONSENT_WEAKENED),
    ("refund", FindingKind.FEE_OR_REFUND),
    ("notice", FindingKind.NOTICE_WEAKENED),
    ("forum", FindingKind.DISPUTE_FORUM),
    ("delete", FindingKind.RETENTION_LONGER),
    ("right", FindingKind.RIGHT_REMOVED),
    ("liability", FindingKind.LIABILITY_REDUCED),
)
"""What it may be that went."""


def proposed(reading: Reading, weights: Weights) -> Draft | None:
    """A reason to tell a difference that no rule told, or None when it is unlike those that people marked.

    One that can only serve users is told by none.
    """
    found = features(reading)
    if weights.sum_of(found) <= weights.threshold or favours(reading):
        return None
    new = reading.unit.new is not None and bool(reading.unit.inserted)
    side, turn = (Side.NEW, "came") if new else (Side.OLD, "went")
    if reading.unit.edited and new and _share(found, weights, "went-") > _share(found, weights, "came-"):
        side, turn = (Side.OLD, "went") if reading.unit.deleted else (side, turn)
    runs = reading.unit.inserted if side is Side.NEW else reading.unit.deleted
    return Draft(_kind(found, turn), side, _longest(runs), _why(found, weights))


def _share(found: Mapping[str, float], weights: Weights, start: str) -> float:
    return sum(weights.weights.get(name, 0.0) * value for name, value in found.items() if name.startswith(start))


def _longest(runs: tuple[Run, ...]) -> Run:
    return max(runs, key=lambda run: (run[1] - run[0], -run[0]))


def _kind(found: Mapping[str, float], turn: str) -> FindingKind:
    if turn == "came":
        of_users = found.get("on-users") and not found.get("came-share")
        other = FindingKind.USER_DUTY_ADDED if of_users else FindingKind.RIGHT_WEAKENED
        return other if of_users else next((kind for field, kind in _CAME if f"came-{field}" in found), other)
    return next((kind for field, kind in _WENT if f"went-{field}" in found), FindingKind.OBLIGATION_WEAKENED)


def _why(found: Mapping[str, float], weights: Weights) -> str:
    """The heaviest reasons in words."""
    counted = sorted(
        ((weights.weights.get(name, 0.0) * value, name) for name, value in found.items() if "-" in name),
        key=lambda item: (-item[0], item[1]),
    )
    said = []
    for weight, name in counted:
        turn, _, field = name.partition("-")
        if weight > 0 and turn in ("came", "went") and field in _ABOUT:
            said.append(f"words of {_ABOUT[field]} {turn}")
    reasons = " and ".join(said[:_MOST]) or "the wording is new to the text"
    return f"No rule knows these words, but they are like what people marked as material elsewhere: {reasons}."
