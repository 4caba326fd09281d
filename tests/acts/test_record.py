"""Outcomes against their direct formulas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.acts.record import gini, mean
from sim.kernel.parameters import Survey
from sim.scenarios.scenario import load_scenario
from sim.simulation import simulate
from tests.identities.cases import run_of, with_parameters, world_of
from tests.identities.checks import outcome


def direct_gini(counts: np.ndarray) -> float:
    """Half the relative mean absolute difference of all pairs."""
    if counts.sum() == 0:
        return 0.0
    return float(np.abs(counts[:, None] - counts).mean() / (2.0 * counts.mean()))


@given(counts=st.lists(st.integers(0, 60), min_size=1, max_size=60))
def test_gini_equals_the_mean_difference_of_all_pairs(counts: list[int]) -> None:
    found = gini(np.array(counts, np.int64))
    assert found == pytest.approx(direct_gini(np.array(counts)), abs=1e-12)
    assert -1e-12 <= found <= 1.0


def test_gini_of_known_cases() -> None:
    assert gini(np.zeros(5, np.int64)) == 0.0
    assert gini(np.full(7, 3)) == pytest.approx(0.0, abs=1e-15)
    assert gini(np.array([0, 0, 0, 8])) == pytest.approx(0.75)


def test_mean_of_nothing_is_zero() -> None:
    assert mean(np.array([])) == 0.0
    assert mean(np.array([1.0, 2.0, 6.0])) == 3.0


@pytest.mark.parametrize("case", ["japan_baseline", "busy", "one_of_each"])
def test_last_quarter_equals_the_state(case: str) -> None:
    run = run_of(case)
    municipalities, companies = run.state.municipalities, run.state.companies
    traits = run.world.municipalities
    last = {name: outcome(run, name)[-1] for name in ("adoption_share", "awareness_mean", "capacity_mean")}
    assert last["adoption_share"] == municipalities.adopted.mean()
    assert last["awareness_mean"] == pytest.approx(municipalities.awareness.mean())
    assert last["capacity_mean"] == pytest.approx(municipalities.capacity.mean())
    assert outcome(run, "project_gini")[-1] == pytest.approx(direct_gini(municipalities.signed), abs=1e-12)
    assert outcome(run, "company_degree_max")[-1] == companies.signed.max()
    met = municipalities.partners >= 0
    assert outcome(run, "trust_mean")[-1] == pytest.approx(
        municipalities.trust[met].mean() if met.any() else 0.0
    )
    closed = 1e4 * (1.0 - (1.0 - municipalities.goals).sum(axis=1) / (1.0 - traits.goals).sum(axis=1))
    bottom = traits.bottom_quartile == 1
    assert outcome(run, "sdg_progress")[-1] == pytest.approx(closed.mean())
    assert outcome(run, "sdg_progress_weighted")[-1] == pytest.approx(
        np.average(closed, weights=traits.population)
    )
    assert outcome(run, "sdg_progress_bottom_quartile")[-1] == pytest.approx(closed[bottom].mean())
    members = outcome(run, "platform_municipalities") + outcome(run, "platform_companies")
    assert np.array_equal(outcome(run, "platform_members"), members)


def direct_theil(counts: np.ndarray) -> float:
    """Mean of (x / mean) ln(x / mean), 0 for x = 0; Theil 1967."""
    if counts.sum() == 0:
        return 0.0
    ratio = counts[counts > 0] / counts.mean()
    return float((ratio * np.log(ratio)).sum() / len(counts))


@pytest.mark.parametrize("case", ["japan_baseline", "busy", "losses", "one_of_each", "one_quarter"])
def test_theil_between_and_within_prefectures_is_the_whole(case: str) -> None:
    run = run_of(case)
    signed, prefecture = run.state.municipalities.signed, run.world.municipalities.prefecture
    between, within = outcome(run, "theil_between")[-1], outcome(run, "theil_within")[-1]
    assert between + within == pytest.approx(direct_theil(signed), abs=1e-12)
    total = max(int(signed.sum()), 1)
    parts = [signed[prefecture == p] for p in np.unique(prefecture)]
    assert within == pytest.approx(sum(part.sum() / total * direct_theil(part) for part in parts), abs=1e-12)
    means = np.concatenate([np.full(len(part), part.mean()) for part in parts])
    assert between == pytest.approx(direct_theil(means), abs=1e-12)


@pytest.mark.parametrize("case", ["japan_baseline", "busy", "losses"])
def test_counts_of_cities_are_those_of_the_state(case: str) -> None:
    run = run_of(case)
    municipalities, prefectures = run.state.municipalities, run.state.prefectures
    assert outcome(run, "futurecities")[-1] == municipalities.designated.sum() + prefectures.designated.sum()
    assert outcome(run, "network_members")[-1] == municipalities.network.sum()
    for name in ("futurecities", "network_members"):
        assert np.all(np.diff(outcome(run, name)) >= 0.0)


def test_a_survey_that_all_answer_shows_the_true_share() -> None:
    everybody = with_parameters(load_scenario("baseline"), answer_constant=100.0, answer_prefecture=1.0)
    run = simulate(world_of("synthetic:120", 1), everybody, quarters=16)
    for name in ("adoption_share_surveyed", "adoption_share_respondents"):
        assert np.array_equal(outcome(run, name), outcome(run, "adoption_share_governments"))


def test_a_survey_counts_those_who_promote_and_answer() -> None:
    """In expectation, with the logit of size, promoting and fiscal year."""
    asked = {"answer_constant": -0.5, "answer_size": 0.7, "answer_promoting": 1.5, "answer_trend": 0.25}
    scenario = with_parameters(load_scenario("baseline"), **asked, answer_prefecture=0.9)
    run = simulate(world_of("synthetic:120", 1), scenario, quarters=15)
    size, adopted = run.world.municipalities.size, run.state.municipalities.adopted
    answers = 1.0 / (1.0 + np.exp(-(-0.5 + 0.7 * size + 1.5 * adopted + 0.25 * 3)))
    prefectures = run.state.prefectures.adopted
    promoting = answers @ adopted + 0.9 * prefectures.sum()
    everybody = answers.sum() + 0.9 * len(prefectures)
    surveyed, respondents = (
        outcome(run, name)[-1] for name in ("adoption_share_surveyed", "adoption_share_respondents")
    )
    assert surveyed == pytest.approx(promoting / (len(size) + len(prefectures)))
    assert respondents == pytest.approx(promoting / everybody)
    assert 0.0 < surveyed < outcome(run, "adoption_share_governments")[-1] < respondents


def test_being_asked_changes_nobody() -> None:
    world, baseline = world_of("synthetic:60", 1), load_scenario("baseline")
    quiet = with_parameters(baseline, **dict.fromkeys(Survey._fields, 0.0))
    usual, unasked = (simulate(world, scenario, quarters=16) for scenario in (baseline, quiet))
    for name in usual.outcomes:
        same = outcome(usual, name).tobytes() == outcome(unasked, name).tobytes()
        assert same == (name not in ("adoption_share_surveyed", "adoption_share_respondents"))
