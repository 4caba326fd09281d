"""Public money of stored runs: what levers absorbed, and what one more deal or project costs.

Costs and what is gained for them may be discounted, both at the same rate: what comes a year later counts
1 / (1 + rate) as much. Otherwise putting off what is bought would make it cheaper.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.calendar import FIRST_YEAR, fiscal_years, quarter_label, year_end
from sim.errors import InputError
from sim.results.arms import Arm, in_arm, names_point
from sim.results.contrasts import contrast_of_runs
from sim.results.runs import Floats, Runs, read_runs
from sim.scenarios.levers import TRANSFERS
from sim.statistics.ratios import fieller, ratio_difference

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.folder import Folder

GAINED = ("deals_signed", "projects_completed")
#: What money buys, beside money: deals, projects, progress on the goals, municipalities with a project.
BOUGHT = ("deals_signed", "projects_completed", "sdg_progress", "municipalities_without_project_share")
#: JPY M by which what is bought is told.
PER = 100.0


def ledger_summary(folder: Folder) -> pd.DataFrame:
    """Public money per programme over the horizon, mean over runs, in JPY M of the world that was run.

    Returns:
        scenario, lever (the programme: a lever's own has its name), pays_for (the lever), payer,
        appropriated, spent, lapsed, replicates. What no scenario funds is left out.
    """
    money = ["appropriated", "spent", "lapsed"]
    keys = ["scenario", "point", "replicate", "lever"]
    ledger = by_programme(folder.ledger)
    runs = ledger.groupby(keys, observed=True, sort=False)[money].sum().reset_index()
    groups = runs.groupby(["scenario", "lever"], observed=True, sort=False)
    table = groups[money].mean().assign(replicates=groups["replicate"].nunique()).reset_index()
    told = ledger[["scenario", "lever", "pays_for", "payer"]].drop_duplicates(["scenario", "lever"])
    table = table.merge(told, on=["scenario", "lever"])[
        ["scenario", "lever", "pays_for", "payer", *money, "replicates"]
    ]
    funded = table.groupby("lever", observed=True)["appropriated"].transform("max") > 0
    return table[funded].reset_index(drop=True)


def by_programme(ledger: pd.DataFrame) -> pd.DataFrame:
    """The stored ledger with the programme as its ``lever``, and the lever as what it ``pays_for``."""
    return ledger.rename(columns={"lever": "pays_for", "programme": "lever"})


#: What stands for the levers of a scenario that are funded as in the baseline.
OTHERS = "others"


def beyond(ledger: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Money of every other scenario beyond the baseline, for each lever that it funds otherwise.

    Args:
        ledger: as ``ledger_summary`` gives it.
        baseline: scenario whose money is deducted.

    Returns:
        scenario, lever (``OTHERS`` for the rest together, where they spend otherwise), appropriated, spent,
        lapsed.
    """
    import pandas as pd

    money = ["appropriated", "spent", "lapsed"]
    table = ledger.astype({"scenario": str, "lever": str}).set_index(["scenario", "lever"])[money]
    base = table.xs(baseline) if baseline in table.index.get_level_values("scenario") else table.iloc[:0]
    found = []
    for scenario in table.index.unique("scenario").drop(baseline, errors="ignore"):
        own = pd.DataFrame(table.xs(scenario))
        more = own - base.reindex(own.index).fillna(0.0)
        funded = more["appropriated"] != 0.0
        rows, rest = more[funded].reset_index(), more[~funded].sum()
        if rest["spent"] != 0.0:
            rows.loc[len(rows)] = [OTHERS, *rest.to_list()]
        found.append(rows.assign(scenario=scenario))
    columns = ["scenario", "lever", *money]
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)


def cost_effectiveness(
    folder: Folder, baseline: str, outcomes: Sequence[str] = GAINED, rate: float = 0.0
) -> pd.DataFrame:
    """What one more deal or project costs: public money absorbed beyond the baseline, per unit gained.

    Both differences are over the whole horizon and paired; points of a design are averaged as in a
    comparison. The ratio is that of the mean differences; its interval is Fieller's, which allows for the
    correlation of the two.

    Args:
        folder: the results.
        baseline: what the others are compared with.
        outcomes: what is gained.
        rate: by which money and gains are discounted to FY2018, a year; 0 = plain sums.

    Returns:
        scenario, baseline, outcome, extra_spending and extra_units (means), extra_transfers (what of the
        spending changes hands only: ``sim.scenarios.levers.TRANSFERS``; levers of extensions count as used
        up), cost_per_unit (JPY M), ci_low, ci_high (95%), replicates. The cost is null unless units are
        gained (the paired interval of their difference lies above 0): otherwise the ratio means nothing.

    Raises:
        InputError: the baseline is not among the scenarios, the folder has no ledger, or it does not keep the
            last quarter (with a rate: the last one of every fiscal year).
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for name, own, base in _sides(folder, baseline, outcomes, rate):
        shared = len(np.intersect1d(own.replicate, base.replicate))
        alone = names_point(folder, Arm(name))
        for column, outcome in enumerate(outcomes if shared else ()):
            sides = _money_and_units(own, column), _money_and_units(base, column)
            both = contrast_of_runs(*sides, (alone, alone))
            handed = contrast_of_runs(_transfers(own), _transfers(base), (alone, alone))
            cost, low, high = fieller(both.row(0))
            rows.append(
                {
                    "scenario": name, "baseline": baseline, "outcome": outcome,
                    "extra_spending": float(both.effect[0, 0]), "extra_units": float(both.effect[0, 1]),
                    "extra_transfers": float(handed.effect[0, 0]),
                    "cost_per_unit": cost, "ci_low": low, "ci_high": high, "replicates": shared,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def units_of(values: Floats, outcomes: Sequence[str], municipalities: int) -> Floats:
    """Outcomes as what is bought: the share of municipalities without a project as the number with one.

    Args:
        values: (..., outcomes).
        outcomes: their names.
        municipalities: of the world.
    """
    found = values.copy()
    for column, name in enumerate(outcomes):
        if name == "municipalities_without_project_share":
            found[..., column] = municipalities * (1.0 - values[..., column])
    return found


def per_yen(folder: Folder, baseline: str) -> pd.DataFrame:
    """What JPY 100 million spent beyond the baseline buy: deals, projects, progress, municipalities reached.

    Money that lapsed buys nothing and costs nothing here. Ratios are those of mean paired differences over
    the whole horizon, with Fieller's intervals.

    Returns:
        scenario, baseline, outcome (of ``BOUGHT``), extra_spending (JPY M), extra_units, units (per ``PER``
        JPY M; null unless more is spent than in the baseline: its paired interval lies above 0), ci_low,
        ci_high (95%), replicates.

    Raises:
        InputError: as of ``cost_effectiveness``.
    """
    import pandas as pd

    kept = [name for name in BOUGHT if name in folder.outcomes]
    rows: list[dict[str, Any]] = []
    number = folder.experiment.municipalities
    for name, own, base in _sides(folder, baseline, kept) if kept else ():
        shared = len(np.intersect1d(own.replicate, base.replicate))
        alone = names_point(folder, Arm(name))
        for column, outcome in enumerate(kept if shared else ()):
            first, second = (_units_and_money(side, column, outcome, number) for side in (own, base))
            both = contrast_of_runs(first, second, (alone, alone))
            units, low, high = (PER * value for value in fieller(both.row(0)))
            rows.append(
                {
                    "scenario": name, "baseline": baseline, "outcome": outcome,
                    "extra_spending": float(both.effect[0, 1]), "extra_units": float(both.effect[0, 0]),
                    "units": units, "ci_low": low, "ci_high": high, "replicates": shared,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def _units_and_money(runs: Runs, column: int, outcome: str, municipalities: int) -> Runs:
    """What is bought, money, and the sum of both, from which their covariance follows."""
    units = units_of(runs.values[:, :, [column]], [outcome], municipalities)[:, :, 0]
    money = runs.values[:, :, -1]
    return replace(runs, outcomes=(), values=np.stack([units, money, units + money], axis=2))


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


def _sides(
    folder: Folder, baseline: str, outcomes: Sequence[str], rate: float = 0.0
) -> Iterator[tuple[str, Runs, Runs]]:
    """Every other scenario with its runs and those of the baseline: outcomes, transfers, and money spent."""
    if baseline not in folder.scenarios:
        raise InputError(f"{folder.folder}: baseline {baseline!r} is not among {', '.join(folder.scenarios)}")
    runs = _gains(folder, outcomes, rate)
    money = [_spent(folder, runs, rate, only) for only in (True, False)]
    runs = replace(runs, values=np.concatenate([runs.values, np.stack(money, axis=1)[:, None]], axis=2))
    arms = {name: runs.where(in_arm(runs, Arm(name), folder.scenarios)) for name in folder.scenarios}
    if not len(arms[baseline]):
        raise InputError(f"{folder.folder}: every run of the baseline {baseline!r} failed")
    for name, arm in arms.items():
        if name != baseline:
            yield name, arm, arms[baseline]


def _gains(folder: Folder, outcomes: Sequence[str], rate: float) -> Runs:
    """Outcomes at the end of the horizon, or the discounted sum of how they change from year to year."""
    years = fiscal_years(folder.manifest.quarters)
    ends = [year_end(year, folder.manifest.quarters) for year in (years if rate else years[-1:])]
    runs = read_runs(folder, list(outcomes), [quarter_label(t) for t in ends])
    if not rate:
        return runs
    yearly = np.diff(runs.values, axis=1, prepend=0.0)
    worth = np.array([_worth(year, rate) for year in years])
    return replace(
        runs, quarters=runs.quarters[-1:], values=(yearly * worth[None, :, None]).sum(axis=1, keepdims=True)
    )


def _worth(fiscal_year: Any, rate: float) -> Any:
    """What one unit of a fiscal year is worth in the first."""
    return (1.0 + rate) ** (FIRST_YEAR - fiscal_year)


def _spent(folder: Folder, runs: Runs, rate: float, transfers_only: bool) -> Floats:
    """Public money spent by each run over the horizon, discounted: all of it, or transfers alone."""
    import pandas as pd

    keys = ["scenario", "point", "replicate"]
    ledger = folder.ledger[[*keys, "lever", "fiscal_year", "spent"]]
    if transfers_only:
        ledger = ledger[ledger["lever"].isin(TRANSFERS)]
    spent = ledger["spent"] * _worth(ledger["fiscal_year"], rate) if rate else ledger["spent"]
    ledger = ledger.assign(scenario=ledger["scenario"].cat.codes.astype(np.int64), spent=spent)
    sums = ledger.groupby(keys, sort=False)["spent"].sum()
    index = pd.MultiIndex.from_arrays([runs.scenario, runs.point, runs.replicate], names=keys)
    found: Floats = sums.reindex(index).to_numpy(np.float64)
    return found


def _transfers(runs: Runs) -> Runs:
    return replace(runs, outcomes=(), values=runs.values[:, :, -2:-1])


def _money_and_units(runs: Runs, column: int) -> Runs:
    """Money, units, and the sum of both, from which their covariance follows."""
    money, units = runs.values[:, :, -1], runs.values[:, :, column]
    return replace(runs, outcomes=(), values=np.stack([money, units, money + units], axis=2))


def _differences(own: Runs, base: Runs) -> tuple[Any, Floats]:
    """Replicates that both have, and (replicates, 2) their differences in money and units."""
    shared, here, there = np.intersect1d(own.replicate, base.replicate, return_indices=True)
    difference: Floats = own.values[here, 0][:, [-1, 0]] - base.values[there, 0][:, [-1, 0]]
    return shared, difference
