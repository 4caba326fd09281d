from __future__ import annotations

import numpy as np
import pytest

from sim.statistics.contrasts import crossed, paired, unpaired
from sim.statistics.resampling import FEWEST, bootstrap

RNG = np.random.default_rng(20301231)
REPETITIONS = 1_000
BAND = 4 * (0.95 * 0.05 / REPETITIONS) ** 0.5


def against_nothing(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return values, np.zeros_like(values)


@pytest.mark.parametrize("n", [15, 30])
def test_it_covers_the_truth_as_often_as_it_says(n: int) -> None:
    got = bootstrap(paired(*against_nothing(RNG.normal(0, 1, (n, REPETITIONS)))))
    assert ((got.low <= 0) & (got.high >= 0)).mean() == pytest.approx(0.95, abs=BAND)


def test_it_agrees_with_t_on_normal_numbers_and_not_on_skewed_ones() -> None:
    normal = bootstrap(paired(*against_nothing(RNG.normal(0, 1, (30, 400)))))
    skewed = bootstrap(paired(*against_nothing(RNG.lognormal(0, 1.5, (30, 400)) - np.exp(1.5**2 / 2))))
    assert normal.disagrees.mean() < 0.05 < 0.5 < skewed.disagrees.mean()


def test_of_skewed_numbers_it_covers_more_than_t() -> None:
    contrast = paired(*against_nothing(RNG.exponential(1, (20, REPETITIONS)) - 1.0))
    low, high = contrast.interval()
    got = bootstrap(contrast)
    assert ((got.low <= 0) & (got.high >= 0)).mean() > ((low <= 0) & (high >= 0)).mean()


def test_points_and_what_replicates_share_are_both_resampled() -> None:
    values = RNG.normal(0, 1, (16, 1, 1)) + RNG.normal(0, 2, (1, 12, 1)) + RNG.normal(0, 1, (16, 12, 1))
    contrast = crossed(*against_nothing(values))
    got = bootstrap(contrast)
    low, high = contrast.interval()
    assert got.high[0] - got.low[0] == pytest.approx(high[0] - low[0], rel=0.2)


def test_few_runs_have_none_and_equal_differences_are_a_point() -> None:
    few = bootstrap(paired(*against_nothing(RNG.normal(0, 1, (FEWEST - 1, 3)))))
    assert np.isnan(few.low).all() and not few.disagrees.any()
    same = bootstrap(paired(np.full((FEWEST, 2), 4.0), np.full((FEWEST, 2), 1.0)))
    assert (same.low == 3).all() and (same.high == 3).all() and not same.disagrees.any()


def test_arms_that_share_nothing_are_resampled_apart() -> None:
    contrast = unpaired(RNG.normal(2, 1, (40, 1)), RNG.normal(0, 3, (60, 1)))
    got, ends = bootstrap(contrast), contrast.interval()
    np.testing.assert_allclose([got.low, got.high], ends, atol=0.15)


def test_the_same_runs_give_the_same_interval() -> None:
    contrast = paired(*against_nothing(RNG.normal(0, 1, (12, 5))))
    np.testing.assert_array_equal(bootstrap(contrast).low, bootstrap(contrast).low)
