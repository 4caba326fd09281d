"""P4 against its closed form: who joins, who leaves, and the surge of 2020."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.simulation import simulate
from tests.acts.worlds import changed, plain, without_pioneers
from tests.identities.cases import with_parameters, world_of
from tests.identities.checks import outcome

NOBODY = {
    "join_company": 0.0, "join_company_push": 0.0, "join_municipality": 0.0, "join_prefecture": 0.0,
    "join_institution": 0.0, "adopted_at_start": 0.0, "adoption_own": 0.0, "posting_rate": 0.0,
    "contagion_cases": 0.0, "prefecture_own": 0.0,
}  # fmt: skip
WORLD = without_pioneers(world_of("synthetic:300", 1))
M, C = len(WORLD.municipalities.size), len(WORLD.companies.slots)


def expected(hazard: np.ndarray) -> np.ndarray:
    """Share of members after each quarter, where nobody leaves."""
    share: np.ndarray = 1.0 - np.exp(-np.cumsum(hazard))
    return share


def close(count: np.ndarray, share: np.ndarray, number: int) -> bool:
    """Whether counts are binomial about a share."""
    sd = np.sqrt(number * share * (1.0 - share))
    return bool(np.all(np.abs(count - number * share) <= 4.5 * sd + 1e-9))


@pytest.mark.parametrize("decay", [0.0, 0.3])
def test_the_surge_fades_unless_its_decay_is_zero(decay: float) -> None:
    surge = {"join_company": 0.01, "join_company_push": 0.2, "surge_decay": decay}
    run = simulate(WORLD, plain(**NOBODY | surge), quarters=30)
    t = np.arange(30)
    hazard = np.where(t >= 1, 0.01, 0.0) + np.where(t >= 9, 0.2 * np.exp(-decay * np.maximum(t - 9, 0)), 0.0)
    assert close(outcome(run, "platform_companies"), expected(hazard), C)


@pytest.mark.parametrize(("promotes", "factor"), [(True, 1.0), (False, 0.4)])
def test_municipalities_that_promote_are_keener(promotes: bool, factor: float) -> None:
    world = changed(WORLD, "municipalities", cohort_2018=np.full(M, promotes, np.uint8))
    joining = {"join_municipality": 0.1, "join_municipality_push": 0.1, "join_not_promoting": 0.4}
    run = simulate(world, plain(**NOBODY | joining, surge_decay=0.5), quarters=20)
    t = np.arange(20)
    hazard = np.where(t >= 1, 0.1, 0.0) + np.where(t >= 9, 0.1 * np.exp(-0.5 * np.maximum(t - 9, 0)), 0.0)
    assert close(outcome(run, "platform_municipalities"), expected(factor * hazard), M)


def test_members_leave_at_their_hazard_and_may_come_back() -> None:
    """Everybody joins in 2018Q3 and none later: a geometric fall, apart for the two sides."""
    leaving = {"leave_municipality": 0.03, "leave_company": 0.06, "join_not_promoting": 1.0}
    ended = {name: {"2018Q2": 50.0, "2018Q4": 0.0} for name in ("join_company", "join_municipality")}
    scenario = plain(**NOBODY | leaving).overlaid("ended", parameters=ended)
    run = simulate(WORLD, scenario, quarters=21)
    since = np.arange(20)
    assert close(outcome(run, "platform_municipalities")[1:], np.exp(-0.03 * since), M)
    assert close(outcome(run, "platform_companies")[1:], np.exp(-0.06 * since), C)
    assert np.all(run.state.municipalities.member_quarter == 1), "it says when one first joined"
    back = simulate(WORLD, with_parameters(scenario, join_company=50.0, leave_company=50.0), quarters=6)
    assert outcome(back, "platform_companies").tolist() == [0, C, 0, C, 0, C]


def test_by_default_nobody_leaves() -> None:
    run = simulate(world_of("synthetic:120", 1), plain())
    for name in ("platform_municipalities", "platform_companies"):
        assert np.all(np.diff(outcome(run, name)) >= 0.0)


def test_companies_follow_companies() -> None:
    """With peers' pull alone the mean follows m' = m + (1 - m)(1 - e^-(p + q m))."""
    run = simulate(WORLD, plain(**NOBODY | {"join_company": 0.02, "join_company_peers": 0.4}), quarters=40)
    path, share = [0.0], outcome(run, "platform_companies") / C
    for _ in range(39):
        path.append(path[-1] + (1.0 - path[-1]) * (1.0 - math.exp(-(0.02 + 0.4 * path[-1]))))
    assert np.abs(share - path).max() < 0.05
