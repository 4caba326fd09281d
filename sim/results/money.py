"""Public money of stored runs: what levers absorbed, and what one more deal or project costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.calendar import quarter_label
from sim.errors import InputError
from sim.results.arms import Arm, in_arm, names_point
from sim.results.contrasts import contrast_of_runs
from sim.results.runs import Floats, Runs, read_runs
from sim.statistics.ratios import fieller, ratio_difference

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.folder import Folder

GAINED = ("deals_signed", "projects_completed")


def ledger_summary(folder: Folder) -> pd.DataFrame:
    """Public money per lever over the horizon, mean over runs, in JPY M of the world that was run.

    Returns:
        scenario, lever, appropriated, spent, lapsed, replicates. A lever that no scenario funds is left out.
    """
    money = ["appropriated", "spent", "lapsed"]
    keys = ["scenario", "point", "replicate", "lever"]
    runs = folder.ledger.groupby(keys, observed=True, sort=False)[money].sum().reset_index()
    groups = runs.groupby(["scenario", "lever"], observed=True, sort=False)
    table = groups[money].mean().assign(replicates=groups["replicate"].nunique()).reset_index()
    funded = table.groupby("lever", observed=True)["appropriated"].transform("max") > 0
    return table[funded].reset_index(drop=True)


def cost_effectiveness(folder: Folder, baseline: str, outcomes: Sequence[str] = GAINED) -> pd.DataFrame:
    """What one more deal or project costs: public money absorbed beyond the baseline, per unit gained.

    Both differences are over the whole horizon and paired; points of a design are averaged as in a
    comparison. The ratio is that of the mean differences; its interval is Fieller's, which allows for the
    correlation of the two.

    Returns:
        scenario, baseline, outcome, extra_spending and extra_units (means), cost_per_unit (JPY M), ci_low,
        ci_high (95%), replicates. The cost is null unless units are gained (the paired
        interval of their difference lies above 0): otherwise the ratio means nothing.

    Raises:
        InputError: the baseline is not among the scenarios, the folder has no ledger, or it does not keep the
            last quarter.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for name, own, base in _sides(folder, baseline, outcomes):
        shared = len(np.intersect1d(own.replicate, base.replicate))
        alone = names_point(folder, Arm(name))
        for column, outcome in enumerate(outcomes if shared else ()):
            sides = _money_and_units(own, column), _money_and_units(base, column)
            both = contrast_of_runs(*sides, (alone, alone))
            cost, low, high = fieller(both.row(0))
            rows.append(
                {
                    "scenario": name, "baseline": baseline, "outcome": outcome,
                    "extra_spending": float(both.effect[0, 0]), "extra_units": float(both.effect[0, 1]),
                    "cost_per_unit": cost, "ci_low": low, "ci_high": high, "replicates": shared,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def cost_contrasts(folder: Folder, baseline: str, outcome: str = GAINED[0]) -> pd.DataFrame:
    """Which of two scenarios is cheaper per unit gained: every pair whose costs are known, compared itself.

    Returns:
        first, second, difference (cost per unit of the first minus that of the second, JPY M), ci_low,
        ci_high (95%, jackknife over the replicates that all have). An interval without 0 decides; no row
        without costs.

    Raises:
        InputError: as of ``cost_effectiveness``, or the folder holds a design.
    """
    import pandas as pd

    if folder.manifest.points > 1:
        raise InputError(f"{folder.folder}: holds a design; costs are compared between scenarios without one")
    costs = cost_effectiveness(folder, baseline, [outcome])
    known = set(costs.loc[costs["cost_per_unit"].notna(), "scenario"]) if len(costs) else set()
    sides = {
        name: _differences(own, base)
        for name, own, base in _sides(folder, baseline, [outcome])
        if name in known
    }
    rows = []
    for first, second in combinations(sides, 2):
        (own, one), (other, two) = sides[first], sides[second]
        _, here, there = np.intersect1d(own, other, return_indices=True)
        one, two = one[here], two[there]
        difference = ratio_difference((one[:, 0], one[:, 1]), (two[:, 0], two[:, 1]))
        rows.append((first, second, *difference))
    return pd.DataFrame(rows, columns=["first", "second", "difference", "ci_low", "ci_high"])


def _sides(folder: Folder, baseline: str, outcomes: Sequence[str]) -> Iterator[tuple[str, Runs, Runs]]:
    """Every other scenario with its runs and those of the baseline: outcomes at the end, then money spent."""
    if baseline not in folder.scenarios:
        raise InputError(f"{folder.folder}: baseline {baseline!r} is not among {', '.join(folder.scenarios)}")
    last = quarter_label(folder.manifest.quarters - 1)
    runs = read_runs(folder, list(outcomes), last)
    runs = replace(runs, values=np.concatenate([runs.values, _spent(folder, runs)[:, None, None]], axis=2))
    arms = {name: runs.where(in_arm(runs, Arm(name), folder.scenarios)) for name in folder.scenarios}
    if not len(arms[baseline]):
        raise InputError(f"{folder.folder}: every run of the baseline {baseline!r} failed")
    for name, arm in arms.items():
        if name != baseline:
            yield name, arm, arms[baseline]


def _spent(folder: Folder, runs: Runs) -> Floats:
    """Public money spent by each run over the horizon."""
    import pandas as pd

    keys = ["scenario", "point", "replicate"]
    ledger = folder.ledger[[*keys, "spent"]]
    ledger = ledger.assign(scenario=ledger["scenario"].cat.codes.astype(np.int64))
    sums = ledger.groupby(keys, sort=False)["spent"].sum()
    index = pd.MultiIndex.from_arrays([runs.scenario, runs.point, runs.replicate], names=keys)
    spent: Floats = sums.reindex(index).to_numpy(np.float64)
    return spent


def _money_and_units(runs: Runs, column: int) -> Runs:
    """Money, units, and the sum of both, from which their covariance follows."""
    money, units = runs.values[:, :, -1], runs.values[:, :, column]
    return replace(runs, outcomes=(), values=np.stack([money, units, money + units], axis=2))


def _differences(own: Runs, base: Runs) -> tuple[Any, Floats]:
    """Replicates that both have, and (replicates, 2) their differences in money and units."""
    shared, here, there = np.intersect1d(own.replicate, base.replicate, return_indices=True)
    difference: Floats = own.values[here, 0][:, [-1, 0]] - base.values[there, 0][:, [-1, 0]]
    return shared, difference
