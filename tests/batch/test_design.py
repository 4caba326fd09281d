from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.batch.design import Design
from sim.batch.factors import DISTRIBUTIONS, Factor, applied
from sim.batch.methods import NESTED, points_of
from sim.errors import InputError
from sim.scenarios.scenario import load_scenario

BASE = load_scenario("baseline")
MONEY = Factor("subsidy", "lever", 0.0, 1_000.0, start=2019)
COVER = Factor("esg_finance.guarantee_cover", "lever", 0.1, 0.9)
RATE = Factor("posting_rate", "uncertainty", 0.1, 10.0, scale="log")
AWARD = Factor("award", "rule", values=("scored", "need_weighted", "lottery"))
TARGET = Factor("national_target", "event", values=("2019Q1", "never"))
ABROAD = Factor("international", "module", values=(False, True))
ALL = (MONEY, COVER, RATE, AWARD, TARGET, ABROAD)


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


@given(st.sampled_from(DISTRIBUTIONS), st.sampled_from(["linear", "log"]), st.floats(0, 1), st.floats(0, 1))
def test_quantiles_rise_and_stay_in_the_range(distribution: str, scale: str, u: float, v: float) -> None:
    factor = Factor("x", "uncertainty", 0.5, 8.0, scale, distribution)
    low, high = sorted((u, v))
    values = [factor.at(low), factor.at(high)]
    assert 0.5 - 1e-9 <= values[0] <= values[1] <= 8.0 + 1e-9


def test_distributions_have_their_shape() -> None:
    u = (np.arange(20_000) + 0.5) / 20_000
    shares = {}
    for distribution in DISTRIBUTIONS:
        values = np.array([Factor("x", "uncertainty", 0.0, 1.0, distribution=distribution).at(x) for x in u])
        assert values.mean() == pytest.approx(0.5, abs=1e-3)
        shares[distribution] = np.mean(np.abs(values - 0.5) < 0.25)
    assert shares["uniform"] == pytest.approx(0.5, abs=0.01)
    assert shares["triangular"] == pytest.approx(0.75, abs=0.01)
    assert shares["normal"] == pytest.approx(0.6729 / 0.95, abs=0.01)  # P(|Z| < 0.98) of the central 95%


def test_a_point_is_laid_over_the_scenario() -> None:
    point = (700.0, 0.8, 2.0, "lottery", "never", True)
    scenario = applied(BASE, ALL, point)
    words = {
        "levers": {"subsidy": {2019: 700.0}, "esg_finance": {"guarantee_cover": 0.8}},
        "parameters": {"posting_rate": 2.0},
        "rules": {"award": "lottery"},
        "modules": {"international": True},
        "calendar": {"national_target": "never"},
    }
    assert scenario.digest() == BASE.overlaid("same", **words).digest()
    assert applied(BASE, ALL, (None,) * 6) == BASE
    later = applied(BASE, (Factor("posting_rate", "uncertainty", 0.1, 9.0, start=12),), (2.0,))
    assert later.parameters["posting_rate"] == {0: 0.55, 12: 2.0}


def design(method: str, points: list[tuple[float, ...]]) -> Design:
    return Design(method, (MONEY,), tuple(points))


@pytest.mark.parametrize("method", NESTED)
def test_nested_designs_grow_behind_what_is_there(method: str) -> None:
    before = design(method, [(1.0,), (3.0,)])
    wider = design(method, [(1.0,), (2.0,), (3.0,), (4.0,)])
    assert wider.grown_from(before.points).points == ((1.0,), (3.0,), (2.0,), (4.0,))
    assert before.grown_from(wider.points).points == wider.points
    with pytest.raises(InputError, match="another design"):
        design(method, [(9.0,)]).grown_from(before.points)


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
