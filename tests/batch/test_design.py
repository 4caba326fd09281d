from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.batch.design import Design
from sim.batch.factors import Factor, Point
from sim.batch.methods import NESTED, points_of
from sim.errors import InputError
from sim.scenarios.scenario import load_scenario
from tests.batch.some_factors import ABROAD, AWARD, MATCHING, MONEY, RATE, some_factors

BASE = load_scenario("baseline")


def design(method: str, points: list[tuple[float, ...]]) -> Design:
    return Design(method, (MONEY,), tuple(points))


def drawn(method: str, factors: tuple[Factor, ...], **options: Any) -> Design:
    return Design(method, factors, tuple(points_of(method, factors, 5, options)), options)


def sequences(factors: tuple[Factor, ...], method: str, powers: Sequence[int]) -> list[Design]:
    return [drawn(method, factors, samples=2**power) for power in powers]


@given(st.sampled_from(["sobol", "saltelli"]), some_factors, st.integers(0, 4), st.integers(1, 3))
@settings(max_examples=60)
def test_a_grown_sequence_is_the_fresh_one(
    method: str, factors: tuple[Factor, ...], power: int, more: int
) -> None:
    """Equal points included, which choices make: estimators go by the place of a point."""
    before, fresh = sequences(factors, method, (power, power + more))
    assert fresh.grown_from(before.points) == fresh


@given(st.lists(st.integers(1, 3), min_size=1, max_size=3), st.integers(1, 3))
def test_a_grown_grid_is_the_fresh_one(numbers: list[int], more: int) -> None:
    def grid(numbers: list[int]) -> Design:
        factors = [
            Factor(f"x{place}", "uncertainty", values=tuple(map(float, range(number))))
            for place, number in enumerate(numbers)
        ]
        return drawn("grid", tuple(factors))

    before, fresh = grid(numbers), grid([numbers[0] + more, *numbers[1:]])
    assert fresh.grown_from(before.points) == fresh
    assert before.grown_from(fresh.points) == fresh  # what is there is not taken away


points_of_tables = st.lists(st.tuples(st.none() | st.sampled_from([1.0, 2.0])), min_size=1, max_size=6)


@given(points_of_tables, points_of_tables)
def test_a_grown_table_is_the_fresh_one(before: list[Point], more: list[Point]) -> None:
    fresh = Design("table", (MONEY,), (*before, *more))
    assert fresh.grown_from(before) == fresh


def test_equal_points_are_kept_when_a_design_grows() -> None:
    """The case of the issue: 8 to 64 base samples gave 200 of 256 points."""
    before, fresh = sequences((MATCHING, MONEY), "saltelli", (3, 6))
    assert len(set(fresh.points)) < len(fresh.points) == 256
    assert fresh.grown_from(before.points).points == fresh.points
    before, fresh = sequences((MATCHING, ABROAD), "saltelli", (3, 6))
    assert fresh.grown_from(before.points).points == fresh.points and len(fresh.points) == 256
    before, fresh = sequences((MONEY,), "saltelli", (3, 4))
    assert len(fresh.grown_from(before.points).points) == 48


def test_sobol_indices_of_a_grown_design_are_those_of_the_fresh_one() -> None:
    from SALib.analyze import sobol

    before, fresh = sequences((MATCHING, MONEY), "saltelli", (3, 8))
    grown = fresh.grown_from(before.points)
    answer = np.array([point[1] for point in grown.points], float) + 1e-9 * np.arange(len(grown.points))
    problem = {"num_vars": 2, "names": ["matching", "subsidy"], "bounds": [[0, 1]] * 2}
    found = sobol.analyze(problem, answer, calc_second_order=False, seed=1)
    assert found["S1"] == pytest.approx([0.0, 1.0], abs=0.03)


@given(st.sampled_from(["sobol", "saltelli"]), some_factors, st.integers(0, 3), st.integers(1, 3))
@settings(max_examples=30)
def test_asking_for_less_takes_nothing_away_and_says_what_is_there(
    method: str, factors: tuple[Factor, ...], power: int, more: int
) -> None:
    fewer, there = sequences(factors, method, (power, power + more))
    assert fewer.grown_from(there.points) == there


@pytest.mark.parametrize("method", NESTED)
def test_what_is_stored_keeps_its_number_or_the_design_is_another(method: str) -> None:
    before = design(method, [(1.0,), (3.0,)])
    for other in ([(9.0,)], [(3.0,), (1.0,)], [(1.0,), (2.0,), (3.0,)]):
        with pytest.raises(
            InputError, match=r"does not begin with the 2 points .* another design; .* grows by"
        ):
            design(method, other).grown_from(before.points)


def test_a_grid_grows_by_values_at_the_end_of_its_first_factor_only() -> None:
    two = Factor("a", "uncertainty", values=(1.0, 2.0))
    three = Factor("a", "uncertainty", values=(1.0, 2.0, 3.0))
    before = drawn("grid", (two, two))
    assert drawn("grid", (three, two)).grown_from(before.points).points[:4] == before.points
    with pytest.raises(InputError, match="a grid grows by values at the end of its first factor"):
        drawn("grid", (two, three)).grown_from(before.points)


@pytest.mark.parametrize("method", ["lhs", "morris", "oat", "fractional"])
def test_other_designs_refuse_to_grow(method: str) -> None:
    before = design(method, [(1.0,), (3.0,)])
    assert design(method, [(1.0,), (3.0,)]).grown_from(before.points).points == before.points
    with pytest.raises(InputError, match=f"a {method} design cannot grow"):
        design(method, [(1.0,), (3.0,), (4.0,)]).grown_from(before.points)


def test_a_part_numbers_points_as_the_whole() -> None:
    whole = design("grid", [(float(n),) for n in range(10)])
    part = whole.part(range(4, 7))
    assert [part.applied(BASE, n).levers["subsidy"][2019] for n in (4, 5, 6)] == [4.0, 5.0, 6.0]
    assert len(part.points) == 3


@given(st.sampled_from(["lhs", "sobol", "saltelli"]), some_factors)
@settings(max_examples=30)
def test_points_lie_in_the_unit_cube(method: str, factors: tuple[Factor, ...]) -> None:
    made = drawn(method, factors, samples=8)
    cube = made.unit()
    assert cube.shape == (len(made.points), len(factors))
    for row, point in zip(cube, made.points, strict=True):
        for factor, u, value in zip(factors, row, point, strict=True):
            assert 0.0 <= u <= 1.0
            assert factor.at(float(u)) == (pytest.approx(value, rel=1e-9) if factor.values is None else value)


def test_the_unit_cube_of_a_design_one_at_a_time_is_empty_but_for_the_factor() -> None:
    cube = drawn("oat", (MONEY, AWARD)).unit()
    assert np.isnan(cube[0]).all()
    assert cube[1:3, 0].tolist() == [0.0, 1.0] and np.isnan(cube[1:3, 1]).all()
    assert cube[3:, 1].tolist() == pytest.approx([1 / 6, 1 / 2, 5 / 6])


def test_points_of_no_factors_have_no_coordinates() -> None:
    assert Design("table", (), ((), ())).unit().shape == (2, 0)
    assert math.isnan(Design("table", (MONEY,), ((None,),)).unit()[0, 0])


def test_values_that_never_run_are_known() -> None:
    five = Factor("five", "uncertainty", values=(1.0, 2.0, 3.0, 4.0, 5.0))
    assert drawn("grid", (five, RATE)).never_run() == {}
    few = drawn("lhs", (five, RATE), samples=3)
    assert set(few.never_run()) == {"five"} and len(few.never_run()["five"]) == 2
    assert drawn("lhs", (five, RATE), samples=5).never_run() == {}
    assert Design("table", (five,), ((None,), (2.0,))).never_run() == {}, "None: what the scenario says"
