from __future__ import annotations

import math

import pytest

from sim.report import words
from sim.report.relevance import Reading, read, smallest


@pytest.mark.parametrize(
    ("outcome", "value", "text"),
    [
        ("adoption_share", 0.000517, "+0.1"), ("adoption_share", 0.0000517, "0.0"),
        ("adoption_share", -0.0123, "−1.2"),
        ("deals_signed", 1161.6, "+1,162"), ("deals_signed", 2.5, "+2.5"), ("deals_signed", 8.0, "+8.0"),
        ("deals_signed", 0.0, "0.0"), ("spent", -1234.5, "−1,234"), ("sdg_progress", 4.678, "+4.7"),
        ("deals_signed", math.nan, "–"), ("cranes_folded", 3.0, "+3"),
    ],
)  # fmt: skip
def test_effects_have_the_digits_that_mean_something(outcome: str, value: float, text: str) -> None:
    assert words.effect(outcome, value) == text


def test_the_unit_of_a_goal_says_what_it_is_where_it_stands() -> None:
    assert words.unit("sdg_progress", "en") == "0.01% of the remaining gap"
    assert words.unit("adoption_share", "en") == "points"
    assert words.unit("adoption_share", "en", difference=False) == "%"


@pytest.mark.parametrize(
    ("low", "high", "least", "reading"),
    [
        (0.004, 0.009, 0.01, Reading.SMALL), (0.0, 0.0, 0.01, Reading.NONE),
        (0.004, 0.02, 0.01, Reading.MORE),
        (-0.02, -0.004, 0.01, Reading.LESS), (-0.02, 0.02, 0.01, Reading.OPEN),
        (math.nan, math.nan, 0.01, Reading.UNKNOWN),
        (1.0, 2.0, math.nan, Reading.MORE), (-1.0, 2.0, math.nan, Reading.OPEN),
        (0.0, 0.0, math.nan, Reading.NONE),
    ],
)  # fmt: skip
def test_what_an_interval_says(low: float, high: float, least: float, reading: Reading) -> None:
    assert read(low, high, least) is reading


def test_the_smallest_effect_of_interest_is_a_point_or_a_part_of_the_baseline() -> None:
    assert smallest("adoption_share", 0.8) == 0.01
    assert smallest("deals_signed", 1_800.0) == pytest.approx(90.0)
    assert math.isnan(smallest("cranes_folded", 3.0))


def test_shares_have_a_true_minus_and_no_negative_zero() -> None:
    assert [words.percent(share) for share in (-0.49, -0.001, 0.5)] == ["−49%", "0%", "50%"]


def test_an_amount_that_is_missing_is_a_dash() -> None:
    assert words.amount(math.nan) == "–"
    assert words.amount(-0.01) == "0.0"


def test_a_programme_is_told_with_its_lever() -> None:
    assert words.fund("subsidy", "subsidy", "ja") == "補助金"
    assert words.fund("small_towns", "matching_support", "ja") == "マッチング支援（small towns）"
