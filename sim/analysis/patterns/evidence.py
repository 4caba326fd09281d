"""What runs say on the patterns that the model is checked against: simulated once, measured in arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.batch.executors import threads
from sim.batch.parameter_sets import ParameterSets
from sim.calendar import parse_quarter
from sim.errors import InputError
from sim.kernel.funds import Fund
from sim.kernel.state import NONE, PROJECT_STATES, ProjectState
from sim.kernel.world import GOALS, Floats, Integers, World
from sim.results import Arm, Results
from sim.results.arms import in_arm
from sim.results.runs import Runs, read_runs
from sim.scenarios.scenario import Scenario, load_scenario
from sim.simulation import simulate
from sim.studies import run
from sim.worlds import load_world

if TYPE_CHECKING:
    import pandas as pd

SCENARIO, GRANTS, UNTARGETED = "baseline", "subsidy_first", "untargeted"
SELECTION_RUNS = 10  # short runs of the open selection per replicate
_SELECTION_QUARTERS = parse_quarter("2019Q2") + 1  # the first selection that the model carries out
_YEAR = 4
_YEARS_OF_A_PROJECT = 3


@dataclass(frozen=True)
class Evidence:
    """Measurements over R replicates of one world; M municipalities, C companies, Q quarters.

    Attributes:
        world: the world.
        runs: all outcomes at all quarters, by scenario and with the same draws: the baseline, ``GRANTS`` with
            the extra grants of ``subsidy_first``, ``UNTARGETED`` without a national target.
        adopted_quarter: (R, M) -1 where never.
        designated_quarter: (R, M) quarter of the designation as FutureCity, -1 where never.
        municipal_degree: (R, M) deals ever signed.
        company_degree: (R, C) deals ever signed.
        themes: (R, 17) deals signed by goal.
        dissolved: (R,) share of the first projects that ended after which the partnership did not go on.
        mean_subsidy: (R,) mean subsidy to a municipality, JPY M.
        mean_loan: (R,) mean debt of the deals that have any, JPY M.
        failures: (R, 3) share of the projects alive at its start that fail in year 1, 2, 3; only projects
            signed three years before the end.
        selected: (M,) share of runs in which a municipality is chosen in the first selection, in a world
            in which nobody was chosen in FY2018.
    """

    world: World
    runs: Mapping[str, Runs]
    adopted_quarter: Integers
    designated_quarter: Integers
    municipal_degree: Integers
    company_degree: Integers
    themes: Floats
    dissolved: Floats
    mean_subsidy: Floats
    mean_loan: Floats
    failures: Floats
    selected: Floats

    @property
    def replicates(self) -> int:
        """Runs of each scenario."""
        return len(self.dissolved)

    @property
    def selections(self) -> int:
        """Runs of the first selection."""
        return SELECTION_RUNS * self.replicates

    def outcome(self, name: str, scenario: str = SCENARIO) -> Floats:
        """(R, Q) of an outcome: a stock as it stands, a flow as its sum from 2018Q2 to the quarter."""
        runs = self.runs[scenario]
        values: Floats = runs.values[:, :, runs.outcomes.index(name)]
        return values

    def by_quarter(self, name: str) -> Floats:
        """(R, Q) of a flow of the baseline, each quarter for itself."""
        return np.diff(self.outcome(name), axis=1, prepend=0.0)

    def total(self, name: str, scenario: str = SCENARIO) -> Floats:
        """(R,) sum of a flow over all quarters."""
        return self.outcome(name, scenario)[:, -1]

    def extra(self, name: str) -> Floats:
        """(R,) what the extra grants add to the sum of a flow."""
        return self.total(name, GRANTS) - self.total(name)

    def adopted(self, quarter: int) -> npt.NDArray[np.bool_]:
        """(R, M) whether a municipality has adopted by the end of the quarter."""
        return (self.adopted_quarter >= 0) & (self.adopted_quarter <= quarter)


def gather(replicates: int, seed: int, parameters: ParameterSets | None = None, workers: int = 1) -> Evidence:
    """Run ``japan`` and measure.

    Args:
        replicates: runs of each scenario.
        seed: root seed of the worlds and of every draw.
        parameters: sets of parameters, one for each replicate, which then has a world of its own, too; None
            = default parameters and one world.
        workers: threads; the results do not depend on them.

    Raises:
        InputError: a run failed.
    """
    world = load_world("japan", seed)
    baseline, grants = load_scenario(SCENARIO), load_scenario(GRANTS)
    untargeted = baseline.overlaid(UNTARGETED, calendar={"national_target": "never"})
    results = run(
        baseline, grants, untargeted, world="japan", replicates=replicates, seed=seed, in_memory=True,
        workers=workers, parameters=parameters, worlds="one" if parameters is None else "many",
    )  # fmt: skip
    if results.stored.failed:
        raise InputError(f"{results.stored.failed} runs failed: {results.failures.iloc[0].to_dict()}")
    return Evidence(
        world=world, runs=_by_scenario(results),
        selected=first_selection(world, baseline, seed, replicates, parameters, workers),
        **_of_municipalities(results, replicates), **_of_deals(results, len(world.companies.prefecture)),
    )  # fmt: skip


def first_selection(
    world: World,
    baseline: Scenario,
    seed: int,
    replicates: int,
    parameters: ParameterSets | None,
    workers: int,
) -> Floats:
    """(M,) share of runs in which a municipality is chosen in the first selection: see ``Evidence``."""
    open_world = without_cohort(world)

    def chosen(n: int) -> npt.NDArray[np.uint8]:
        scenario = baseline if parameters is None else parameters.applied(baseline, n % replicates)
        run = simulate(open_world, scenario, seed, n, _SELECTION_QUARTERS)
        return run.state.municipalities.designated

    with threads(workers) as pool:
        selected: Floats = np.mean(list(pool.map(chosen, range(SELECTION_RUNS * replicates))), axis=0)
    return selected


def _by_scenario(results: Results) -> dict[str, Runs]:
    runs = read_runs(results, at=results.quarters)
    return {name: runs.where(in_arm(runs, Arm(name), results.scenarios)) for name in results.scenarios}


def _of_municipalities(results: Results, replicates: int) -> dict[str, Any]:
    """(R, M) of what is known of municipalities at the end of the baseline."""
    table = results.municipalities
    table = table[table["scenario"] == SCENARIO]
    columns = {
        "adopted_quarter": _numbers(table["adopted_quarter"]),
        "designated_quarter": _numbers(table["designated_quarter"]),
        "municipal_degree": table["projects_signed"].to_numpy(np.int64),
    }
    return {name: values.reshape(replicates, -1) for name, values in columns.items()}


def _of_deals(results: Results, companies: int) -> dict[str, Any]:
    """What the deals of the baseline say, a row per replicate."""
    table = results.deals
    table = table[table["scenario"] == SCENARIO]
    quarters = len(results.quarters)
    rows = [_of_run(deals, companies, quarters) for _, deals in table.groupby("replicate", sort=True)]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def _of_run(deals: pd.DataFrame, companies: int, quarters: int) -> dict[str, Any]:
    started, ended = _numbers(deals["quarter"]), _numbers(deals["end_quarter"])
    state = deals["state"].map(PROJECT_STATES.index).to_numpy(np.int64)
    renewed_from = deals["renewed_from"].fillna(NONE).to_numpy(np.int64)
    first = (state != ProjectState.NOT_SIGNED) & (renewed_from == NONE)
    goal, company = (deals[name].to_numpy(np.int64)[first] for name in ("goal", "company"))
    subsidised, borrowing = deals["grant_fund"] == Fund.SUBSIDY, first & (deals["debt"] > 0.0)
    return {
        "company_degree": np.bincount(company, minlength=companies),
        "themes": np.bincount(goal - 1, minlength=GOALS).astype(np.float64),
        "dissolved": share_dissolved(renewed_from, ended),
        "mean_subsidy": float(deals["grant"][subsidised].mean()),
        "mean_loan": float(deals["debt"][borrowing].mean()),
        "failures": failure_hazards(started, ended, state, quarters),
    }


def _numbers(quarters: pd.Series) -> Integers:
    """Quarters counted from 2018Q2; -1 where there is none."""
    return np.asarray(quarters.cat.codes, np.int64)


def share_dissolved(renewed_from: Integers, ended: Integers) -> float:
    """Share of the first projects that ended after which there is no second."""
    over = (renewed_from == NONE) & (ended != NONE)
    renewed = int((renewed_from != NONE).sum())
    return 1.0 - renewed / max(int(over.sum()), 1)


def failure_hazards(started: Integers, ended: Integers, state: Integers, quarters: int) -> Floats:
    """Hazard of failure by year of age, among projects that had three years to end."""
    old = (state != ProjectState.NOT_SIGNED) & (started < quarters - _YEAR * _YEARS_OF_A_PROJECT)
    age = np.where(ended[old] == NONE, quarters, ended[old]) - started[old]
    failed = (state[old] == ProjectState.FAILED) | (state[old] == ProjectState.DEFAULTED)
    hazards = np.zeros(_YEARS_OF_A_PROJECT)
    for year in range(_YEARS_OF_A_PROJECT):
        alive = age > _YEAR * year
        hazards[year] = (failed & alive & (age <= _YEAR * (year + 1))).sum() / max(alive.sum(), 1)
    return hazards


def without_cohort(world: World) -> World:
    """The same world in which no SDGs FutureCity has been chosen yet."""
    municipalities, prefectures = world.municipalities, world.prefectures
    nowhere, none = np.zeros_like(municipalities.cohort_2018), np.zeros_like(prefectures.cohort_2018)
    return replace(
        world,
        municipalities=municipalities._replace(cohort_2018=nowhere, model_2018=nowhere),
        prefectures=prefectures._replace(cohort_2018=none, model_2018=none),
    )
