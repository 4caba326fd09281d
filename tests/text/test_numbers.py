"""Numbers, money and dates as people read them."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.text import LANGUAGES, Language
from sim.text.numbers import MISSING, estimate, fiscal_year, money, money_range, number, quarter, signed

AMOUNTS = st.floats(-1e7, 1e7, allow_nan=False)  # JPY M: up to ten trillion yen
YEN = {"兆": 1e12, "億": 1e8, "万": 1e4, "": 1.0, " trillion": 1e12, " billion": 1e9, " million": 1e6}


@pytest.mark.parametrize(
    ("millions", "english", "japanese"),
    [
        (8.4, "JPY 8.4 million", "840万円"),
        (8.404, "JPY 8.4 million", "約840万円"),
        (35_297.6, "JPY 35.3 billion", "約353億円"),
        (35_300, "JPY 35.3 billion", "353億円"),
        (2_500, "JPY 2.5 billion", "25億円"),
        (0.02, "JPY 20,000", "2万円"),
        (0.0005, "JPY 500", "500円"),
        (99.99, "JPY 100 million", "約1億円"),
        (999_900, "JPY 1 trillion", "約1兆円"),
        (2_500_000, "JPY 2.5 trillion", "2.5兆円"),
        (0, "JPY 0", "0円"),
        (-1.5, "JPY −1.5 million", "−150万円"),
        (48.56, "JPY 48.6 million", "約4,860万円"),
        (math.nan, "–", "–"),
        (math.inf, "–", "–"),
    ],
)
def test_money(millions: float, english: str, japanese: str) -> None:
    assert (money(millions, "en"), money(millions, "ja")) == (english, japanese)


@given(AMOUNTS, st.sampled_from(LANGUAGES))
def test_money_is_read_back_within_its_three_figures(millions: float, language: Language) -> None:
    shown = money(millions, language, about=False)
    found = re.fullmatch(r"(?:JPY )?(−?)([\d,.]+)(兆|億|万| trillion| billion| million|)円?", shown)
    assert found, shown
    read = float(found[2].replace(",", "")) * YEN[found[3]] * (-1 if found[1] else 1)
    assert read == pytest.approx(millions * 1e6, rel=0.0051, abs=0.5)
    whole, _, decimals = found[2].partition(".")
    assert len(decimals) <= 2 and len(whole.replace(",", "")) <= (4 if language == "ja" else 6)


def test_money_ranges() -> None:
    assert money_range(8.4, 11, "en") == "JPY 8.4 to 11 million"
    assert money_range(8.4, 11, "ja") == "840万〜1,100万円"
    assert money_range(950, 1_200, "en") == "JPY 950 million to 1.2 billion"
    assert money_range(95, 120, "ja") == "9,500万〜1.2億円"
    assert money_range(math.nan, 1, "ja") == MISSING


def test_dates() -> None:
    assert quarter("2018Q2", "ja") == "2018年4〜6月期"
    assert quarter("2030Q4", "ja") == "2030年10〜12月期"
    assert quarter("2030Q4", "en") == "2030Q4"
    assert quarter("at the end", "ja") == "at the end"
    assert (fiscal_year(2019, "en"), fiscal_year(2019, "ja")) == ("FY2019", "2019年度")


def test_numbers() -> None:
    assert (number(-1e-9), signed(1e-9)) == ("0", "0")
    assert number(1234.5) == "1,234"
    assert number(0.0517) == "0.0517"
    assert number(-2.0) == "−2"
    assert number(math.nan) == MISSING
    assert (signed(2.5), signed(-2.5), signed(0.0)) == ("+2.50", "−2.50", "0")


def test_estimates_have_the_decimals_that_their_interval_warrants() -> None:
    assert estimate(0.0517, -0.11, 0.21) == ("+0.05", "−0.11", "+0.21")
    assert estimate(1234.56, 1100, 1370) == ("+1,235", "+1,100", "+1,370")
    assert estimate(0.001, -0.3, 0.3) == ("0.00", "−0.30", "+0.30")
    assert estimate(2.5, math.nan, math.nan) == ("+2.50", MISSING, MISSING)
    assert estimate(0.0, 0.0, 0.0) == ("0", "0", "0")


@given(st.floats(-1e6, 1e6), st.floats(1e-4, 1e5))
def test_estimates_keep_two_figures_of_the_half_width(value: float, half: float) -> None:
    shown = [
        float(text.replace("−", "-").replace(",", "")) for text in estimate(value, value - half, value + half)
    ]
    assert shown == pytest.approx([value, value - half, value + half], abs=0.051 * half + 1e-6)
