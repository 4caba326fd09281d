"""Fronts with known shapes, hypervolume against another library, allocation where points are near or far."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import InputError
from sim.statistics.fronts import allocation, close, hypervolume, measured, non_dominated, typical


def circle(points: int) -> np.ndarray:
    """Points on a quarter of a circle, none of which dominates another."""
    angle = np.linspace(0.0, np.pi / 2, points)
    return np.column_stack([np.cos(angle), np.sin(angle)])


def test_what_no_other_point_beats_is_on_the_front() -> None:
    values = np.array([[3.0, 1.0], [2.0, 2.0], [1.0, 3.0], [2.0, 1.0], [3.0, 1.0], [1.0, 2.9]])
    assert non_dominated(values).tolist() == [True, True, True, False, True, False]


def test_hypervolume_of_boxes_is_that_of_their_union() -> None:
    assert hypervolume(np.array([[2.0, 1.0], [1.0, 2.0]]), [0.0, 0.0]) == 3.0
    assert hypervolume(np.array([[2.0, 1.0, 1.0], [1.0, 2.0, 1.0], [1.0, 1.0, 2.0]]), [0, 0, 0]) == 4.0
    assert hypervolume(np.array([[1.0, -1.0]]), [0.0, 0.0]) == 0.0  # no better than the reference in one
    assert hypervolume(np.array([[7.0]]), [3.0]) == 4.0


@pytest.mark.parametrize("objectives", [2, 3, 4])
def test_hypervolume_is_that_of_optuna(objectives: int) -> None:
    compute = pytest.importorskip("optuna._hypervolume").compute_hypervolume
    values = np.random.default_rng(objectives).random((30, objectives))
    ours = hypervolume(values, np.zeros(objectives))
    assert ours == pytest.approx(compute(-values, np.zeros(objectives)))


def test_a_front_of_noisy_values_flatters_itself_and_fresh_draws_tell() -> None:
    """Sixty points on a circle of radius 1, each run four times with noise: what is picked looks too good."""
    truth, noise = circle(60), 0.15
    claimed, again, true = [], [], []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        seen = truth + rng.normal(0, noise, (4, *truth.shape))
        picked = non_dominated(seen.mean(axis=0))
        fresh = truth[picked] + rng.normal(0, noise, (200, int(picked.sum()), 2))
        claimed.append(hypervolume(seen.mean(axis=0), [0, 0]))
        again.append(hypervolume(fresh.mean(axis=0), [0, 0]))
        true.append(hypervolume(truth[picked], [0, 0]))
    assert np.mean(claimed) > np.mean(true) + 0.05
    assert np.mean(again) == pytest.approx(np.mean(true), abs=0.02)


def test_the_interval_of_a_hypervolume_holds_the_true_one() -> None:
    truth, held = circle(6), 0
    for seed in range(100):
        draws = truth + np.random.default_rng(seed).normal(0, 0.2, (30, *truth.shape))
        found = measured(draws, [0, 0], resamples=200, seed=seed)
        assert found.bias > 0.0 or found.bias == pytest.approx(0.0, abs=0.02)
        held += found.low <= hypervolume(truth, [0, 0]) <= found.high
    assert held >= 85


def test_a_point_is_out_only_where_it_is_shown_to_be_dominated() -> None:
    truth = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0], [0.97, -0.03]])
    rng = np.random.default_rng(4)
    draws = truth + rng.normal(0, 3, (20, 1, 1)) + rng.normal(0, 0.2, (20, 4, 2))
    assert close(draws).tolist() == [True, True, False, True]


def test_runs_go_where_points_compete_and_add_up() -> None:
    truth = np.array([[1.0, 0.0], [0.98, -0.02], [0.0, 1.0], [-3.0, -3.0], [-4.0, -3.0]])
    draws = truth + np.random.default_rng(5).normal(0, 0.1, (10, 5, 2))
    given = allocation(draws, 200, least=4)
    assert given.sum() == 200 and given.min() >= 4
    assert given[:2].sum() > 150 and given[3:].max() < 20


def test_of_one_replicate_there_is_no_noise_to_go_by() -> None:
    with pytest.raises(InputError, match="two replicates"):
        allocation(np.zeros((1, 3, 2)), 10)
    with pytest.raises(InputError, match="two replicates"):
        close(np.zeros((1, 3, 2)))


def test_a_few_points_stand_for_a_front() -> None:
    front = circle(101)
    assert typical(front, 5).tolist()[:3] == [0, 100, 50]  # the best of each, then the balanced one
    assert sorted(typical(front, 5).tolist()) == pytest.approx([0, 25, 50, 75, 100], abs=1)
    assert typical(front[:2], 5).tolist() == [0, 1]
