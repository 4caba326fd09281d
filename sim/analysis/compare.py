"""Paired comparison of scenarios with a baseline, and what the difference costs.

Runs of one replicate see the same chance in every scenario, so scenarios are compared run by
run: the interval is that of the mean of the differences (paired t, 95%). It speaks of chance
within the model; what is assumed about the world is not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from sim.analysis.panels import Floats, Panel, long_table, panels
from sim.errors import InputError
from sim.files import write_whole
from sim.results import Results

CONFIDENCE = 0.95
#: ``replicates_needed`` asks for an interval of plus or minus this share of the effect.
PRECISION = 0.10
COLUMNS = (
    "scenario", "baseline", "outcome", "quarter", "effect", "ci_low", "ci_high",
    "replicates", "replicates_needed", "paired_correlation", "measure",
)  # fmt: skip
_NONE = 1e-12  # share of the size of the numbers compared below which a spread is rounding


class Paired(NamedTuple):
    """Paired differences reduced over runs; every array has the shape of one run."""

    effect: Floats
    low: Floats
    high: Floats
    needed: Floats
    correlation: Floats


def compare_results(results: Results, baseline: str) -> pd.DataFrame:
    """Effect of every other scenario against the baseline, by outcome and quarter.

    A stock is compared as it stands at the end of the quarter; a flow as its sum from 2018Q2 to the
    quarter, so that the last quarter holds the effect over the whole horizon. ``measure`` says which.
    Runs that failed in either scenario are left out with their pair.

    Returns:
        scenario, baseline, outcome, quarter, effect (scenario minus baseline), ci_low and ci_high (95%,
        paired t; null for one pair, equal to the effect where it is the same in all pairs), replicates
        (pairs), replicates_needed (pairs for an interval of +-10% of the effect, at least 2; null
        where the interval holds 0, for then the size of the effect is not known), paired_correlation
        (null below 3 pairs or where one side does not vary), measure.

    Raises:
        InputError: the baseline is not among the scenarios or has no run.
    """
    every = panels(results)
    base = _baseline(results, every, baseline)
    tables = [_comparison(results, name, every[name], baseline, base) for name in every if name != baseline]
    if not tables:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.concat(tables, ignore_index=True)[list(COLUMNS)]


def write_comparison(results: Results, baseline: str) -> pd.DataFrame:
    """Write ``comparison.parquet`` and return the table."""
    table = compare_results(results, baseline)
    write_whole(results.folder / "comparison.parquet", lambda file: table.to_parquet(file, index=False))
    return table


def _baseline(results: Results, every: dict[str, Panel], baseline: str) -> Panel:
    if baseline not in every:
        raise InputError(f"{results.folder}: baseline {baseline!r} is not among {', '.join(every)}")
    if not len(every[baseline].runs):
        raise InputError(f"{results.folder}: every run of the baseline {baseline!r} failed")
    return every[baseline]


def _comparison(results: Results, name: str, panel: Panel, baseline: str, base: Panel) -> pd.DataFrame:
    common = panel.runs.intersection(base.runs)
    pairs = paired(panel.values[panel.runs.get_indexer(common)], base.values[base.runs.get_indexer(common)])
    columns = {
        "effect": pairs.effect,
        "ci_low": pairs.low,
        "ci_high": pairs.high,
        "replicates_needed": pairs.needed,
        "paired_correlation": pairs.correlation,
    }
    table = long_table(results, panel, list(range(len(results.quarters))), columns)
    table["replicates_needed"] = table["replicates_needed"].astype("Int64")
    return table.assign(scenario=name, baseline=baseline, replicates=len(common))


def paired(scenario: Floats, baseline: Floats) -> Paired:
    """Reduce paired runs (first axis) to the mean difference, its t interval and the pairs needed.

    Where all differences are equal up to rounding the interval is the point itself.
    """
    runs = len(scenario)
    nothing = np.full(scenario.shape[1:], np.nan)
    if runs == 0:
        return Paired(nothing, nothing, nothing, nothing, nothing)
    difference = scenario - baseline
    effect = difference.mean(axis=0)
    if runs == 1:
        return Paired(effect, nothing, nothing, nothing, nothing)
    size = np.maximum(np.abs(scenario).max(axis=0), np.abs(baseline).max(axis=0))
    spread = np.where(np.ptp(difference, axis=0) > _NONE * size, difference.std(axis=0, ddof=1), 0.0)
    half = t_quantile(runs) * spread / np.sqrt(runs)
    needed = pairs_needed(effect, spread, known=np.abs(effect) > half)
    return Paired(effect, effect - half, effect + half, needed, _correlation(scenario, baseline, size))


def t_quantile(runs: int | npt.NDArray[Any]) -> Any:
    """Two-sided 95% quantile of Student's t for the mean of so many pairs."""
    return stats.t.ppf(0.5 + CONFIDENCE / 2, np.asarray(runs) - 1)


def pairs_needed(effect: Floats, spread: Floats, known: npt.NDArray[np.bool_]) -> Floats:
    """Fewest pairs n >= 2 with t(n - 1) spread / sqrt(n) <= 10% of |effect|; null where not ``known``.

    Args:
        effect: mean differences.
        spread: their standard deviations over pairs.
        known: where the sign of the effect is known.
    """
    ratio = spread[known] / (PRECISION * np.abs(effect[known]))
    normal = stats.norm.ppf(0.5 + CONFIDENCE / 2)
    n = np.maximum(np.ceil((normal * ratio) ** 2), 2.0)
    while (short := t_quantile(n) * ratio > np.sqrt(n)).any():
        n[short] += 1.0
    needed = np.full(effect.shape, np.nan)
    needed[known] = n
    return needed


def _correlation(scenario: Floats, baseline: Floats, size: Floats) -> Floats:
    """Pearson correlation over runs; null below 3 runs or where one side is constant up to rounding."""
    if len(scenario) < 3:
        return np.full(size.shape, np.nan)
    a, b = scenario - scenario.mean(axis=0), baseline - baseline.mean(axis=0)
    varies = (np.ptp(scenario, axis=0) > _NONE * size) & (np.ptp(baseline, axis=0) > _NONE * size)
    product = np.sqrt((a * a).sum(axis=0) * (b * b).sum(axis=0))
    correlation: Floats = np.divide(
        (a * b).sum(axis=0), product, out=np.full(size.shape, np.nan), where=varies
    )
    return correlation.clip(-1.0, 1.0)


def ledger_summary(results: Results) -> pd.DataFrame:
    """Public money per lever over the horizon, mean over runs, in JPY M of the world that was run.

    Returns:
        scenario, lever, appropriated, spent, lapsed, replicates. A lever that no scenario funds is left out.
    """
    ledger = results.ledger
    money = ["appropriated", "spent", "lapsed"]
    keys = ["scenario", "point", "replicate", "lever"]
    runs = ledger.groupby(keys, observed=True, sort=False)[money].sum().reset_index()
    groups = runs.groupby(["scenario", "lever"], observed=True, sort=False)
    table = groups[money].mean().assign(replicates=groups.size()).reset_index()
    funded = table.groupby("lever", observed=True)["appropriated"].transform("max") > 0
    return table[funded].reset_index(drop=True)


def cost_effectiveness(
    results: Results, baseline: str, outcomes: Sequence[str] = ("deals_signed", "projects_completed")
) -> pd.DataFrame:
    """What one more deal or project costs: public money absorbed beyond the baseline, per unit gained.

    Both differences are over the whole horizon and paired. The ratio is that of the mean differences;
    its interval is Fieller's (1954, J. R. Stat. Soc. B 16:175), which allows for the correlation of the two.

    Returns:
        scenario, baseline, outcome, extra_spending and extra_units (means), cost_per_unit (JPY M), ci_low,
        ci_high (95%), replicates. The cost is null unless units are gained beyond doubt (the paired
        interval of their difference lies above 0): otherwise the ratio means nothing.

    Raises:
        InputError: the baseline is not among the scenarios, or the folder has no ledger.
    """
    every = panels(results)
    base = _baseline(results, every, baseline)
    spent = results.ledger.groupby(["scenario", "point", "replicate"], observed=True)["spent"].sum()
    rows: list[dict[str, Any]] = []
    for name, panel in every.items():
        common = panel.runs.intersection(base.runs)
        if name == baseline or not len(common):
            continue
        money = (spent[name].reindex(common) - spent[baseline].reindex(common)).to_numpy(np.float64)
        for outcome in outcomes:
            column = panel.outcomes.index(outcome)
            gained = panel.values[panel.runs.get_indexer(common), -1, column]
            units = gained - base.values[base.runs.get_indexer(common), -1, column]
            rows.append({"scenario": name, "baseline": baseline, "outcome": outcome} | _cost(money, units))
    return pd.DataFrame(rows)


def _cost(money: Floats, units: Floats) -> dict[str, float]:
    cost, low, high = fieller(money, units)
    return {
        "extra_spending": float(money.mean()),
        "extra_units": float(units.mean()),
        "cost_per_unit": cost,
        "ci_low": low,
        "ci_high": high,
        "replicates": len(money),
    }


def fieller(numerator: Floats, denominator: Floats) -> tuple[float, float, float]:
    """Ratio of the means of paired numbers with Fieller's 95% interval.

    Returns:
        ratio, low, high: all NaN unless the mean of the denominator lies above 0 beyond doubt; low and
        high are NaN for one pair.
    """
    n = len(numerator)
    a, b = float(numerator.mean()), float(denominator.mean())
    if n == 1:
        return (a / b if b > 0 else np.nan), np.nan, np.nan
    covariance = np.cov(numerator, denominator) / n
    t2 = float(t_quantile(n)) ** 2
    aa, ab, bb = (t2 * float(value) for value in (covariance[0, 0], covariance[0, 1], covariance[1, 1]))
    leading = b * b - bb
    if b <= 0 or leading <= 0:
        return np.nan, np.nan, np.nan
    root = max((a * b - ab) ** 2 - leading * (a * a - aa), 0.0) ** 0.5
    return a / b, (a * b - ab - root) / leading, (a * b - ab + root) / leading
