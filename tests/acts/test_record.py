"""Outcomes against their direct formulas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.acts.record import gini, mean
from tests.identities.cases import run_of
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
    towns, places, companies = run.state.towns, run.world.places, run.state.companies
    last = {name: outcome(run, name)[-1] for name in ("adoption_share", "awareness_mean", "capacity_mean")}
    assert last["adoption_share"] == towns.adopted.mean()
    assert last["awareness_mean"] == pytest.approx(towns.awareness.mean())
    assert last["capacity_mean"] == pytest.approx(towns.capacity.mean())
    assert outcome(run, "project_gini")[-1] == pytest.approx(direct_gini(towns.signed), abs=1e-12)
    assert outcome(run, "company_degree_max")[-1] == companies.signed.max()
    met = towns.partners >= 0
    assert outcome(run, "trust_mean")[-1] == pytest.approx(towns.trust[met].mean() if met.any() else 0.0)
    closed = 1e4 * (1.0 - (1.0 - towns.goals).sum(axis=1) / (1.0 - places.goals).sum(axis=1))
    bottom = places.bottom_quartile == 1
    assert outcome(run, "sdg_progress")[-1] == pytest.approx(closed.mean())
    assert outcome(run, "sdg_progress_weighted")[-1] == pytest.approx(
        np.average(closed, weights=places.population)
    )
    assert outcome(run, "sdg_progress_bottom_quartile")[-1] == pytest.approx(closed[bottom].mean())
    members = outcome(run, "platform_municipalities") + outcome(run, "platform_companies")
    assert np.array_equal(outcome(run, "platform_members"), members)
