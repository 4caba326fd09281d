"""Cost-effectiveness curves: what each budget of a lever buys, what the next unit costs, what is absorbed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sim.calendar import FIRST_YEAR, QUARTERS_PER_YEAR
from sim.report.designs.effects import FACTORIAL, SINGLES, Side, shape_of, sides_of
from sim.report.designs.names import is_money
from sim.report.designs.runs import PointRuns
from sim.results import Results
from sim.results.contrasts import grid_of
from sim.results.money import BOUGHT, units_of
from sim.results.runs import Runs, codes_of, read_runs
from sim.statistics.contrasts import Contrast, Floats
from sim.statistics.ratios import NO_RATIO, Ratio, fieller

#: Share of a budget beyond which a lever is said to absorb it.
ABSORBS = 0.9
_KEYS = ("scenario", "point", "replicate")


@dataclass(frozen=True)
class Money:
    """What each run was given and spent, and what it brought.

    Attributes:
        bought: names of what is bought, as of ``sim.results.money.BOUGHT``.
        values: (points, replicates, 2 + bought): appropriated and spent in JPY M over the horizon, then the
            outcomes, the share of municipalities without a project as the number of those with one.
    """

    bought: tuple[str, ...]
    values: Floats


def budgets(results: Results, runs: PointRuns) -> pd.DataFrame:
    """What every budget of every lever buys beyond the lowest one (of single changes: beyond the scenario).

    Other factors are averaged over; all is paired by replicate, with Fieller's intervals for ratios.

    Returns:
        A row per lever, budget above the lowest and unit bought: ``scenario``, ``factor`` (its number),
        ``budget`` (JPY M a fiscal year, as the factor says it), ``given`` and ``spent`` (JPY M a fiscal year
        beyond the lowest, in the world that was run), ``absorbed`` (their quotient), ``outcome``, ``units``
        with ``units_low`` and ``units_high``, ``yield`` (units per JPY 100 million spent) with ``yield_low``
        and ``yield_high``, ``next`` (JPY M that one more unit costs from the budget below to this one; null
        unless more is shown to be bought) with ``next_low`` and ``next_high``, ``next_spent`` (spent a fiscal
        year beyond the budget below), ``n``. Empty without levers at several budgets, or without a ledger.
    """
    levers = [number for number, factor in enumerate(runs.factors) if is_money(factor)]
    shape = shape_of(runs)
    if not levers or shape not in (SINGLES, FACTORIAL) or "ledger" not in results.manifest.record:
        return pd.DataFrame()
    money, rows = money_of(results, runs), list[dict[str, Any]]()
    for factor in levers:
        sides = [side for side in sides_of(runs, factor, shape) if side.points.any()]
        start = runs.factors[factor].start or FIRST_YEAR
        years = results.manifest.quarters / QUARTERS_PER_YEAR - (start - FIRST_YEAR)
        for below, side in zip([None, *sides[1:]], sides[1:], strict=False):
            rows += [
                {"scenario": runs.scenario, "factor": factor, "budget": side.value, **row}
                for row in _bought(runs, money, (sides[0], below or sides[0], side), max(years, 0.25))
            ]
    return pd.DataFrame(rows)


def _bought(
    runs: PointRuns, money: Money, sides: tuple[Side, Side, Side], years: float
) -> list[dict[str, Any]]:
    first, below, own = (money.values[side.points].mean(axis=0) for side in sides)
    whole, step, rows = runs.between(own, first), runs.between(own, below), list[dict[str, Any]]()
    low, high = whole.interval()
    given, spent = float(whole.effect[0]), float(whole.effect[1])
    for place, outcome in enumerate(money.bought, start=2):
        each = _ratio(runs, own, first, (place, 1))
        cost = _ratio(runs, own, below, (1, place))
        rows.append(
            {
                "given": given / years, "spent": spent / years,
                "absorbed": spent / given if given > 0 else np.nan, "outcome": outcome,
                "units": whole.effect[place], "units_low": low[place], "units_high": high[place],
                "yield": 100 * each.ratio, "yield_low": 100 * each.low, "yield_high": 100 * each.high,
                "next": cost.ratio, "next_low": cost.low, "next_high": cost.high,
                "next_spent": float(step.effect[1]) / years, "n": whole.n,
            }
        )  # fmt: skip
    return rows


def _ratio(runs: PointRuns, own: Floats, other: Floats, places: tuple[int, int]) -> Ratio:
    """Ratio of two paired differences: the first place to the second."""
    sides = [np.stack([side[:, places[0]], side[:, places[1]], side[:, places].sum(axis=1)], axis=1)
             for side in (own, other)]  # fmt: skip
    contrast: Contrast = runs.between(*sides)
    return fieller(contrast) if contrast.n else NO_RATIO


def money_of(results: Results, runs: PointRuns) -> Money:
    """Money and what it bought, run by run."""
    kept = [name for name in BOUGHT if name in results.outcomes]
    read = read_runs(results, kept) if kept else read_runs(results, list(results.outcomes[:1]))
    own = read.where(read.scenario == results.scenarios.index(runs.scenario))
    units = units_of(own.values[:, 0], own.outcomes, results.experiment.municipalities)
    sums = _given_and_spent(results).reindex(
        pd.MultiIndex.from_arrays([own.scenario, own.point, own.replicate], names=list(_KEYS))
    )
    columns = np.concatenate([sums.to_numpy(np.float64), units if kept else units[:, :0]], axis=1)
    whole = Runs(own.scenario, own.point, own.replicate, own.quarters, (), columns[:, None, :])
    values = grid_of(whole, runs.numbers, np.unique(own.replicate))[:, :, 0]
    return Money(tuple(kept), values)


def _given_and_spent(results: Results) -> pd.DataFrame:
    """Public money of every run over the horizon, part by part of the ledger: many runs have many rows."""
    parts = []
    for part in results.parts("ledger", [*_KEYS, "appropriated", "spent"]):
        codes = pa.array(codes_of(part["scenario"], results.scenarios))
        part = part.set_column(0, "scenario", codes)
        sums = part.group_by(list(_KEYS)).aggregate([("appropriated", "sum"), ("spent", "sum")])
        parts.append(sums.select([*_KEYS, "appropriated_sum", "spent_sum"]))
    table = pa.concat_tables(parts)
    order = pc.sort_indices(table, [(key, "ascending") for key in _KEYS])
    frame: pd.DataFrame = table.take(order).to_pandas().set_index(list(_KEYS))
    return frame
