"""Which clauses a sentence names."""

import pytest

from publisher.languages.citing import cited_ids, cited_numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("We collect your location (2.1).", {(2, 1)}),
        ("See sections 3, 4.1 and 5.", {(3,), (4, 1), (5,)}),
        ("Sections 3.1–3.4 are new.", {(3, 1), (3, 2), (3, 3), (3, 4)}),
        ("新增第四条和第2.1条（3.2）。", {(4,), (2, 1), (3, 2)}),
        ("第三条至第五条", {(3,), (5,)}),
        ("第三至五条已修改", {(3,), (4,), (5,)}),
        ("3.4 移至 1.3。", {(3, 4), (1, 3)}),
        ("We keep data for 24 months and pay 30% more.", set()),
        ("Version 12.1.", {(12, 1)}),
        ("(7)", {(7,)}),
        ("二、共享", {(2,)}),
    ],
)
def test_numbers_by_value(text: str, numbers: set[tuple[int, ...]]) -> None:
    assert cited_numbers(text) == numbers


def test_a_longer_number_does_not_name_the_shorter_one() -> None:
    assert (2, 1) not in cited_numbers("(12.1), (2.1.3), (2.15)")


def test_links_by_id() -> None:
    assert cited_ids("See https://example.com/privacy/v2/en/#4.1.3, and #sharing.") == {"4.1.3", "sharing"}
