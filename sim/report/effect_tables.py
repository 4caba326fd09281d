"""Effects against the baseline as the report and its figures show them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np
import pandas as pd

from sim.report.outcomes import MAIN_OUTCOMES
from sim.report.relevance import read, smallest
from sim.report.tables import money
from sim.report.words import MONEY
from sim.results import Results
from sim.results.spread import BY_CHANCE, SPREAD, spread_of, with_chance
from sim.statistics.contrasts import Contrast, paired
from sim.statistics.precision import replicates_needed
from sim.statistics.resampling import bootstrap

#: Outcomes that the forest plot and the report's table show.
COLUMNS = (
    "scenario", "baseline", "outcome", "effect", "ci_low", "ci_high", "replicates", "replicates_needed",
    "replicates_needed_high", "level", "least", "reading", *SPREAD, *BY_CHANCE,
)  # fmt: skip


def main_effects(results: Results) -> pd.DataFrame:
    """Effects at the end of the horizon on the main outcomes, users' own, and public money.

    Returns:
        A row per outcome and scenario: ``scenario``, ``baseline``, ``outcome``, ``effect``, ``ci_low``,
        ``ci_high``, ``replicates``, ``replicates_needed`` with its upper 90% bound
        ``replicates_needed_high``, ``level`` (mean of the baseline), ``least`` (the smallest effect of
        interest; null where none is declared), ``reading`` (``sim.report.relevance.Reading``), what single
        histories lie between (``low``, ``high``, ``chance_low``, ``chance_high``; see
        ``sim.results.comparison.compare_results``), ``sets`` (parameter sets that they took, 0 for none) and
        ``disagree`` (a bootstrap tells another story than the interval: ``sim.statistics.resampling``).
        Scenarios without a run are left out. Empty without a baseline.
    """
    if results.manifest.baseline is None or len(results.scenarios) < 2:
        return pd.DataFrame(columns=[*COLUMNS, "sets", "disagree"])
    table = all_effects(results)
    shown = {*MAIN_OUTCOMES, *results.manifest.own_outcomes}
    table = table[table["outcome"].isin(shown)].reset_index(drop=True)
    sets = 0 if results.sets is None else min(len(results.sets), results.manifest.replicates)
    flags = _disagreements(results, dict.fromkeys(table["scenario"].astype(str)), shown)
    return table.assign(
        sets=sets, disagree=[(row.scenario, row.outcome) in flags for row in table.itertuples()]
    )


def _disagreements(
    results: Results, scenarios: Iterable[str], shown: Collection[str]
) -> set[tuple[str, str]]:
    """Scenarios and outcomes whose t and bootstrap intervals disagree."""
    baseline, found = str(results.manifest.baseline), set()
    for scenario in scenarios:
        table = results.contrast(scenario, baseline, [name for name in results.outcomes if name in shown])
        found |= {(scenario, str(name)) for name in table.loc[table["disagree"], "outcome"]}
    if "ledger" in results.manifest.record:
        for name, contrast in money_contrasts(results.ledger, baseline).items():
            flags = zip(MONEY, bootstrap(contrast).disagrees, strict=True)
            found |= {(name, outcome) for outcome, flag in flags if flag}
    return found


def all_effects(results: Results) -> pd.DataFrame:
    """As ``main_effects``, for every outcome and without ``disagree``."""
    baseline = results.manifest.baseline
    assert baseline is not None
    comparison = results.comparison
    last = comparison["quarter"].astype(str) == results.quarters[-1]
    table = comparison[last & (comparison["replicates"] > 0)]
    if "ledger" in results.manifest.record:
        paid, alone = money_effects(results.ledger, baseline, results.sets is not None), results.chance_alone
        if alone is not None:
            paid = with_chance(paid, money_effects(alone.ledger, baseline))
        table = pd.concat([table, paid], ignore_index=True)
    return judged(table, baseline_levels(results, baseline))


def baseline_levels(results: Results, baseline: str) -> dict[str, float]:
    """Mean of every outcome in the baseline at the end: flows summed up, stocks as they stand."""
    runs = results.runs()
    means = runs.loc[runs["scenario"] == baseline, list(results.outcomes)].mean()
    levels = {str(name): float(value) for name, value in means.items()}
    if "ledger" in results.manifest.record:
        spent = money(results.ledger[results.ledger["scenario"] == baseline])
        levels |= {name: float(spent[name].mean()) for name in MONEY}
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


def money_effects(ledger: pd.DataFrame, baseline: str, drawn: bool = False) -> pd.DataFrame:
    """Paired effect on money spent and lapsed over the horizon, in the columns of a comparison.

    Args:
        ledger: a row per run, fiscal year and programme.
        baseline: scenario compared with.
        drawn: whether replicates have parameter sets of their own.
    """
    rows = []
    for name, contrast in money_contrasts(ledger, baseline).items():
        (low, high), needed = contrast.interval(), replicates_needed(contrast)
        spread = spread_of(contrast, drawn)
        for column, outcome in enumerate(MONEY):
            rows.append(
                {
                    "scenario": name, "baseline": baseline, "outcome": outcome,
                    "effect": contrast.effect[column], "ci_low": low[column], "ci_high": high[column],
                    "replicates": contrast.n, "replicates_needed": needed.number[column],
                    "replicates_needed_high": needed.bound[column], "quarter": "",
                    **{name: ends[column] for name, ends in spread.items()},
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def money_contrasts(ledger: pd.DataFrame, baseline: str) -> dict[str, Contrast]:
    """Money spent and lapsed over the horizon: every scenario against the baseline, run by run."""
    table = money(ledger).set_index(["scenario", "point", "replicate"])[list(MONEY)]
    found = {}
    for name in table.index.get_level_values("scenario").unique():
        if name == baseline:
            continue
        own, base = table.loc[name], table.loc[baseline]
        common = own.index.intersection(base.index)
        sides = (side.loc[common].to_numpy(np.float64) for side in (own, base))
        found[str(name)] = paired(*sides)
    return found
