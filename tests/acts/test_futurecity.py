"""P5: who is selected, how many, and what it brings."""

from __future__ import annotations

import numpy as np
import pytest

from sim.kernel import draws
from sim.kernel.draws import Process
from sim.kernel.funds import Fund
from sim.scenarios.inheritance import value_at
from sim.scenarios.scenario import Scenario, load_scenario
from sim.simulation import Run, simulate
from tests.acts.stepping import start, steps
from tests.acts.worlds import plain
from tests.identities.cases import BUSY, run_of, with_parameters, world_of
from tests.identities.checks import outcome

#: Every municipality applies, no prefecture does, and the first selection is in quarter 4.
ALL_APPLY = {"application_constant": 100.0, "application_prefecture": -100.0, "futurecity_quota": 40.0}
NO_WEIGHTS = dict.fromkeys(("weight_plan", "weight_partnerships", "weight_balance", "weight_citizens"), 0.0)
FIRST = 4


def selected(scenario: Scenario, seed: int = 1, world: str = "japan") -> tuple[Run, np.ndarray]:
    """The run up to the first selection, and the municipalities designated then."""
    run = simulate(world_of(world, 1), scenario, seed, quarters=FIRST + 1)
    return run, np.nonzero(run.state.municipalities.designated_quarter == FIRST)[0]


@pytest.mark.parametrize("world", ["japan", "synthetic:300", "synthetic:1000"])
def test_every_june_fills_the_quota_scaled_to_the_world(world: str) -> None:
    scenario = load_scenario("baseline")
    run = simulate(world_of(world, 1), scenario)
    cities, applicants = outcome(run, "futurecities"), outcome(run, "futurecity_applicants")
    for t in range(1, run.quarters):
        quota = 0
        if t % 4 == 0:
            quota = round(value_at(scenario.parameters["futurecity_quota"], t) * run.world.scale)
        assert cities[t] - cities[t - 1] == min(quota, applicants[t]), t
        assert t % 4 == 0 or applicants[t] == 0
    assert cities[0] == run.world.municipalities.cohort_2018.sum() + run.world.prefectures.cohort_2018.sum()
    assert world != "japan" or np.all(applicants[4::4] > 33)


def test_with_few_applicants_the_quota_is_not_filled() -> None:
    few = {"application_constant": -7.5, "application_prefecture": -7.5, "futurecity_quota": 400.0}
    run = simulate(world_of("japan", 1), plain(**few), quarters=20)
    cities, applicants = outcome(run, "futurecities"), outcome(run, "futurecity_applicants")
    assert 0 < applicants.sum() < 400
    assert cities[-1] - cities[0] == applicants.sum()


def test_nobody_is_selected_twice() -> None:
    """A designation, once given, keeps its quarter; none is taken back."""
    when = np.full(1741, -1)
    before = np.zeros(47, np.uint8)
    for step in steps(world_of("japan", 1), plain(futurecity_quota=200.0, application_constant=-1.0)):
        municipalities, prefectures = step.state.municipalities, step.state.prefectures
        assert np.array_equal(municipalities.designated_quarter[when >= 0], when[when >= 0])
        assert np.array_equal(municipalities.designated == 1, municipalities.designated_quarter >= 0)
        assert np.all(prefectures.designated >= before)
        when, before = municipalities.designated_quarter.copy(), prefectures.designated.copy()
    assert (when >= 0).sum() + before.sum() > 1_500, "most have been selected, so some had to be left out"


def test_the_head_start_comes_once() -> None:
    """Without learning and rotation capacity is c0 for all but those chosen, each time .25 of the gap."""
    scenario = plain(posting_rate=0.0, capacity_rotation=0.0)
    world = world_of("japan", 1)
    municipalities, traits = simulate(world, scenario).state.municipalities, world.municipalities
    early = (traits.cohort_2018 == 1) | (traits.legacy == 1)
    times = early.astype(int) + (municipalities.designated_quarter > 0)
    assert set(times) == {0, 1, 2}
    wanted = 1.0 - (1.0 - traits.capacity) * 0.75**times
    assert np.allclose(municipalities.capacity, wanted, rtol=1e-12)
    assert np.allclose(municipalities.capacity_base, wanted, rtol=1e-12)


def test_without_weights_only_the_jury_ranks() -> None:
    run, cities = selected(plain(**ALL_APPLY | NO_WEIGHTS))
    judge = np.uint64(draws.stream(np.uint64(draws.run_key(1, 0)), Process.JUDGEMENT, FIRST))
    lot = np.array([draws.normal(judge, i) for i in range(1741)])
    lot[run.world.municipalities.cohort_2018 == 1] = -np.inf
    assert set(cities) == set(np.argsort(-lot)[:40])


def test_without_noise_only_the_score_ranks() -> None:
    """With all weight on citizens the best are those with most awareness."""
    scenario = plain(**ALL_APPLY | NO_WEIGHTS | {"weight_citizens": 1.0, "judgement_noise": 0.0})
    run, cities = selected(scenario)
    awareness = np.where(run.world.municipalities.cohort_2018 == 1, -1.0, run.state.municipalities.awareness)
    assert set(cities) == set(np.argsort(-awareness)[:40])


@pytest.mark.parametrize(
    ("weight", "shift"), [("plan_land", 0.3), ("plan_ageing", 0.3), ("plan_legacy", 0.5)]
)
def test_the_plan_counts_what_it_says(weight: str, shift: float) -> None:
    """More weight on a trait of the plan, and those who are selected have more of it."""
    column = {"plan_land": "land", "plan_ageing": "ageing", "plan_legacy": "legacy"}[weight]
    trait = getattr(world_of("japan", 1).municipalities, column)
    means = []
    for value in (0.0, shift):
        _, cities = selected(plain(**ALL_APPLY | {"judgement_noise": 0.0, weight: value}))
        means.append(trait[cities].mean())
    assert means[1] > means[0]


def test_prefectures_are_selected_too() -> None:
    before = world_of("japan", 1).prefectures.cohort_2018.sum()
    chosen = [run_of("japan_baseline").state.prefectures.designated.sum() - before]
    for seed in (2, 3, 4):
        run = simulate(world_of("japan", 1), load_scenario("baseline"), seed, quarters=33)
        chosen.append(run.state.prefectures.designated.sum() - before)
    assert np.all(np.array(chosen) > 5)
    run = simulate(world_of("japan", 1), plain(application_prefecture=-100.0))
    assert run.state.prefectures.designated.sum() == before


def test_model_grants_are_paid_on_designation_and_used_while_the_plan_runs() -> None:
    """The year's money is spent in the quarter of designation; projects draw on it for twelve quarters."""
    world = world_of("japan", 1)
    scenario = with_parameters(load_scenario("baseline"), **BUSY)
    had, left, used = world.municipalities.model_2018 * 0, np.zeros(1741), 0.0
    for step in steps(world, scenario):
        t, municipalities, ledger = step.clock.quarter, step.state.municipalities, step.state.ledger
        deals = step.state.deals
        now = (deals.quarter == t) & (deals.grant_fund == Fund.MODEL_GRANTS)
        drawn = np.bincount(deals.municipality[now], deals.grant[now], 1741)
        left[t - municipalities.designated_quarter >= 12] = 0.0
        if t % 4 == 0:
            winners = municipalities.model_project > had
            assert winners.sum() == (9 if t == 0 else min(10, step.clock.quota))
            assert np.all(municipalities.designated_quarter[winners] == t)
            had = municipalities.model_project.copy()
            money = ledger.appropriated[Fund.MODEL_GRANTS, t // 4]
            grant = min(step.parameters.futurecity.model_grant_cap, money / winners.sum())
            left[winners] = grant
            assert np.isclose(ledger.spent[Fund.MODEL_GRANTS, t // 4], grant * winners.sum())
        assert np.allclose(municipalities.model_credit, left - drawn, atol=1e-9)
        left, used = municipalities.model_credit.copy(), used + drawn.sum()
    assert 100.0 < used <= ledger.spent[Fund.MODEL_GRANTS].sum()


def test_the_programme_spends_about_what_was_published_for_its_first_two_years() -> None:
    """JPY 391 M and 411 M (judgit.net/projects/94), by the parts of the programme that are levers here."""
    run = run_of("japan_baseline")
    parts = (
        Fund.MATCHING_SUPPORT, Fund.PROMOTION, Fund.SUBCOMMITTEES, Fund.ADVICE, Fund.MODEL_GRANTS,
    )  # fmt: skip
    spent = run.ledger["spent"][list(parts)].sum(axis=0)
    assert spent[:2] == pytest.approx([391.0, 411.0], rel=0.03)


def test_a_city_with_an_open_model_grant_posts_a_need() -> None:
    world = world_of("japan", 1)
    quiet = with_parameters(load_scenario("baseline"), posting_rate=0.0)
    first = next(steps(world, quiet))
    assert np.array_equal(first.state.posts.goal >= 0, world.municipalities.model_2018 == 1)


def test_the_cohort_of_2018_is_designated_from_the_start() -> None:
    world = world_of("japan", 1)
    state = start(world, load_scenario("baseline")).state
    assert np.array_equal(state.municipalities.designated, world.municipalities.cohort_2018)
    assert np.array_equal(state.prefectures.designated, world.prefectures.cohort_2018)
    assert np.all(state.municipalities.designated_quarter[world.municipalities.cohort_2018 == 1] == 0)
