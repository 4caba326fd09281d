"""What levers give where the units that they buy cost half or twice as much, each for itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from sim.analysis.futures.runs import InFuture, Setting, costs_in, stored_arms
from sim.analysis.futures.stored import Futures
from sim.batch.factors import Factor, applied
from sim.kernel.parameters import declared
from sim.kernel.world import Floats
from sim.scenarios.levers import LEVERS
from sim.scenarios.scenario import Scenario
from sim.worlds.kept import built

#: Parameters that say what a unit costs, in JPY M. Grants, guarantees and interest have their face value.
UNIT_COSTS = tuple(
    dict.fromkeys(name for lever in LEVERS for name in lever.cost_set_by if name.endswith("_cost"))
)
TIMES = (0.5, 1.0, 2.0)
REPLICATES = 8
#: Draws of a multiple for every scenario, and their seed.
DRAWS, SEED = 10_000, 2018


def gather(
    futures: Futures,
    sums: Sequence[float],
    replicates: int = REPLICATES,
    workers: int = 2,
    say: Callable[[str], None] = lambda _: None,
) -> pd.DataFrame:
    """Run the scenarios of stored futures with default parameters and with all unit costs halved and doubled.

    Args:
        futures: which scenarios, at which appropriations, where.
        sums: of those that are stored, JPY M a fiscal year.
        replicates: of each.
        workers: threads.
        say: told how far it is.

    Returns:
        ``times``, ``sum``, ``outcome``, ``scenario``, ``value``: units gained per JPY M, mean of replicates.
    """
    setting = Setting(futures.world, futures.quarters, workers=workers)
    given = {amount: found for amount, found in futures.given.items() if amount in sums}
    compared, equal = stored_arms(replace(futures, given=given))
    world, rows = built(setting.world, setting.seed), []
    for times in TIMES:
        say(f"{len(compared) + 1} scenarios with unit costs times {times:g}, {replicates} replicates each")
        for costs in costs_in(range(replicates), world, _scaled(times), compared, equal, setting):
            rows += [(times, *cost[:3], 1.0 / cost[3]) for cost in costs]
    table = pd.DataFrame(rows, columns=["times", "sum", "outcome", "scenario", "value"])
    return table.groupby(["times", "sum", "outcome", "scenario"])["value"].mean().reset_index()


def _scaled(times: float) -> InFuture:
    """Puts a scenario where all unit costs are so many times their defaults."""
    values = [times * declared()[name].default for name in UNIT_COSTS]
    factors = tuple(
        Factor(name, "uncertainty", values=(value,)) for name, value in zip(UNIT_COSTS, values, strict=True)
    )

    def scaled(scenario: Scenario, _: int) -> Scenario:
        return scenario if times == 1.0 else applied(scenario, factors, tuple(values))

    return scaled


def nominal(table: pd.DataFrame, amount: float, outcome: str) -> dict[str, float]:
    """Units per JPY M with default parameters, by scenario."""
    rows = table[(table["times"] == 1.0) & (table["sum"] == amount) & (table["outcome"] == outcome)]
    return dict(zip(rows["scenario"], rows["value"], strict=True))


def combined(table: pd.DataFrame, amount: float, outcome: str, names: Sequence[str]) -> Floats:
    """(draws, scenarios) where the units of every scenario cost half, once or twice as much by themselves.

    What another lever's unit costs hardly changes what a scenario adds, so that the runs with all unit costs
    halved and doubled hold for each alone.
    """
    rows = table[(table["sum"] == amount) & (table["outcome"] == outcome)]
    wide = rows.pivot(index="times", columns="scenario", values="value")[list(names)].loc[list(TIMES)]
    drawn = np.random.default_rng(SEED).integers(0, len(TIMES), (DRAWS, len(names)))
    values: Floats = np.take_along_axis(wide.to_numpy(np.float64), drawn, axis=0)
    return values
