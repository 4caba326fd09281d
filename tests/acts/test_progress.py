"""P13: goals move towards one and stay in range; projects touch their own goal, spillovers the others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.acts.progress import moved
from sim.kernel.state import ProjectState
from sim.scenarios.interlinkages import national_scores
from sim.simulation import Run, simulate
from tests.acts.worlds import changed, plain
from tests.identities.cases import BUSY, run_of, world_of
from tests.identities.checks import outcome


@given(state=st.floats(0.0, 1.0), effect=st.floats(-1e6, 1e6))
def test_a_goal_stays_in_range(state: float, effect: float) -> None:
    after = moved(state, effect)
    assert 0.0 <= after <= 1.0
    assert (after >= state) if effect >= 0.0 else (after <= state)


@given(state=st.floats(0.0, 1.0), first=st.floats(0.0, 5.0), second=st.floats(0.0, 5.0))
def test_gains_add_up_in_the_exponent(state: float, first: float, second: float) -> None:
    assert moved(moved(state, first), second) == pytest.approx(moved(state, first + second), abs=1e-12)


def moved_goals(interlinkage: str) -> Run:
    scenario = plain(**BUSY | {"partnership_effect": 0.0}).overlaid(
        "link", rules={"interlinkage": interlinkage}
    )
    return simulate(world_of("synthetic:300", 1), scenario, quarters=20)


def completed_goals(run: Run) -> np.ndarray:
    """(M, 17) projects completed by municipality and goal."""
    deals = run.deals()
    done = deals["state"] == ProjectState.COMPLETED
    count = np.zeros_like(run.world.municipalities.goals)
    np.add.at(count, (deals["municipality"][done], deals["goal"][done]), 1)
    return count


def test_without_interlinkage_a_project_changes_its_goal_only() -> None:
    run = moved_goals("none")
    change = run.state.municipalities.goals - run.world.municipalities.goals
    done = completed_goals(run)
    assert done.sum() > 20
    assert np.all(change[done > 0] > 0.0)
    assert np.all(np.abs(change[done == 0]) < 1e-15)


def test_uniform_interlinkage_spills_a_twentieth_over_to_every_other_goal() -> None:
    """omega W = 0.15 / 3: a municipality with one project gains 0.05 of its effect, as a rate, elsewhere."""
    run = moved_goals("uniform")
    done = completed_goals(run)
    rates = -np.log((1.0 - run.state.municipalities.goals) / (1.0 - run.world.municipalities.goals))
    single = np.nonzero(done.sum(axis=1) == 1)[0]
    assert len(single) > 10
    for i in single:
        goal = int(done[i].argmax())
        others = [k for k in range(16) if k != goal]
        assert np.allclose(rates[i, others], 0.05 * rates[i, goal], rtol=1e-6)
    assert np.all(rates[done.sum(axis=1) == 0] < 1e-12)


def test_goal_17_follows_the_partnerships_under_way() -> None:
    run = run_of("busy")
    active, traits = run.state.municipalities.active, run.world.municipalities
    gap = (1.0 - run.state.municipalities.goals[:, 16]) / (1.0 - traits.goals[:, 16])
    others = completed_goals(run)[:, 16] == 0
    assert len(set(active[others])) > 2
    assert np.allclose(gap[others], np.exp(-0.05 * active[others]), rtol=1e-12)


def test_a_completed_project_on_goal_17_moves_it_for_good_as_those_on_other_goals_do() -> None:
    run = run_of("busy")
    deals, municipalities = run.deals(), run.state.municipalities
    done = (deals["state"] == ProjectState.COMPLETED) & (deals["goal"] == 16)
    assert done.sum() > 5
    people = np.maximum(run.world.municipalities.population[deals["municipality"]], 200.0) / 23_600.0
    effects = 0.1 * deals["cost"] / 30.0 * people**-0.35
    gain = np.bincount(deals["municipality"][done], effects[done], len(municipalities.active))
    gap = (1.0 - municipalities.goals[:, 16]) / (1.0 - run.world.municipalities.goals[:, 16])
    assert np.allclose(gap, np.exp(-0.05 * municipalities.active - gain), rtol=1e-9)


def test_progress_without_projects_is_exactly_zero() -> None:
    run = simulate(world_of("synthetic:60", 1), plain(posting_rate=0.0))
    names = ["sdg_progress", "sdg_progress_weighted", "sdg_progress_bottom_quartile"]
    for name in names + [f"sdg_progress_{k:02d}" for k in range(1, 18)]:
        assert not outcome(run, name).any(), name


def test_themes_follow_salience_and_the_squared_gap() -> None:
    """Posts on a goal are in proportion to sal_k gap_k^2; an emphasis multiplies them.

    The gap is seen against the nation's: (1 - S_k) times mean gap of all goals / mean gap of goal k.
    """
    world = world_of("synthetic:1000", 1)
    quiet = plain(**BUSY | {"friction_awareness": 0.0, "friction_capacity": 0.0, "municipal_value": 0.0})
    for weight in (1.0, 4.0):
        scenario = quiet.overlaid("weigh", emphasis={"society_5_0": weight})
        run = simulate(world, scenario, quarters=12)
        goals = run.deals()["goal"]
        salience = np.array(
            [150, 150, 470, 448, 150, 225, 246, 290, 273 * weight, 150, 492, 150, 214, 150, 219, 150, 275]
        )
        gap = 1.0 - world.municipalities.goals
        need = salience * (gap * gap.mean() / gap.mean(axis=0)) ** 2
        rows = need[run.deals()["municipality"]]
        share = rows / rows.sum(axis=1, keepdims=True)
        wanted, sd = share.sum(axis=0), np.sqrt((share * (1.0 - share)).sum(axis=0))
        found = np.bincount(goals, minlength=17)
        assert len(goals) > 1_000
        assert np.all(np.abs(found - wanted) <= 4.5 * sd + 1e-9)


PROGRESS = ("sdg_progress", "sdg_progress_weighted", "sdg_progress_bottom_quartile")


def drifting(world: str = "japan", quarters: int = 51, **parameters: float) -> Run:
    scenario = plain(**parameters).overlaid("drift", rules={"drift": "trend"})
    return simulate(world_of(world, 1), scenario, quarters=quarters)


def test_with_drift_but_no_project_progress_is_exactly_zero() -> None:
    run = drifting(posting_rate=0.0)
    assert np.ptp(outcome(run, "sdg_index")) > 0.1, "the goals do drift"
    for name in (*PROGRESS, *(f"sdg_progress_{k:02d}" for k in range(1, 18))):
        assert not outcome(run, name).any(), name
    assert not run.municipalities()["sdg_progress"].any()


def test_drift_carries_the_score_of_2010_to_that_of_2018() -> None:
    """Thirty-two quarters of the trend from Japan's score of 2010: everybody ends at that of 2018."""
    scores = np.clip(national_scores(2010, 2018) / 100.0, 1e-9, 1.0 - 1e-9)
    world = changed(world_of("synthetic:60", 1), "municipalities", goals=np.tile(scores[0], (60, 1)))
    scenario = plain(posting_rate=0.0).overlaid("drift", rules={"drift": "trend"})
    run = simulate(world, scenario, quarters=32)
    assert np.allclose(run.state.municipalities.goals[:, :16], scores[-1, :16], atol=1e-9)
    assert np.allclose(run.state.municipalities.goals[:, 16], scores[0, 16], atol=1e-12), (
        "goal 17 is computed"
    )
    assert outcome(run, "sdg_03")[-1] == pytest.approx(100.0 * scores[-1, 2])
