from __future__ import annotations

import numpy as np
import pytest

from sim.errors import InputError
from sim.statistics.given_data import given_data_indices, pawn, pawn_null, regional_sensitivity, spread_out
from tests.statistics.functions import ISHIGAMI_FIRST, ISHIGAMI_VARIANCE, cube, ishigami


def test_pawn_is_salibs() -> None:
    from SALib.analyze import pawn as salib

    points = cube("lhs", 3, samples=500)
    values = np.round(ishigami(points), 1)
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0.0, 1.0]] * 3}
    theirs = salib.analyze(problem, points, values, S=10)["median"]
    np.testing.assert_allclose(pawn(points, values), theirs, atol=0.011)  # it leaves out the largest point


def test_first_order_indices_of_ishigami_with_noise() -> None:
    points = cube("lhs", 4, samples=1_000)
    values = ishigami(points[:, :3]) + 3.0 * np.random.default_rng(1).standard_normal(1_000)
    found = given_data_indices(points, values)
    truth = np.append(ISHIGAMI_FIRST, 0.0) * ISHIGAMI_VARIANCE / (ISHIGAMI_VARIANCE + 9.0)
    assert ((found.first_low <= truth) & (truth <= found.first_high)).all()
    assert (found.pawn[:2] > found.null).all() and found.pawn[3] < found.null


def test_factors_without_influence_stay_below_the_null_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    above = []
    for _ in range(10):
        values = rng.random(100)
        above.append(pawn(rng.random((100, 50)), values) > pawn_null(values, rng))
    assert 0.01 < np.mean(above) < 0.12


def test_factors_of_few_values() -> None:
    values = np.repeat([0.25, 0.75], 200)[:, None]
    points = np.column_stack([values, np.random.default_rng(1).random(400)])
    spread = spread_out(points, (2, 0))
    assert ((spread[:200, 0] < 0.5) & (spread[200:, 0] >= 0.5)).sum() == 200
    np.testing.assert_array_equal(spread[:, 1], points[:, 1])
    found = given_data_indices(spread, points[:, 0] + 0.01 * points[:, 1])
    assert found.pawn[0] == pytest.approx(0.5, abs=0.02)


def test_regional_sensitivity_finds_what_decides() -> None:
    rng = np.random.default_rng(4)
    points = rng.random((300, 4))
    yes = ((points[:, 0] > 0.6) & (rng.random(300) < 0.8)).astype(np.float64)
    found = regional_sensitivity(points, yes)
    assert found.p_adjusted[0] < 0.01 and (found.p_adjusted[1:] > 0.05).all()
    assert found.toward[0] > 0.3
    assert found.share == pytest.approx(yes.mean())


def test_replicates_of_a_point_are_no_more_points() -> None:
    """Shares of replicates give the p values that points deserve, not runs."""
    rng = np.random.default_rng(8)
    p = [
        regional_sensitivity(rng.random((40, 1)), rng.integers(0, 2, 40).astype(np.float64), seed).p[0]
        for seed in range(60)
    ]
    assert np.mean(np.array(p) < 0.1) < 0.25


def test_what_cannot_be_had_is_refused() -> None:
    points = np.random.default_rng(1).random((80, 2))
    with pytest.raises(InputError, match="need 60 points or more, and there are 20"):
        given_data_indices(points[:20], points[:20, 0])
    with pytest.raises(InputError, match="never varies"):
        given_data_indices(points, np.ones(80))
    with pytest.raises(InputError, match="all 80 points say yes"):
        regional_sensitivity(points, np.ones(80))
    with pytest.raises(InputError, match="of no point is it known"):
        regional_sensitivity(points, np.full(80, np.nan))


def test_an_outcome_that_one_point_alone_changes_has_an_interval(recwarn: pytest.WarningsRecorder) -> None:
    points = np.random.default_rng(1).random((80, 2))
    found = given_data_indices(points, (np.arange(80) == 3).astype(float))
    assert np.isfinite([found.first_low, found.first_high]).all() and not len(recwarn)
