"""Books, counts, ranges and goals of whole runs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.calendar import year_fraction
from sim.kernel.state import NONE, ProjectState, Verdict
from sim.scenarios.levers import LEVERS
from sim.scenarios.scenario import load_scenario
from sim.simulation import Run
from tests.identities.cases import CASES, run_of
from tests.identities.checks import IDENTITIES, outcome


@pytest.mark.parametrize("check", IDENTITIES, ids=lambda check: check.__name__)
@pytest.mark.parametrize("case", CASES)
def test_identity(check: Callable[[Run], None], case: str) -> None:
    check(run_of(case))


def test_the_cases_reach_every_branch_of_the_books() -> None:
    """Identities that hold because nothing happens prove nothing."""
    deals = {name: run_of(name).deals() for name in CASES}
    for verdict in range(Verdict.RENEWAL + 1):
        assert any((columns["verdict"] == verdict).any() for columns in deals.values()), verdict
    for name, column, nothing in (("losses", "guarantee", 0.0), ("insured_losses", "insurer", NONE)):
        columns = deals[name]
        assert ((columns["state"] == ProjectState.DEFAULTED) & (columns[column] != nothing)).any(), column
    assert (deals["busy"]["interest_subsidy"] > 0.0).any()
    tight = outcome(run_of("tight_lenders"), "refused_by_lenders").sum()
    assert tight > 2.0 * outcome(run_of("busy"), "refused_by_lenders").sum()
    spent = np.sum([run_of(name).ledger["spent"].sum(axis=1) for name in CASES], axis=0)
    assert np.all(spent > 0.0), "a lever never spends anything"


def test_a_year_cut_by_the_horizon_is_appropriated_pro_rata() -> None:
    run = run_of("cut_in_the_year")
    assert run.quarters % 4 == 2
    whole, cut = run.ledger["appropriated"][:, -2], run.ledger["appropriated"][:, -1]
    assert np.all(whole == 2_000.0 * run.world.scale)
    assert np.array_equal(cut, whole * 0.5)
    assert year_fraction(2018 + run.quarters // 4, run.quarters) == 0.5


def test_built_in_scenarios_with_the_same_extra_sum_appropriate_the_same() -> None:
    years = range(2018, 2031)
    totals = [
        load_scenario(name).appropriations(years).sum(axis=0)
        for name in ("subsidy_first", "matching_first", "esg_first", "balanced")
    ]
    assert all(np.array_equal(total, totals[0]) for total in totals)
    extra = totals[0] - load_scenario("baseline").appropriations(years).sum(axis=0)
    assert extra.tolist() == [0.0] + [2_500.0] * 12
    assert len(load_scenario("baseline").appropriations(years)) == len(LEVERS)


def test_the_ledger_keeps_promises_within_the_year() -> None:
    """No fund spends more in a quarter than the year has left, and activity levers spread over the year."""
    run = run_of("busy")
    spent, appropriated = run.ledger["spent"], run.ledger["appropriated"]
    assert np.all(spent <= appropriated * (1.0 + 1e-9))
