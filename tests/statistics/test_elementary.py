from __future__ import annotations

import numpy as np
import pytest

from sim.errors import InputError
from sim.statistics.elementary import Elementary, effects_of, elementary_effects
from tests.statistics.functions import Floats, cube

STEP = 2.0 / 3.0


def trajectories(factors: int, number: int) -> Floats:
    points = cube("morris", factors, trajectories=number, levels=4)
    return points.reshape(number, factors + 1, factors)


def found_for(coefficients: Floats, noise: Floats | float = 0.0, number: int = 40) -> Elementary:
    points = trajectories(len(coefficients), number)
    return elementary_effects(effects_of(points, (points @ coefficients)[..., None] + noise, STEP))


def test_a_sum_gives_its_coefficients() -> None:
    found = found_for(np.array([3.0, -2.0, 0.5, 0.0]))
    np.testing.assert_allclose(found.mu, [3.0, -2.0, 0.5, 0.0], atol=1e-9)
    np.testing.assert_allclose(found.mu_star, [3.0, 2.0, 0.5, 0.0], atol=1e-9)
    np.testing.assert_allclose(found.sigma, 0.0, atol=1e-9)
    assert found.rank.tolist() == [1, 2, 3, 4]
    assert found.rank_low.tolist() == found.rank_high.tolist() == [1, 2, 3, 4]


def test_as_salib_finds_it() -> None:
    from SALib.analyze import morris

    points = trajectories(3, 20)
    values = points[..., 0] * points[..., 1] + np.sin(3.0 * points[..., 2])
    found = elementary_effects(effects_of(points, values[..., None], STEP))
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0.0, 1.0]] * 3}
    theirs = morris.analyze(problem, points.reshape(-1, 3), values.ravel(), num_levels=4, num_resamples=2)
    np.testing.assert_allclose(found.mu_star, theirs["mu_star"])
    np.testing.assert_allclose(found.mu, theirs["mu"])
    np.testing.assert_allclose(found.sigma, theirs["sigma"])


def test_chance_gives_a_factor_without_effect_what_is_said() -> None:
    noise = np.random.default_rng(2).standard_normal((400, 4, 3))
    found = found_for(np.array([5.0, 0.0, 0.0]), noise, 400)
    np.testing.assert_allclose(found.mu_star[1:], found.noise[1:], rtol=0.15)
    assert found.mu_star_low[0] > 10.0 * found.noise[0] / 5.0
    np.testing.assert_allclose(found.sigma, 0.0, atol=0.6)  # 1.2 with what chance adds


def test_ranks_that_chance_decides_have_wide_intervals() -> None:
    noise = np.random.default_rng(2).standard_normal((20, 4, 2))
    found = found_for(np.array([9.0, 1.0, 1.0]), noise, 20)
    assert (found.rank_low[0], found.rank_high[0]) == (1, 1)
    assert {*found.rank_low[1:].tolist(), *found.rank_high[1:].tolist()} == {2.0, 3.0}


def test_a_missing_run_takes_out_its_effects_alone() -> None:
    points = trajectories(3, 10)
    values = (points @ np.array([1.0, 2.0, 3.0]))[..., None].copy()
    values[4, 0] = np.nan
    found = elementary_effects(effects_of(points, values, STEP))
    assert sorted(found.trajectories.tolist()) == [9, 10, 10]
    np.testing.assert_allclose(found.mu_star, [1.0, 2.0, 3.0])


def test_what_cannot_be_had_is_refused() -> None:
    with pytest.raises(InputError, match="need 4 whole trajectories or more"):
        found_for(np.ones(3), number=3)
    with pytest.raises(InputError, match="must change one factor"):
        effects_of(np.zeros((5, 4, 3)), np.zeros((5, 4, 1)), STEP)
