"""P7: the matching function and deferred acceptance against what is known of them."""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sim.acts.matching import COBB_DOUGLAS, DEN_HAAN, deferred_acceptance, matches
from sim.kernel.outcomes import COLUMN
from sim.kernel.state import NONE
from sim.scenarios.scenario import load_scenario
from sim.simulation import simulate
from tests.acts.worlds import EVERYTHING_SIGNS, plain
from tests.identities.cases import with_parameters, world_of

Array = npt.NDArray[np.int64]

forms = st.sampled_from((DEN_HAAN, COBB_DOUGLAS))
sides = st.floats(0.5, 5_000.0)
elasticities = st.floats(0.8, 4.0)
efficiencies = st.floats(0.0, 1.0)


@given(form=forms, efficiency=efficiencies, elasticity=elasticities, posts=sides, searchers=sides)
def test_matches_never_exceed_either_side(
    form: int, efficiency: float, elasticity: float, posts: float, searchers: float
) -> None:
    found = matches(form, efficiency, elasticity, posts, searchers)
    assert 0.0 <= found <= min(posts, searchers) * (1.0 + 1e-12)


@given(form=forms, elasticity=elasticities, posts=sides, searchers=sides, factor=st.floats(0.1, 10.0))
def test_matches_are_homogeneous_of_degree_one(
    form: int, elasticity: float, posts: float, searchers: float, factor: float
) -> None:
    one = matches(form, 0.4, elasticity, posts, searchers)
    assert matches(form, 0.4, elasticity, factor * posts, factor * searchers) == pytest.approx(factor * one)


@given(form=forms, posts=sides, searchers=sides, more=st.floats(1.0, 3.0))
def test_matches_grow_with_either_side(form: int, posts: float, searchers: float, more: float) -> None:
    found = matches(form, 0.4, 1.27, posts, searchers)
    assert matches(form, 0.4, 1.27, more * posts, searchers) >= found * (1.0 - 1e-12)
    assert matches(form, 0.4, 1.27, posts, more * searchers) >= found * (1.0 - 1e-12)


@pytest.mark.parametrize("form", [DEN_HAAN, COBB_DOUGLAS])
def test_no_matches_without_one_side(form: int) -> None:
    for posts, searchers in ((0.0, 5.0), (5.0, 0.0), (0.0, 0.0)):
        assert matches(form, 0.4, 1.27, posts, searchers) == 0.0


def test_known_values_of_the_matching_function() -> None:
    assert matches(DEN_HAAN, 0.4, 1.27, 30.0, 30.0) == pytest.approx(0.4 * 30.0 * 2.0 ** (-1.0 / 1.27))
    assert matches(DEN_HAAN, 0.4, 60.0, 30.0, 80.0) == pytest.approx(0.4 * 30.0, rel=1e-6)
    assert matches(DEN_HAAN, 0.4, 1_000.0, 30.0, 80.0) == pytest.approx(0.4 * 30.0)
    assert matches(COBB_DOUGLAS, 0.4, 1.27, 4.0, 9.0) == pytest.approx(0.4 * 6.0)
    assert matches(COBB_DOUGLAS, 1.0, 1.27, 1.0, 100.0) == 1.0


# deferred acceptance


@st.composite
def markets(draw: st.DrawFn, most: int = 6) -> tuple[Array, Array, npt.NDArray[np.float64], Array]:
    """Choices, counts, liking and capacities of a small market with strict preferences."""
    proposers, receivers = draw(st.integers(1, most)), draw(st.integers(1, 4))
    choices = np.full((proposers, receivers), NONE)
    liking = np.zeros((proposers, receivers))
    counts = np.zeros(proposers, np.int64)
    for v in range(proposers):
        listed = draw(st.permutations(range(receivers)))[: draw(st.integers(0, min(receivers, 3)))]
        counts[v] = len(listed)
        choices[v, : len(listed)] = listed
    ranks = {c: draw(st.permutations(range(proposers))) for c in range(receivers)}
    for v in range(proposers):
        for n in range(counts[v]):
            liking[v, n] = ranks[choices[v, n]][v]
    capacity = np.array(draw(st.lists(st.integers(0, 2), min_size=receivers, max_size=receivers)), np.int64)
    return choices, counts, liking, capacity


def is_stable(
    found: tuple[int, ...], choices: Array, counts: Array, liking: npt.NDArray[np.float64], capacity: Array
) -> bool:
    """Whether capacities hold and no proposer and receiver would both rather have each other."""
    rank = [{int(c): n for n, c in enumerate(choices[v, : counts[v]])} for v in range(len(found))]
    held: dict[int, list[float]] = {}
    for v, c in enumerate(found):
        if c != NONE:
            held.setdefault(c, []).append(float(liking[v, rank[v][c]]))
    if any(len(likings) > capacity[c] for c, likings in held.items()):
        return False
    for v, mine in enumerate(found):
        better = counts[v] if mine == NONE else rank[v][mine]
        for n in range(better):
            c = int(choices[v, n])
            likings = held.get(c, [])
            if len(likings) < capacity[c] or (likings and liking[v, n] > min(likings)):
                return False
    return True


@given(market=markets())
@settings(max_examples=150)
def test_deferred_acceptance_is_stable_and_proposer_optimal(
    market: tuple[Array, Array, npt.NDArray[np.float64], Array],
) -> None:
    """Against every matching there is: it is stable, and no proposer does better in a stable one."""
    choices, counts, liking, capacity = market
    found = tuple(int(c) for c in deferred_acceptance(choices, counts, liking, capacity))
    assert is_stable(found, *market)
    options = [[*map(int, choices[v, : counts[v]]), NONE] for v in range(len(counts))]
    for other in product(*options):
        if is_stable(other, *market):
            for v, listed in enumerate(options):
                assert listed.index(found[v]) <= listed.index(other[v])


@given(market=markets(), seed=st.integers(0, 1_000))
def test_deferred_acceptance_does_not_depend_on_the_order_of_proposers(
    market: tuple[Array, Array, npt.NDArray[np.float64], Array], seed: int
) -> None:
    choices, counts, liking, capacity = market
    assume(len(counts) > 1)
    order = np.random.default_rng(seed).permutation(len(counts))
    found = deferred_acceptance(choices, counts, liking, capacity)
    shuffled = deferred_acceptance(choices[order], counts[order], liking[order], capacity)
    assert np.array_equal(found[order], shuffled)


def test_large_markets_keep_capacities_and_stability() -> None:
    chance = np.random.default_rng(1)
    choices = np.array([chance.permutation(40)[:12] for _ in range(300)])
    counts = np.full(300, 12)
    liking = chance.random((300, 12))
    capacity = chance.integers(0, 8, 40)
    found = deferred_acceptance(choices, counts, liking, capacity)
    assert is_stable(tuple(int(c) for c in found), choices, counts, liking, capacity)


@pytest.mark.parametrize("seed", range(20))
def test_who_ranks_one_more_only_when_refused_meets_whom_it_would_have_met(seed: int) -> None:
    """Lists that grow by one whenever all on them have refused lead to the matching of the whole lists."""
    chance = np.random.default_rng(seed)
    choices = np.array([chance.permutation(30)[:12] for _ in range(100)])
    counts = chance.integers(0, 13, 100)
    liking = chance.integers(0, 5, (100, 12)).astype(np.float64)  # with ties
    capacity = chance.integers(0, 4, 30)
    ranked = np.minimum(counts, 1)
    while True:
        found = deferred_acceptance(choices, ranked, liking, capacity)
        refused = (found == NONE) & (ranked < counts)
        if not refused.any():
            break
        ranked += refused
    assert found.tolist() == deferred_acceptance(choices, counts, liking, capacity).tolist()


# in a run


@pytest.mark.parametrize("form", ["den_haan", "cobb_douglas"])
def test_the_platform_serves_as_many_posts_as_the_function_says(form: str) -> None:
    """Far more searchers than posts, everybody a member: a share mu of the posts (den Haan) is served."""
    scenario = plain(**EVERYTHING_SIGNS).overlaid("platform", rules={"matching": form})
    everybody = dict.fromkeys(("join_municipality", "join_company"), 60.0)
    scenario = with_parameters(
        scenario,
        own_channel=0.0,
        search_effort=60.0,
        matching_elasticity=40.0,
        municipal_value=0.0,
        **everybody,
    )
    series = simulate(world_of("synthetic:300", 1), scenario, quarters=30).series[2:]
    posts, meetings = series[:, COLUMN["needs_posted"]], series[:, COLUMN["meetings"]]
    assert np.all(posts > 250)
    if form == "den_haan":
        assert np.all(np.abs(meetings - 0.4 * posts) < 1.0)
    else:
        assert np.all(meetings > 0.4 * posts)
        assert np.all(meetings <= posts)


@pytest.mark.parametrize(("closed", "expected"), [(1.0, 1.0), (0.5, 0.7), (0.0, 0.4)])
def test_support_for_all_closes_its_share_of_the_gap(closed: float, expected: float) -> None:
    """A coordinator for every post: efficiency 0.4 + share x 0.6 of the posts are served."""
    scenario = plain(**EVERYTHING_SIGNS).overlaid("supported", levers={"matching_support": 1e7})
    everybody = dict.fromkeys(("join_municipality", "join_company"), 60.0)
    scenario = with_parameters(
        scenario,
        own_channel=0.0,
        search_effort=60.0,
        matching_elasticity=200.0,
        municipal_value=0.0,
        consultation_efficiency=closed,
        **everybody,
    )
    series = simulate(world_of("synthetic:300", 1), scenario, quarters=12).series[2:]
    posts, meetings = series[:, COLUMN["needs_posted"]], series[:, COLUMN["meetings"]]
    assert np.all(np.abs(meetings - expected * posts) <= 1.0)


def test_consultations_that_do_nothing_cost_money_and_change_nothing() -> None:
    """No effect of a coordinator is hidden beside its three parameters."""
    world = world_of("synthetic:300", 1)
    idle = dict.fromkeys(("consultation_efficiency", "consultation_noise", "consultation_capacity"), 0.0)
    without = with_parameters(load_scenario("baseline"), **idle)
    series = [
        simulate(world, without.overlaid("supported", levers={"matching_support": money}), quarters=30).series
        for money in (0, 600)
    ]
    spent = series[1][:, COLUMN["public_spending"]] - series[0][:, COLUMN["public_spending"]]
    assert np.sum(spent) > 10.0
    for row in series:
        row[:, COLUMN["public_spending"]] = 0.0
    assert np.array_equal(series[0], series[1])


@pytest.mark.parametrize("helped", ["consultation_efficiency", "consultation_noise", "consultation_capacity"])
def test_each_effect_of_a_consultation_stands_alone(helped: str) -> None:
    world = world_of("synthetic:300", 1)
    effects = ("consultation_efficiency", "consultation_noise", "consultation_capacity")
    alone = dict.fromkeys(effects, 0.0) | {helped: 1.0}
    supported = load_scenario("baseline").overlaid("supported", levers={"matching_support": 600})
    values = (dict.fromkeys(effects, 0.0), alone)
    series = [simulate(world, with_parameters(supported, **given), quarters=30).series for given in values]
    assert not np.array_equal(series[0], series[1])
