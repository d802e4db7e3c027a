"""The dated presets of lead times."""

from dataclasses import replace
from datetime import date

import pytest

from publisher.domain.policy import PolicySettings
from publisher.domain.regime import (
    REGIMES,
    Counsel,
    floor_days,
    known_regimes,
    law_days,
    lead_times,
    regime,
    stricter,
)

LEE = Counsel("gdpr", "Dr. Lee", "outside counsel", date(2027, 1, 10), 21)


def test_names_are_unique() -> None:
    assert len(set(known_regimes())) == len(REGIMES)


def test_no_house_default_is_below_the_laws_minimum() -> None:
    assert all(preset.law_days is None or preset.house_days >= preset.law_days for preset in REGIMES)


def test_none_is_confirmed_by_counsel_until_somebody_says_so() -> None:
    for found in lead_times(known_regimes()):
        assert found.told.endswith("not confirmed by counsel")
    (found,) = lead_times(("gdpr",), (LEE,))
    assert found.told.endswith("confirmed by Dr. Lee, outside counsel on 2027-01-10")
    assert found.days == 21


def test_counsel_never_goes_below_the_laws_minimum() -> None:
    (found,) = lead_times(("psd2",), (replace(LEE, regime="psd2", days=10),))
    assert found.days == 60
    assert floor_days(("psd2",), 0, (replace(LEE, regime="psd2", days=10),)) == 60
    assert law_days(("psd2", "cn-ecommerce", "gdpr", "atlantis")) == 60
    assert law_days(("gdpr",)) == 0


def test_of_two_words_of_counsel_the_longer_lead_time_stands() -> None:
    longer = replace(LEE, days=40)
    assert stricter(("gdpr",), (LEE,), (longer,)) == (longer,)
    assert stricter(("gdpr",), (longer,), (LEE,)) == (longer,)
    assert stricter(("gdpr",), (LEE,), ()) == ()
    assert stricter(("gdpr",), (), (longer,)) == (longer,)
    old = PolicySettings("p", "P", "en", regimes=("gdpr",), notice_days=0)
    assert replace(old, counsel=(LEE,)).no_laxer_than(old).floor == 30
    assert old.no_laxer_than(replace(old, counsel=(longer,))).floor == 40
    assert replace(old, regimes=("eu-p2b",)).no_laxer_than(replace(old, counsel=(longer,))).floor == 40


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
