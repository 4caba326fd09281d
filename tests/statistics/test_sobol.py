from __future__ import annotations

import numpy as np
import pytest

from sim.errors import InputError
from sim.statistics.sobol import Indices, Sampled, convergence, size_for, sobol_indices
from tests.statistics.functions import (
    ISHIGAMI_FIRST,
    ISHIGAMI_TOTAL,
    ISHIGAMI_VARIANCE,
    Floats,
    cube,
    g_function,
    g_indices,
    ishigami,
)

SAMPLES, NOISE = 1024, 3.0


def saltelli(factors: int, samples: int = SAMPLES, seed: int = 1) -> Floats:
    return cube("saltelli", factors, seed, samples=samples).reshape(samples, factors + 2, factors)


def with_own_seeds(values: Floats, replicates: int, seed: int = 0) -> Sampled:
    noise = NOISE * np.random.default_rng(seed).standard_normal((*values.shape, replicates))
    return Sampled.of_rows(values[..., None] + noise)


def with_the_same_seeds(values: Floats, replicates: int, seed: int = 0) -> Sampled:
    noise = NOISE * np.random.default_rng(seed).standard_normal(replicates)
    return Sampled.of_rows(values[..., None] + noise)


def holds(found: Indices, first: Floats, total: Floats) -> bool:
    return bool(
        (found.first_low <= first).all()
        and (first <= found.first_high).all()
        and (found.total_low <= total).all()
        and (total <= found.total_high).all()
    )


def test_ishigami_without_noise() -> None:
    found = sobol_indices(Sampled.of_rows(ishigami(saltelli(3))[..., None]))
    np.testing.assert_allclose(found.total, ISHIGAMI_TOTAL, atol=0.03)
    np.testing.assert_allclose(found.first, ISHIGAMI_FIRST, atol=0.03)
    assert holds(found, ISHIGAMI_FIRST, ISHIGAMI_TOTAL)
    assert found.variance == pytest.approx(ISHIGAMI_VARIANCE, rel=0.02)
    assert found.interactions == pytest.approx(1.0 - ISHIGAMI_FIRST.sum(), abs=0.05)


def test_noise_of_seeds_of_their_own_is_taken_off() -> None:
    """Noise of sd 3 alone makes the total indices .73, .66 and .54 with one replicate."""
    values = ishigami(saltelli(3))
    plain = sobol_indices(with_own_seeds(values, 2))
    assert (plain.total > ISHIGAMI_TOTAL + 0.1).all()
    found = sobol_indices(with_own_seeds(values, 2), independent=True)
    assert holds(found, ISHIGAMI_FIRST, ISHIGAMI_TOTAL)
    np.testing.assert_allclose(found.total, ISHIGAMI_TOTAL, atol=0.06)


def test_the_same_seeds_need_no_correction_and_spread_less() -> None:
    values = ishigami(saltelli(3, 256))
    same = np.array([sobol_indices(with_the_same_seeds(values, 2, seed)).total for seed in range(30)])
    own = np.array([sobol_indices(with_own_seeds(values, 2, seed), True).total for seed in range(30)])
    np.testing.assert_allclose(own.mean(axis=0), ISHIGAMI_TOTAL, atol=0.06)
    np.testing.assert_allclose(same.mean(axis=0), ISHIGAMI_TOTAL, atol=0.06)
    assert (same.std(axis=0) < own.std(axis=0) / 3.0).all()


def test_g_function_with_noise() -> None:
    a = np.array([0.0, 1.0, 4.5, 9.0, 99.0])
    first, total = g_indices(a)
    found = sobol_indices(with_own_seeds(10.0 * g_function(saltelli(5, 2048), a), 2), independent=True)
    assert holds(found, first, total)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    held = np.zeros(6)
    trials = 100
    for seed in range(trials):
        values = ishigami(saltelli(3, 256, seed))
        found = sobol_indices(with_own_seeds(values, 2, seed), True, resamples=300)
        held[:3] += (found.first_low <= ISHIGAMI_FIRST) & (found.first_high >= ISHIGAMI_FIRST)
        held[3:] += (found.total_low <= ISHIGAMI_TOTAL) & (found.total_high >= ISHIGAMI_TOTAL)
    assert (held / trials > 0.88).all(), held / trials


def test_missing_runs_take_their_base_sample_out() -> None:
    values = ishigami(saltelli(3, 64))[..., None].repeat(2, axis=2)
    gaps = values.copy()
    gaps[5, 2, 1] = np.nan
    found = sobol_indices(Sampled.of_rows(gaps))
    assert found.samples == 63
    without = sobol_indices(Sampled.of_rows(np.delete(values, 5, axis=0)))
    np.testing.assert_array_equal(found.total, without.total)


def test_convergence_goes_through_powers_of_two() -> None:
    steps = convergence(with_the_same_seeds(ishigami(saltelli(3, 128)), 2))
    assert list(steps) == [16, 32, 64, 128]
    widths = [float((step.total_high - step.total_low).max()) for step in steps.values()]
    assert widths[-1] < widths[0]


def widest(found: Indices) -> float:
    return float(max((found.first_high - found.first_low).max(), (found.total_high - found.total_low).max()))


def test_the_size_for_a_precision_is_about_right() -> None:
    values = ishigami(saltelli(3, 256))
    first = sobol_indices(with_the_same_seeds(values, 1))
    needed = size_for(256, widest(first) / 2.0, 0.05)
    found = sobol_indices(with_the_same_seeds(ishigami(saltelli(3, needed)), 1))
    assert 0.02 < widest(found) / 2.0 < 0.07


@pytest.mark.parametrize(
    ("values", "independent", "line"),
    [
        (np.ones((4, 5, 2)), False, "need 8 whole base samples or more, and there are 4"),
        (np.ones((16, 5, 1)), True, "cannot be told from parameters with 1 replicate a point"),
        (np.ones((16, 5, 2)), False, "varies no more than chance"),
    ],
)
def test_what_cannot_be_had_is_refused(values: Floats, independent: bool, line: str) -> None:
    with pytest.raises(InputError, match=line):
        sobol_indices(Sampled.of_rows(values), independent)
