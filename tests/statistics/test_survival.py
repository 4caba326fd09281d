"""Times to an event: known hazards, censoring that no mean of reached times can handle, pairs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.errors import InputError
from sim.statistics.survival import (
    Times,
    curve,
    earlier,
    first_reached,
    hazard,
    logrank,
    quantile,
    restricted_difference,
    restricted_mean,
    share_reached,
)

HAZARD, HORIZON = 0.04, 20.0


def exponential(runs: int, seed: int = 1, rate: float = HAZARD, horizon: float = HORIZON) -> Times:
    """Exponential times that are censored at the horizon: most of them at the hazard of these tests."""
    drawn = np.random.default_rng(seed).exponential(1 / rate, runs)
    return Times(np.minimum(drawn, horizon), drawn < horizon)


def test_a_censored_exponential_gives_its_hazard_back() -> None:
    times = exponential(4_000)
    found = hazard(times)
    assert times.reached.mean() < 0.6
    assert found.low < HAZARD < found.high
    assert found.value == pytest.approx(HAZARD, rel=0.05)
    assert 1 / times.time[times.reached].mean() > 2.5 * HAZARD  # what a mean of reached times would say


def test_the_intervals_hold_the_truth_as_often_as_they_say() -> None:
    mean = (1 - np.exp(-HAZARD * HORIZON)) / HAZARD
    median = np.log(2) / HAZARD
    samples = [exponential(60, seed) for seed in range(300)]
    for truth, spans in (
        (HAZARD, [hazard(one) for one in samples]),
        (mean, [restricted_mean(one, HORIZON) for one in samples]),
        (median, [quantile(one) for one in samples]),
    ):
        held = np.mean([span.low <= truth <= span.high for span in spans])
        assert 0.91 <= held <= 0.99, (truth, held)


def test_the_curve_is_that_of_kaplan_and_meier() -> None:
    """Remission under 6-MP (Freireich et al. 1963): .857 after 6 weeks, .448 after 23; median 23."""
    reached = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    times = Times(np.array(reached + censored, float), np.arange(21) < 9)
    found = curve(times)
    assert found.time.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert found.share[[0, -1]] == pytest.approx([0.857, 0.448], abs=5e-4)
    assert quantile(times)[:2] == (23.0, 13.0)
    assert quantile(times).high == np.inf


def test_times_are_those_of_the_first_crossing() -> None:
    values = np.array([[0.1, 0.6, 0.5], [0.1, 0.2, 0.3], [0.7, 0.7, 0.7]])
    found = first_reached(values, [4, 8, 12], 0.6)
    assert found.time.tolist() == [8, 12, 4]
    assert found.reached.tolist() == [True, False, True]
    with pytest.raises(InputError, match="lack values"):
        first_reached(np.array([[0.1, np.nan]]), [1, 2], 0.5)
    with pytest.raises(InputError, match="no runs"):
        first_reached(np.empty((0, 2)), [1, 2], 0.5)


def test_paired_runs_tell_a_shift_that_independent_ones_cannot() -> None:
    base = np.random.default_rng(2).exponential(10.0, 30) + 1.0
    slow = Times(np.minimum(base, 20.0), base < 20.0)
    fast = Times(np.minimum(base - 0.5, 20.0), base - 0.5 < 20.0)
    found = restricted_difference(fast, slow, 20.0)
    low, high = found.interval()
    assert low[0] < high[0] < 0
    order = earlier(fast, slow)
    assert order.first >= 24 and order.second == 0 and order.p < 0.001
    assert logrank(fast, slow) > 0.3


def test_the_logrank_test_is_that_of_the_field() -> None:
    """6-MP against placebo: chi-squared 16.79 (Kleinbaum and Klein 2012, section 2.5)."""
    reached = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    treated = Times(np.array(reached + censored, float), np.arange(21) < 9)
    other = Times(np.array(placebo, float), np.ones(21, bool))
    assert logrank(treated, other) == pytest.approx(stats.chi2.sf(16.79, 1), rel=0.01)


def test_where_none_or_all_reach_at_once() -> None:
    never = Times(np.full(5, 20.0), np.zeros(5, bool))
    assert quantile(never) == (np.inf, np.inf, np.inf)
    assert restricted_mean(never, 20.0) == (20.0, 20.0, 20.0)
    assert hazard(never).value == 0.0 and hazard(never).high > 0
    assert share_reached(never).value == 0.0 and share_reached(never).high > 0.3
    assert np.isnan(logrank(never, never))
    assert earlier(never, never) == (0, 0, 5, 1.0)
    at_once = Times(np.full(5, 7.0), np.ones(5, bool))
    assert quantile(at_once) == (7.0, 7.0, 7.0)
    assert restricted_mean(at_once, 20.0).value == 7.0
    assert earlier(at_once, never).first == 5


def test_what_cannot_be_told_is_said() -> None:
    short = Times(np.array([3.0, 5.0]), np.array([True, False]))
    with pytest.raises(InputError, match="ends before 20"):
        restricted_difference(short, short, 20.0)
    with pytest.raises(InputError, match="no pairs"):
        restricted_difference(short, exponential(3), 20.0)
    assert np.isnan(restricted_mean(Times(np.array([3.0]), np.array([True])), 20.0).low)
