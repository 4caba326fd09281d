"""Mean, spread and quantiles of every outcome over the runs of a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.files import write_text, write_whole
from sim.results.arms import Arm, in_arm
from sim.results.contrasts import long_table
from sim.results.runs import Floats, Runs, read_runs
from sim.text.harmless import csv_of

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.folder import Folder

QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
#: Quarter that ends a fiscal year.
_YEAR_END = "Q1"


def summary_quarters(folder: Folder) -> list[str]:
    """Labels of the quarters of a summary: the last of each fiscal year that is kept, and the last of all."""
    kept = folder.quarters
    return [label for label in kept if label.endswith(_YEAR_END) or label == kept[-1]]


def summarise(folder: Folder, runs: Runs | None = None) -> pd.DataFrame:
    """One row per scenario, outcome and quarter: the last of each fiscal year, and the last of all.

    Quarters go by the calendar; those that are not kept are left out. A flow is its sum from 2018Q2 to the
    quarter; ``measure`` says which it is. Of a design, mean, sd and quantiles are those of its points, each
    the mean of its replicates.

    Args:
        folder: the folder.
        runs: its runs at these quarters, all outcomes, where they are read already.

    Returns:
        scenario, outcome, quarter, measure, replicates (counted), mean, sd (null for one run), q05, q25,
        q50, q75, q95, points.

    Raises:
        InputError: no run is stored.
    """
    import pandas as pd

    runs = read_runs(folder, None, summary_quarters(folder)) if runs is None else runs
    tables = []
    for name in folder.scenarios:
        own = runs.where(in_arm(runs, Arm(name), folder.scenarios))
        if len(own):
            tables.append(_summary(folder, name, own))
    return pd.concat(tables, ignore_index=True)


def _summary(folder: Folder, scenario: str, runs: Runs) -> pd.DataFrame:
    points = np.unique(runs.point)
    values = runs.values if len(points) == 1 else _means(runs)
    spread = values.std(axis=0, ddof=1) if len(values) > 1 else np.full(values.shape[1:], np.nan)
    columns = {"mean": values.mean(axis=0), "sd": spread}
    columns |= dict(zip(QUANTILES, np.quantile(values, list(QUANTILES.values()), axis=0), strict=True))
    table = long_table(runs, folder.kinds, columns)
    table.insert(0, "scenario", scenario)
    table.insert(4, "replicates", len(np.unique(runs.replicate)))
    return table.assign(points=len(points))


def _means(runs: Runs) -> Floats:
    """(points, quarters, outcomes) mean of each point over its replicates; runs come sorted by point."""
    starts = np.flatnonzero(np.diff(runs.point, prepend=-1))
    counts = np.diff(np.append(starts, len(runs)))
    means: Floats = np.add.reduceat(runs.values, starts, axis=0) / counts[:, None, None]
    return means


def write_summary(folder: Folder, runs: Runs | None = None) -> pd.DataFrame:
    """Write ``summary.parquet`` and ``summary.csv`` for other tools; arguments and table of ``summarise``."""
    table = summarise(folder, runs)
    write_whole(folder.folder / "summary.parquet", lambda file: table.to_parquet(file, index=False))
    write_text(folder.folder / "summary.csv", csv_of(table))
    return table
