"""P7: bounds lie above what they bound, and a ranking by bounds is that of a whole sort."""

from __future__ import annotations

import math
from itertools import product

import numba
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.acts import ranking
from sim.acts.bounds import LEAST_UNIT, nearness_at_most, normal_at_most
from sim.agents.company import nearness
from sim.kernel.draws import normals_of, unit
from sim.kernel.parameters import Search
from sim.kernel.state import Clock, Columns
from sim.kernel.world import GOALS, Traits
from sim.simulation.run import Simulation
from tests.identities.cases import with_parameters

Integers = npt.NDArray[np.int64]
words = st.integers(0, 2**64 - 1)

#: First and last words of all cells of the table of bounds, and of quarters of them.
EDGES = [
    (cell << shift) + step for shift in (58, 56) for cell in range(2 ** (64 - shift)) for step in (0, -1)
]


@given(radial=words, angular=words)
def test_no_normal_number_lies_above_its_bound(radial: int, angular: int) -> None:
    assert normals_of(np.uint64(radial), np.uint64(angular))[0] <= normal_at_most(
        np.uint64(radial), np.uint64(angular)
    )


def test_no_normal_number_lies_above_its_bound_at_the_edges() -> None:
    edges = [np.uint64(word % 2**64) for word in EDGES]
    for radial, angular in product(edges[::3], edges):
        assert normals_of(radial, angular)[0] <= normal_at_most(radial, angular)


def test_the_least_uniform_number_is_the_one_that_bounds_know() -> None:
    assert unit(np.uint64(0)) == LEAST_UNIT


def test_bounds_of_normal_numbers_are_close() -> None:
    word = np.random.default_rng(1).integers(0, 2**64, (20_000, 2), np.uint64)
    gaps = [normal_at_most(*pair) - normals_of(*pair)[0] for pair in word]
    assert np.mean(gaps) < 0.15


@given(
    km=st.floats(0.0, 1e5) | st.sampled_from((0.0, math.ulp(0.0), 1e300)),
    scale=st.floats(1e-3, 1e6) | st.sampled_from((math.ulp(0.0), 1e-300)),
    national=st.integers(0, 1),
    least=st.floats(0.0, 1.0),
)
def test_nothing_is_nearer_than_its_bound(km: float, scale: float, national: int, least: float) -> None:
    assert nearness(km, scale, national, least) <= nearness_at_most(km, scale, national, least)


@numba.njit(error_model="numpy")  # type: ignore[untyped-decorator] # numba has no types
def ranked_and_appeals(
    clock: Clock, search: Search, world: Traits, state: Columns, i: int, seen: Integers
) -> tuple[Integers, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Companies as ranked one by one, how much each likes the post, and both likings as they were seen."""
    market = ranking.market_of(clock, search, world, state)
    liking, both = np.empty(len(seen)), np.empty((len(seen), 2))
    ranked = seen.copy()
    ranking._lay_out_trust(market, i, 1.0)
    for c in range(len(seen)):
        both[c] = ranking._appeal(market, i, seen[c])
    ranking._lay_out_trust(market, i, 0.0)
    for rank in range(len(seen)):
        ranking.rank_next(market, i, ranked, rank, liking)
    return ranked, liking, both


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"ranking_noise": 0.0},
        {"ranking_noise": 0.0, "appeal_capability": 0.0, "appeal_proximity": 0.0},  # nearly all are equal
        {"ranking_noise": 1e6},
        {"appeal_proximity": 1e6, "proximity_distance": 1e-300},
        {"consultation_noise": 1.0},
    ],
)
def test_ranking_one_by_one_is_a_stable_sort_by_falling_appeal(parameters: dict[str, float]) -> None:
    world = sim.load_world("synthetic:60", 1)
    simulation = Simulation(world, with_parameters(sim.load_scenario("balanced"), **parameters), 1, 0)
    simulation.run(16)
    search, columns = simulation.parameters.search, simulation.state.columns
    chance = np.random.default_rng(1)
    columns.posts.goal[:] = chance.integers(0, GOALS, 60)
    columns.posts.supported[:] = chance.integers(0, 2, 60)
    for i in range(60):
        seen = chance.permutation(len(world.companies.slots))[: chance.integers(1, 21)]
        ranked, liking, both = ranked_and_appeals(simulation.clock, search, world.traits, columns, i, seen)
        order = np.argsort(-both[:, 0], kind="stable")
        assert ranked.tolist() == seen[order].tolist()
        assert liking.tolist() == both[order, 1].tolist()
