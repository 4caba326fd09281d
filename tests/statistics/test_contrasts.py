"""Contrasts of simulated arms with known means: they cover the truth as often as they say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.statistics.contrasts import Contrast, crossed, paired, unpaired

RNG = np.random.default_rng(20180401)
REPETITIONS = 1_000
#: Binomial band of coverage at 95%: four standard errors.
BAND = 4 * (0.95 * 0.05 / REPETITIONS) ** 0.5


def covered(contrast: Contrast, truth: float = 0.0) -> float:
    low, high = contrast.interval()
    return float(((low <= truth) & (truth <= high)).mean())


def noise(*shape: int) -> np.ndarray:
    return RNG.normal(0.0, 1.0, (*shape, REPETITIONS))


def test_against_the_paired_t_test_of_scipy() -> None:
    a, b = RNG.normal(3, 2, (15, 4)), RNG.normal(1, 1, (15, 4))
    got = paired(a, b)
    expected = stats.ttest_rel(a, b)
    interval = expected.confidence_interval(0.95)
    np.testing.assert_allclose(got.effect, (a - b).mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(got.interval(), (interval.low, interval.high), rtol=1e-12)
    np.testing.assert_allclose(got.p, expected.pvalue, rtol=1e-9)
    by_column = [stats.pearsonr(a[:, i], b[:, i]).statistic for i in range(4)]
    np.testing.assert_allclose(got.correlation, by_column, rtol=1e-10)


def test_against_the_welch_test_of_scipy() -> None:
    a, b = RNG.normal(3, 2, (15, 4)), RNG.normal(1, 1, (9, 4))
    got = unpaired(a, b)
    expected = stats.ttest_ind(a, b, equal_var=False)
    interval = expected.confidence_interval(0.95)
    np.testing.assert_allclose(got.interval(), (interval.low, interval.high), rtol=1e-12)
    np.testing.assert_allclose(got.p, expected.pvalue, rtol=1e-9)
    assert got.n == 9


def test_by_hand() -> None:
    got = paired(np.array([[3.0], [5.0], [7.0]]), np.array([[2.0], [2.0], [2.0]]))
    low, high = got.interval()
    assert got.effect[0] == 3.0  # differences 1, 3, 5: sd 2, t(2) = 4.302653
    assert low[0] == pytest.approx(3 - 4.302653 * 2 / 3**0.5, abs=1e-6)
    assert high[0] == pytest.approx(3 + 4.302653 * 2 / 3**0.5, abs=1e-6)
    assert np.isnan(got.correlation[0])


@pytest.mark.parametrize("n", [3, 10, 30])
def test_paired_arms_that_are_the_same_cover_zero_at_the_nominal_rate(n: int) -> None:
    shared = 5.0 * noise(n)  # pairing removes it
    got = paired(shared + noise(n), shared + noise(n))
    assert covered(got) == pytest.approx(0.95, abs=BAND)
    assert np.nanmean(got.correlation) > 0.9


@pytest.mark.parametrize("sizes", [(10, 10), (8, 40)])
def test_unpaired_arms_that_are_the_same_cover_zero_at_the_nominal_rate(sizes: tuple[int, int]) -> None:
    assert covered(unpaired(noise(sizes[0]), 3.0 * noise(sizes[1]))) == pytest.approx(0.95, abs=BAND)


@pytest.mark.parametrize(
    ("points", "replicates", "of_points", "of_replicates"),
    [(16, 1, 1.0, 0.0), (16, 8, 1.0, 0.0), (16, 8, 1.0, 1.0), (32, 8, 0.2, 1.0), (64, 5, 1.0, 2.0)],
)
def test_points_by_replicates_that_are_the_same_cover_zero_at_the_nominal_rate(
    points: int, replicates: int, of_points: float, of_replicates: float
) -> None:
    """All points share the chance of a replicate, so they are crossed, not nested."""
    shared = of_points * noise(points, 1) + of_replicates * noise(1, replicates)
    got = crossed(shared + noise(points, replicates), np.zeros((points, replicates, REPETITIONS)))
    assert covered(got) == pytest.approx(0.95, abs=BAND)
    assert got.n == points


def test_pooled_points_or_points_alone_would_cover_zero_too_seldom() -> None:
    """What the crossed contrast is for: simulated as measured in designs of this model."""
    points, replicates = 32, 8
    values = noise(points, 1) + 2.0 * noise(1, replicates) + noise(points, replicates)
    pooled = values.reshape(-1, REPETITIONS)
    by_point = values.mean(axis=1)
    assert covered(paired(pooled, np.zeros_like(pooled))) < 0.5
    assert covered(paired(by_point, np.zeros_like(by_point))) < 0.6


def test_without_chance_that_points_share_it_is_the_t_test_of_their_means() -> None:
    values = RNG.normal(0, 1, (16, 3, 200)) + RNG.normal(0, 1, (16, 1, 200))
    values -= values.mean(axis=0, keepdims=True)  # replicates agree to the last bit
    got = crossed(values, np.zeros_like(values))
    means = values.mean(axis=1)
    np.testing.assert_allclose(got.error, means.std(axis=0, ddof=1) / 4.0)
    assert (got.freedom == 15).all()


def test_a_run_that_is_missing_leaves_its_point_with_the_others() -> None:
    values = RNG.normal(5, 1, (6, 4, 1))
    values[2, 1] = np.nan
    got = crossed(values, np.zeros_like(values))
    assert got.effect[0] == pytest.approx(np.nanmean(values, axis=1).mean()) and got.n == 6
    values[2] = np.nan
    assert crossed(values, np.zeros_like(values)).n == 5


def test_one_pair_has_an_effect_and_no_interval() -> None:
    got = paired(np.array([[4.0]]), np.array([[1.0]]))
    assert got.effect[0] == 3.0
    assert np.isnan([*got.interval(), got.p, got.correlation]).all()


def test_no_pair_has_nothing() -> None:
    got = paired(np.empty((0, 2)), np.empty((0, 2)))
    assert got.n == 0 and np.isnan([got.effect, *got.interval(), got.p]).all()


def test_equal_differences_are_a_point() -> None:
    base = np.array([0.1, 0.2, 0.7])[:, None]
    got = paired(base + 0.3, base)  # differences differ by rounding only
    low, high = got.interval()
    assert low[0] == got.effect[0] == high[0] == pytest.approx(0.3)
    assert got.p[0] == 0 and got.correlation[0] == pytest.approx(1)
    same = paired(base, base)
    assert same.interval() == (0.0, 0.0) and same.p[0] == 1


def test_an_outcome_that_one_arm_lacks_has_no_effect_and_spoils_no_other() -> None:
    a = RNG.normal(0, 1, (5, 4, 2))
    b = a + 1.0
    b[..., 1] = np.nan
    for got in (paired(a[0], b[0]), crossed(a, b)):
        low, high = got.interval()
        assert low[0] <= -1.0 <= high[0] and np.isnan([got.effect[1], low[1], high[1], got.p[1]]).all()
