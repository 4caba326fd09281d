from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.statistics.contrasts import crossed, paired
from sim.statistics.ratios import Ratio, fieller, ratio_difference

RNG = np.random.default_rng(20180401)
REPETITIONS = 1_000
BAND = 4 * (0.95 * 0.05 / REPETITIONS) ** 0.5


def ratio(numerator: np.ndarray, denominator: np.ndarray) -> Ratio:
    columns = np.column_stack([numerator, denominator, numerator + denominator])
    return fieller(paired(columns, np.zeros_like(columns)))


def test_the_interval_solves_its_equation() -> None:
    money, units = RNG.normal(50, 5, 20), RNG.normal(10, 1, 20)
    got = ratio(money, units)
    assert got.ratio == pytest.approx(money.mean() / units.mean()) and got.low < got.ratio < got.high
    for end in got[1:]:  # there, money - end x units is just not different from 0
        test = stats.ttest_1samp(money - end * units, 0)
        assert test.pvalue == pytest.approx(0.05, rel=1e-6)


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    covered = 0
    for _ in range(REPETITIONS):
        units = RNG.normal(10, 3, 12)
        got = ratio(4 * units + RNG.normal(10, 5, 12), units)
        covered += got.low <= 5 <= got.high
    assert covered / REPETITIONS == pytest.approx(0.95, abs=BAND)


def test_points_of_a_design_are_no_replicates() -> None:
    shared = RNG.normal(0, 2, (1, 6))
    units = RNG.normal(10, 1, (16, 6)) + shared
    money = 4 * units + RNG.normal(10, 1, (16, 6)) + RNG.normal(0, 3, (1, 6))
    columns = np.stack([money, units, money + units], axis=2)
    of_design = fieller(crossed(columns, np.zeros_like(columns)))
    pooled = ratio(money.ravel(), units.ravel())
    assert of_design.ratio == pytest.approx(pooled.ratio)
    assert of_design.high - of_design.low > 2 * (pooled.high - pooled.low)


def test_a_cost_without_gain_is_null() -> None:
    assert np.isnan(ratio(np.array([5.0, 6.0, 7.0]), np.array([-1.0, 0.0, 1.0]))).all()
    assert np.isnan(ratio(np.array([5.0, 6.0, 7.0]), np.array([-1.0, -2.0, -3.0]))).all()
    assert np.isnan(ratio(np.array([0.0, 0.0]), np.array([0.0, 0.0]))).all()
    assert ratio(np.array([6.0]), np.array([3.0]))[0] == 2.0


def test_two_ratios_with_the_same_truth_are_told_apart_one_time_in_twenty() -> None:
    apart = 0
    for _ in range(REPETITIONS):
        chance = RNG.normal(0, 2, 15)
        units = [20 + chance + RNG.normal(0, 1, 15), 40 + chance + RNG.normal(0, 1, 15)]
        money = [5 * one + RNG.normal(0, 3, 15) for one in units]
        got = ratio_difference((money[0], units[0]), (money[1], units[1]))
        apart += not got.low <= 0 <= got.high
    assert 1 - apart / REPETITIONS == pytest.approx(0.95, abs=BAND)


def test_ratios_whose_intervals_overlap_may_be_told_apart() -> None:
    chance = RNG.normal(0, 4, 20)
    units = [20 + chance, 20 + chance + RNG.normal(0, 0.1, 20)]
    money = [np.full(20, 100.0), np.full(20, 104.0)]
    first, second = (ratio(*pair) for pair in zip(money, units, strict=True))
    assert first.high > second.low  # they overlap
    assert ratio_difference((money[0], units[0]), (money[1], units[1])).high < 0
