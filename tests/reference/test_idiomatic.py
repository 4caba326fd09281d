"""The model as a Mesa user would write it is the kernel in distribution, though not in its draws."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from sim.kernel.outcomes import COLUMN, OUTCOMES, Kind
from sim.scenarios.scenario import Scenario, load_scenario
from sim.scenarios.schema import MODULES
from sim.simulation import simulate
from sim.worlds import synthetic
from tests.identities.cases import BUSY, all_levers, with_parameters
from tests.reference import record
from tests.reference.directed import OPEN
from tests.reference.idiomatic.model import IdiomaticModel

Floats = npt.NDArray[np.float64]

WORLD = synthetic.build(30, 5)
QUARTERS = 24
LOOKED_AT = (11, 23)  # quarters: half way and at the end
RUNS, KERNEL_RUNS = 50, 200
LESS_SURE = {"adoption_own": 0.03, "posting_rate": 1.0, "default_given_failure": 0.5}
ALPHA = 0.01  # of one or more false alarms among all comparisons
MAIN = (
    "agreements_signed", "agreement_degree_max", "donations_received",
    "adoption_share", "awareness_mean", "capacity_mean", "platform_members", "trust_mean", "futurecities",
    "needs_posted", "meetings", "proposals", "lost_to_capacity", "refused_by_municipality",
    "refused_by_company", "refused_by_lenders", "deals_signed", "deals_additional", "renewals",
    "private_investment", "esg_lending", "loan_losses", "projects_completed",
    "projects_failed", "public_spending", "overseas_deals", "network_members", "inbound_capital",
    "project_gini", "theil_within", "sdg_progress", "sdg_progress_bottom_quartile",
)  # fmt: skip


def scenario() -> Scenario:
    """Every lever has money, every module is on, much happens."""
    over = {
        "levers": all_levers(10_000.0),
        "rules": {"drift": "trend", "interlinkage": "estimated"},
        "modules": dict.fromkeys(MODULES, True),
    }
    return with_parameters(load_scenario("baseline").overlaid("all", **over), **BUSY | OPEN | LESS_SURE)


def looked_at(series: Floats) -> Floats:
    """Main outcomes of a run at the quarters looked at, flows added up."""
    flows = [outcome.name for outcome in OUTCOMES if outcome.name in MAIN and outcome.kind == Kind.FLOW]
    columns = [
        (series[:, COLUMN[name]].cumsum() if name in flows else series[:, COLUMN[name]])[list(LOOKED_AT)]
        for name in MAIN
    ]
    return np.concatenate(columns)


@cache
def idiomatic_runs() -> Floats:
    found = []
    for seed in range(RUNS):
        model = IdiomaticModel(WORLD, scenario(), seed, QUARTERS)
        for _ in range(QUARTERS):
            model.step()
        found.append(looked_at(np.array([[row[name] for name in COLUMN] for row in model.series])))
    return np.array(found)


def kernel_runs(**parameters: float) -> Floats:
    changed = with_parameters(scenario(), **parameters)
    runs = (simulate(WORLD, changed, replicate=number, quarters=QUARTERS) for number in range(KERNEL_RUNS))
    return np.array([looked_at(run.series) for run in runs])


def differences(first: Floats, second: Floats) -> list[str]:
    """What two samples of runs differ in, by Kolmogorov and Smirnov's test with Holm's correction."""
    names = [f"{name}, quarter {quarter}" for name in MAIN for quarter in LOOKED_AT]
    columns = zip(names, first.T, second.T, strict=True)
    p_values = sorted((stats.ks_2samp(one, other).pvalue, name) for name, one, other in columns)
    found = []
    for rank, (p_value, name) in enumerate(p_values):
        if p_value >= ALPHA / (len(p_values) - rank):
            break
        found.append(name)
    return found


def test_runs_are_those_of_the_kernel_in_distribution() -> None:
    assert differences(idiomatic_runs(), kernel_runs()) == []


@pytest.mark.parametrize(
    ("parameter", "wrong"),
    [("posting_rate", 1.3), ("approval_constant", 2.5), ("success_constant", 0.5)],
)
def test_a_wrong_parameter_is_noticed(parameter: str, wrong: float) -> None:
    assert differences(idiomatic_runs(), kernel_runs(**{parameter: wrong}))


def test_outcomes_are_those_of_the_twin() -> None:
    """The same state, counted with NumPy and without."""
    model = IdiomaticModel(WORLD, scenario(), 3, 12)
    for _ in range(12):
        model.step()
        model.quarter -= 1  # the twin counts what was signed this quarter, and the step is over
        expected = record.outcomes(model)
        model.quarter += 1
        assert model.series[-1] == pytest.approx(expected, rel=1e-9, abs=1e-9)
