"""Effects against the baseline as the report and its figures show them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.report.relevance import read, smallest
from sim.report.tables import money, totals
from sim.results import Results
from sim.statistics.contrasts import paired
from sim.statistics.precision import replicates_needed

#: Outcomes that the forest plot and the report's table show.
MAIN_OUTCOMES = (
    "deals_signed", "projects_completed", "active_partnerships", "private_investment", "adoption_share",
    "municipalities_without_project_share", "sdg_progress", "sdg_progress_bottom_quartile", "spent", "lapsed",
)  # fmt: skip
COLUMNS = (
    "scenario", "baseline", "outcome", "effect", "ci_low", "ci_high", "replicates", "replicates_needed",
    "replicates_needed_high", "level", "least", "reading",
)  # fmt: skip


def main_effects(results: Results) -> pd.DataFrame:
    """Effects at the end of the horizon on the main outcomes, users' own, and public money.

    Returns:
        A row per outcome and scenario: ``scenario``, ``baseline``, ``outcome``, ``effect``, ``ci_low``,
        ``ci_high``, ``replicates``, ``replicates_needed`` with its upper 90% bound
        ``replicates_needed_high``, ``level`` (mean of the baseline), ``least`` (the smallest effect of
        interest; null where none is declared) and ``reading`` (``sim.report.relevance.Reading``). Empty
        without a baseline.
    """
    if results.manifest.baseline is None or len(results.scenarios) < 2:
        return pd.DataFrame(columns=list(COLUMNS))
    table = all_effects(results)
    shown = {*MAIN_OUTCOMES, *results.manifest.own_outcomes}
    return table[table["outcome"].isin(shown)].reset_index(drop=True)


def all_effects(results: Results) -> pd.DataFrame:
    """As ``main_effects``, for every outcome."""
    baseline = results.manifest.baseline
    assert baseline is not None
    comparison = results.comparison
    table = comparison[comparison["quarter"].astype(str) == results.quarters[-1]]
    if "ledger" in results.manifest.record:
        table = pd.concat([table, money_effects(results.ledger, baseline)], ignore_index=True)
    return judged(table, baseline_levels(results, baseline))


def baseline_levels(results: Results, baseline: str) -> dict[str, float]:
    """Mean of every outcome in the baseline at the end: flows summed up, stocks as they stand."""
    runs = totals(results.series[results.series["scenario"] == baseline], list(results.kinds), results.kinds)
    levels = {str(name): float(runs[name].mean()) for name in results.kinds if name in runs}
    if "ledger" in results.manifest.record:
        spent = money(results.ledger[results.ledger["scenario"] == baseline])
        levels |= {name: float(spent[name].mean()) for name in ("spent", "lapsed")}
    return levels


def judged(table: pd.DataFrame, levels: dict[str, float]) -> pd.DataFrame:
    """Effects with the baseline's level, the smallest effect of interest and what the interval says."""
    level = table["outcome"].map(levels).to_numpy(np.float64)
    least = np.array(
        [smallest(str(name), float(at)) for name, at in zip(table["outcome"], level, strict=True)]
    )
    bounds = zip(table["ci_low"].to_numpy(float), table["ci_high"].to_numpy(float), least, strict=True)
    readings = [str(read(low, high, size)) for low, high, size in bounds]
    return table.assign(level=level, least=least, reading=readings).reindex(columns=list(COLUMNS))


def money_effects(ledger: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Paired effect on money spent and lapsed over the horizon, in the columns of a comparison."""
    table = money(ledger).set_index(["scenario", "point", "replicate"])[["spent", "lapsed"]]
    rows = []
    for name in table.index.get_level_values("scenario").unique():
        if name == baseline:
            continue
        own, base = table.loc[name], table.loc[baseline]
        common = own.index.intersection(base.index)
        contrast = paired(own.loc[common].to_numpy(np.float64), base.loc[common].to_numpy(np.float64))
        (low, high), needed = contrast.interval(), replicates_needed(contrast)
        for column, outcome in enumerate(("spent", "lapsed")):
            rows.append(
                {
                    "scenario": str(name), "baseline": baseline, "outcome": outcome,
                    "effect": contrast.effect[column], "ci_low": low[column], "ci_high": high[column],
                    "replicates": len(common), "replicates_needed": needed.number[column],
                    "replicates_needed_high": needed.bound[column],
                }
            )  # fmt: skip
    return pd.DataFrame(rows)
