"""Outcomes of the baseline and of each lever with more money, replicate by replicate.

Run as a script, so that it can be run on another copy of the package too:
``python lever_runs.py WORLD EXTRA REPLICATES OUT``.
"""

from __future__ import annotations

import argparse

import numpy as np
import numpy.typing as npt

from sim.kernel.outcomes import COLUMN
from sim.kernel.world import World
from sim.scenarios.inheritance import value_at
from sim.scenarios.levers import LEVERS
from sim.scenarios.scenario import Scenario, load_scenario
from sim.simulation import Run, simulate
from sim.worlds import load_world

Floats = npt.NDArray[np.float64]

FIRST, LAST = 2018, 2030
FROM = 2019
OUTCOMES = ("deals_signed", "sdg_progress", "adoption_share")
LEVER_NAMES = tuple(lever.name for lever in LEVERS)


def with_more(name: str, extra: float) -> Scenario:
    """The baseline, and ``extra`` JPY M a fiscal year more for one lever from FY2019."""
    baseline = load_scenario("baseline")
    path = baseline.levers[name]
    years = {year: value_at(path, year) + extra * (year >= FROM) for year in range(FIRST, LAST + 1)}
    return baseline.model_copy(update={"name": name, "levers": {**baseline.levers, name: years}})


def measures(run: Run) -> list[float]:
    """Deals signed in all quarters, and the other outcomes as they stand at the end."""
    deals, *others = (run.series[:, COLUMN[name]] for name in OUTCOMES)
    return [float(deals.sum()), *(float(column[-1]) for column in others)]


def runs_of(world: World, scenario: Scenario, replicates: int) -> Floats:
    """(replicates, outcomes) of a scenario."""
    runs = (simulate(world, scenario, replicate=number) for number in range(replicates))
    return np.array([measures(run) for run in runs])


def lever_runs(world_name: str, extra: float, replicates: int) -> Floats:
    """(1 + levers, replicates, outcomes): the baseline, then every lever with more money."""
    world = load_world(world_name, 1)
    scenarios = [load_scenario("baseline"), *(with_more(name, extra) for name in LEVER_NAMES)]
    return np.array([runs_of(world, scenario, replicates) for scenario in scenarios])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description="Store outcomes of the baseline and of each lever with more."
    )
    parser.add_argument("world", help="such as synthetic:300")
    parser.add_argument("extra", type=float, help="JPY M a fiscal year")
    parser.add_argument("replicates", type=int)
    parser.add_argument("out", help="file to write (.npy)")
    chosen = parser.parse_args()
    np.save(chosen.out, lever_runs(chosen.world, chosen.extra, chosen.replicates))
