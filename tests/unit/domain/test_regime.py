"""The dated presets of lead times."""

import pytest

from publisher.domain.regime import REGIMES, floor_days, known_regimes, regime


def test_names_are_unique() -> None:
    assert len(set(known_regimes())) == len(REGIMES)


def test_no_house_default_is_below_the_laws_minimum() -> None:
    assert all(preset.law_days is None or preset.house_days >= preset.law_days for preset in REGIMES)


def test_none_is_confirmed_by_counsel_yet() -> None:
    assert not any(preset.confirmed_by_counsel for preset in REGIMES)


def test_an_unknown_name_is_none() -> None:
    assert regime("atlantis") is None


@pytest.mark.parametrize(
    ("names", "promised", "days"),
    [
        ((), 0, 0),
        (("section-8",), 0, 30),
        (("section-8", "pipl"), 45, 45),
        (("cn-ecommerce",), 0, 7),
        (("psd2", "gdpr"), 30, 62),
        (("atlantis",), 10, 10),
    ],
)
def test_the_floor_is_the_longest(names: tuple[str, ...], promised: int, days: int) -> None:
    assert floor_days(names, promised) == days
