"""The series of a results folder as arrays by run, quarter and outcome, flows summed up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.errors import InputError
from sim.kernel.outcomes import Kind
from sim.results import Results

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Panel:
    """All runs of one scenario.

    Attributes:
        runs: (point, replicate) of each run, in order.
        outcomes: names.
        values: (runs, quarters, outcomes); a flow is its sum from 2018Q2 to the quarter.
    """

    runs: pd.MultiIndex
    outcomes: tuple[str, ...]
    values: Floats


def panels(results: Results) -> dict[str, Panel]:
    """Panel of each scenario, in the order of the experiment.

    Raises:
        InputError: no run is stored.
    """
    series = results.series
    if series.empty:
        raise InputError(f"{results.folder}: no run has been stored yet")
    outcomes = tuple(name for name in results.kinds if name in series)
    return {name: _panel(series[series["scenario"] == name], outcomes, results) for name in results.scenarios}


def measure(kind: Kind) -> str:
    """What the numbers of an outcome stand for here: a stock, or a sum since 2018Q2."""
    return str(Kind.STOCK if kind is Kind.STOCK else Kind.CUMULATIVE)


def _panel(rows: pd.DataFrame, outcomes: tuple[str, ...], results: Results) -> Panel:
    quarters = len(results.quarters)
    values = rows[list(outcomes)].to_numpy(np.float64, copy=True).reshape(-1, quarters, len(outcomes))
    flows = [results.kinds[name] is Kind.FLOW for name in outcomes]
    values[:, :, flows] = values[:, :, flows].cumsum(axis=1)
    runs = pd.MultiIndex.from_frame(rows[["point", "replicate"]].iloc[::quarters])
    return Panel(runs, outcomes, values)


def long_table(
    results: Results, panel: Panel, quarters: list[int], columns: dict[str, Floats]
) -> pd.DataFrame:
    """Arrays of shape (quarters, outcomes) as a tidy table, outcome by outcome.

    Returns:
        ``outcome``, ``quarter``, ``measure`` and the columns given.
    """
    labels = [results.quarters[t] for t in quarters]
    index = pd.MultiIndex.from_product([panel.outcomes, labels], names=["outcome", "quarter"])
    table = index.to_frame(index=False)
    table["measure"] = table["outcome"].map({name: measure(results.kinds[name]) for name in panel.outcomes})
    return table.assign(**{name: np.asarray(values).T.ravel() for name, values in columns.items()})
