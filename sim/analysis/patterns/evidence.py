"""What runs say on the patterns that the model is checked against: simulated once, measured in arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.calendar import DEFAULT_QUARTERS, parse_quarter
from sim.kernel.outcomes import COLUMN
from sim.kernel.state import NONE, ProjectState
from sim.kernel.world import GOALS, Floats, Integers, World
from sim.scenarios.scenario import load_scenario
from sim.simulation import Run, simulate
from sim.worlds import load_world

SCENARIO, GRANTS = "baseline", "subsidy_first"
SELECTION_RUNS = 10  # short runs of the open selection per replicate
_PUSH_QUARTERS = parse_quarter("2021Q4") + 1
_SELECTION_QUARTERS = parse_quarter("2019Q2") + 1  # the first selection that the model carries out
_YEAR = 4
_YEARS_OF_A_PROJECT = 3


@dataclass(frozen=True)
class Evidence:
    """Measurements over R replicates of one world; M municipalities, C companies, Q quarters.

    Attributes:
        world: the world.
        series: (R, Q, outcomes) of the baseline.
        granted: (R, Q, outcomes) with the extra grants of ``subsidy_first``, with the same draws.
        untargeted: (R, quarters to 2021Q4, outcomes) without a national target, with the same draws.
        adopted_quarter: (R, M) -1 where never.
        designated_quarter: (R, M) quarter of the designation as FutureCity, -1 where never.
        municipal_degree: (R, M) deals ever signed.
        company_degree: (R, C) deals ever signed.
        themes: (R, 17) deals signed by goal.
        dissolved: (R,) share of the first projects that ended after which the partnership did not go on.
        failures: (R, 3) share of the projects alive at its start that fail in year 1, 2, 3; only projects
            signed three years before the end.
        selected: (M,) share of runs in which a municipality is chosen in the first selection, in a world
            in which nobody was chosen in FY2018.
    """

    world: World
    series: Floats
    granted: Floats
    untargeted: Floats
    adopted_quarter: Integers
    designated_quarter: Integers
    municipal_degree: Integers
    company_degree: Integers
    themes: Floats
    dissolved: Floats
    failures: Floats
    selected: Floats

    @property
    def selections(self) -> int:
        """Runs of the first selection."""
        return SELECTION_RUNS * len(self.series)

    def outcome(self, name: str) -> Floats:
        """(R, Q) of an outcome in the baseline."""
        return self.series[:, :, COLUMN[name]]

    def total(self, name: str) -> Floats:
        """(R,) sum of a flow over all quarters of the baseline."""
        total: Floats = self.outcome(name).sum(axis=1)
        return total

    def extra(self, name: str) -> Floats:
        """(R,) what the extra grants add to the sum of a flow."""
        extra: Floats = self.granted[:, :, COLUMN[name]].sum(axis=1) - self.total(name)
        return extra

    def adopted(self, quarter: int) -> npt.NDArray[np.bool_]:
        """(R, M) whether a municipality has adopted by the end of the quarter."""
        return (self.adopted_quarter >= 0) & (self.adopted_quarter <= quarter)


def gather(replicates: int, seed: int, announce: Callable[[str], None] = lambda _: None) -> Evidence:
    """Run ``japan`` with default parameters and measure.

    Args:
        replicates: runs of each scenario.
        seed: root seed of the world and of every draw.
        announce: told what is being run.
    """
    world = load_world("japan", seed)
    baseline, grants = load_scenario(SCENARIO), load_scenario(GRANTS)
    untargeted = baseline.overlaid("untargeted", calendar={"national_target": "never"})
    announce(f"{replicates} runs each of {SCENARIO}, {GRANTS} and {SCENARIO} without a national target")
    numbers = range(replicates)
    runs = [_summary(simulate(world, baseline, seed, n, DEFAULT_QUARTERS)) for n in numbers]
    columns = {name: np.array([run[name] for run in runs]) for name in runs[0]}
    granted = np.array([simulate(world, grants, seed, n, DEFAULT_QUARTERS).series for n in numbers])
    silent = np.array([simulate(world, untargeted, seed, n, _PUSH_QUARTERS).series for n in numbers])
    announce(f"{SELECTION_RUNS * replicates} runs of the first selection")
    open_world = without_cohort(world)
    choices = (
        simulate(open_world, baseline, seed, n, _SELECTION_QUARTERS).state.municipalities.designated
        for n in range(SELECTION_RUNS * replicates)
    )
    selected = np.mean(list(choices), axis=0)
    return Evidence(world=world, granted=granted, untargeted=silent, selected=selected, **columns)


def _summary(run: Run) -> dict[str, Any]:
    municipalities = run.state.municipalities
    deals = run.deals()
    first = (deals["state"] != ProjectState.NOT_SIGNED) & (deals["renewed_from"] == NONE)
    return {
        "series": run.series,
        "adopted_quarter": municipalities.adopted_quarter,
        "designated_quarter": municipalities.designated_quarter,
        "municipal_degree": municipalities.signed,
        "company_degree": run.state.companies.signed,
        "themes": np.bincount(deals["goal"][first], minlength=GOALS).astype(np.float64),
        "dissolved": share_dissolved(deals["renewed_from"], deals["end_quarter"]),
        "failures": failure_hazards(deals["quarter"], deals["end_quarter"], deals["state"], run.quarters),
    }


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
