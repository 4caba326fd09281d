from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.statistics.contrasts import crossed, paired, t_quantile
from sim.statistics.precision import FIRST_STAGE, Target, look, pairs_needed, replicates_needed

RNG = np.random.default_rng(20180403)
REPETITIONS = 1_000
BAND = 4 * (0.95 * 0.05 / REPETITIONS) ** 0.5


@given(st.floats(0.01, 100), st.floats(0.01, 20))
def test_pairs_needed_is_the_fewest(effect: float, spread: float) -> None:
    n = int(pairs_needed(np.array([spread]), np.array([0.1 * effect]))[0])

    def half_width(pairs: int) -> float:
        return float(t_quantile(pairs - 1)) * spread / pairs**0.5

    assert half_width(n) <= 0.1 * effect * (1 + 1e-9)
    assert n == 2 or half_width(n - 1) > 0.1 * effect * (1 - 1e-9)


def test_the_bound_lies_above_what_is_truly_needed_nine_times_in_ten() -> None:
    truth = pairs_needed(np.array([1.0]), np.array([0.5]))[0]  # of an effect of 5 and a spread of 1
    values = RNG.normal(0, 1, (12, REPETITIONS))
    values += 5.0 - values.mean(axis=0)  # the effect is taken as it is
    got = replicates_needed(paired(values, np.zeros_like(values)))
    assert (got.bound >= truth).mean() == pytest.approx(0.9, abs=4 * (0.9 * 0.1 / REPETITIONS) ** 0.5 + 0.02)
    assert (got.bound >= got.number).all()


def test_nothing_is_needed_where_the_sign_is_open_nor_of_points() -> None:
    same = np.ones((4, 1))
    assert np.isnan(replicates_needed(paired(same, same)).number[0])
    assert replicates_needed(paired(same + 1, same)).number[0] == 2
    values = RNG.normal(9, 1, (8, 3, 1))
    assert np.isnan(replicates_needed(crossed(values, np.zeros_like(values))).bound[0])


def run_until(values: np.ndarray, target: Target, limit: int) -> tuple[int, float, float, bool]:
    """Replicates at the stop, the interval there, and whether it is narrow enough."""
    n = 1
    while True:
        contrast = paired(values[:n, None], np.zeros((n, 1)))
        seen = look(contrast, target, limit)
        if seen.enough:
            low, high = contrast.interval()
            return n, float(low[0]), float(high[0]), bool(seen.reached.all())
        assert n < seen.following <= limit
        n = seen.following


@pytest.mark.parametrize(
    "optimum", [25, *(pytest.param(number, marks=pytest.mark.slow) for number in (10, 60, 150))]
)
@pytest.mark.parametrize("share", [None, 0.05, 0.3])
def test_the_interval_at_the_stop_covers_the_truth_as_often_as_it_says(
    optimum: int, share: float | None
) -> None:
    width = 1.96 / optimum**0.5  # of spread 1: so many would do if the spread were known
    effect = 0.0 if share is None else width / share
    target = Target(width=width) if share is None else Target(share=share)
    covered, numbers = 0, []
    for _ in range(REPETITIONS):
        n, low, high, reached = run_until(RNG.normal(effect, 1, 800), target, 800)
        covered += low <= effect <= high
        numbers.append(n)
        assert reached
    assert covered / REPETITIONS == pytest.approx(0.95, abs=BAND)
    assert np.mean(numbers) < max(FIRST_STAGE, optimum) * 1.25 + 8


def test_it_stops_at_the_limit_and_says_that_it_is_not_there_yet() -> None:
    n, low, high, reached = run_until(RNG.normal(0, 1, 50), Target(width=0.01), 50)
    assert n == 50 and high - low > 0.02 and not reached
    n, *_, reached = run_until(RNG.normal(0, 1, 50), Target(share=0.05), 5)
    assert n == 5 and not reached


def test_an_outcome_that_nothing_changes_needs_no_more_than_the_first_stage() -> None:
    n, low, high, reached = run_until(np.zeros(100), Target(share=0.05), 100)
    assert (n, low, high, reached) == (FIRST_STAGE, 0, 0, True)


def test_all_outcomes_count() -> None:
    values = np.column_stack([RNG.normal(100, 1, 30), RNG.normal(1, 1, 30)])
    seen = look(paired(values, np.zeros_like(values)), Target(share=0.05), 1_000)
    assert seen.reached.tolist() == [True, False] and not seen.enough and seen.following == 60
