"""P11: a project is completed with probability pi, exactly."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.kernel.state import ProjectState, Verdict
from sim.simulation import Run, simulate
from tests.acts.worlds import EVERYTHING_SIGNS, NO_DEBT, SAME_SUCCESS, plain
from tests.identities.cases import world_of
from tests.identities.checks import outcome

CERTAIN, HOPELESS = 60.0, -30.0


def run_with(logit: float, quarters: int = 51, world: str = "synthetic:1000", **parameters: float) -> Run:
    scenario = plain(**EVERYTHING_SIGNS | NO_DEBT | SAME_SUCCESS | {"success_constant": logit} | parameters)
    return simulate(world_of(world, 1), scenario, quarters=quarters)


def cohort(run: Run, renewals: bool = False) -> np.ndarray:
    """Age at the end of the projects whose twelve quarters lie inside the horizon, and whether completed."""
    deals = run.deals()
    chosen = (deals["state"] > 0) & (deals["quarter"] < run.quarters - 13)
    chosen &= (deals["verdict"] == Verdict.RENEWAL) == renewals
    assert np.all(deals["state"][chosen] >= ProjectState.COMPLETED)
    age = deals["end_quarter"][chosen] - deals["quarter"][chosen]
    return np.stack((age, deals["state"][chosen] == ProjectState.COMPLETED))


@pytest.mark.parametrize("renewals", [False, True])
def test_completed_share_is_pi(renewals: bool) -> None:
    pi = 0.6
    _, completed = cohort(run_with(math.log(pi / (1.0 - pi)), renewal=1.0), renewals)
    assert len(completed) > 2_000
    assert abs(completed.mean() - pi) < 4.0 * math.sqrt(pi * (1.0 - pi) / len(completed))


def test_a_low_pi_too() -> None:
    """Twelve quarters of survival, not eleven or thirteen: at pi = 0.1 one more would cost a sixth."""
    pi = 0.1
    _, completed = cohort(run_with(math.log(pi / (1.0 - pi)), renewal=0.0))
    assert len(completed) > 2_000
    assert abs(completed.mean() - pi) < 4.0 * math.sqrt(pi * (1.0 - pi) / len(completed))


def test_certain_projects_all_complete() -> None:
    run = run_with(CERTAIN, quarters=40, world="synthetic:60")
    assert outcome(run, "deals_signed").sum() > 100
    assert not outcome(run, "projects_failed").any()
    age, completed = cohort(run)
    assert completed.all()
    assert np.all(age == 12)


def test_hopeless_projects_never_complete() -> None:
    run = run_with(HOPELESS, quarters=40, world="synthetic:60")
    assert outcome(run, "projects_failed").sum() > 100
    assert not outcome(run, "projects_completed").any()
    assert not outcome(run, "sdg_progress_01").any()


@pytest.mark.parametrize("renewal", [0.0, 0.5, 1.0])
def test_partnerships_renew_once_with_probability_rho(renewal: float) -> None:
    run = run_with(CERTAIN, world="synthetic:300", renewal=renewal)
    deals = run.deals()
    done = (deals["state"] == ProjectState.COMPLETED) & (deals["renewed_from"] < 0)
    renewed = (deals["verdict"] == Verdict.RENEWAL).sum()
    band = 4.0 * math.sqrt(renewal * (1.0 - renewal) * done.sum())
    assert done.sum() > 300
    assert abs(renewed - renewal * done.sum()) <= band


def test_defaults_are_a_share_of_failures() -> None:
    pi, delta = 0.5, 0.3
    scenario = plain(
        **EVERYTHING_SIGNS
        | SAME_SUCCESS
        | {"success_constant": 0.0, "default_given_failure": delta, "lending_share": 100.0, "rate_cap": 10.0}
    )
    deals = simulate(world_of("synthetic:300", 1), scenario).deals()
    failed = np.isin(deals["state"], (ProjectState.FAILED, ProjectState.DEFAULTED)) & (deals["debt"] > 0.0)
    defaulted = (deals["state"] == ProjectState.DEFAULTED).sum()
    assert failed.sum() > 200
    assert abs(defaulted - delta * failed.sum()) < 4.0 * math.sqrt(failed.sum() * delta * (1.0 - delta))
    assert np.allclose(deals["success_probability"], pi)
