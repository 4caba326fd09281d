"""Mean, spread and quantiles of every outcome over the runs of a scenario."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.panels import Panel, long_table, panels
from sim.calendar import QUARTERS_PER_YEAR
from sim.files import write_text, write_whole
from sim.results import Results

QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}


def summarise(results: Results) -> pd.DataFrame:
    """One row per scenario, outcome and quarter: the last of each fiscal year, and the last of all.

    A flow is its sum from 2018Q2 to the quarter; ``measure`` says which it is.

    Returns:
        scenario, outcome, quarter, measure, replicates (runs counted), mean, sd (null for one run),
        q05, q25, q50, q75, q95.

    Raises:
        InputError: no run is stored.
    """
    last = len(results.quarters) - 1
    quarters = [t for t in range(last + 1) if t % QUARTERS_PER_YEAR == QUARTERS_PER_YEAR - 1 or t == last]
    ran = {name: panel for name, panel in panels(results).items() if len(panel.runs)}
    tables = [_summary(results, name, panel, quarters) for name, panel in ran.items()]
    return pd.concat(tables, ignore_index=True)


def _summary(results: Results, scenario: str, panel: Panel, quarters: list[int]) -> pd.DataFrame:
    values = panel.values[:, quarters]
    runs = len(values)
    spread = values.std(axis=0, ddof=1) if runs > 1 else np.full(values.shape[1:], np.nan)
    columns = {"mean": values.mean(axis=0), "sd": spread}
    columns |= dict(zip(QUANTILES, np.quantile(values, list(QUANTILES.values()), axis=0), strict=True))
    table = long_table(results, panel, quarters, columns)
    table.insert(0, "scenario", scenario)
    table.insert(4, "replicates", runs)
    return table


def write_summary(results: Results) -> pd.DataFrame:
    """Write ``summary.parquet`` and ``summary.csv`` and return the table."""
    table = summarise(results)
    write_whole(results.folder / "summary.parquet", lambda file: table.to_parquet(file, index=False))
    write_text(results.folder / "summary.csv", table.to_csv(index=False, lineterminator="\n"))
    return table
