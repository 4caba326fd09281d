from __future__ import annotations

import tracemalloc
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.batch.factors import Factor
from sim.batch.methods import METHODS, MOST_POINTS, MOST_VALUES, NEEDED, points_of, size_of
from sim.errors import InputError
from tests.batch.some_factors import ABROAD, ALL, AWARD, COVER, MATCHING, MONEY, RATE, some_factors


def column(points: list[tuple[object, ...]], factors: tuple[Factor, ...], factor: Factor) -> list[object]:
    return [point[factors.index(factor)] for point in points]


def test_a_grid_has_every_combination_once() -> None:
    points = points_of("grid", ALL, 1, {"levels": 3})
    assert len(points) == len(set(points)) == 3 * 3 * 3 * 3 * 2 * 2
    assert sorted(set(column(points, ALL, MONEY))) == [0.0, 500.0, 1_000.0]
    assert sorted(set(column(points, ALL, RATE))) == pytest.approx([0.1, 1.0, 10.0])


def test_one_at_a_time_starts_from_the_scenario_itself() -> None:
    points = points_of("oat", ALL, 1, {})
    assert points[0] == (None,) * len(ALL)
    assert len(points) == 1 + 2 + 2 + 2 + 3 + 2 + 2
    assert all(sum(value is not None for value in point) == 1 for point in points[1:])


@pytest.mark.parametrize("method", ["lhs", "sobol"])
def test_space_filling_designs_fill_every_stratum(method: str) -> None:
    points = points_of(method, (MONEY, COVER), 5, {"samples": 64})
    for low, high, values in ((0.0, 1_000.0, [p[0] for p in points]), (0.1, 0.9, [p[1] for p in points])):
        strata = np.floor((np.array(values, float) - low) / (high - low) * 64).astype(int)
        assert sorted(strata) == list(range(64))


def test_log_scale_spreads_over_orders_of_magnitude() -> None:
    values = np.array([p[0] for p in points_of("sobol", (RATE,), 1, {"samples": 256})], float)
    assert np.mean(values < 1.0) == pytest.approx(0.5, abs=0.01)
    assert values.min() >= 0.1 and values.max() <= 10.0


def test_morris_changes_one_factor_at_a_step() -> None:
    factors = (MONEY, COVER, RATE)
    points = points_of("morris", factors, 3, {"trajectories": 5})
    assert len(points) == 5 * (len(factors) + 1)
    for start in range(0, len(points), len(factors) + 1):
        for one, other in pairwise(points[start : start + len(factors) + 1]):
            assert sum(a != b for a, b in zip(one, other, strict=True)) == 1


def test_saltelli_has_the_blocks_that_sobol_indices_need() -> None:
    points = points_of("saltelli", (MONEY, COVER, RATE), 3, {"samples": 16})
    assert len(points) == 16 * (3 + 2)


def test_saltelli_points_give_known_sobol_indices() -> None:
    """y = 3 a + b on the unit square: first-order indices 0.9 and 0.1."""
    from SALib.analyze import sobol

    factors = (Factor("a", "uncertainty", 0.0, 1.0), Factor("b", "uncertainty", 0.0, 1.0))
    points = np.array(points_of("saltelli", factors, 3, {"samples": 1024}), float)
    problem = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0, 1]] * 2}
    found = sobol.analyze(problem, 3 * points[:, 0] + points[:, 1], calc_second_order=False, seed=1)
    assert found["S1"] == pytest.approx([0.9, 0.1], abs=0.02)


def test_a_fractional_factorial_is_balanced_and_orthogonal() -> None:
    factors = tuple(Factor(f"x{n}", "uncertainty", -1.0, 1.0) for n in range(5))
    points = np.array(points_of("fractional", factors, 1, {}), float)
    assert set(points.ravel()) == {-1.0, 1.0}
    assert len(points) < 2**5 + 1
    assert (points.sum(axis=0) == 0).all()
    products = points.T @ points
    assert (products == np.diag(np.diag(products))).all()


@pytest.mark.parametrize("method", ["lhs", "sobol", "saltelli", "morris"])
def test_points_depend_on_the_seed_alone(method: str) -> None:
    options = {"trajectories": 4} if method == "morris" else {"samples": 8}
    first, again, other = (points_of(method, ALL[:3], seed, options) for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize("method", ["sobol", "saltelli"])
def test_longer_sequences_begin_with_the_shorter(method: str) -> None:
    short, long = (points_of(method, ALL[:3], 7, {"samples": n}) for n in (16, 64))
    assert long[: len(short)] == short


@pytest.mark.parametrize("method", ["sobol", "saltelli"])
def test_samples_must_be_a_power_of_two(method: str) -> None:
    with pytest.raises(InputError, match=r"powers? of 2"):
        points_of(method, ALL[:3], 7, {"samples": 100})


@given(st.sampled_from([method for method in METHODS if method != "table"]), some_factors, st.integers(0, 4))
@settings(max_examples=60)
def test_the_number_of_points_is_known_before_any_is_drawn(
    method: str, factors: tuple[Factor, ...], power: int
) -> None:
    if method in ("morris", "fractional"):
        factors = tuple(factor for factor in factors if factor.values is None) or (MONEY,)
    options = {NEEDED[method]: 2**power + (method == "morris")} if method in NEEDED else {}
    assert len(points_of(method, factors, 1, options)) == size_of(method, factors, options)


LARGE: dict[str, tuple[str, dict[str, Any], int, str]] = {
    "grid": ("grid", {"levels": 1_000}, 3, f"1,000,000,000 points are more than the {MOST_POINTS:,}"),
    "grid of many": ("grid", {"levels": 1_000}, 200, f"points are more than the {MOST_POINTS:,}"),
    "lhs": ("lhs", {"samples": 10_000_000}, 190, f"1,900,000,000 values, more than the {MOST_VALUES:,}"),
    "sobol": ("sobol", {"samples": 2**23}, 10, f"more than the {MOST_VALUES:,}"),
    "saltelli": ("saltelli", {"samples": 2**20}, 10, f"12,582,912 points are more than the {MOST_POINTS:,}"),
    "morris": (
        "morris",
        {"trajectories": 100_000},
        190,
        f"19,100,000 points are more than the {MOST_POINTS:,}",
    ),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_design_is_counted_before_it_is_built(name: str) -> None:
    method, options, number, words = LARGE[name]
    factors = tuple(Factor(f"x{n}", "uncertainty", 0.0, 1.0) for n in range(number))
    tracemalloc.start()
    with pytest.raises(InputError, match=words):
        points_of(method, factors, 1, options)
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_a_fractional_design_runs_no_more_than_two_values() -> None:
    with pytest.raises(
        InputError, match="runs two values of a factor, and award has 3; give two, or take a grid"
    ):
        points_of("fractional", (MONEY, AWARD), 1, {})
    with pytest.raises(InputError, match="and one has 1"):
        points_of("fractional", (Factor("one", "lever", values=(1.0,)),), 1, {})
    points = points_of("fractional", (MONEY, ABROAD, MATCHING), 1, {})
    assert [len(set(column)) for column in zip(*points, strict=True)] == [2, 2, 2]


@pytest.mark.parametrize(("number", "levels"), [(3, 4), (5, 4), (1, 4), (3, 6), (4, 6), (8, 4)])
def test_morris_refuses_values_that_would_take_unequal_steps(number: int, levels: int) -> None:
    factor = Factor("five", "uncertainty", values=tuple(map(float, range(number))))
    with pytest.raises(InputError, match=f"must be even and divide {levels}, and five has {number}"):
        points_of("morris", (MONEY, factor), 1, {"trajectories": 5, "levels": levels})


@pytest.mark.parametrize("levels", [3, 5])
def test_morris_refuses_an_odd_number_of_levels(levels: int) -> None:
    with pytest.raises(InputError, match=f"an even number of levels, not {levels}"):
        points_of("morris", (MONEY, COVER), 1, {"trajectories": 5, "levels": levels})


@given(
    st.sampled_from([(2, 4), (4, 4), (2, 6), (6, 6), (2, 8), (4, 8), (8, 8), (4, 12), (6, 12)]),
    st.integers(0, 99),
)
@settings(max_examples=30)
def test_every_step_of_morris_goes_over_half_of_the_values(sizes: tuple[int, int], seed: int) -> None:
    number, levels = sizes
    factors = (Factor("chosen", "uncertainty", values=tuple(map(float, range(number)))), RATE)
    points = points_of("morris", factors, seed, {"trajectories": 60, "levels": levels})
    chosen = np.array([point[0] for point in points], float).reshape(60, len(factors) + 1)
    steps = np.abs(np.diff(chosen, axis=1))
    assert set(steps.sum(axis=1)) == {number / 2}  # one step each, all of them as wide
    assert set(chosen.ravel()) == set(range(number))
    assert len({point[1] for point in points}) == levels  # no level is two numbers that differ by rounding


def test_ranges_of_every_method_end_where_they_are_said_to() -> None:
    factors = (Factor("a", "uncertainty", 0.005, 0.15), Factor("b", "uncertainty", 0.18, 1.65, scale="log"))
    for method, options in (
        ("grid", {"levels": 4}),
        ("oat", {}),
        ("fractional", {}),
        ("morris", {"trajectories": 9}),
    ):
        points = points_of(method, factors, 1, options)
        for number, factor in enumerate(factors):
            values = [value for point in points if isinstance(value := point[number], float)]
            assert (min(values), max(values)) == (factor.low, factor.high), method
